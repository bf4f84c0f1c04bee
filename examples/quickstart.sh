#!/bin/sh
# Trains a small S2CNN on digits of the bundled MNIST subset, never rotated, and tests it on 10,000
# digits, each with its own uniformly random rotation. On a fresh Debian 12 it first installs what is
# missing and builds. Takes 1 to 3 minutes of training.
# Usage: examples/quickstart.sh [--data DIR with the IDX files of MNIST] [--seed N] [--epochs N]
#        [--minutes M]: so many epochs (12), or as much of them as fits into the minutes (3)
set -eu
cd "$(dirname "$0")/.."
. examples/setup.sh

epochs=12 minutes=3 seed=0 data=examples/digits
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) show_head; exit ;;
    --data | --seed | --epochs | --minutes)
      [ $# -ge 2 ] || { echo "error: expected a value after $1, got none" >&2; exit 1; }
      case "$1" in
        --data) data=$2 ;;
        --seed) seed=$2 ;;
        --epochs) epochs=$2 ;;
        --minutes) minutes=$2 ;;
      esac
      shift 2 ;;
    *) echo "error: expected --data, --seed, --epochs or --minutes, got $1" >&2; exit 1 ;;
  esac
done

install_missing
configure -DSPHERICAL_BUILD_TESTS=OFF
build spherical

# An earlier run keeps its files: the second one writes weights-2.safetensors and predictions-2.png.
output=build/quickstart run=1 number=
mkdir -p "$output"
while [ -e "$output/weights$number.safetensors" ] || [ -e "$output/predictions$number.png" ]; do
  run=$((run + 1))
  number=-$run
done
build/bin/spherical train examples/models/quickstart.yaml --data "$data" --epochs "$epochs" \
  --minutes "$minutes" --seed "$seed" --output "$output/weights$number.safetensors"
build/bin/spherical eval examples/models/quickstart.yaml --data "$data" --seed "$seed" \
  --weights "$output/weights$number.safetensors" --picture "$output/predictions$number.png"
