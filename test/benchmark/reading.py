#!/usr/bin/env python3
"""What reading samples costs a training step.

usage: reading.py [--model FILE] [--samples N] [--epochs N] [--repeat N] [--threads N]
                  [--workers N] [--build DIR]

A step alone is `train_step` of the compiled model on one batch that lies in memory. A step with its
samples is the time of an epoch of `spherical train` after the first, waiting and all, over its
steps, from its --log. Runs alternate: alone, each kind of data, alone ...; the cost is the median
over the runs of the epochs' medians, over that of the step alone between them, less 1. Kinds:
  arrays     F32 on the model's grid
  panoramas  F32 on an equirectangular grid: projected in the first epoch
  pictures   PNG panoramas in class folders: decoded and projected in the first epoch
  rotated    the same with --rotate: turned in the spectrum in each epoch
  disk       pictures with --cache and no memory: read from the folder in each epoch
The column "first" is a step of the first epoch. "others" is the share of the machine that other
processes took meanwhile: the times before it are worth something where it is about zero. "CPU" holds
beside other processes, too: processor time of a step of a model that does next to nothing on the
same data, reading and all, over that of a step of the model, both after the first epochs. A timing
is never a test: nothing depends on the figures.

Needs NumPy and a build in DIR.
"""
import argparse
import csv
import pathlib
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib

try:
    import numpy as np
except ImportError as error:
    if {"-h", "--help"} & set(sys.argv):
        sys.exit(print(__doc__.strip()))
    sys.exit(f"reading.py: error: expected NumPy in {sys.executable}: {error}")

import other_processes
import program

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLASSES, ROWS, COLUMNS = 10, 128, 256
# A step of it is some hundredths of those that are worth a training: many make a difference that
# stands out from compiling.
TINY_EPOCHS = 40
NEXT_TO_NOTHING = """
batch: {batch}
input: {{channels: 1, bandlimit: {b}}}
layers:
  - s2_conv: {{channels: 1, bandlimit: 1}}
  - integrate
  - linear: {classes}
"""


