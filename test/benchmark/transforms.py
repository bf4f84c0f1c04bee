#!/usr/bin/env python3
"""Speed of Fourier transforms on S2 and SO(3) beside other libraries on the CPU.

usage: transforms.py [--libraries NAME ...] [--s2 B ...] [--so3 B ...] [--fields N ...]
                     [--so3-fields N ...] [--repeat N] [--threads N] [--build DIR]

On S2 ducc0 (single precision, our grid) and torch-harmonics (single, its own grid of as many
points), on SO(3) PySOFFT (double, the only precision that it has, our grid) beside ours in single
and double precision. All transform the same functions of all degrees below b: spectra and values are
compared before anything is timed; where grids differ, ducc0 gives the values on theirs. Runs
alternate: ours, theirs, ours, theirs ...; short ones are many in a row. Times are medians for all
fields together, the ratio of each pair is their time over ours, so that above 1 ours is faster.
Where a library has several ways (threads within a field or over fields, with tables or without),
the one that is the faster in a trial is taken and named. Memory is kept and in huge pages for all
(GLIBC_TUNABLES, set by starting the script anew). The column "others" is the share of the machine
that other processes took meanwhile: figures are worth something where it is about zero. A timing is
never a test: nothing depends on the figures.

Needs NumPy, a build in DIR, and of ducc0, torch-harmonics and PySOFFT those that are named. PySOFFT
is built from source with GCC's compiler, before version 13 so that it takes long lines:
FFLAGS='-O3 -march=native -ffree-line-length-none' PYTHONUTF8=1 pip install pysofft
"""
import argparse
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import pairs

pairs.start_anew_with(pairs.MEMORY)
# Idle threads must not spin through our runs, which these could demand.
for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"):
    os.environ.pop(name, None)
try:
    import numpy as np
except ImportError as error:
    if {"-h", "--help"} & set(sys.argv):
        sys.exit(print(__doc__.strip()))
    sys.exit(f"transforms.py: error: expected NumPy in {sys.executable}: {error}")

import program
import transform_peers

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARIES = ("ducc0", "torch-harmonics", "PySOFFT")
ELEMENTS = {"f32": np.dtype("f4"), "f64": np.dtype("f8")}
# Seconds of one measured run at least: shorter ones are repeated within it.
RUN = 0.02
MODULE = """
!grid = !spherical.{kind}<{fields}x1, b = {b}, {element}>
!spectrum = !spherical.{kind}_spectrum<{fields}x1, b = {b}, {element}>
func.func @analysis(%x: !grid) -> !spectrum {{
  %y = spherical.{kind}_ft %x : !grid -> !spectrum
  return %y : !spectrum
}}
func.func @synthesis(%x: !spectrum) -> !grid {{
  %y = spherical.{kind}_ift %x : !spectrum -> !grid
  return %y : !grid
}}
"""


def weights(b):
    """Quadrature weights of our colatitudes, of sum 1."""
    beta, k = np.pi * (2 * np.arange(2 * b) + 1) / (4 * b), 2 * np.arange(b) + 1
    return np.sin(beta) / b * (np.sin(np.outer(beta, k)) / k).sum(1)


