#!/usr/bin/env python3
"""Speed of the planar CNNs beside PyTorch on the CPU.

usage: planar.py [--models NAME ...] [--batch N] [--repeat N] [--threads N] [--build DIR]
                 [--profile]

Both compute the same: one process, the same weights, inputs and labels, and before anything is
timed, logits, losses and gradients are compared. Runs alternate: ours, PyTorch, ours, PyTorch ...;
the ratio of each pair is PyTorch's time over ours, so that above 1 ours is faster. PyTorch runs in
eager mode in the memory layout that is the faster one in a trial, with in-place sums and ReLUs and
the fused Adam. Between two runs both sides' threads get the time to fall asleep. Both take denormal
numbers as zero. The column "others" is the share of the machine that other processes took
meanwhile: figures are worth something where it is about zero. A timing is never a test: nothing
depends on the figures.

Needs PyTorch, NumPy and a build in DIR.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

# Idle threads of PyTorch must not spin through our runs, which these could demand.
for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"):
    os.environ.pop(name, None)
try:
    import numpy as np
    import torch
except ImportError as error:
    if {"-h", "--help"} & set(sys.argv):
        sys.exit(print(__doc__.strip()))
    sys.exit(f"planar.py: error: expected PyTorch and NumPy in {sys.executable}: {error}")

import pairs
import peer
import program

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEARNING_RATE = 1e-3
# Of norms. Logits and losses: single precision (eps 6e-8), sums over some 10^3 terms, ten layers.
# Gradients are as close (3e-7) until a ReLU's argument or two values in a pool are equal but for
# rounding, d = 1e-6 of their size: of N values some 2 d N then pass the gradient on one side only,
# which is sqrt(2 d) of its norm; twenty layers make that sqrt(40 d) = 6e-3. PyTorch's two layouts
# differ from each other as much.
TOLERANCE = {"logits": 1e-4, "loss": 1e-4, "gradient": 1e-2}
TRIALS = 2


class Contest:
    """One model on both sides. `ours`: {entry: run}; `peers`: {layout: Peer}."""

    def __init__(self, name, options, folder):
        self.name, self.batch = name, options.batch
        model, library = ROOT / f"examples/models/{name}.yaml", f"{folder}/lib{name}.so"
        subprocess.run([f"{options.build}/bin/spherical", "compile", str(model), "-o", library,
                        "--batch", str(options.batch), "--threads", str(options.threads)],
                       check=True)
        self.program = program.Program(f"{options.build}/lib/libspherical_runtime.so", library,
                                       options.threads)
        torch.manual_seed(1)
        first = peer.Planar(str(model))
        self._bind(first)
        x = torch.rand(self.batch, first.channels, first.size, first.size)
        labels = torch.randint(first.classes, (self.batch, first.size, first.size))
        self.peers = {}
        for layout in peer.LAYOUTS:
            network = peer.Planar(str(model))
            network.load_state_dict(first.state_dict())
            self.peers[layout] = peer.Peer(network, layout, x, labels, LEARNING_RATE)
        self._logits = np.zeros((self.batch, first.classes, first.size, first.size), "f4")
        self._loss = np.zeros((), "f4")
        step = {"x": x.numpy(), "labels": labels.numpy().astype("i4"),
                "learning_rate": np.full((), LEARNING_RATE, "f4")}
        call = self.program.call
        self.ours = {
            "forward": call("forward", {"x": step["x"]}, {"logits": self._logits}, self.batch),
            "train_step": call("train_step", step, {"loss": self._loss}, self.batch)}

    def _bind(self, network):
        values, expected = network.state_dict(), self.program.parameters("parameter")
        if {name: tuple(value.shape) for name, value in values.items()} != expected:
            raise ValueError(f"{self.name}: the parameters of both sides differ in name or shape")
        for name, value in values.items():
            self.program.bind(name, value.numpy())

    def _agree(self, kind, what, ours, theirs):
        error, allowed = pairs.distance(ours, theirs), TOLERANCE[kind]
        if not error <= allowed:
            raise ValueError(f"{self.name}: {kind} {what} expected to differ from PyTorch's by at "
                             f"most {allowed:.0e} of the norm, got {error:.1e}")
        self.worst[kind] = max(self.worst.get(kind, 0.0), error)

    def compare(self):
        """Runs both sides without timing them: a forward and two steps, since the second loss tells
        of the first update. Leaves the largest relative distances in `worst`; ValueError beyond
        the tolerance."""
        moments, losses, self.worst = self.program.parameters("moment"), [], {}
        self.ours["forward"]()
        self.ours["train_step"]()
        losses.append(float(self._loss))
        # The first moment is a tenth of the gradient after the first step.
        gradients = {
            name.removeprefix("adam.m."): 10 * self.program.read(name, np.zeros(shape, "f4"))
            for name, shape in moments.items() if name.startswith("adam.m.")}
        self.ours["train_step"]()
        losses.append(float(self._loss))
        for layout, theirs in self.peers.items():
            theirs.forward()
            self._agree("logits", layout, self._logits, theirs.logits)
            for step, loss in enumerate(losses):
                theirs.train_step()
                self._agree("loss", f"of step {step + 1}, {layout}", loss, theirs.loss)
                for name, value in theirs.network.named_parameters() if step == 0 else ():
                    self._agree("gradient", f"of {name}, {layout}", gradients[name], value.grad)

    def faster_layout(self, entry):
        """The layout whose best of a few trials, taken in turn, is the shorter."""
        best = dict.fromkeys(self.peers, float("inf"))
        for _ in range(TRIALS):
            for layout, network in self.peers.items():
                best[layout] = min(best[layout], pairs.timed(getattr(network, entry)))
        return min(best, key=best.get)


def describe(options, peak):
    print(pairs.describe_machine(options.threads, peak))
    print(f"PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, eager; "
          f"batch {options.batch}, {options.repeat} pairs; ratio = PyTorch / ours")
    print(f"{'model':10} {'entry':10} {'PyTorch in':13} {'ours ms':>9} {'PyTorch ms':>10}  "
          f"{'ratio [min, max]':20} {'GFLOP/s':>7} {'of peak':>7} {'others':>6}", flush=True)


def measure(name, options, peak, folder):
    contest = Contest(name, options, folder)
    contest.compare()
    for entry in ("forward", "train_step"):
        layout = contest.faster_layout(entry)
        theirs = getattr(contest.peers[layout], entry)
        found = pairs.Pairs(contest.ours[entry], theirs, options.repeat)
        speed = contest.program.flop(entry) / found.ours * 1e-9
        print(f"{name:10} {entry:10} {layout:13} {found.ours * 1e3:9.1f} "
              f"{found.theirs * 1e3:10.1f}  {found.spread():20} {speed:7.1f} {speed / peak:7.1%} "
              f"{found.others:6.0%}", flush=True)
    print(f"{name}: both agree within " + ", ".join(f"{error:.0e} ({kind})" for kind, error in
                                                    contest.worst.items()), flush=True)
    if options.profile:
        for entry in ("forward", "train_step"):
            profile(getattr(contest.peers[contest.faster_layout(entry)], entry), entry)
    contest.program.close()


def profile(run, entry):
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as found:
        run()
    print(f"PyTorch's {entry} by operator:")
    print(found.key_averages().table(sort_by="self_cpu_time_total", row_limit=10), flush=True)


def read_options():
    parser = argparse.ArgumentParser(
        description="Speed of the planar CNNs beside PyTorch on the CPU.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["cnn_218k", "cnn_1m", "cnn_5m"],
                        metavar="NAME", help="files of examples/models without .yaml")
    parser.add_argument("--batch", type=int, default=32, help="samples")
    parser.add_argument("--repeat", type=int, default=5, help="pairs of runs")
    parser.add_argument("--threads", type=int, default=2, help="of either side")
    parser.add_argument("--build", default=str(ROOT / "build"), help="build folder")
    parser.add_argument("--profile", action="store_true", help="divide PyTorch's time by operator")
    options = parser.parse_args()
    for name in ("batch", "repeat", "threads"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} expected at least 1, got {getattr(options, name)}")
    return options


def main():
    options = read_options()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)  # before PyTorch starts its threads, which inherit it
    try:
        peak = pairs.measure_peak(options.build, options.threads)
        describe(options, peak)
        with tempfile.TemporaryDirectory() as folder:
            for name in options.models:
                measure(name, options, peak, folder)
    except (OSError, RuntimeError, ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f"planar.py: error: {error}")


if __name__ == "__main__":
    main()
