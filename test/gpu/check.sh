#!/bin/sh
# check.sh SPHERICAL CHECK MODEL FOLDER: compiles MODEL for the CPU and for the emulation of a GPU, and compares
# what a program in C computes with either.
set -e
mkdir -p "$4"
"$1" compile "$3" -o "$4/cpu.so"
"$1" compile "$3" --target=cuda-emulated -o "$4/emulated.so"
"$2" "$4/cpu.so" write "$4/values.txt"
exec "$2" "$4/emulated.so" compare "$4/values.txt"
