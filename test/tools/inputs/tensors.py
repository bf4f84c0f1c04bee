"""Writes tensors for the tests: tensors.py OUT.safetensors NAME=TYPE:SHAPE ..., for example x=F32:4x1x10x10.

Values are a fixed function of their index, between -1 and 1; integers are index modulo 10.
@FILE stands for the words of a file.
"""

import json
import math
import struct
import sys

FORMATS = {"F32": "f", "F64": "d", "I32": "i", "I64": "q"}


def main():
    header, data = {}, b""
    words = []
    for text in sys.argv[2:]:
        if text.startswith("@"):
            with open(text[1:]) as file:
                words += file.read().split()
        else:
            words.append(text)
    for text in words:
        name, declaration = text.split("=")
        dtype, extents = declaration.split(":")
        shape = [int(extent) for extent in extents.split("x")] if extents else []
        count = math.prod(shape)
        whole = dtype.startswith("I")
        values = [i % 10 if whole else math.sin(3.0 * i + len(name)) for i in range(count)]
        begin = len(data)
        data += struct.pack(f"<{count}{FORMATS[dtype]}", *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, len(data)]}
    encoded = json.dumps(header).encode()
    with open(sys.argv[1], "wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded + data)


main()
