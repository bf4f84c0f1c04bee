"""The planar networks in PyTorch, eager and compiled, read from the lines of a model file."""
import copy
import re

import torch
from torch import nn
from torch.nn import functional

LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
_LAYER = re.compile(r"^  - (\w+)(?:: \{(.*)\})?\s*(?:#.*)?$")
_INPUT = re.compile(r"^input: \{channels: (\d+), size: (\d+)\}", re.MULTILINE)


def read_layers(path):
    """-> channels and size of the input, [(kind, {option: number})] of the layers."""
    with open(path) as file:
        text = file.read()
    given = _INPUT.search(text)
    if not given:
        raise ValueError(f"{path}: expected a line 'input: {{channels: C, size: N}}'")
    layers, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        inside = line == "layers:" or (inside and line.startswith(" "))
        if not inside or line == "layers:":
            continue
        found = _LAYER.match(line)
        if not found:
            raise ValueError(f"{path}:{number}: expected one layer in a line, got '{line.strip()}'")
        options = re.findall(r"(\w+): (\d+)", found.group(2) or "")
        layers.append((found.group(1), {key: int(value) for key, value in options}))
    return int(given.group(1)), int(given.group(2)), layers


def _nearest(x, size):
    """Position y of Y is floor(y H / Y) of H, in whole numbers."""
    rows, columns = (torch.arange(int(new)) * int(old) // int(new)
                     for new, old in zip(size, x.shape[2:]))
    return x.index_select(2, rows).index_select(3, columns)


class Planar(nn.Module):
    """conv2d, down, up, conv_transpose2d and relu as the model files mean them. Modules have the
    names of the compiled model's parameters. The 1 x 1 convolutions of shortcuts run on the smaller
    image, after the pool and before the interpolation; sums and ReLUs are in place. `exact`: the
    interpolation is not PyTorch's function, which engines of inference compute in floating point:
    where it falls on a border they round to another neighbour."""

    def __init__(self, path, exact=False):
        super().__init__()
        self._exact = exact
        channels, size, layers = read_layers(path)
        self.channels, self.size = channels, size
        self.downsample_layers, self.skip_down_conv_layers = nn.ModuleList(), nn.ModuleList()
        self.upsample_layers, self.skip_up_conv_layers = nn.ModuleList(), nn.ModuleList()
        self._steps = []
        for kind, options in layers:
            if kind != "relu":
                channels = self._add(path, kind, channels, **options)
            elif not self._steps:
                raise ValueError(f"{path}: the first layer is a relu")
            else:
                self._steps[-1] = (*self._steps[-1][:-1], True)
        self.classes = channels

    def _add(self, path, kind, before, channels, kernel, stride=1, output_padding=0):
        if kind == "conv2d":
            self.input_layer = layer = nn.Conv2d(before, channels, kernel, stride)
        elif kind == "down":
            self.downsample_layers.append(layer := nn.Conv2d(before, channels, kernel, stride))
            self.skip_down_conv_layers.append(nn.Conv2d(before, channels, 1))
        elif kind in ("up", "conv_transpose2d"):
            layer = nn.ConvTranspose2d(before, channels, kernel, stride, 0, output_padding)
            if kind == "up":
                self.upsample_layers.append(layer)
                self.skip_up_conv_layers.append(nn.Conv2d(before, channels, 1))
            else:
                self.out_layer = layer
        else:
            raise ValueError(f"{path}: expected conv2d, down, up, conv_transpose2d or relu, "
                             f"got '{kind}'")
        shortcuts = {"down": self.skip_down_conv_layers, "up": self.skip_up_conv_layers}.get(kind)
        # In a list, so that modules are registered under one name only.
        self._steps.append((kind, [layer], [shortcuts[-1]] if shortcuts else [], False))
        return channels

    def forward(self, x):
        for kind, (layer,), shortcut, relu in self._steps:
            y = layer(x)
            if kind == "down":
                y += shortcut[0](functional.max_pool2d(x, layer.kernel_size, layer.stride))
            elif kind == "up":
                small = shortcut[0](x)
                y += (_nearest(small, y.shape[2:]) if self._exact else
                      functional.interpolate(small, size=y.shape[2:], mode="nearest"))
            x = functional.relu(y, inplace=True) if relu else y
        return x


class Peer:
    """A network in one memory layout with its inputs (x: [batch, channels, n, n], labels: classes)
    and Adam; `forward` and `train_step` are what is timed."""

    def __init__(self, network, layout, x, labels, learning_rate):
        self.network = network.to(memory_format=LAYOUTS[layout])
        self.x, self.labels = x.to(memory_format=LAYOUTS[layout]), labels
        self.adam = torch.optim.Adam(self.network.parameters(), learning_rate, fused=True)
        self.logits = self.loss = None

    def _run(self, x):
        return self.network(x)

    def forward(self):
        with torch.inference_mode():
            self.logits = self._run(self.x)

    def train_step(self):
        self.adam.zero_grad()
        loss = functional.cross_entropy(self._run(self.x), self.labels)
        loss.backward()
        self.adam.step()
        self.loss = loss.item()


class Compiled(Peer):
    """The same by torch.compile, which finds memory layouts itself. Its forward pass has the
    weights that the network has at first as constants, packed once ("freezing")."""

    def __init__(self, network, x, labels, learning_rate):
        super().__init__(network, "contiguous", x, labels, learning_rate)
        frozen = copy.deepcopy(network).eval()
        self._infer = torch.compile(frozen, options={"freezing": True})
        self._run = torch.compile(network)

    def forward(self):
        with torch.no_grad():
            self.logits = self._infer(self.x)
