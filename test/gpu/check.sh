#!/bin/sh
# check.sh SPHERICAL CHECK MODEL FOLDER [forward]: compiles MODEL for the CPU and for the emulation of a GPU, and
# compares what a program in C computes with either; with the word at the end, entry forward alone, at batch 1 and under
# strict emulation.
set -e
case $# in
  4 | 5) ;;
  *) sed -n '2,4s/^# //p' "$0"; case "${1-}" in -h | --help) exit ;; *) exit 2 ;; esac ;;
esac
target=cuda-emulated
if [ "$5" = forward ]; then
  batch='--batch 1'
  target=cuda-emulated:strict
fi
mkdir -p "$4"
"$1" compile "$3" $batch -o "$4/cpu.so"
"$1" compile "$3" $batch --target=$target -o "$4/emulated.so"
"$2" "$4/cpu.so" write "$4/values.txt" $5
exec "$2" "$4/emulated.so" compare "$4/values.txt" $5
