"""Loss and gradients of regression with missing targets: regression_step.py SPHERICAL MODEL FOLDER.

Of four samples the last two, then all have no target. The loss of the first must be that of the first two
samples given alone, and so must the gradients, as the network treats samples apart. Prints a line for each
target, and what is said of an infinite target.
"""

import array
import json
import math
import random
import re
import struct
import subprocess
import sys

program, model, folder = sys.argv[1:4]
command = [program, "compile", model, "--compile-to=graph", "--no-locations"]
graph = subprocess.run(command, capture_output=True, text=True, check=True).stdout
random.seed(2)


def write(tensors):
    header, data = {}, b""
    for name, (shape, numbers) in tensors.items():
        content = array.array("f", numbers).tobytes()
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    packed = json.dumps(header).encode()
    with open(folder + "/in.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(packed)) + packed + data)


def run(target, tensors):
    write(tensors)
    arguments = ["run", model, "--entry=loss_and_gradients", f"--target={target}"]
    files = ["--input", folder + "/in.safetensors", "--output", folder + "/out.safetensors"]
    result = subprocess.run([program, *arguments, *files], capture_output=True, text=True)
    if result.returncode != 0:
        return result.stderr
    with open(folder + "/out.safetensors", "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(size)), file.read()
    results = {}
    for name, entry in header.items():
        if name == "loss" or name.startswith("grad."):
            begin, end = entry["data_offsets"]
            results[name] = array.array("d" if entry["dtype"] == "F64" else "f", data[begin:end]).tolist()
    return results


def first_samples(tensors, count):
    kept = dict(tensors)
    for name in ("x", "target"):
        shape, numbers = tensors[name]
        kept[name] = ([count] + shape[1:], numbers[: len(numbers) // shape[0] * count])
    return kept


def near(got, wanted):
    scale = max(map(abs, wanted))
    return all(abs(a - b) <= 1e-5 * scale + 1e-9 for a, b in zip(got, wanted))


def main():
    tensors = {}
    head = graph[graph.index("@forward(") :]
    for shape, name in re.findall(r"tensor<([\dx]+)xf32> \{.*?spherical\.name = \"([^\"]*)\"", head):
        extents = [int(extent) for extent in shape.split("x")]
        numbers = [random.uniform(-1, 1) for _ in range(math.prod(extents))]
        tensors["target" if name == "values" else name] = (extents, numbers)
    shape, numbers = tensors["target"]
    half = len(numbers) // 2
    for target in ("reference", "cpu", "cuda-emulated"):
        alone = run(target, first_samples(tensors, 2))
        part = run(target, {**tensors, "target": (shape, numbers[:half] + [math.nan] * half)})
        none = run(target, {**tensors, "target": (shape, [math.nan] * len(numbers))})
        fits = alone["loss"][0] > 0 and near(part["loss"], alone["loss"])
        for name in alone:
            wanted = alone[name]
            if name in ("grad.x", "grad.values"):
                got = part[name]
                fits = fits and not any(got[len(got) // 2 :])
                fits = fits and near(got[: len(got) // 2], wanted[: len(got) // 2])
            else:
                fits = fits and near(part[name], wanted)
            fits = fits and not any(none[name])
        verdict = "the loss and gradients of the valid targets, 0 of none" if fits else f"{alone} {part} {none}"
        print(f"{target}: {verdict}")
    print(run("cpu", {**tensors, "target": (shape, numbers[:1] + [math.inf] + numbers[2:])}))


main()
