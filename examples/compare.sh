#!/bin/sh
# The comparison of Gerken et al. 2022 at small scale: an S2CNN that never saw a rotated digit against
# a CNN of its size, trained on digits as they are or on rotated ones, in classification and
# segmentation, with both protocols (`spherical data --help`) and three seeds. Prints a table with
# mean and sample standard deviation and what the paper says of it, pass or fail (open where one seed
# has no deviation); draws a picture. Exit status 1 if a statement fails. Takes 20 minutes on two cores
# with AVX-512. On a fresh Debian 12 it first installs what is missing and builds.
# Stop it at any moment: the same command goes on where it was. To start anew, remove the folder.
# Usage: examples/compare.sh [--output DIR (build/compare)] [--data DIR with the IDX files of MNIST]
#        [--seeds N (3)] [--examples N to train on (24000)] [--test-examples N (10000)]
#        [--tasks "classification segmentation"] [--protocols "paper public-code"]
#        [--spherical PROGRAM that is built already]
set -eu
cd "$(dirname "$0")/.."
. examples/setup.sh

output=build/compare data=examples/digits seeds=3 examples=24000 tests=10000 program=
tasks="classification segmentation" protocols="paper public-code"
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) show_head; exit ;;
    --output | --data | --seeds | --examples | --test-examples | --tasks | --protocols | --spherical)
      [ $# -ge 2 ] || { echo "error: expected a value after $1, got none" >&2; exit 1; }
      case "$1" in
        --output) output=$2 ;;
        --data) data=$2 ;;
        --seeds) seeds=$2 ;;
        --examples) examples=$2 ;;
        --test-examples) tests=$2 ;;
        --tasks) tasks=$2 ;;
        --protocols) protocols=$2 ;;
        --spherical) program=$2 ;;
      esac
      shift 2 ;;
    *) echo "error: expected an option of examples/compare.sh --help, got $1" >&2; exit 1 ;;
  esac
done

# What is trained: network, whether on rotated digits, how often each digit is seen, and the share of
# the time it takes. The CNN sees rotated digits in another rotation each time, as in the paper, which
# augments to 1.2 million samples.
trainings() {
  case "$1" in
    classification) echo "s2cnn unrotated 6 14
cnn unrotated 6 6
cnn rotated 80 55" ;;
    segmentation) echo "s2cnn unrotated 12 38
cnn unrotated 12 30
cnn rotated 32 92" ;;
  esac
}

# expect_words OPTION "words given" "words known"
expect_words() {
  for word in ${2:-none}; do
    case " $3 " in
      *" $word "*) ;;
      *) echo "error: expected $1 of $3, got $word" >&2; exit 1 ;;
    esac
  done
}
# expect_number OPTION NUMBER
expect_number() {
  case "$2" in
    '' | *[!0-9]* | 0*) echo "error: expected a number above 0 after $1, got '$2'" >&2; exit 1 ;;
  esac
}

# A folder holds results of one setting only.
claim_output() {
  mkdir -p "$output"
  exec 9> "$output/lock"
  flock -n 9 || { echo "error: $output: another comparison is running here" >&2; exit 1; }
  settings="data $data, examples $examples, test-examples $tests, models and script $(
    cat examples/experiments/compare_*.yaml examples/compare.sh | cksum)"
  if [ -e "$output/settings" ] && [ "$(cat "$output/settings")" != "$settings" ]; then
    echo "error: $output: expected results of the same settings, got others:" \
      "remove the folder or choose another --output" >&2
    exit 1
  fi
  echo "$settings" > "$output/settings.part"
  mv "$output/settings.part" "$output/settings"
}

# Runs the driver so that a signal to this script stops it, too, and waits until it has saved.
child=
stop() {
  trap "" INT TERM HUP
  [ -z "$child" ] || kill -TERM "$child" 2> /dev/null || true
  [ -z "$child" ] || wait "$child" || true
  echo "stopped; the same command goes on from here" >&2
  exit 130
}
spherical() {
  "$program" "$@" &
  child=$!
  wait "$child" || { child=; return 1; }
  child=
}

