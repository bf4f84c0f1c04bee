#!/bin/sh
# thorough.sh [golden] [models]: what the emulation of a GPU proves of a build, and takes too long for every
# change; all of it by default.
#   golden  every golden file under cuda-emulated:strict, and counts of files and tensors
#   models  forward of each example model at batch 1 under cuda-emulated:strict beside the CPU, and the seconds of both,
#           with compilation
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${SPHERICAL_BUILD:-$root/build}

golden() {
  SPHERICAL_CACHE=/dev/null "$build/bin/golden_test" --gtest_brief=1 --gtest_also_run_disabled_tests \
    --gtest_filter=Golden.DISABLED_CudaEmulatedStrict
}

models() {
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  status=0
  for model in "$root"/examples/models/*.yaml; do
    begin=$(date +%s)
    came=equal
    "$root/test/gpu/check.sh" "$build/bin/spherical" "$build/bin/gpu_check" "$model" "$folder" forward > /dev/null ||
      came=different
    printf '%-24s %s, %d s\n' "$(basename "$model" .yaml)" $came $(($(date +%s) - begin))
    [ $came = equal ] || status=1
  done
  return $status
}

[ $# -gt 0 ] || set -- golden models
for part in "$@"; do
  case $part in
    golden | models) $part ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
