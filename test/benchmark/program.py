"""Compiled models from Python: the public C interface (runtime/spherical_runtime.h) by ctypes.

Arrays are NumPy's, dense, C order, in the shapes and types of the header.
"""
import ctypes

import numpy as np

ELEMENTS = {np.dtype(name): index
            for index, name in enumerate(("float32", "float64", "int32", "int64"))}  # sph_element


class _Buffer(ctypes.Structure):  # sph_buffer
    _fields_ = [("name", ctypes.c_char_p), ("data", ctypes.c_void_p), ("element", ctypes.c_int),
                ("rank", ctypes.c_int64), ("shape", ctypes.POINTER(ctypes.c_int64))]


class _Value(ctypes.Structure):  # sph_value
    _fields_ = [("name", ctypes.c_char_p), ("role", ctypes.c_char_p), ("element", ctypes.c_int),
                ("rank", ctypes.c_int64), ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("batched", ctypes.c_int32), ("replaces", ctypes.c_char_p)]


class _Stage(ctypes.Structure):  # sph_stage
    _fields_ = [("name", ctypes.c_char_p), ("location", ctypes.c_char_p), ("flop", ctypes.c_double),
                ("bytes", ctypes.c_double), ("tasks", ctypes.c_int64), ("seconds", ctypes.c_double),
                ("runs", ctypes.c_int64)]


_POINTER, _INDEX = ctypes.c_void_p, ctypes.c_int64
_ARGUMENTS = {
    "sph_open": [ctypes.c_char_p, ctypes.POINTER(_POINTER)],
    "sph_close": [_POINTER],
    "sph_set_threads": [_POINTER, _INDEX],
    "sph_find_entry": [_POINTER, ctypes.c_char_p, ctypes.POINTER(_INDEX)],
    "sph_parameter": [_POINTER, _INDEX, ctypes.POINTER(_Value)],
    "sph_bind": [_POINTER, ctypes.POINTER(_Buffer)],
    "sph_read": [_POINTER, ctypes.POINTER(_Buffer)],
    "sph_run": [_POINTER, _INDEX, ctypes.POINTER(_Buffer), _INDEX, ctypes.POINTER(_Buffer), _INDEX,
                _INDEX],
    "sph_entry_stage": [_POINTER, _INDEX, _INDEX, ctypes.POINTER(_Stage)],
}


def _buffers(arrays):
    """A C array of sph_buffer; it and `arrays` must outlive the call that takes it."""
    buffers = (_Buffer * len(arrays))()
    for buffer, (name, array) in zip(buffers, arrays.items()):
        if not array.flags.c_contiguous:
            raise ValueError(f"'{name}' expected a dense array in C order")
        buffer.name, buffer.data = name.encode(), array.ctypes.data
        buffer.element, buffer.rank = ELEMENTS[array.dtype], array.ndim
        buffer.shape = (ctypes.c_int64 * max(array.ndim, 1))(*array.shape)
    return buffers


class Program:
    """A compiled library, open until `close`. Every failure is a RuntimeError with the sentence of
    sph_last_error."""

    def __init__(self, runtime, library, threads):
        """`runtime`, `library`: paths of libspherical_runtime.so and of the compiled model."""
        self._c = ctypes.CDLL(runtime)
        self._c.sph_last_error.restype = ctypes.c_char_p
        for name, types in _ARGUMENTS.items():
            getattr(self._c, name).argtypes = types
        self._program = _POINTER()
        self._check(self._c.sph_open(library.encode(), ctypes.byref(self._program)))
        self._check(self._c.sph_set_threads(self._program, threads))

    def _check(self, status):
        if status != 0:
            raise RuntimeError(self._c.sph_last_error().decode())

    def close(self):
        self._c.sph_close(self._program)
        self._program = _POINTER()

    def _entry(self, name):
        entry = _INDEX()
        self._check(self._c.sph_find_entry(self._program, name.encode(), ctypes.byref(entry)))
        return entry.value

    def parameters(self, role):
        """-> {name: shape} of what the program keeps in that role: parameter, state or moment."""
        found, value, index = {}, _Value(), 0
        while self._c.sph_parameter(self._program, index, ctypes.byref(value)) == 0:
            if value.role.decode() == role:
                found[value.name.decode()] = tuple(value.shape[:value.rank])
            index += 1
        return found

    def bind(self, name, array):
        self._check(self._c.sph_bind(self._program, _buffers({name: array})))

    def bind_all(self, model, arrays):
        """Binds all parameters; ValueError, which names the model, if the program has others."""
        expected = self.parameters("parameter")
        if {name: tuple(array.shape) for name, array in arrays.items()} != expected:
            raise ValueError(f"{model}: the parameters of both sides differ in name or shape")
        for name, array in arrays.items():
            self.bind(name, array)

    def read(self, name, array):
        """Copies the current values into `array`."""
        self._check(self._c.sph_read(self._program, _buffers({name: array})))
        return array

    def call(self, entry, inputs, outputs, count):
        """-> a function that runs the entry on the arrays of `inputs` and into those of `outputs`
        (both {name: array}), and does nothing else."""
        index, sources, results = self._entry(entry), _buffers(inputs), _buffers(outputs)

        def run(alive=(inputs, outputs)):
            self._check(self._c.sph_run(self._program, index, sources, len(sources), results,
                                        len(results), count))

        return run

    def flop(self, entry):
        """Floating-point operations that the entry's plan counts in one run on a full batch."""
        index, stage, total, position = self._entry(entry), _Stage(), 0.0, 0
        while self._c.sph_entry_stage(self._program, index, position, ctypes.byref(stage)) == 0:
            total += stage.flop
            position += 1
        return total
