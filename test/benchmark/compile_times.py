#!/usr/bin/env python3
"""Time of compiling: cold, warm, and how it grows with the band-limit.

usage: compile_times.py [--models NAME ...] [--repeat N] [--build DIR]

Compiles each model of examples/models to a library with all entries, first with an empty cache
(cold), then with what that left there (warm). Then does the same cold for a network of one shape at
band-limits of 16 to 64, and fits time ~ b^e. Figures are medians over the repetitions, which
alternate between the models. "wall" is only worth something on a quiet machine; "user" is the
processor time of all threads. A timing is never a test: nothing depends on the figures.
"""
import argparse
import math
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ["quickstart", "classifier_150k", "segmenter_204k", "segmenter_820k", "cnn_5m"]
BANDLIMITS = [16, 24, 32, 48, 64]
NETWORK = """\
name: scaled
task: classification
batch: 16
input: {{channels: 1, bandlimit: {b}}}
layers:
  - s2_conv: {{channels: 8, bandlimit: {b}}}
  - relu
  - so3_conv: {{channels: 8, bandlimit: {half}}}
  - relu
  - integrate
  - linear: 10
"""


def compile_once(spherical, model, folder, cache):
    """Wall and user seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, time.perf_counter()
    subprocess.run(
        [spherical, "compile", model, "-o", folder / "libmodel.so"],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "SPHERICAL_CACHE": str(cache)},
    )
    wall = time.perf_counter() - start
    return wall, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def measure(spherical, models, repeat, folder):
    """Medians for each model: cold wall and user, warm wall and user."""
    times = {model: [] for model in models}
    for i in range(repeat):
        for n, model in enumerate(models):
            cache = folder / f"cache-{n}-{i}"
            cold = compile_once(spherical, model, folder, cache)
            times[model].append(cold + compile_once(spherical, model, folder, cache))
    return {model: [statistics.median(column) for column in zip(*rows)] for model, rows in times.items()}


def exponent(points):
    """The slope of the line of least squares through the logarithms."""
    x = [math.log(b) for b, _ in points]
    y = [math.log(seconds) for _, seconds in points]
    mean_x, mean_y = statistics.mean(x), statistics.mean(y)
    return sum((a - mean_x) * (c - mean_y) for a, c in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)


def print_rows(title, rows):
    print(f"{title:<24}{'cold wall':>11}{'user':>9}{'warm wall':>12}{'user':>9}")
    for name, row in rows:
        print(f"{name:<24}{row[0]:>10.2f}s{row[1]:>8.2f}s{row[2]:>11.3f}s{row[3]:>8.3f}s")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    options = parser.parse_args()
    spherical = options.build / "bin" / "spherical"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        files = {ROOT / "examples" / "models" / f"{model}.yaml": model for model in options.models}
        times = measure(spherical, list(files), options.repeat, folder)
        print_rows("model", [(files[file], row) for file, row in times.items()])
        scaled = {}
        for b in BANDLIMITS:
            file = folder / f"b{b}.yaml"
            file.write_text(NETWORK.format(b=b, half=b // 2))
            scaled[file] = b
        times = measure(spherical, list(scaled), options.repeat, folder)
        print()
        print_rows("band-limit", [(str(scaled[file]), row) for file, row in times.items()])
        for column, what in ((0, "wall"), (1, "user")):
            fitted = exponent([(scaled[file], row[column]) for file, row in times.items()])
            print(f"cold {what} ~ b^{fitted:.2f}")


if __name__ == "__main__":
    main()
