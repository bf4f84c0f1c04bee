"""Trains a model on one batch: train_example.py SPHERICAL MODEL FOLDER STEPS CLASSES [IGNORED LABEL].

Writes every tensor that the model's graph names, takes the steps, and prints whether the loss fell. For
regression CLASSES is `values`: every fifth target is missing.
"""

import array
import json
import math
import random
import re
import struct
import subprocess
import sys

program, model, folder, steps, classes = sys.argv[1:6]
ignored = [int(label) for label in sys.argv[6:]]
command = [program, "compile", model, "--compile-to=graph", "--no-locations"]
graph = subprocess.run(command, capture_output=True, text=True, check=True).stdout
random.seed(1)


def values(name, role, count):
    if role == "input":
        return [random.random() for _ in range(count)]
    if name.endswith((".var", ".running_var")) or "bn" in name and name.endswith(".weight"):
        return [1.0] * count
    return [random.uniform(-0.3, 0.3) for _ in range(count)]


def main():
    tensors = {}
    head = graph[graph.index("@forward(") : graph.index("->")]
    for shape, attributes in re.findall(r": tensor<([\dx]+)xf32> \{(.*?)\}(?=[,)])", head):
        name = re.search(r'spherical\.name = "([^"]*)"', attributes).group(1)
        role = re.search(r'spherical\.role = "?(\w+)', attributes).group(1)
        extents = [int(extent) for extent in shape.split("x")]
        count = 1
        for extent in extents:
            count *= extent
        tensors[name] = ("F32", extents, array.array("f", values(name, role, count)).tobytes())
    if classes == "values":
        shape = re.search(r'tensor<([\dx]+)xf32> \{spherical\.name = "values"', graph).group(1)
        extents = [int(extent) for extent in shape.split("x")]
        numbers = [math.nan if i % 5 == 0 else random.uniform(1, 3) for i in range(math.prod(extents))]
        tensors["target"] = ("F32", extents, array.array("f", numbers).tobytes())
    else:
        batch, _, *sides = tensors["x"][1]
        points = [batch] + (sides if ignored else [])
        count = batch * (sides[0] * sides[1] if ignored else 1)
        labels = [random.choice(list(range(int(classes))) + ignored) for _ in range(count)]
        tensors["labels"] = ("I32", points, array.array("i", labels).tobytes())
    header, data = {}, b""
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    packed = json.dumps(header).encode()
    with open(folder + "/in.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(packed)) + packed + data)
    run = [program, "run", model, "--entry=train_step", "--steps", steps, "--learning-rate", "0.01"]
    subprocess.run([*run, "--input", folder + "/in.safetensors", "--output", folder + "/out.safetensors"], check=True)
    with open(folder + "/out.safetensors", "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        begin, end = json.loads(file.read(size))["losses"]["data_offsets"]
        file.seek(8 + size + begin)
        losses = array.array("f" if end - begin == 4 * (int(steps) + 1) else "d", file.read(end - begin))
    print("losses fell" if losses[-1] < 0.95 * losses[0] else f"losses did not fall: {list(losses)}")


main()
