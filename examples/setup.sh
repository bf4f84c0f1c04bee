# Shared by examples/quickstart.sh and test/run.sh: installs what is missing, configures, builds.
# Sourced from the root of the project, with `set -eu`.

# Prints the comment at the head of the script that runs.
show_head() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

required="clang-22 lld-22 llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools g++ cmake ninja-build
  fonts-dejavu-core libcairo2-dev libcli11-dev libgmock-dev libgtest-dev libhdf5-dev libjpeg62-turbo-dev
  libnetcdf-dev libpng-dev libyaml-cpp-dev nlohmann-json3-dev zlib1g-dev python3"

# The packages of the list that are not installed.
missing_packages() {
  for package in $required; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
  done
}

# Whether apt knows LLVM 22, which Debian 12 has in its security suite.
knows_llvm() { apt-cache policy clang-22 2>/dev/null | grep -q 'Candidate: [0-9]'; }

security='deb http://deb.debian.org/debian-security bookworm-security main'

install_packages() {
  echo "installing: $missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  if ! knows_llvm; then
    echo "$security" > /etc/apt/sources.list.d/bookworm-security.list
    apt-get update -qq
  fi
  if ! knows_llvm; then
    echo "error: expected the package clang-22 (Debian 12 with bookworm-security), found none" >&2
    exit 1
  fi
  apt-get install -y -qq --no-install-recommends $missing > /dev/null
}

ask_for_packages() {
  echo "These packages are missing. Run this line and start again:"
  if knows_llvm; then
    echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing"
  else
    echo "  echo '$security' | sudo tee /etc/apt/sources.list.d/bookworm-security.list &&" \
      "sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing"
  fi
  exit 1
}

install_missing() {
  if ! command -v dpkg-query > /dev/null; then
    echo "error: expected a Debian 12 system (dpkg), found none; the packages needed are:" $required >&2
    exit 1
  fi
  missing=$(missing_packages)
  [ -z "$missing" ] && return
  if [ "$(id -u)" -eq 0 ]; then install_packages; else ask_for_packages; fi
}

# Configures the preset `release`, with ccache where there is one.
configure() {
  launcher=
  if command -v ccache > /dev/null; then
    launcher="-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache"
    export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
  fi
  mkdir -p build
  cmake --preset release $launcher "$@" > build/configure.log || { cat build/configure.log >&2; exit 1; }
}

# build TARGET...: with one job for each core.
build() { ninja -C build -j "$(nproc)" "$@"; }
