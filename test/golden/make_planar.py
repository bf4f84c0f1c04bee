#!/usr/bin/env python3
"""Writes the golden files of planar layers with padding, of channels, pools and activations.

usage: make_planar.py [--out DIR]

Values and gradients are float64 and follow the definitions loop by loop: a loop over windows and
kernel points adds w x to y, and for the gradients g w to that of x and g x to that of w. Needs NumPy.
Inputs depend on the case's name alone; a second run writes the same bits. The list of cases at the
end of DIR/README.md (default: data/ beside this file) is replaced.
"""
import argparse
import itertools
import json
import math
import os
import zlib

import numpy as np


def save(path, tensors, case):
    """8-byte little-endian header length, JSON header, raw little-endian C-order data."""
    header = {"__metadata__": {"op": case["op"], "case": json.dumps(case)}}
    position = 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F64", "shape": list(tensor.shape),
                        "data_offsets": [position, position + tensor.nbytes]}
        position += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors.values():
            file.write(np.ascontiguousarray(tensor, "<f8").tobytes())


# --- windows: where each reads from


def windows_of(extent, kernel, stride, padding):
    """-> how many windows there are on an axis, and the position of the first one's first point."""
    if padding == "valid":
        return (extent - kernel) // stride + 1, 0
    return math.ceil(extent / stride), -((kernel - 1) // 2)


def readings(extent, kernel, stride, padding, wraps):
    """All (window, kernel point, position) of an axis with the position inside of the image."""
    count, first = windows_of(extent, kernel, stride, padding)
    for window, point in itertools.product(range(count), range(kernel)):
        position = first + window * stride + point
        if wraps:
            position %= extent
        if 0 <= position < extent:
            yield window, point, position


def readings2d(image, case):
    """All (window, kernel point, position) of both axes, each a pair."""
    padding = case.get("padding", "valid")
    rows = readings(image[0], case["k"][0], case["stride"][0], padding, False)
    columns = list(readings(image[1], case["k"][1], case["stride"][1], padding,
                            padding == "circular"))
    for (p, r, y), (q, s, x) in itertools.product(rows, columns):
        yield (p, q), (r, s), (y, x)


def window_counts(case):
    padding = case.get("padding", "valid")
    return [windows_of(*axis, padding)[0] for axis in zip(case["image"], case["k"], case["stride"])]


# --- cases: each takes (case, rng) and returns a dictionary of tensors


def correlate(case, image, weight):
    """[n,i,H,W], [o,i,K,L] -> [n,o,Y,X]: y += w x, without a bias."""
    y = np.zeros((image.shape[0], weight.shape[0], *window_counts(case)))
    for (p, q), (r, s), (v, u) in readings2d(image.shape[2:], case):
        for n, o, i in np.ndindex(len(image), *weight.shape[:2]):
            y[n, o, p, q] += weight[o, i, r, s] * image[n, i, v, u]
    return y


def correlate_back(case, g, image, weight):
    """The gradients of sum(g correlate(image, weight)) in image and weight."""
    image_grad, weight_grad = np.zeros_like(image), np.zeros_like(weight)
    for (p, q), (r, s), (v, u) in readings2d(image.shape[2:], case):
        for n, o, i in np.ndindex(len(image), *weight.shape[:2]):
            image_grad[n, i, v, u] += g[n, o, p, q] * weight[o, i, r, s]
            weight_grad[o, i, r, s] += g[n, o, p, q] * image[n, i, v, u]
    return image_grad, weight_grad


def conv2d(case, rng):
    x = rng.normal(size=(case["N"], case["I"], *case["image"]))
    weight = rng.normal(size=(case["O"], case["I"], *case["k"]))
    bias = rng.normal(size=case["O"])
    y = correlate(case, x, weight) + bias[:, None, None]
    g = rng.normal(size=y.shape)
    grad_x, grad_weight = correlate_back(case, g, x, weight)
    return {"in.x": x, "in.weight": weight, "in.bias": bias, "out.y": y, "cot.y": g,
            "grad.x": grad_x, "grad.weight": grad_weight, "grad.bias": g.sum((0, 2, 3))}


def conv_transpose2d(case, rng):
    """`image` is the size of the result."""
    x = rng.normal(size=(case["N"], case["I"], *window_counts(case)))
    weight = rng.normal(size=(case["I"], case["O"], *case["k"]))
    bias = rng.normal(size=case["O"])
    y = np.zeros((case["N"], case["O"], *case["image"])) + bias[:, None, None]
    g = rng.normal(size=y.shape)
    grad_x, grad_weight = np.zeros_like(x), np.zeros_like(weight)
    for (p, q), (r, s), (v, u) in readings2d(case["image"], case):
        for n, i, o in np.ndindex(len(x), *weight.shape[:2]):
            y[n, o, v, u] += weight[i, o, r, s] * x[n, i, p, q]
            grad_x[n, i, p, q] += g[n, o, v, u] * weight[i, o, r, s]
            grad_weight[i, o, r, s] += g[n, o, v, u] * x[n, i, p, q]
    return {"in.x": x, "in.weight": weight, "in.bias": bias, "out.y": y, "cot.y": g,
            "grad.x": grad_x, "grad.weight": grad_weight, "grad.bias": g.sum((0, 2, 3))}


def max_pool2d(case, rng):
    x = rng.normal(size=(case["N"], case["C"], *case["image"]))
    y = np.full((*x.shape[:2], *window_counts(case)), -np.inf)
    where = {}
    for window, _, position in readings2d(case["image"], case):
        for plane in np.ndindex(x.shape[:2]):
            if x[plane + position] > y[plane + window]:
                y[plane + window] = x[plane + position]
                where[plane + window] = plane + position
    g = rng.normal(size=y.shape)
    grad = np.zeros_like(x)
    for window, position in where.items():
        grad[position] += g[window]
    return {"in.x": x, "out.y": y, "cot.y": g, "grad.x": grad}


def avg_pool2d(case, rng):
    x = rng.normal(size=(case["N"], case["C"], *case["image"]))
    y = np.zeros((*x.shape[:2], *window_counts(case)))
    g = rng.normal(size=y.shape)
    grad = np.zeros_like(x)
    for (p, q), _, (v, u) in readings2d(case["image"], case):
        y[:, :, p, q] += x[:, :, v, u] / math.prod(case["k"])
        grad[:, :, v, u] += g[:, :, p, q] / math.prod(case["k"])
    return {"in.x": x, "out.y": y, "cot.y": g, "grad.x": grad}


def upsample_nearest(case, rng):
    (height, width), (rows, columns) = case["image"], case["size"]
    x = rng.normal(size=(case["N"], case["C"], height, width))
    y = np.zeros((*x.shape[:2], rows, columns))
    g = rng.normal(size=y.shape)
    grad = np.zeros_like(x)
    for p, q in np.ndindex(rows, columns):
        v, u = p * height // rows, q * width // columns
        y[:, :, p, q] = x[:, :, v, u]
        grad[:, :, v, u] += g[:, :, p, q]
    return {"in.x": x, "out.y": y, "cot.y": g, "grad.x": grad}


def concat(case, rng):
    inputs = [rng.normal(size=(case["N"], channels, *case["image"])) for channels in case["C"]]
    tensors = {f"in.x{i}": x for i, x in enumerate(inputs)}
    y = np.zeros((case["N"], sum(case["C"]), *case["image"]))
    g = rng.normal(size=y.shape)
    first = 0
    for i, x in enumerate(inputs):
        grad = np.zeros_like(x)
        for channel in range(x.shape[1]):
            y[:, first + channel] = x[:, channel]
            grad[:, channel] = g[:, first + channel]
        first += x.shape[1]
        tensors[f"grad.x{i}"] = grad
    return tensors | {"out.y": y, "cot.y": g}


def slice_channels(case, rng):
    x = rng.normal(size=(case["N"], case["C"], *case["image"]))
    y = np.zeros((case["N"], case["channels"], *case["image"]))
    g = rng.normal(size=y.shape)
    grad = np.zeros_like(x)
    for channel in range(case["channels"]):
        y[:, channel] = x[:, case["first"] + channel]
        grad[:, case["first"] + channel] = g[:, channel]
    return {"in.x": x, "out.y": y, "cot.y": g, "grad.x": grad}


def activation(function, slope):
    """function(case, x) and its slope there, value by value."""
    def tensors(case, rng):
        x = 2 * rng.normal(size=case["shape"])
        g = rng.normal(size=x.shape)
        y = np.array([function(case, value) for value in x.flat]).reshape(x.shape)
        grad = np.array([slope(case, value) for value in x.flat]).reshape(x.shape) * g
        return {"in.x": x, "out.y": y, "cot.y": g, "grad.x": grad}
    return tensors


def gelu(_, x):
    return x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def gelu_slope(_, x):
    t = math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
    inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
    return (1 + t) / 2 + x / 2 * (1 - t**2) * inner


OPERATORS = {
    "conv2d": conv2d, "conv_transpose2d": conv_transpose2d, "max_pool2d": max_pool2d,
    "avg_pool2d": avg_pool2d, "upsample_nearest": upsample_nearest, "concat": concat,
    "slice_channels": slice_channels,
    "leaky_relu": activation(lambda case, x: x if x > 0 else case["slope"] * x,
                             lambda case, x: 1.0 if x > 0 else case["slope"]),
    "gelu": activation(gelu, gelu_slope),
}

MEANING = {
    "conv2d": "cross-correlation and bias on images [N, I, image]",
    "conv_transpose2d": "adjoint of `conv2d` on images of size `image`, and bias",
    "max_pool2d": "largest value of each window, no padding",
    "avg_pool2d": "mean of each window, no padding",
    "upsample_nearest": "y[p, q] = x[floor(p H / Y), floor(q W / X)], (H, W) = image, (Y, X) = size",
    "concat": "channels of x0, x1, ..., one after the other",
    "slice_channels": "`channels` channels from `first` on",
    "leaky_relu": "x where x > 0, else slope x",
    "gelu": "x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))",
}


# --- the list


def convolution(op, padding, kernel, stride, image):
    """A name that says kernel, strides and padding."""
    name = f"{op}_{padding}_k{kernel[0]}x{kernel[1]}_s{stride[0]}x{stride[1]}"
    return {"name": name, "op": op, "N": 2, "I": 3 if op == "conv2d" else 2,
            "O": 2 if op == "conv2d" else 3, "image": image, "k": kernel, "stride": stride,
            "padding": padding}


CASES = (
    [convolution("conv2d", padding, *sizes) for padding in ("zero", "circular") for sizes in (
        ([3, 3], [1, 1], [5, 7]), ([2, 4], [1, 2], [5, 8]), ([4, 2], [2, 3], [7, 8]),
        ([5, 3], [3, 1], [8, 6]), ([7, 5], [1, 3], [4, 5]))]
    + [convolution("conv2d", "valid", [2, 4], [3, 1], [9, 7])]
    + [convolution("conv_transpose2d", padding, *sizes) for padding in ("zero", "circular")
       for sizes in (([3, 3], [1, 1], [5, 7]), ([4, 2], [2, 3], [7, 8]), ([2, 5], [3, 2], [8, 7]))]
    + [convolution("conv_transpose2d", "valid", [4, 2], [2, 3], [9, 10])]
    + [{"name": "max_pool2d_k3x2_s2x3", "op": "max_pool2d", "N": 2, "C": 3, "image": [9, 8],
        "k": [3, 2], "stride": [2, 3]},
       {"name": "avg_pool2d_k3x2_s2x1", "op": "avg_pool2d", "N": 2, "C": 3, "image": [8, 5],
        "k": [3, 2], "stride": [2, 1]},
       {"name": "avg_pool2d_k2x3_s3x3", "op": "avg_pool2d", "N": 2, "C": 3, "image": [8, 9],
        "k": [2, 3], "stride": [3, 3]},
       {"name": "upsample_nearest_4x3_9x7", "op": "upsample_nearest", "N": 2, "C": 3,
        "image": [4, 3], "size": [9, 7]},
       {"name": "upsample_nearest_5x4_5x8", "op": "upsample_nearest", "N": 2, "C": 3,
        "image": [5, 4], "size": [5, 8]},
       {"name": "concat_2", "op": "concat", "N": 2, "C": [3, 2], "image": [4, 5]},
       {"name": "concat_3", "op": "concat", "N": 3, "C": [1, 4, 2], "image": [3, 5]},
       {"name": "slice_channels", "op": "slice_channels", "N": 2, "C": 7, "first": 2,
        "channels": 3, "image": [4, 5]},
       {"name": "leaky_relu_0.01", "op": "leaky_relu", "shape": [2, 3, 4, 5], "slope": 0.01},
       {"name": "leaky_relu_0.2", "op": "leaky_relu", "shape": [2, 3, 4, 5], "slope": 0.2},
       {"name": "gelu", "op": "gelu", "shape": [2, 3, 4, 5]}])

HEADING = "\n## Files of make_planar.py\n"


def index(case, tensors):
    attributes = {key: value for key, value in case.items() if key not in ("name", "op")}
    lines = [f"\n### {case['name']}.safetensors\n", f"`{case['op']}`: {MEANING[case['op']]}.  "
             f"Attributes: `{json.dumps(attributes)}`\n"]
    lines += [f"- `{name}` {list(tensor.shape)}" for name, tensor in tensors.items()]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.path.join(os.path.dirname(__file__), "data"))
    out = parser.parse_args().out
    listing = ""
    for case in CASES:
        rng = np.random.default_rng(zlib.crc32(case["name"].encode()))
        tensors = OPERATORS[case["op"]](case, rng)
        save(os.path.join(out, case["name"] + ".safetensors"), tensors, case)
        listing += index(case, tensors)
    readme = os.path.join(out, "README.md")
    with open(readme) as file:
        before = file.read().split(HEADING)[0]
    with open(readme, "w") as file:
        file.write(before + HEADING + listing)


if __name__ == "__main__":
    main()
