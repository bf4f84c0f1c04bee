"""A panorama of noise, and what its quadrature gives on a model's grid, by sums of its own.

panorama.py write OUT.npy H W            noise [2, 1, H, W]
panorama.py check IN.npy OUT.npy B       OUT [2, 1, 2B, 2B] is IN's part below degree B, to 1e-6
panorama.py same A.npy B.npy BOUND       |A - B| / |B| is below a bound
"""

import ast
import math
import struct
import sys


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack_from("<H", data, 8)[0]
    header = ast.literal_eval(data[10:10 + length].decode())
    assert header["descr"] == "<f4" and not header["fortran_order"], header
    count = math.prod(header["shape"])
    return header["shape"], struct.unpack_from(f"<{count}f", data, 10 + length)


def write(path, shape, values):
    header = str({"descr": "<f4", "fortran_order": False, "shape": tuple(shape)}) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack(f"<{len(values)}f", *values))


def harmonics(degrees, beta):
    """p[l, m], m >= 0, of the functions p e^{i m alpha} of norm 1 in the mean over the sphere."""
    p = {}
    for m in range(degrees):
        p[m, m] = 1.0 if m == 0 else -p[m - 1, m - 1] * math.sqrt(1 + 0.5 / m) * math.sin(beta)
        for l in range(m + 1, degrees):
            a = math.sqrt((4 * l * l - 1) / (l * l - m * m))
            c = math.sqrt(((l - 1) ** 2 - m * m) / (4 * (l - 1) ** 2 - 1)) if l > m + 1 else 0.0
            p[l, m] = a * (math.cos(beta) * p[l - 1, m] - (c * p[l - 2, m] if l > m + 1 else 0.0))
    return p


def weight(j, rows):
    """Fejer's first rule: half the integral over cos beta."""
    beta = math.pi * (2 * j + 1) / (2 * rows)
    terms = (math.cos(2 * k * beta) / (4 * k * k - 1) for k in range(1, rows // 2 + 1))
    return (1 - 2 * sum(terms)) / rows


def turn(angle):
    return complex(math.cos(angle), math.sin(angle))


def projected(field, rows, columns, b):
    """sum over l, |m| <= l < b of Y <field, Y> at the points of the soft grid."""
    pairs = [(l, m) for l in range(b) for m in range(l + 1)]
    spectrum = dict.fromkeys(pairs, 0j)
    for j in range(rows):
        p = harmonics(b, math.pi * (2 * j + 1) / (2 * rows))
        for m in range(b):
            wave = sum(field[j * columns + k] * turn(-m * math.pi * (2 * k + 1) / columns)
                       for k in range(columns))
            for l in range(m, b):
                spectrum[l, m] += weight(j, rows) / columns * p[l, m] * wave
    values = []
    for j in range(2 * b):
        p = harmonics(b, math.pi * (2 * j + 1) / (4 * b))
        for i in range(2 * b):
            values.append(sum((1 if m == 0 else 2) * p[l, m] *
                              (spectrum[l, m] * turn(m * math.pi * i / b)).real for l, m in pairs))
    return values


def distance(a, b):
    assert len(a) == len(b), (len(a), len(b))
    return math.sqrt(sum((x - y) ** 2 for x, y in zip(a, b)) / sum(y * y for y in b))


def main():
    mode, first, second, *more = sys.argv[1:]
    if mode == "write":
        rows, columns = int(second), int(more[0])
        write(first, [2, 1, rows, columns],
              [math.sin(12.9898 * i * i + 0.7 * i) for i in range(2 * rows * columns)])
        return
    (shape, a), (other, b) = read(first), read(second)
    if mode == "same":
        assert shape == other, (shape, other)
        error, bound = distance(a, b), float(more[0])
    else:
        rows, columns, band = shape[2], shape[3], int(more[0])
        assert other == (2, 1, 2 * band, 2 * band), other
        size = rows * columns
        fields = a[:size], a[size:]
        expected = [v for field in fields for v in projected(field, rows, columns, band)]
        error, bound = distance(b, expected), 1e-6
    print("error", error)
    assert error < bound


main()
