"""Data sets to try Spherical with, by Python's standard library alone.

    python3 make.py panoramas FOLDER   RGB panoramas in a folder for each class: how far apart two caps are
    python3 make.py masks FOLDER       RGB panoramas beside pictures of the classes of their points
    python3 make.py maps FOLDER        HEALPix maps with missing pixels, and an angle to tell from each
    python3 make.py forecast FOLDER    fields now and a step later, with their times

Maps are of nside 16, ring by ring; all other values lie on the SOFT grid of band-limit 16: 32 rows
beta = pi (2 j + 1) / 64 from the north pole, 32 columns alpha = pi k / 16. What training sees is turned about the polar axis only; tests are turned at random in every way.
"""

import argparse
import array
import math
import os
import random
import struct
import zipfile
import zlib

BAND_LIMIT = 16
SIDE = 2 * BAND_LIMIT


def grid_points():
    for j in range(SIDE):
        beta = math.pi * (2 * j + 1) / (4 * BAND_LIMIT)
        for k in range(SIDE):
            alpha = math.pi * k / BAND_LIMIT
            yield (math.sin(beta) * math.cos(alpha), math.sin(beta) * math.sin(alpha), math.cos(beta))


POINTS = list(grid_points())
NSIDE = 16


def healpix_points():
    """Centres of the pixels in ring order (Gorski et al. 2005)."""
    for ring in range(1, 4 * NSIDE):
        i = min(ring, 4 * NSIDE - ring)
        cap = i < NSIDE
        count, shift = (4 * i, 0.5) if cap else (4 * NSIDE, (ring - NSIDE + 1) % 2 / 2)
        z = 1 - i * i / (3 * NSIDE**2) if cap else 4 / 3 - 2 * i / (3 * NSIDE)
        z = z if ring == i else -z
        for k in range(count):
            alpha = 2 * math.pi * (k + shift) / count
            yield (math.sqrt(1 - z * z) * math.cos(alpha), math.sqrt(1 - z * z) * math.sin(alpha), z)


def dot(a, b):
    return sum(p * q for p, q in zip(a, b))


def rotation(draw, every_way):
    """Rows of a random rotation: about the polar axis, or uniformly (from a random unit quaternion)."""
    if not every_way:
        angle = draw.uniform(0, 2 * math.pi)
        w, x, y, z = math.cos(angle / 2), 0.0, 0.0, math.sin(angle / 2)
    else:
        w, x, y, z = (draw.gauss(0, 1) for _ in range(4))
    length = math.sqrt(w * w + x * x + y * y + z * z)
    w, x, y, z = w / length, x / length, y / length, z / length
    return (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )


def place(turn, beta, alpha):
    point = (math.sin(beta) * math.cos(alpha), math.sin(beta) * math.sin(alpha), math.cos(beta))
    return tuple(dot(row, point) for row in turn)


def bump(centre, width, points=POINTS):
    """A smooth cap around a point: 1 there, near 0 beyond twice the width (in radians)."""
    return [math.exp((dot(centre, point) - 1) / width**2) for point in points]


