"""The spherical networks in PyTorch, written for speed, read from a model file."""
import math
import re
from concurrent import futures

import torch
import yaml
from torch import nn
from torch.nn import functional

import spherical_functions as functions
import spherical_tables as tables

# Samples at most that go through the layers together: more gain nothing and take memory.
CHUNK = 8


def read_angle(value):
    """A number, 'pi/5' or '0.1238 pi' -> radians."""
    found = re.fullmatch(r"([\d.eE+-]*)\s*(pi)?\s*(?:/\s*([\d.]+))?", str(value))
    if not found or not (found.group(1) or found.group(2)):
        raise ValueError(f"expected an angle, got '{value}'")
    factor = float(found.group(1) or 1) * (math.pi if found.group(2) else 1)
    return factor / float(found.group(3) or 1)


def _read_layer(path, layer):
    """-> kind, value."""
    (kind, value), = layer.items() if isinstance(layer, dict) else ((layer, None),)
    grid = value.get("grid", {}) if isinstance(value, dict) else {}
    if set(grid) - {"kind", "max_beta"} or grid.get("kind", "near_identity") != "near_identity":
        raise ValueError(f"{path}: expected grids near_identity with max_beta alone, got {grid}")
    return kind, value


class Convolution(nn.Module):
    """Weights of one layer with what its product needs. `before`: band-limit of the input; `b`, that
    of the result; `degrees` of the product."""

    def __init__(self, kind, inputs, outputs, before, b, max_beta):
        super().__init__()
        on_s2, self.to_s2 = kind == "s2_conv", kind == "so3_to_s2"
        points = tables.kernel_points(on_s2, max_beta)
        count, self.degrees = len(points[0]), min(before, b)
        scale = (2 * b / math.sqrt(count * inputs * b ** 4 / before ** 2) if on_s2
                 else 1 / math.sqrt(count * inputs * b ** 3 / before ** 3))
        project = "s2" if on_s2 else "even" if self.to_s2 else None
        self.tables = tables.KernelTables(points, self.degrees, scale, project)
        self.columns = [(1 if on_s2 else 2 * l + 1, 1 if self.to_s2 else 2 * l + 1)
                        for l in range(self.degrees)]
        self.kernel = nn.Parameter(torch.randn(inputs, outputs, count))
        self.bias = nn.Parameter(0.1 * torch.randn(outputs))

    def spectrum(self):
        return functions.Kernel.apply(self.kernel, self.tables)

    def forward(self, spectrum, kernel):
        return functions.Product.apply(spectrum, kernel, self.columns, self.kernel.shape[:2])


