"""Fails unless two safetensors files have the same bits in all tensors, or in those that are named."""
import json, struct, sys


def tensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, values = json.loads(file.read(length)), file.read()
    header.pop("__metadata__", None)
    return {name: values[slice(*entry["data_offsets"])] for name, entry in header.items()}


one, other = tensors(sys.argv[1]), tensors(sys.argv[2])
names = sys.argv[3:] or sorted(set(one) | set(other))
differ = [name for name in names if one.get(name) is None or one.get(name) != other.get(name)]
if differ:
    sys.exit("other bits in " + ", ".join(differ))