def draw(kind, b, fields):
    """-> the spectrum X of random real functions, [field, coefficient], all degrees alike."""
    random = np.random.default_rng(1)
    size = b * b if kind == "s2" else b * (4 * b * b - 1) // 3
    x = random.standard_normal((fields, size)) + 1j * random.standard_normal((fields, size))
    for l in range(b):
        side = 2 * l + 1
        block = slice(l * l, (l + 1) ** 2) if kind == "s2" else slice(
            l * (4 * l * l - 1) // 3, (l + 1) * (4 * (l + 1) ** 2 - 1) // 3)
        m = np.arange(-l, l + 1)
        sign = (-1.0) ** (m if kind == "s2" else np.subtract.outer(m, m).ravel())
        # Real functions: X of -m (and -n) is the conjugate, with a sign.
        x[:, block] = (x[:, block] + sign * x[:, block][:, ::-1].conj()) / (2 * side)
    return x


class Ours:
    """Both transforms compiled; the runs `analysis`, of what `synthesis` left, and `synthesis`."""

    def __init__(self, kind, b, x, element, options, folder):
        fields, real = len(x), ELEMENTS[element]
        path = f"{folder}/{kind}_{b}_{fields}_{element}"
        with open(f"{path}.mlir", "w") as file:
            file.write(MODULE.format(kind=kind, fields=fields, b=b, element=element))
        subprocess.run([f"{options.build}/bin/spherical", "compile", f"{path}.mlir", "-o",
                        f"{path}.so", "--no-self-check", "--threads", str(options.threads)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.program = program.Program(f"{options.build}/lib/libspherical_runtime.so",
                                       f"{path}.so", options.threads)
        self._x = np.ascontiguousarray(x.view("f8").reshape(fields, 1, -1, 2), real)
        self._spectrum = np.zeros_like(self._x)
        self._map = np.zeros((fields, 1) + (2 * b,) * (2 if kind == "s2" else 3), real)
        call = self.program.call
        self.synthesis = call("synthesis", {"x": self._x}, {"result0": self._map}, fields)
        self.analysis = call("analysis", {"x": self._map}, {"result0": self._spectrum}, fields)

    def spectrum(self):
        return self._spectrum[:, 0, :, 0] + 1j * self._spectrum[:, 0, :, 1]

    def values(self):
        return self._map[:, 0]


def make_peers(library, kind, b, x, threads):
    """-> the library's ways to transform x, none if it cannot."""
    if library == "PySOFFT":
        return [transform_peers.PySoft(x, b, threads, tables)
                for tables in (False, True)] if kind == "so3" else []
    if kind == "so3":
        return []
    x = x.astype(np.complex64)
    if library == "torch-harmonics":
        import torch
        torch.set_num_threads(threads)
        return [transform_peers.TorchHarmonics(x, b)]
    ways = {(threads, 1), (1, 1), (1, threads)} if len(x) > 1 else {(threads, 1), (1, 1)}
    return [transform_peers.Ducc(x, b, *way, weights(b)) for way in sorted(ways)]


def compare(ours, peer, x, b, element):
    """Runs both and leaves values on the grids; -> the largest relative distance of norms. ValueError
    beyond 4 b eps: both sides' Wigner functions come from recurrences of up to b terms, some eps
    each."""
    for side in (ours, peer):
        side.synthesis()
        side.analysis()
    worst = max(pairs.distance(side.spectrum(), x) for side in (ours, peer))
    expected = peer.values()
    if peer.grid == "soft":
        worst = max(worst, pairs.distance(ours.values(), expected))
    elif "ducc0" in installed():
        ducc = transform_peers.Ducc(x.astype(np.complex128), b, 1, 1, weights(b))
        ducc.synthesis()
        worst = max(worst, pairs.distance(ours.values(), ducc.values()),
                    pairs.distance(expected, ducc.on_grid(peer.grid)))
    allowed = 4 * b * np.finfo(ELEMENTS[element]).eps
    if not worst <= allowed:
        raise ValueError(f"{peer.name}, b = {b}: spectra and values expected to differ by at most "
                         f"{allowed:.0e} of the norm, got {worst:.1e}")
    return worst


def installed():
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = transform_peers.version(name)
        except ImportError:
            continue
    return found


def repeated(run, count):
    def runs():
        for _ in range(count):
            run()
    return runs


def fastest(peers, entry):
    for peer in peers:
        peer.synthesis()
        getattr(peer, entry)()
    return min(peers, key=lambda peer: min(pairs.timed(getattr(peer, entry)) for _ in range(2)))


def measure(library, kind, b, fields, element, options, peak, folder):
    x = draw(kind, b, fields)
    peers = make_peers(library, kind, b, x, options.threads)
    if not peers:
        return
    ours = Ours(kind, b, x, element, options, folder)
    worst = max(compare(ours, peer, x, b, element) for peer in peers)
    for entry in ("analysis", "synthesis"):
        peer = fastest(peers, entry)
        mine, theirs = getattr(ours, entry), getattr(peer, entry)
        start = time.perf_counter()
        mine()
        count = max(1, min(1000, math.ceil(RUN / (time.perf_counter() - start))))
        found = pairs.Pairs(repeated(mine, count), repeated(theirs, count), options.repeat)
        speed = ours.program.flop(entry) * count / found.ours * 1e-9
        print(f"{kind:4} {b:4} {fields:6} {entry:10} {element:4} {found.ours * 1e3 / count:9.3f} "
              f"{peer.name:20} {found.theirs * 1e3 / count:9.3f}  {found.spread():20} {speed:7.1f} "
              f"{speed / peak:7.1%} {found.others:6.0%}  {worst:.0e}", flush=True)
    ours.program.close()


def read_options():
    parser = argparse.ArgumentParser(
        description="Speed of Fourier transforms beside other libraries on the CPU.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--libraries", nargs="+", default=LIBRARIES, choices=LIBRARIES,
                        metavar="NAME", help="of " + ", ".join(LIBRARIES))
    for flag, values, help_ in (("--s2", [50, 128, 256], "band-limits on S2"),
                                ("--so3", [32, 64, 128], "band-limits on SO(3)"),
                                ("--fields", [1, 32], "numbers of functions on S2"),
                                ("--so3-fields", [1], "numbers of functions on SO(3)")):
        parser.add_argument(flag, type=int, nargs="*", default=values, metavar="N", help=help_)
    parser.add_argument("--repeat", type=int, default=7, help="pairs of runs")
    parser.add_argument("--threads", type=int, default=2, help="of either side")
    parser.add_argument("--build", default=str(ROOT / "build"), help="build folder")
    options = parser.parse_args()
    for name in ("s2", "so3", "fields", "so3_fields", "repeat", "threads"):
        value = getattr(options, name)
        least = min(value, default=1) if isinstance(value, list) else value
        if least < 1:
            parser.error(f"--{name.replace('_', '-')} expected at least 1, got {least}")
    return options


def main():
    options = read_options()
    try:
        versions = installed()
        if missing := set(options.libraries) - set(versions):
            raise ValueError(f"expected {', '.join(sorted(missing))} in {sys.executable}")
        peak = pairs.measure_peak(options.build, options.threads)
        print(pairs.describe_machine(options.threads, peak))
        print(", ".join(f"{name} {version}" for name, version in versions.items())
              + f"; {options.repeat} pairs; ratio = theirs / ours")
        print(f"{'':4} {'b':>4} {'fields':>6} {'':10} {'':4} {'ours ms':>9} {'beside':20} "
              f"{'ms':>9}  {'ratio [min, max]':20} {'GFLOP/s':>7} {'of peak':>7} {'others':>6}  "
              "distance", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            for library in options.libraries:
                cases = [("s2", b, n, "f32") for b in options.s2 for n in options.fields]
                cases += [("so3", b, n, element) for b in options.so3 for n in options.so3_fields
                          for element in ELEMENTS]
                for case in cases:
                    measure(library, *case, options, peak, folder)
    except (ImportError, OSError, RuntimeError, ValueError,
            subprocess.CalledProcessError) as error:
        sys.exit(f"transforms.py: error: {error}")


if __name__ == "__main__":
    main()
