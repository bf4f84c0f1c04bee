"""Compares two files of tensors: near.py A.safetensors B.safetensors TOLERANCE [NAME ...].

Every tensor of A (or those named) must be in B with the same shape; the largest difference must be
at most TOLERANCE times the largest value. Prints the number of tensors and the worst of them.
"""

import json
import struct
import sys

FORMATS = {"F32": "f", "F64": "d", "I32": "i", "I64": "q"}


def read(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        code = FORMATS[entry["dtype"]]
        count = (end - begin) // struct.calcsize(code)
        tensors[name] = (entry["shape"], struct.unpack(f"<{count}{code}", data[begin:end]))
    return tensors


def main():
    first, second, tolerance = read(sys.argv[1]), read(sys.argv[2]), float(sys.argv[3])
    worst, worst_name = 0.0, ""
    names = sys.argv[4:] or first
    for name in names:
        (shape, a), (other, b) = first[name], second[name]
        if shape != other:
            sys.exit(f"{name}: shapes {shape} and {other}")
        scale = max(map(abs, a), default=0) or 1.0
        difference = max((abs(x - y) for x, y in zip(a, b)), default=0) / scale
        if not difference <= worst:
            worst, worst_name = difference, name
    print(f"{len(names)} tensors, worst {worst:.1e} in {worst_name}")
    if not worst <= tolerance:
        sys.exit(f"expected at most {tolerance}")


main()
