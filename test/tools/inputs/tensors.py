"""Writes tensors for the tests: tensors.py OUT.safetensors NAME=TYPE:SHAPE[:VALUES] ...

For example x=F32:4x1x10x10 labels=I32:4:0,1,2,10 y=F32:2x3:4@nan. Values are a fixed function of their
index, between -1 and 1; integers are index modulo 10. VALUES replace the first ones, or, as INDEX@VALUE,
the one at an index. @FILE stands for the words of a file; of two words for one name, the last one counts.
"""

import json
import math
import struct
import sys

FORMATS = {"F16": "e", "BF16": "H", "F32": "f", "F64": "d", "U8": "B", "I8": "b", "I32": "i", "I64": "q"}


def stored(value, dtype):
    """The number that struct packs for a value."""
    if dtype == "BF16":  # the upper half of an F32, cut off
        return struct.unpack("<I", struct.pack("<f", value))[0] >> 16
    return value


def replace(values, items, number):
    for position, item in enumerate(items):
        index, _, value = item.rpartition("@")
        values[int(index or position)] = number(value)


def main():
    header, data = {}, b""
    words = []
    for text in sys.argv[2:]:
        if text.startswith("@"):
            with open(text[1:]) as file:
                words += file.read().split()
        else:
            words.append(text)
    for name, declaration in dict(text.split("=") for text in words).items():
        dtype, extents, *items = declaration.split(":")
        shape = [int(extent) for extent in extents.split("x")] if extents else []
        count = math.prod(shape)
        whole = dtype[0] in "IU"
        values = [i % 10 if whole else math.sin(3.0 * i + len(name)) for i in range(count)]
        if items:
            replace(values, items[0].split(","), int if whole else float)
        begin = len(data)
        data += struct.pack(f"<{count}{FORMATS[dtype]}", *(stored(value, dtype) for value in values))
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, len(data)]}
    encoded = json.dumps(header).encode()
    with open(sys.argv[1], "wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded + data)


main()
