#!/bin/sh
# Builds everything and runs every test; on a fresh Debian 12 it first installs what is missing.
# Usage: test/run.sh [options for ctest, for example -R golden]
set -eu
cd "$(dirname "$0")/.."
. examples/setup.sh

case "${1-}" in
  -h | --help) show_head; exit ;;
esac
install_missing
configure -DSPHERICAL_BUILD_TESTS=ON
build
exec ctest --test-dir build --output-on-failure -j "$(nproc)" "$@"
