#!/usr/bin/env python3
"""Speed of the spherical networks beside a rewrite in PyTorch on the CPU.

usage: spherical_network.py [--models NAME ...] [--batch N ...] [--entries NAME ...] [--repeat N]
                            [--threads N] [--avx2] [--build DIR] [--profile]

The rewrite (spherical_peer.py) has the savings that the layers allow: it is no copy of a public
code, which is many times slower. Both compute the same: one process, the same weights, inputs and
labels, and before anything is timed, logits, losses and gradients are compared. Runs alternate:
ours, PyTorch, ours, PyTorch ...; times are medians for one sample, the ratio of each pair is
PyTorch's time over ours, so that above 1 ours is faster. Between two runs both sides' threads get
the time to fall asleep. Both take denormal numbers as zero. PyTorch gets huge pages and keeps its
memory (GLIBC_TUNABLES), and its idle threads sleep (OMP_WAIT_POLICY): both, if not in the
environment, are set by starting the script anew. --avx2 holds both sides to AVX2. Batch
normalisation of one sample is nothing that PyTorch trains, so there is no such line. The column
"others" is the share of the machine that other processes took meanwhile: figures are worth something
where it is about zero. A timing is never a test: nothing depends on the figures.

Needs PyTorch, NumPy, PyYAML, a C++ compiler for torch.compile and a build in DIR.
"""
import argparse
import logging
import os
import pathlib
import subprocess
import sys
import tempfile

import pairs

