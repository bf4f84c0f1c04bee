#!/usr/bin/env python3
"""Speed of the planar CNNs beside PyTorch and engines of inference on the CPU.

usage: planar.py [--models NAME ...] [--drawn N] [--seed N] [--parameters LOW..HIGH] [--batch N]
                 [--repeat N] [--threads N] [--peers NAME ...] [--build DIR] [--profile]

All compute the same: one process, the same weights, inputs and labels, and before anything is
timed, logits, losses and gradients are compared. Runs alternate: ours, the peer's, ours, ...; the
ratio of each pair is the peer's time over ours, so that above 1 ours is faster. PyTorch runs
  eager    in the memory layout that is the faster one in a trial, with in-place sums and ReLUs
  compile  by torch.compile; its forward pass has the weights as constants ("freezing")
both with the fused Adam. The faster of the two counts and has a star. Beside the forward pass are
ONNX Runtime and OpenVINO, where they are installed. Between two runs all sides' threads get the
time to fall asleep. Denormal numbers are taken as zero. The column "others" is the share of the
machine that other processes took meanwhile: figures are worth something where it is about zero. A
timing is never a test: nothing depends on the figures.

With --drawn, networks are drawn as `spherical generate` does, by the seed of the day or --seed, and
the median and the least of the ratios that count follow.

Needs PyTorch, NumPy and a build in DIR; a C++ compiler for `compile`.
"""
import argparse
import concurrent.futures
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

# Idle threads of PyTorch must not spin through our runs, which these could demand.
for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"):
    os.environ.pop(name, None)
try:
    import torch

    import peer
    import planar_contest
except ImportError as error:
    if {"-h", "--help"} & set(sys.argv):
        sys.exit(print(__doc__.strip()))
    sys.exit(f"planar.py: error: expected PyTorch and NumPy in {sys.executable}: {error}")

import pairs

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENTRIES = ("forward", "train_step")
# What is asked of drawn networks: the median of the ratios, and the least.
ASKED = {"median": 1.3, "least": 1.0}


def describe(options, peak):
    print(pairs.describe_machine(options.threads, peak))
    print(f"PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}; "
          f"batch {options.batch}, {options.repeat} pairs; ratio = peer / ours, * counts")
    print(f"{'model':15} {'entry':10}   {'peer':20} {'ours ms':>9} {'peer ms':>9}  "
          f"{'ratio [min, max]':20} {'GFLOP/s':>7} {'of peak':>7} {'others':>6}", flush=True)


def measure(model, options, peak, folder):
    """Prints the figures of a model -> {entry: the ratio that counts}."""
    contest = planar_contest.Contest(model, options, folder)
    contest.compare()
    counting = {}
    for entry in ENTRIES:
        found, fastest = contest.measure(entry, options.repeat)
        if fastest:
            counting[entry] = found[fastest].ratio
        for name, figures in found.items():
            speed = contest.program.flop(entry) / figures.ours * 1e-9
            print(f"{contest.name:15} {entry:10} {'*' if name == fastest else ' '} {name:20} "
                  f"{figures.ours * 1e3:9.1f} {figures.theirs * 1e3:9.1f}  {figures.spread():20} "
                  f"{speed:7.1f} {speed / peak:7.1%} {figures.others:6.0%}", flush=True)
        if options.profile and fastest:
            profile(getattr(contest.peers[fastest], entry), f"{fastest}: {entry}")
    print(f"{contest.name}: {contest.weights} parameters, all agree within " +
          contest.agreement.text(), flush=True)
    report_engines(contest)
    contest.program.close()
    return counting


def report_engines(contest, known=set()):
    """Once in a run: versions of engines of inference, and why others are absent."""
    for name, engine in contest.peers.items():
        if hasattr(engine, "version") and name not in known:
            print(f"{name} {engine.version}")
            known.add(name)
    for name, why in contest.absent.items():
        if name not in known:
            print(f"{name} takes no part: {why}")
            known.add(name)


def profile(run, what):
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as found:
        run()
    print(f"{what} by operator:")
    print(found.key_averages().table(sort_by="self_cpu_time_total", row_limit=10), flush=True)


