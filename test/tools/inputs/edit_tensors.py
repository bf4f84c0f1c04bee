"""Changes tensors for the tests: edit_tensors.py IN OUT CHANGE ..., with the changes, in order,

  keep=A,B      only these tensors
  rename=A:B    another name
  scale=A:2.5   every value times a factor
  swap=A:2:3    two axes
  reverse=A:3   index k of an axis becomes -k modulo its length
  shape=A:1x5   another shape of the same values
  @FILE         the changes in the lines of a file

Only the standard library; values F32, F64, I32, I64 and U8.
"""

import json
import math
import struct
import sys

FORMATS = {"F32": "f", "F64": "d", "I32": "i", "I64": "q", "U8": "B"}


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    (size,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, spec in json.loads(data[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        begin, end = (8 + size + offset for offset in spec["data_offsets"])
        count = math.prod(spec["shape"])
        values = struct.unpack(f"<{count}{FORMATS[spec['dtype']]}", data[begin:end])
        tensors[name] = (spec["dtype"], spec["shape"], list(values))
    return tensors


def write(path, tensors):
    header, data = {}, b""
    for name, (dtype, shape, values) in tensors.items():
        begin = len(data)
        data += struct.pack(f"<{len(values)}{FORMATS[dtype]}", *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, len(data)]}
    encoded = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded + data)


def strides_of(shape):
    return [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]


def moved(values, shape, source, result=None):
    """The values of an array of `shape` at source(index) for every index of the shape `result`, or `shape`."""
    result = result or shape
    taken = []
    for at in range(len(values)):
        index = [at // stride % extent for stride, extent in zip(strides_of(result), result)]
        taken.append(values[sum(i * s for i, s in zip(source(index), strides_of(shape)))])
    return taken


def swap(tensor, first, second):
    dtype, shape, values = tensor

    def source(index):
        index[first], index[second] = index[second], index[first]
        return index

    result = source(list(shape))
    return dtype, result, moved(values, shape, source, result)


def reverse(tensor, axis):
    dtype, shape, values = tensor

    def source(index):
        index[axis] = -index[axis] % shape[axis]
        return index

    return dtype, shape, moved(values, shape, source)


def change(tensors, kind, arguments):
    name, *rest = arguments.split(":")
    if kind == "keep":
        return {key: tensors[key] for key in arguments.split(",")}
    dtype, shape, values = tensors[name]
    if kind == "rename":
        del tensors[name]
        tensors[rest[0]] = (dtype, shape, values)
    elif kind == "scale":
        tensors[name] = (dtype, shape, [float(rest[0]) * value for value in values])
    elif kind == "swap":
        tensors[name] = swap(tensors[name], int(rest[0]), int(rest[1]))
    elif kind == "reverse":
        tensors[name] = reverse(tensors[name], int(rest[0]))
    elif kind == "shape":
        tensors[name] = (dtype, [int(extent) for extent in rest[0].split("x")], values)
    else:
        raise ValueError(kind)
    return tensors


def main():
    tensors = read(sys.argv[1])
    changes = []
    for text in sys.argv[3:]:
        if text.startswith("@"):
            with open(text[1:]) as file:
                changes += file.read().split()
        else:
            changes.append(text)
    for text in changes:
        kind, arguments = text.split("=")
        tensors = change(tensors, kind, arguments)
    write(sys.argv[2], tensors)


if __name__ == "__main__":
    main()