def write_png(path, channels, values, palette=None):
    """8 bits: RGB, or indices into a palette."""
    os.makedirs(os.path.dirname(path), exist_ok=True)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    size = SIDE * channels
    rows = b"".join(b"\0" + bytes(values[j * size : (j + 1) * size]) for j in range(SIDE))
    kind = 3 if palette else 2
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, kind, 0, 0, 0))
    if palette:
        data += chunk(b"PLTE", bytes(value for color in palette for value in color))
    with open(path, "wb") as out:
        out.write(data + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write_text(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def npy(kind, code, shape, values):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }" % (kind, "".join("%d, " % n for n in shape))
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + array.array(code, values).tobytes()


def pixels(fields, draw):
    """Three fields as RGB with a little noise, [point][channel]."""
    return [
        min(255, max(0, round(225 * field[i] + draw.uniform(0, 30)))) for i in range(len(POINTS)) for field in fields
    ]


def make_panoramas(folder, count):
    """The class is the angle between a red and a blue cap; a green one lies anywhere."""
    classes = {"near": 0.6, "middle": 1.2, "far": 2.0}
    for part, samples in (("train", count), ("test", max(count // 4, 3))):
        for number in range(samples):
            draw = random.Random("%s %d" % (part, number))
            turn = rotation(draw, part == "test")
            name = list(classes)[number % 3]
            red = place(turn, math.pi / 2 - classes[name] / 2, 0.0)
            blue = place(turn, math.pi / 2 + classes[name] / 2, 0.0)
            green = place(turn, draw.uniform(0.2, 2.9), draw.uniform(0, 2 * math.pi))
            values = pixels([bump(red, 0.25), bump(green, 0.25), bump(blue, 0.25)], draw)
            write_png("%s/%s/%s/%04d.png" % (folder, part, name, number), 3, values)
        write_text("%s/%s/grid.txt" % (folder, part), "soft\n")


def make_masks(folder, count):
    """Points of a warm cap are land, of a cold one ice; the rest is sea."""
    palette = [(0, 0, 80), (40, 160, 40), (240, 240, 240)]
    for part, samples in (("train", count), ("test", max(count // 4, 3))):
        for number in range(samples):
            draw = random.Random("%s %d" % (part, number))
            turn = rotation(draw, part == "test")
            land = bump(place(turn, 1.3, 0.0), draw.uniform(0.3, 0.5))
            ice = bump(place(turn, 1.7, 2.5), draw.uniform(0.3, 0.5))
            labels = [1 if a > 0.4 and a >= b else 2 if b > 0.4 else 0 for a, b in zip(land, ice)]
            both = [max(a, b) for a, b in zip(land, ice)]
            write_png("%s/%s/images/%04d.png" % (folder, part, number), 3, pixels([land, both, ice], draw))
            write_png("%s/%s/labels/%04d.png" % (folder, part, number), 1, labels, palette)
        write_text("%s/%s/grid.txt" % (folder, part), "soft\n")
        write_text("%s/%s/palette.txt" % (folder, part), "0 0 80 sea\n40 160 40 land\n240 240 240 ice\n")


def make_maps(folder, count):
    """The target is the angle between two warm spots; pixels of a belt around the equator are missing."""
    points, unseen = list(healpix_points()), -1.6375e30
    for part, samples in (("train", count), ("test", max(count // 4, 3))):
        values, targets = [], []
        for number in range(samples):
            draw = random.Random("maps %s %d" % (part, number))
            turn, angle = rotation(draw, part == "test"), draw.uniform(0.6, 2.4)
            spots = [bump(place(turn, math.pi / 2 + side * angle / 2, 0.0), 0.3, points) for side in (-1, 1)]
            values += [
                unseen if abs(point[2]) < 0.05 else 2.7 + a + b + draw.gauss(0, 0.05)
                for point, a, b in zip(points, *spots)
            ]
            targets.append(angle)
        os.makedirs("%s/%s" % (folder, part), exist_ok=True)
        for name, shape, numbers in ("x", [samples, 1, len(points)], values), ("target", [samples], targets):
            with open("%s/%s/%s.npy" % (folder, part, name), "wb") as out:
                out.write(npy("<f4", "f", shape, numbers))
        write_text("%s/%s/grid.txt" % (folder, part), "healpix-ring\n")


def make_forecast(folder, count):
    """Warm and cold spots spread: a spot of width w has width w + 0.1, and less height, a step later."""
    now, later = [], []
    for number in range(count):
        draw = random.Random("forecast %d" % number)
        turn = rotation(draw, number >= 0.8 * count)
        fields = [[280.0] * len(POINTS) for _ in range(2)]
        for _ in range(3):
            centre = place(turn, math.acos(draw.uniform(-1, 1)), draw.uniform(0, 2 * math.pi))
            width, height = draw.uniform(0.25, 0.5), draw.choice((-1, 1)) * draw.uniform(5, 15)
            for field, w in zip(fields, (width, width + 0.1)):
                for i, value in enumerate(bump(centre, w)):
                    field[i] += height * (width / w) ** 2 * value
        now += fields[0]
        later += fields[1]
    os.makedirs(folder, exist_ok=True)
    shape = [count, 1, SIDE, SIDE]
    with zipfile.ZipFile(folder + "/forecast.npz", "w") as out:
        out.writestr("x.npy", npy("<f4", "f", shape, now))
        out.writestr("target.npy", npy("<f4", "f", shape, [value - 280 for value in later]))
        out.writestr("times.npy", npy("<f8", "d", [count], range(count)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["panoramas", "masks", "maps", "forecast"])
    parser.add_argument("folder")
    parser.add_argument("--samples", type=int, default=600, help="of the training part, or all (default: 600)")
    options = parser.parse_args()
    globals()["make_" + options.kind](options.folder, options.samples)
