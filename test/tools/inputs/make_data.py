"""Data sets for tests, by the standard library alone: python make_data.py KIND FOLDER

Each sample is a bright cap around a point of its own on a grid of 2b x 2b points; its class says which of
three channels is bright. KIND: arrays, classes, masks, values, many or damage.
"""

import array
import math
import os
import random
import struct
import sys
import zipfile
import zlib

SIDE, CHANNELS, CLASSES = 12, 3, 3


def sample(number, side=SIDE):
    """The class of a sample and its values, [channel][row][column]."""
    draw = random.Random(number)
    label = number % CLASSES
    row, column = draw.uniform(0.2, 0.8) * side, draw.uniform(0, side)
    field = []
    for channel in range(CHANNELS):
        for j in range(side):
            for k in range(side):
                across = min(abs(k - column), side - abs(k - column))
                near = math.hypot(j - row, across) < side / 4
                field.append((0.9 if near and channel == label else 0.1) + draw.uniform(0, 0.05))
    return label, field


def npy(kind, shape, values):
    """The bytes of a NumPy array."""
    header = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }" % (kind, "".join("%d, " % n for n in shape))
    header += " " * (-(len(header) + 11) % 64) + "\n"
    code = {"<f4": "f", "<i4": "i", "|u1": "B", "<f8": "d"}[kind]
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + array.array(code, values).tobytes()


def png(path, width, height, channels, pixels, palette=None):
    """Writes a PNG of 8 bits: RGB, grey, or indexed if there is a palette."""
    os.makedirs(os.path.dirname(path), exist_ok=True)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    color = 3 if palette else 2 if channels == 3 else 0
    size = width * channels
    rows = b"".join(b"\0" + bytes(pixels[j * size : (j + 1) * size]) for j in range(height))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0))
    if palette:
        data += chunk(b"PLTE", bytes(value for entry in palette for value in entry))
    with open(path, "wb") as out:
        out.write(data + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def interleaved(field, side=SIDE):
    points = side * side
    return [round(255 * field[c * points + i]) for i in range(points) for c in range(CHANNELS)]


def archive(path, arrays, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as out:
        for name, data in arrays.items():
            out.writestr(name + ".npy", data)


def make_arrays(folder, count=60):
    samples = [sample(number) for number in range(count)]
    labels = npy("<i4", [count], [label for label, _ in samples])
    shape = [count, CHANNELS, SIDE, SIDE]
    x = npy("<f4", shape, [value for _, field in samples for value in field])
    groups = npy("<i4", [count], [number // 6 for number in range(count)])
    times = npy("<f8", [count], [float(number // 2) for number in range(count)])
    archive(folder + "/stored.npz", {"x": x, "labels": labels, "groups": groups, "times": times})
    archive(folder + "/deflated.npz", {"x": x, "labels": labels}, zipfile.ZIP_DEFLATED)
    with open(folder + "/a.npy", "wb") as out:
        out.write(x)
    with open(folder + "/a.labels.npy", "wb") as out:
        out.write(labels)
    with open(folder + "/a.classes.txt", "w") as out:
        out.write("red\ngreen\nblue\n")
    holes = [float("nan") if i % 17 == 0 else value for i, value in enumerate(v for _, f in samples for v in f)]
    archive(folder + "/holes.npz", {"x": npy("<f4", shape, holes), "labels": labels})
    bad = list(holes)
    bad[5 * CHANNELS * SIDE * SIDE + 3] = float("inf")
    archive(folder + "/bad.npz", {"x": npy("<f4", shape, bad), "labels": labels})


def make_classes(folder, count=48):
    for number in range(count):
        label, field = sample(number)
        part = "test" if number >= count - 12 else "train"
        name = "%s/%s/%s/%03d.png" % (folder, part, ["red", "green", "blue"][label], number)
        png(name, SIDE, SIDE, 3, interleaved(field))
    for part in ("train", "test"):
        with open("%s/%s/grid.txt" % (folder, part), "w") as out:
            out.write("soft\n")


def make_masks(folder, count=12):
    palette = [(0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)]
    for number in range(count):
        label, field = sample(number)
        points = SIDE * SIDE
        mask = [label + 1 if field[label * points + i] > 0.5 else 0 for i in range(points)]
        png("%s/images/%02d.png" % (folder, number), SIDE, SIDE, 3, interleaved(field))
        png("%s/labels/%02d.png" % (folder, number), SIDE, SIDE, 1, mask, palette)


def make_values(folder, count=40):
    samples = [sample(number) for number in range(count)]
    x = npy("<f4", [count, CHANNELS, SIDE, SIDE], [value for _, field in samples for value in field])
    target = npy("<f4", [count, 2], [value for _, field in samples for value in (sum(field[:144]) / 144, sum(field[144:288]) / 48 - 1)])
    archive(folder + "/values.npz", {"x": x, "target": target})


def make_panoramas(folder):
    for name, axes in (("train", 60), ("t10k", 12)):
        with open("%s/%s-images-idx3-ubyte" % (folder, name), "wb") as out:
            out.write(struct.pack(">IIII", 0x803, axes, 8, 16) + bytes(i % 251 for i in range(axes * 128)))
        with open("%s/%s-labels-idx1-ubyte" % (folder, name), "wb") as out:
            out.write(struct.pack(">II", 0x801, axes) + bytes(i % 3 for i in range(axes)))


if __name__ == "__main__":
    os.makedirs(sys.argv[2], exist_ok=True)
    globals()["make_" + sys.argv[1]](sys.argv[2])