# minutes SECONDS: "3:05"
minutes() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# Counts shares of trainings: all of them, those of earlier calls, and those of this one.
total=0 done_before=0 done_now=0
count_shares() {
  for task in $tasks; do
    for line in $(trainings "$task" | tr ' ' ,); do
      share=${line##*,}
      total=$((total + share * seeds * $(echo "$protocols" | wc -w)))
    done
  done
}
show_progress() {
  elapsed=$(($(date +%s) - start))
  left="unknown"
  [ "$done_now" -eq 0 ] || left=$(minutes $((elapsed * (total - done_before - done_now) / done_now)))
  printf '[%3d %%, %s elapsed, %s left] %s\n' $((100 * (done_before + done_now) / total)) \
    "$(minutes $elapsed)" "$left" "$1"
}

# train NAME MODEL ROTATION TIMES DATA-OPTIONS...: weights NAME.safetensors, unless they are there.
train() {
  name=$1 model=$2 rotation=$3 times=$4
  shift 4
  # Samples keep their rotations from epoch to epoch: rotated digits are so many samples of one epoch.
  if [ "$rotation" = unrotated ]; then
    set -- "$@" --examples "$examples" --epochs "$times"
  else
    set -- "$@" --rotate --examples $((examples * times)) --epochs 1 --batch 128 --learning-rate 2e-2
  fi
  [ ! -e "$name.checkpoint" ] || set -- "$@" --resume
  spherical train "$model" "$@" --data "$data" \
    --checkpoint "$name.checkpoint" --checkpoint-minutes 0.1 --output "$name.part" >> "$name.log" ||
    { tail -n 3 "$name.log" >&2; exit 1; }
  # A training that a signal ended has saved its checkpoint, and is not finished.
  tail -n 4 "$name.log" | grep -q '^training: .*, finished$' || stop
  mv "$name.part" "$name.safetensors"
  rm -f "$name.checkpoint"
}

# test_on NAME MODEL ROTATION DATA-OPTIONS...: NAME-on-ROTATION.json, unless it is there.
test_on() {
  name=$1 model=$2 rotation=$3
  shift 3
  [ ! -e "$name-on-$rotation.json" ] || return 0
  [ "$rotation" = rotated ] || set -- "$@" --unrotated
  spherical eval "$model" "$@" --data "$data" --examples "$tests" --rotations 1 \
    --weights "$name.safetensors" --result "$name-on-$rotation.json" >> "$name.log" ||
    { tail -n 3 "$name.log" >&2; exit 1; }
}

# compare TASK PROTOCOL SEED: all networks of one task, protocol and seed.
compare() {
  task=$1 protocol=$2 seed=$3
  case $task in classification) kind=classifier ;; *) kind=segmenter ;; esac
  set -- --protocol "$protocol" --seed "$seed"
  # The public code has no canvas; the digit fills ours as it fills its own.
  [ "$task $protocol" != "segmentation paper" ] || set -- "$@" --canvas 28
  mkdir -p "$output/$task/$protocol"
  trainings "$task" > "$output/trainings"
  while read -r network trained times share <&3; do
    weights=$output/$task/$protocol/$network-$trained-$seed
    file=examples/experiments/compare_${network}_$kind.yaml
    if [ -e "$weights.safetensors" ]; then
      done_before=$((done_before + share))
    else
      show_progress "$task, $protocol protocol, seed $seed: training $network on $trained digits"
      train "$weights" "$file" "$trained" "$times" "$@"
      done_now=$((done_now + share))
    fi
    test_on "$weights" "$file" rotated "$@"
    # The CNN's health: what it can learn without rotations.
    [ "$network $trained" != "cnn unrotated" ] || test_on "$weights" "$file" unrotated "$@"
  done 3< "$output/trainings"
}

expect_words --tasks "$tasks" "classification segmentation"
expect_words --protocols "$protocols" "paper public-code"
expect_number --seeds "$seeds"
expect_number --examples "$examples"
expect_number --test-examples "$tests"
if [ -z "$program" ]; then
  install_missing
  configure -DSPHERICAL_BUILD_TESTS=OFF
  build spherical
  program=build/bin/spherical
fi
claim_output
trap stop INT TERM HUP
count_shares
start=$(date +%s) seed=0
while [ "$seed" -lt "$seeds" ]; do
  for task in $tasks; do
    for protocol in $protocols; do
      compare "$task" "$protocol" "$seed"
    done
  done
  seed=$((seed + 1))
done
show_progress "done"
echo
"$program" report "$output"/*/*/*.json --picture "$output/comparison.png" --statements
