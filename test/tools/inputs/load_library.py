"""Runs entry `forward` of a compiled model: load_library.py RUNTIME LIBRARY WEIGHTS INPUT [EXPECTED]

The runtime is loaded as any other library (no RTLD_GLOBAL). WEIGHTS: safetensors of all parameters;
INPUT: safetensors with F32 `x`. Prints the status and the sentence of what fails, and exits with 1;
otherwise, with EXPECTED (safetensors with `logits`), whether all bits are the same.
"""

import ctypes
import json
import struct
import sys


class Buffer(ctypes.Structure):  # sph_buffer
    _fields_ = [("name", ctypes.c_char_p), ("data", ctypes.c_void_p), ("element", ctypes.c_int),
                ("rank", ctypes.c_int64), ("shape", ctypes.POINTER(ctypes.c_int64))]


def tensor(path, name):
    """-> shape and bytes of one tensor of a safetensors file."""
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])[name]
    begin, end = header["data_offsets"]
    return header["shape"], data[8 + size + begin:8 + size + end]


def buffer(name, shape, memory):
    extents = (ctypes.c_int64 * len(shape))(*shape)
    return Buffer(name, ctypes.cast(memory, ctypes.c_void_p), 0, len(shape), extents)


def main():
    runtime_path, library, weights, source = sys.argv[1:5]
    runtime = ctypes.CDLL(runtime_path)
    runtime.sph_last_error.restype = ctypes.c_char_p
    program, entry = ctypes.c_void_p(), ctypes.c_int64()

    def check(status):
        if status != 0:
            print(f"status {status}: {runtime.sph_last_error().decode()}")
            sys.exit(1)

    check(runtime.sph_open(library.encode(), ctypes.byref(program)))
    check(runtime.sph_bind_file(program, weights.encode()))
    check(runtime.sph_find_entry(program, b"forward", ctypes.byref(entry)))
    shape, values = tensor(source, "x")
    results = ctypes.create_string_buffer(4 * 10 * shape[0])
    x = buffer(b"x", shape, ctypes.create_string_buffer(values, len(values)))
    logits = buffer(b"logits", [shape[0], 10], results)
    check(runtime.sph_run(program, entry, ctypes.byref(x), ctypes.c_int64(1), ctypes.byref(logits),
                          ctypes.c_int64(1), ctypes.c_int64(shape[0])))
    if len(sys.argv) > 5:
        same = tensor(sys.argv[5], "logits")[1] == results.raw
        print("logits: all bits the same" if same else "logits: other numbers")
    runtime.sph_close(program)


main()
