#!/bin/sh
# bundle.sh FILE.tar.xz [GPU [MODEL.yaml ...]]: packs what proves this build on a machine with a GPU that has neither
# compiler nor LLVM. Unpack it there and run ./run.sh.
#
# Holds the models (all of examples/models by default) as libraries with PTX and machine code for GPU (sm_90 by
# default), those with transforms in three forms, what the CPU computes with them, the runtime, and the program
# test/gpu/check.c. The forms: `generated`, kernels alone; `cufft`, transforms as calls; and `published`, that of
# earlier codes: all that can be calls, and products of complex matrices.
# SPHERICAL_BUILD is the build folder, else build.
set -e
show_head() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }
case "${1-}" in
  -h | --help) show_head; exit ;;
  '') show_head >&2; exit 2 ;;
esac
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${SPHERICAL_BUILD:-$root/build}
output=$1
gpu=${2:-sm_90}
[ $# -le 2 ] || { shift 2; models=$*; }
models=${models:-$root/examples/models/*.yaml}
batch=8
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/lib" "$folder/bin" "$folder/models" "$folder/values"
cp "$build/lib/libspherical_runtime.so" "$folder/lib/"
cp "$build/bin/gpu_check" "$build/bin/libraries_speed" "$folder/bin/"
for model in $models; do
  name=$(basename "$model" .yaml)
  "$build/bin/spherical" compile "$model" --batch $batch -o "$folder/cpu.so"
  forms=auto
  ! grep -q s2_conv "$model" || forms='generated cufft published'
  for form in $forms; do
    case $form in
      auto) options= ;;
      generated) options='--fft=generated --gemm=generated' ;;
      cufft) options='--fft=cufft --gemm=generated' ;;
      published) options='--fft=cufft --gemm=cublas --product=complex' ;;
    esac
    # shellcheck disable=SC2086
    "$build/bin/spherical" compile "$model" --batch $batch --target=cuda --gpu="$gpu" $options \
      -o "$folder/models/$name.$form.so"
  done
  "$folder/bin/gpu_check" "$folder/cpu.so" write "$folder/values/$name.txt"
  rm "$folder/cpu.so"
done
cat > "$folder/run.sh" <<'END'
#!/bin/sh
# run.sh [REPEATS]: each model on GPU 0 beside what the CPU computed: a line of JSON each, in results.json. A
# number of failures above 0, and the exit code, say that something differs. Then calls of libraries alone, and
# the times of stages, beside the models.
cd "$(dirname "$0")"
export LD_LIBRARY_PATH="$PWD/lib"
repeats=${1:-20}
values_of() { echo "values/$(basename "$1" | cut -d. -f1).txt"; }
: > results.json
status=0
for library in models/*.so; do
  bin/gpu_check "$library" compare "$(values_of "$library")" "$repeats" > line || status=1
  [ -s line ] || { rm line; exit 1; } # it has said why nothing can run
  cat line >> results.json
done
rm line
echo "calls of libraries alone:"
bin/libraries_speed "$repeats" || status=1
for library in models/*.generated.so models/*.published.so; do # what each stage takes
  [ ! -e "$library" ] || bin/gpu_check "$library" stages "${library%.so}.stages.txt" "$repeats" || status=1
done
first=$(ls models/*.so | head -n 1)
values=$(values_of "$first")
used() { nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits -i 0; }
if command -v nvidia-smi > /dev/null; then # a soak: memory is what it was
  before=$(used)
  bin/gpu_check "$first" compare "$values" 1000 > /dev/null || status=1
  echo "device memory before and after 1000 steps: $before MiB, $(used) MiB"
fi
if command -v compute-sanitizer > /dev/null; then
  compute-sanitizer --error-exitcode 1 bin/gpu_check "$first" compare "$values" > sanitizer.log || status=1
  tail -n 1 sanitizer.log
fi
printf '%-36s %9s %9s %12s %14s\n' model failures worst forward/ms train_step/ms
sed 's/[{}",]//g; s/: / /g' results.json | awk '{printf "%-36s %9s %9s %12s %14s\n", $2, $4, $6, $8, $10}'
exit $status
END
chmod +x "$folder/run.sh"
tar -C "$folder" -cJf "$output.part" . && mv "$output.part" "$output"
ls -l "$output"