def png(path, pixels):
    """Writes grey pixels [rows][columns]."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows, columns = pixels.shape
    lines = np.concatenate([np.zeros((rows, 1), "u1"), pixels], axis=1).tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" +
                     chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


class Step:
    """A step alone."""

    def __init__(self, options, folder):
        library = f"{folder}/libmodel.so"
        subprocess.run([f"{options.build}/bin/spherical", "compile", options.model, "-o", library,
                        "--threads", str(options.threads)], check=True)
        self._program = program.Program(f"{options.build}/lib/libspherical_runtime.so", library,
                                        options.threads)
        draw = np.random.default_rng(1)
        for name, shape in self._program.parameters("parameter").items():
            self._program.bind(name, draw.normal(size=shape).astype("f4") * np.float32(0.1))
        inputs = {"x": draw.random((options.batch, 1, options.side, options.side), "f4"),
                  "labels": draw.integers(CLASSES, size=options.batch, dtype="i4"),
                  "learning_rate": np.full((), 1e-4, "f4")}
        self._call = self._program.call("train_step", inputs, {"loss": np.zeros((), "f4")},
                                        options.batch)
        self._steps, self._epochs = options.samples // options.batch, options.epochs

    def seconds(self):
        """Of a step, as `train` measures it: the median over epochs after a first one."""
        ends = [time.perf_counter()]
        for _ in range(self._epochs + 1):
            for _ in range(self._steps):
                self._call()
            ends.append(time.perf_counter())
        return statistics.median(after - before for before, after in
                                 zip(ends[1:], ends[2:])) / self._steps


def make_data(options, folder):
    """-> {kind: options of `train`}."""
    draw, labels = np.random.default_rng(2), np.arange(options.samples) % CLASSES
    side = options.side
    np.savez(folder / "arrays.npz", labels=labels,
             x=draw.random((options.samples, 1, side, side), "f4"))
    fields = (draw.random((options.samples, ROWS, COLUMNS)) * 255).astype("u1")
    np.savez(folder / "panoramas.npz", labels=labels, grid=np.array(["equirectangular"]),
             x=fields[:, None].astype("f4") / 255)
    for number, pixels in enumerate(fields):
        png(folder / "pictures" / str(labels[number]) / f"{number:06}.png", pixels)
    pictures = ["--data", str(folder / "pictures")]
    return {"arrays": ["--data", str(folder / "arrays.npz")],
            "panoramas": ["--data", str(folder / "panoramas.npz")],
            "pictures": pictures,
            "rotated": [*pictures, "--rotate"],
            "disk": [*pictures, "--cache", str(folder / "cache"), "--cache-memory", "0"]}


def run(options, folder, model, data, epochs):
    """-> the log of a training, and its processor time."""
    log, before = folder / "log.csv", resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([f"{options.build}/bin/spherical", "train", model, *data,
                    "--epochs", str(epochs), "--workers", str(options.workers),
                    "--threads", str(options.threads), "--log", str(log),
                    "--output", str(folder / "weights.safetensors"), "--force"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return log, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def processor_time(options, folder, model, data, epochs):
    """Of a step in so many epochs after the first two, between two runs."""
    few = run(options, folder, model, data, 2)[1]
    many = run(options, folder, model, data, 2 + epochs)[1]
    return (many - few) / (epochs * -(-options.samples // options.batch))


def train(options, folder, data):
    """-> seconds of a step in the first epoch, and the median of the others."""
    log, _ = run(options, folder, options.model, data, options.epochs + 1)
    steps = -(-options.samples // options.batch)
    with open(log) as file:
        ends = [float(line["seconds"]) for line in csv.DictReader(file)
                if int(line["step"]) % steps == 0]
    epochs = [(after - before) / steps for before, after in zip([0.0, *ends], ends)]
    return epochs[0], statistics.median(epochs[1:])


def measure(options, folder):
    kinds, step, others = make_data(options, folder), Step(options, folder), other_processes.Others()
    print(f"{options.model}, batch {options.batch}, {options.samples} samples, {options.epochs} "
          f"epochs after the first, {options.repeat} runs; {options.threads} threads, "
          f"{options.workers} readers")
    print(f"{'kind':10} {'alone ms':>9} {'first ms':>9} {'ms':>9}  {'cost [min, max]':22} "
          f"{'others':>6} {'CPU':>6}", flush=True)
    tiny = str(folder / "tiny.yaml")
    pathlib.Path(tiny).write_text(
        NEXT_TO_NOTHING.format(batch=options.batch, b=options.side // 2, classes=CLASSES))
    found = {kind: [] for kind in kinds}
    for _ in range(options.repeat):
        whole = processor_time(options, folder, options.model, kinds["arrays"], options.epochs)
        for kind, data in kinds.items():
            before = step.seconds()
            first, later = train(options, folder, data)
            alone = statistics.mean((before, step.seconds()))
            share = processor_time(options, folder, tiny, data, TINY_EPOCHS) / whole
            found[kind].append((alone, first, later, others.share(), share))
    for kind, runs in found.items():
        alone, first, later, share, own = (statistics.median(column) for column in zip(*runs))
        costs = [run[2] / run[0] - 1 for run in runs]
        spread = f"{statistics.median(costs):.1%} [{min(costs):.1%}, {max(costs):.1%}]"
        print(f"{kind:10} {alone * 1e3:9.2f} {first * 1e3:9.2f} {later * 1e3:9.2f}  {spread:22} "
              f"{share:6.0%} {own:6.1%}")


def read_options():
    parser = argparse.ArgumentParser(description="What reading samples costs a training step.",
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--model", default=str(ROOT / "examples/models/classifier_original.yaml"),
                        help="a classifier of one channel, in a file")
    parser.add_argument("--side", type=int, default=60, help="2b of the model")
    parser.add_argument("--batch", type=int, default=32, help="of the model")
    parser.add_argument("--samples", type=int, default=960, help="of each kind")
    parser.add_argument("--epochs", type=int, default=3, help="after the first")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each kind")
    parser.add_argument("--threads", type=int, default=2, help="of the training step")
    parser.add_argument("--workers", type=int, default=2, help="threads that read")
    parser.add_argument("--build", default=str(ROOT / "build"), help="build folder")
    return parser.parse_args()


def main():
    options = read_options()
    try:
        with tempfile.TemporaryDirectory() as folder:
            measure(options, pathlib.Path(folder))
    except (OSError, RuntimeError, ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f"reading.py: error: {error}")


if __name__ == "__main__":
    main()