def draw(options, folder):
    """-> the files of drawn networks."""
    print(f"{options.drawn} networks of {options.parameters} parameters by seed {options.seed}")
    subprocess.run([f"{options.build}/bin/spherical", "generate", "--architecture", "cnn",
                    "--parameters", options.parameters, "--seed", str(options.seed),
                    "--models", str(options.drawn), "--name", "drawn", "-o", folder],
                   check=True, stdout=subprocess.DEVNULL)
    names = ["drawn"] if options.drawn == 1 else [
        f"drawn_{number}" for number in range(1, options.drawn + 1)]
    return [pathlib.Path(folder) / f"{name}.yaml" for name in names]


def set_up(threads):
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)  # before PyTorch starts its threads, which inherit it


def measure_apart(model, options, peak, folder):
    """`measure` in a process of its own: a peer may crash, as PyTorch 2.14 does in channels_last
    with transposed convolutions of kernel 1 and stride 2. Then a line says so, and another process
    goes without that layout -> {} if it crashes, too."""
    spawn = multiprocessing.get_context("spawn")
    for layouts in tuple(peer.LAYOUTS), ("contiguous",):
        options.layouts = layouts
        with concurrent.futures.ProcessPoolExecutor(1, spawn, set_up,
                                                    (options.threads,)) as process:
            try:
                return process.submit(measure, model, options, peak, folder).result()
            except concurrent.futures.process.BrokenProcessPool:
                print(f"{model.stem}: no figures with {' and '.join(layouts)}, the process crashed",
                      flush=True)
    return {}


def summarize(counting):
    """The ratios of drawn networks, one of {entry: ratio} each."""
    for entry in ENTRIES:
        ratios = sorted(each[entry] for each in counting if entry in each)
        if not ratios:
            continue
        print(f"{entry}: " + " ".join(f"{ratio:.2f}" for ratio in ratios) +
              f"; median {statistics.median(ratios):.2f} (asked: {ASKED['median']}), "
              f"least {ratios[0]:.2f} (asked: {ASKED['least']})")


def read_options():
    parser = argparse.ArgumentParser(
        description="Speed of the planar CNNs beside PyTorch and engines of inference on the CPU.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["cnn_218k", "cnn_1m", "cnn_5m"],
                        metavar="NAME", help="files of examples/models without .yaml")
    parser.add_argument("--drawn", type=int, default=0, metavar="N",
                        help="so many drawn networks in place of --models")
    parser.add_argument("--seed", type=int, default=int(time.strftime("%Y%m%d")),
                        help="of drawn networks, by default the day")
    parser.add_argument("--parameters", default="100k..2M", metavar="LOW..HIGH",
                        help="of drawn networks")
    parser.add_argument("--batch", type=int, default=32, help="samples")
    parser.add_argument("--repeat", type=int, default=5, help="pairs of runs")
    parser.add_argument("--threads", type=int, default=2, help="of each side")
    parser.add_argument("--peers", nargs="+", default=list(planar_contest.PEERS), metavar="NAME",
                        choices=planar_contest.PEERS, help="who takes part")
    parser.add_argument("--build", default=str(ROOT / "build"), help="build folder")
    parser.add_argument("--profile", action="store_true",
                        help="divide the time of the peer that counts by operator")
    options = parser.parse_args()
    for name, least in (("batch", 1), ("repeat", 1), ("threads", 1), ("drawn", 0)):
        if getattr(options, name) < least:
            parser.error(f"--{name} expected at least {least}, got {getattr(options, name)}")
    return options


def main():
    options = read_options()
    set_up(options.threads)
    try:
        peak = pairs.measure_peak(options.build, options.threads)
        with tempfile.TemporaryDirectory() as folder:
            models = draw(options, folder) if options.drawn else [
                ROOT / f"examples/models/{name}.yaml" for name in options.models]
            describe(options, peak)
            counting = [measure_apart(model, options, peak, folder) for model in models]
        if options.drawn:
            summarize(counting)
    except (OSError, RuntimeError, ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f"planar.py: error: {error}")


if __name__ == "__main__":
    main()
