"""Draws random models, trains a step of each on both targets and compares: drawn_models.py SPHERICAL FOLDER.

Five planar and five spherical models, some of which segment and some classify. For each, on the same
random batch and weights, machine code has to give the losses before and after a step of Adam that the
reference gives, the same gradients (the first moments) and the same running statistics. --compile-only stops before anything runs, for models whose
definitions would take too long.
"""

import argparse
import array
import json
import math
import pathlib
import random
import re
import struct
import subprocess
import sys

BATCH = 7
SMALL = {"cnn": 14, "s2cnn": 6}  # band-limits for which a run takes a second or two
FORMATS = {"F32": "f", "F64": "d", "I32": "i", "I64": "q"}

# What the rounding of machine code does to a step is compared with what a change of all numbers by a
# few units in the last place of single precision does to it in the reference. That measures how much
# the network enlarges errors, above all where batch normalisation divides by a deviation near 0. Sums
# of 10^4 terms may be off by some ten such units. A ReLU that falls the other way makes more of them,
# but not in the next batch too.
CHANGE = 2e-7
ENLARGED = 20
BATCHES = 3


def write_tensors(path, tensors):
    """tensors: name -> (type, shape, values)"""
    header, data = {}, b""
    for name, (dtype, shape, values) in tensors.items():
        block = struct.pack(f"<{len(values)}{FORMATS[dtype]}", *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(block)]}
        data += block
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_tensors(path):
    """name -> values"""
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    tensors = {}
    for name, entry in json.loads(content[8 : 8 + size]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = array.array(FORMATS[entry["dtype"]], content[8 + size + begin : 8 + size + end])
            tensors[name] = values
    return tensors


def argument_tensors(module, points, classes, numbers):
    """Values for all arguments of @forward in the text of a graph, and labels, for each of the input's
    points or for each sample."""
    tensors = {}
    pattern = r"%arg\d+: tensor<([0-9x]+)xf32> \{([^}]*)\}"
    for extents, attributes in re.findall(pattern, module):
        shape = [int(extent) for extent in extents.split("x")]
        name = re.search(r'spherical.name = "([^"]*)"', attributes)[1]
        init = re.search(r"init<(\w+), ([0-9.e+-]+)>", attributes)
        kind, scale = (init[1], float(init[2])) if init else ("normal", 1.0)
        draw = {
            "normal": lambda: numbers.gauss(0, scale),
            "uniform": lambda: numbers.uniform(-scale, scale),
            "zeros": lambda: numbers.gauss(0, 0.1),  # not what a network starts with, but tells more
            "ones": lambda: numbers.uniform(0.5, 1.5),
        }[kind]
        if name.endswith("running_var"):
            draw = lambda: numbers.uniform(0.5, 1.5)
        values = [draw() for _ in range(math.prod(shape))]
        if name == "x":  # samples of different brightness, so that batch normalisation sees some
            size = len(values) // BATCH
            values = [(1 + i // size) * (0.5 + value) for i, value in enumerate(values)]
        tensors[name] = ("F32", shape, values)
    shape = [BATCH] + (tensors["x"][1][2:] if points else [])
    labels = [numbers.randrange(classes) for _ in range(math.prod(shape))]
    tensors["labels"] = ("I32", shape, labels)
    return tensors


def norm(values):
    return math.sqrt(math.fsum(value * value for value in values))


def distance(left, right):
    return norm([a - b for a, b in zip(left, right)])


def largest_error(expected, got):
    """The largest relative error and its name. A gradient is measured by that of the whole network if
    it is less than a hundredth of it."""
    whole = norm([norm(values) for name, values in expected.items() if name.startswith("adam.m.")])
    errors = []
    for name, values in expected.items():
        least = 0.01 * whole if name.startswith("adam.m.") else 0
        errors.append((distance(values, got[name]) / max(norm(values), least), name))
    return max(errors)


class Check:
    def __init__(self, options):
        self.options = options
        self.failures = 0

    def run(self, *arguments):
        command = [self.options.spherical, *map(str, arguments)]
        result = subprocess.run(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        if result.returncode != 0:
            sys.exit(" ".join(command) + "\n" + result.stderr)

    def draw(self, architecture, task, models):
        options = self.options
        name = f"{architecture}_{'segmenter' if task == 'segmentation' else 'classifier'}"
        self.run("generate", "--architecture", architecture, "--task", task, "--seed", options.seed,
                 "--parameters", options.parameters, "--bandlimit", options.bandlimit or SMALL[architecture],
                 "--classes", options.classes, "--models", models, "--name", name,
                 "-o", options.folder)  # fmt: skip
        return sorted(options.folder.glob(name + "_*.yaml"))

    def step(self, model, values, target):
        """Losses, gradients and running statistics of a step: name -> values."""
        output = model.with_suffix(f".{target}.safetensors")
        self.run("run", model, "--batch", BATCH, "--entry=train_step", "--steps", 1,
                 f"--target={target}", "--input", values, "--output", output)  # fmt: skip
        results = read_tensors(output)
        kept = ("adam.m.", "losses")
        return {name: v for name, v in results.items() if name.startswith(kept) or ".running_" in name}

    def errors(self, model, numbers):
        """The largest relative error of machine code with its name, and that of the reference after a
        small change."""
        graph, values = model.with_suffix(".mlir"), model.with_suffix(".safetensors")
        self.run("convert", model, "-o", graph)
        module = graph.read_text().replace("tensor<32x1x", f"tensor<{BATCH}x1x", 1)  # the input
        points = "segmenter" in model.name
        tensors = argument_tensors(module, points, self.options.classes, numbers)
        write_tensors(values, tensors)
        expected = self.step(model, values, "reference")
        got = self.step(model, values, "cpu")
        for dtype, _, changed in tensors.values():
            if dtype == "F32":
                changed[:] = [value * (1 + numbers.uniform(-CHANGE, CHANGE)) for value in changed]
        changed = model.with_suffix(".changed.safetensors")
        write_tensors(changed, tensors)
        error, worst = largest_error(expected, got)
        return error, worst, largest_error(expected, self.step(model, changed, "reference"))[0]

    def check(self, model):
        head = f"{model.name}: {model.read_text().split(' parameters')[0][2:]} parameters"
        if self.options.compile_only:
            self.run("compile", model, "-o", model.with_suffix(".so"))
            print(f"{head}, compiled", flush=True)
            return
        numbers = random.Random(f"{self.options.seed} {model.name}")
        for _ in range(BATCHES):
            error, worst, changed = self.errors(model, numbers)
            agrees = error <= ENLARGED * changed
            print(f"{head}, largest error {error:.1e} ({worst}), of a small change {changed:.1e}"
                  f"{'' if agrees else ': differs'}", flush=True)  # fmt: skip
            if agrees:
                return
        self.failures += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("spherical")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--bandlimit", type=int)
    parser.add_argument("--classes", type=int, default=4)
    parser.add_argument("--parameters", default="5k..99k")
    parser.add_argument("--compile-only", action="store_true")
    options = parser.parse_args()
    check = Check(options)
    for architecture, segmenters in (("cnn", 2), ("s2cnn", 3)):
        models = check.draw(architecture, "segmentation", segmenters)
        models += check.draw(architecture, "classification", 5 - segmenters)
        for model in models:
            check.check(model)
    if check.failures:
        sys.exit(f"{check.failures} of 10 models differ")
    print("10 models agree" if not options.compile_only else "10 models compile")


main()