AVX2 = {"ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
# PyTorch's cache of compiled loops does not tell instruction sets apart.
LOOPS = os.path.join(tempfile.gettempdir(), f"spherical_loops_{'--avx2' in sys.argv:d}_{os.getuid()}")
pairs.start_anew_with({**pairs.MEMORY, "OMP_WAIT_POLICY": "passive",
                       "TORCHINDUCTOR_CACHE_DIR": LOOPS, **(AVX2 if "--avx2" in sys.argv else {})})
try:
    import numpy as np
    import torch
    import yaml
except ImportError as error:
    if {"-h", "--help"} & set(sys.argv):
        sys.exit(print(__doc__.strip()))
    sys.exit(f"spherical_network.py: error: expected PyTorch, NumPy and PyYAML in "
             f"{sys.executable}: {error}")

import program
import spherical_peer

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENTRIES = ("forward", "train_step")
# Of norms. Logits and losses: single precision (eps 6e-8), sums over some 10^3 terms, eight layers.
# Gradients are as close until a ReLU's argument is zero but for rounding, d = 1e-6 of its size: of N
# values some 2 d N then pass the gradient on one side only, which is sqrt(2 d) of its norm; seven
# layers make that sqrt(14 d) = 4e-3. Adam's first step goes by the sign of the gradient: weights whose
# gradient is next to nothing may step the other way, which the second loss shows.
TOLERANCE = {"logits": 1e-4, "loss": 1e-4, "second loss": 2e-3, "gradient": 1e-2}


class Contest:
    """One model and batch on both sides. `ours`, `theirs`: {entry: run}."""

    def __init__(self, name, batch, options, folder):
        self.name, self.batch = name, batch
        model, library = ROOT / f"examples/models/{name}.yaml", f"{folder}/lib{name}_{batch}.so"
        subprocess.run([f"{options.build}/bin/spherical", "compile", str(model), "-o", library,
                        "--batch", str(batch), "--threads", str(options.threads),
                        "--no-self-check", *(["--cpu", "x86-64-v3"] if options.avx2 else [])],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.program = program.Program(f"{options.build}/lib/libspherical_runtime.so", library,
                                       options.threads)
        torch.manual_seed(1)
        network = spherical_peer.Spherical(str(model))
        self.program.bind_all(
            name, {key: value.detach().numpy() for key, value in network.named_parameters()})
        side = 2 * network.b
        points = (side, side) if network.points else ()
        x = torch.rand(batch, network.channels, side, side)
        labels = torch.randint(network.classes, (batch, *points))
        self.peer = spherical_peer.Peer(network, x, labels, options.threads)
        self._logits = np.zeros((batch, network.classes, *points), "f4")
        self._loss = np.zeros((), "f4")
        step = {"x": x.numpy(), "labels": labels.numpy().astype("i4"),
                "learning_rate": np.full((), network.learning_rate, "f4")}
        call = self.program.call
        self.ours = {
            "forward": call("forward", {"x": step["x"]}, {"logits": self._logits}, batch),
            "train_step": call("train_step", step, {"loss": self._loss}, batch)}
        self.theirs = {name: getattr(self.peer, name) for name in ENTRIES}

    def compare(self, entries):
        """Runs both sides without timing them: a forward and two steps, since the second loss tells
        of the first update. Leaves the largest relative distances in `agreement`; ValueError
        beyond the tolerance."""
        self.agreement = pairs.Agreement(self.name, TOLERANCE)
        self.ours["forward"]()
        self.peer.forward()
        self.agreement.check("logits", "logits", self._logits, self.peer.logits)
        if "train_step" not in entries:
            return
        for step in (1, 2):
            self.ours["train_step"]()
            self.peer.train_step()
            kind = "loss" if step == 1 else "second loss"
            self.agreement.check(kind, kind, float(self._loss), self.peer.loss)
            for name, value in self.peer.network.named_parameters() if step == 1 else ():
                # The first moment is a tenth of the gradient after the first step.
                moment = self.program.read(f"adam.m.{name}", np.zeros(value.shape, "f4"))
                self.agreement.check("gradient", f"gradient of {name}", 10 * moment, value.grad)


def describe(options, peak):
    print(pairs.describe_machine(options.threads, peak))
    print(f"PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, with compiled "
          f"loops; ours for {'AVX2' if options.avx2 else 'the best level of this machine'}; "
          f"{options.repeat} pairs; ms for one sample; ratio = PyTorch / ours")
    print(f"{'model':20} {'entry':10} {'batch':>5} {'ours ms':>8} {'PyTorch ms':>10}  "
          f"{'ratio [min, max]':22} {'GFLOP/s':>7} {'of peak':>7} {'others':>6}", flush=True)


def measure(name, batch, options, peak, folder):
    contest = Contest(name, batch, options, folder)
    entries = [entry for entry in options.entries
               if entry == "forward" or batch >= contest.peer.network.least]
    contest.compare(entries)
    for entry in entries:
        contest.theirs[entry]()  # kernel spectra, after a step
        found = pairs.Pairs(contest.ours[entry], contest.theirs[entry], options.repeat)
        speed = contest.program.flop(entry) / found.ours * 1e-9
        print(f"{name:20} {entry:10} {batch:5} {found.ours * 1e3 / batch:8.2f} "
              f"{found.theirs * 1e3 / batch:10.2f}  {found.spread():22} {speed:7.1f} "
              f"{speed / peak:7.1%} {found.others:6.0%}", flush=True)
    print(f"{name}, batch {batch}: both agree within " + contest.agreement.text(),
          flush=True)
    if options.profile:
        for entry in entries:
            profile(contest.theirs[entry], entry)
    contest.program.close()


def profile(run, entry):
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as found:
        run()
    print(f"PyTorch's {entry} by operator:")
    print(found.key_averages().table(sort_by="self_cpu_time_total", row_limit=12), flush=True)


def read_options():
    parser = argparse.ArgumentParser(
        description="Speed of the spherical networks beside a rewrite in PyTorch on the CPU.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--models", nargs="+", metavar="NAME",
                        default=["segmenter_204k", "quickstart", "classifier_original"],
                        help="files of examples/models without .yaml")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8, 32], metavar="N",
                        help="samples")
    parser.add_argument("--entries", nargs="+", default=ENTRIES, choices=ENTRIES, metavar="NAME",
                        help="forward, train_step or both")
    parser.add_argument("--repeat", type=int, default=5, help="pairs of runs")
    parser.add_argument("--threads", type=int, default=2, help="of either side")
    parser.add_argument("--avx2", action="store_true", help="both sides without AVX-512")
    parser.add_argument("--build", default=str(ROOT / "build"), help="build folder")
    parser.add_argument("--profile", action="store_true", help="divide PyTorch's time by operator")
    options = parser.parse_args()
    for name in ("repeat", "threads"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} expected at least 1, got {getattr(options, name)}")
    if min(options.batch) < 1:
        parser.error(f"--batch expected at least 1, got {min(options.batch)}")
    return options


def main():
    options = read_options()
    torch.set_num_threads(options.threads)
    logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)  # that there is no GPU
    torch.set_flush_denormal(True)  # before PyTorch starts its threads, which inherit it
    try:
        peak = pairs.measure_peak(options.build, options.threads)
        describe(options, peak)
        with tempfile.TemporaryDirectory() as folder:
            for name in options.models:
                for batch in options.batch:
                    measure(name, batch, options, peak, folder)
    except (OSError, RuntimeError, ValueError, subprocess.CalledProcessError,
            yaml.YAMLError) as error:
        sys.exit(f"spherical_network.py: error: {error}")


if __name__ == "__main__":
    main()