class Spherical(nn.Module):
    """s2_conv, so3_conv, so3_to_s2, relu, resample, integrate and heads of batch_norm and linear, as
    the model files mean them. Parameters have the names of the compiled model's."""

    def __init__(self, path):
        super().__init__()
        with open(path) as file:
            model = yaml.safe_load(file)
        self.channels, self.b = model["input"].get("channels", 1), model["input"]["bandlimit"]
        self.learning_rate = float(model.get("training", {}).get("learning_rate", 1e-3))
        self.hidden_layers, self.head = nn.ModuleList(), nn.ModuleDict()
        self._convolutions, self._grids, self._head = [], [], []
        channels, b = self.channels, self.b
        for layer in model["layers"]:
            kind, value = _read_layer(path, layer)
            if kind in ("s2_conv", "so3_conv", "so3_to_s2"):
                self._add(kind, channels, b, value)
                channels, b = value["channels"], value["bandlimit"]
                self._grids.append(b)
            elif kind == "resample" and len(self._grids) == len(self._convolutions):
                self._grids[-1] = b = value
            elif kind in ("batch_norm", "linear") or (kind == "relu" and self._head):
                channels = self._add_head(kind, channels, value)
            elif kind not in ("relu", "integrate"):
                raise ValueError(f"{path}: expected layers on the sphere, got '{kind}'")
        self.classes = channels
        # The variance of one sample is not defined, says PyTorch.
        self.least = 2 if any(name.startswith("bn") for name in self._head) else 1
        self._first = tables.S2Tables(self.b, self._convolutions[0].degrees)
        last = self._convolutions[-1]
        self.points = last.to_s2
        self._last = tables.S2Tables(self._grids[-1], last.degrees) if self.points else None
        following = self._convolutions[1:] + ([] if last.to_s2 else [last])
        self._boundaries = [(tables.so3_tables(b, layer.degrees), tables.so3_tables(b, then.degrees))
                            for b, layer, then in zip(self._grids, self._convolutions, following)]

    def _add(self, kind, channels, b, value):
        layer = Convolution(kind, channels, value["channels"], b, value["bandlimit"],
                            read_angle(value.get("grid", {}).get("max_beta", "pi/8")))
        if kind == "s2_conv":
            self.input_layer = layer
        elif kind == "so3_conv":
            self.hidden_layers.append(layer)
        else:
            self.output_layer = layer
        self._convolutions.append(layer)

    def _add_head(self, kind, channels, value):
        short = {"batch_norm": "bn", "linear": "fc", "relu": "relu"}[kind]
        count = sum(name.startswith(short) for name in self._head)
        self._head.append(name := f"{short}{count}")
        if kind == "batch_norm":
            self.head[name] = nn.BatchNorm1d(channels)
        elif kind == "linear":
            self.head[name] = nn.Linear(channels, value)
            return value
        return channels

    def kernels(self):
        return [layer.spectrum() for layer in self._convolutions]

    def forward(self, x):
        """Features of all samples -> logits."""
        for name in self._head:
            x = functional.relu(x) if name.startswith("relu") else self.head[name](x)
        return x

    def features(self, x, kernels):
        """x: [sample, channel, beta, alpha]; `kernels` as from kernels() -> what the head takes."""
        spectrum = functions.s2_analysis(self._first, x)
        for layer, kernel, boundary in zip(self._convolutions, kernels, self._boundaries):
            spectrum = layer(spectrum, kernel)
            if layer is not self._convolutions[-1]:
                spectrum = functions.Boundary.apply(spectrum, layer.bias, *boundary,
                                                  torch.is_grad_enabled())
        if not self.points:
            return functions.Integral.apply(spectrum, layer.bias, boundary[0]).T
        last = self._convolutions[-1]
        return functions.s2_synthesis(self._last, last(spectrum, kernels[-1]), last.bias)


class Peer:
    """A network with its inputs (x: [batch, channel, beta, alpha], labels: classes) and Adam;
    `forward` and `train_step` are what is timed. Kernel spectra are ready for `forward`, as those of
    a compiled model are, until weights change. Samples are shared out to threads of one core each,
    which need not wait for each other at every operator; one sample has PyTorch's threads."""

    def __init__(self, network, x, labels, threads):
        functions.allow_compiling()
        self.network, self.labels = network, labels
        size = min(CHUNK, -(-len(x) // threads))
        self._parts = x.split(size)
        self._pool = futures.ThreadPoolExecutor(threads, initializer=self._start_thread)
        self.adam = torch.optim.Adam(network.parameters(), network.learning_rate, fused=True)
        self.logits = self.loss = self._kernels = None

    @staticmethod
    def _start_thread():
        functions.allow_compiling()
        torch.set_num_threads(1)
        torch.set_flush_denormal(True)

    def _map(self, run, *values):
        return list((map if len(self._parts) == 1 else self._pool.map)(run, *values))

    def _infer(self, part):
        with torch.inference_mode():
            return self.network.features(part, self._kernels)

    def forward(self):
        with torch.inference_mode():
            self.network.eval()
            if self._kernels is None:
                self._kernels = self.network.kernels()
            self.logits = self.network(torch.cat(self._map(self._infer, self._parts)))

    def train_step(self):
        self._kernels = None
        self.network.train()
        self.adam.zero_grad()
        spectra = self.network.kernels()
        kernels = [spectrum.detach().requires_grad_() for spectrum in spectra]
        found = self._map(lambda part: self.network.features(part, kernels), self._parts)
        features = torch.cat([part.detach() for part in found]).requires_grad_()
        loss = functional.cross_entropy(self.network(features), self.labels)
        loss.backward()
        self._map(torch.autograd.backward, found, features.grad.split(len(self._parts[0])))
        torch.autograd.backward(spectra, [kernel.grad for kernel in kernels])
        self.adam.step()
        self.loss = loss.item()
