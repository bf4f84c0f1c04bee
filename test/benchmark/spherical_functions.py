"""Transforms, products and ReLU of the spherical networks in PyTorch, with gradients by hand.

What competent hands do within PyTorch: constant matrices in place of complex transforms (see
spherical_tables.py), so that all but ReLU is a real matrix product in MKL; samples innermost; ReLU
and the sums around it in one compiled loop; buffers that are used again; the adjoint of analysis is
synthesis on the same tables.
"""
import math

import torch

torch._dynamo.config.recompile_limit = 256  # one loop for each layer and batch


class Buffers:
    """Memory for results that live within one call, by name and shape: fresh pages cost more than
    what is computed in them."""

    def __init__(self):
        self._kept = {}

    def __call__(self, name, *shape):
        size = math.prod(shape)
        if name not in self._kept or self._kept[name].numel() < size:
            with torch.inference_mode(False):  # for training, too
                self._kept[name] = torch.empty(size)
        return self._kept[name][:size].view(shape)


BUFFERS = Buffers()


def to_spectrum(tables, parts, side):
    """Sums of a grid in parts, [parity of alpha, s, gamma, alpha, t, beta, channel, sample], with
    the tables of `side` -> [coefficient, sample]; see SO3Tables.coefficients."""
    b, degrees, channels, samples = tables.b, tables.degrees, *parts.shape[-2:]
    rows = 2 * b * channels * samples
    over_n = torch.bmm(tables.gamma[side], parts.view(4, b + 1, -1),
                       out=BUFFERS("n", 4, degrees, (b + 1) * rows))
    over_m = torch.bmm(tables.alpha[side], over_n.view(4 * degrees, b + 1, rows),
                       out=BUFFERS("m", 4 * degrees, degrees, rows))
    sums = torch.index_select(over_m.view(-1, channels * samples), 0, tables.order,
                              out=BUFFERS("sums", len(tables.order), channels * samples))
    result = BUFFERS("shells", int(tables.ends[-1]), channels * samples)
    start = 0
    for table, first, last in zip(tables.shells[side], tables.ends, tables.ends[1:]):
        count, ranks, beta = table.shape
        torch.bmm(table, sums[start:start + 2 * count * beta].view(count, beta, -1),
                  out=result[first:last].view(count, ranks, -1))
        start += 2 * count * beta
    order = tables.coefficients(channels)[0]
    return _negate(tables, result.view(-1, samples).index_select(0, order), channels)


def to_grid(tables, spectrum, channels, side):
    """The adjoint of to_spectrum on the same tables."""
    b, degrees, samples = tables.b, tables.degrees, spectrum.shape[-1]
    rows = 2 * b * channels * samples
    back = tables.coefficients(channels)[1]
    signed = _negate(tables, spectrum, channels)
    shells = torch.index_select(signed, 0, back, out=BUFFERS("shells", len(back), samples))
    shells = shells.view(-1, channels * samples)
    sums = BUFFERS("sums", len(tables.order), channels * samples)
    start = 0
    for table, first, last in zip(tables.shells[side], tables.ends, tables.ends[1:]):
        count, ranks, beta = table.shape
        torch.bmm(table.transpose(1, 2), shells[first:last].view(count, ranks, -1),
                  out=sums[start:start + 2 * count * beta].view(count, beta, -1))
        start += 2 * count * beta
    over_m = torch.index_select(sums, 0, tables.back,
                                out=BUFFERS("m", len(tables.order), channels * samples))
    over_n = torch.bmm(tables.alpha[side].transpose(1, 2), over_m.view(4 * degrees, degrees, rows),
                       out=BUFFERS("n", 4 * degrees, b + 1, rows))
    parts = torch.bmm(tables.gamma[side].transpose(1, 2), over_n.view(4, degrees, -1))
    return parts.view(2, 2, b + 1, b + 1, 2, b, channels, samples)


def _negate(tables, spectrum, channels):
    """Changes in place the sign of rows m' < 0 in columns n' >= 0: what comes in is read no more."""
    start = 0
    for l in range(tables.degrees):
        size = 2 * l + 1
        block = spectrum[start:start + size * size * channels].view(size, channels, size, -1)
        block[l:, :, :l].neg_()
        start += size * size * channels
    return spectrum


def _values(parts, bias):
    """Parts of a grid -> its eight mirror images, a list over signs of alpha, gamma, beta."""
    parts = [parts[q, q ^ r, :, :, p ^ q] for q in (0, 1) for r in (0, 1) for p in (0, 1)]
    if bias is not None:
        parts[0] = parts[0] + bias[:, None]
    return _mirror(parts)


def _mirror(parts):
    """The eight sums and differences; twice is eight times the same."""
    for step in (4, 2, 1):
        parts = [parts[i] + parts[i + step] if not i & step else parts[i - step] - parts[i]
                 for i in range(8)]
    return parts


def _parts(values):
    """The other way than _values."""
    values = _mirror(values)
    return torch.stack([torch.stack([torch.stack(
        [values[4 * q + 2 * (q ^ s) + (q ^ t)] for t in (0, 1)], 2)
        for s in (0, 1)]) for q in (0, 1)])


@torch.compile(dynamic=False)
def rectify(parts, bias):
    return _parts([torch.relu(value) for value in _values(parts, bias)])


@torch.compile(dynamic=False)
def rectify_gradient(parts, bias, gradient):
    values, gradients = _values(parts, bias), _values(gradient, None)
    return _parts([torch.where(v > 0, g, 0.0) for v, g in zip(values, gradients)])


@torch.compile(dynamic=False)
def integrate(parts, bias, weights):
    """-> integral of the ReLU, [channel, sample]; `weights`: [gamma, alpha, beta, 1, 1]."""
    total = sum(torch.relu(value) for value in _values(parts, bias))
    return (total * weights).sum((0, 1, 2))


@torch.compile(dynamic=False)
def integrate_gradient(parts, bias, weights, gradient):
    share = weights * gradient
    return _parts([torch.where(value > 0, share, 0.0) for value in _values(parts, bias)])


class Boundary(torch.autograd.Function):
    """Spectrum -> grid, bias, ReLU -> spectrum."""

    @staticmethod
    def forward(context, spectrum, bias, source, target):
        parts = to_grid(source, spectrum, len(bias), 1)
        context.save_for_backward(parts, bias)
        context.tables = source, target
        return to_spectrum(target, rectify(parts, bias), 0)

    @staticmethod
    def backward(context, gradient):
        parts, bias = context.saved_tensors
        source, target = context.tables
        gradient = to_grid(target, gradient, len(bias), 0)
        gradient = rectify_gradient(parts, bias, gradient)
        return (to_spectrum(source, gradient, 1), gradient[0, 0, :, :, 0].sum((0, 1, 2, 4)),
                None, None)


class Integral(torch.autograd.Function):
    """Spectrum -> grid, bias, ReLU -> integral, [channel, sample]."""

    @staticmethod
    def forward(context, spectrum, bias, source):
        weights = source.weights
        parts = to_grid(source, spectrum, len(bias), 1)
        context.save_for_backward(parts, bias, weights)
        context.source = source
        return integrate(parts, bias, weights)

    @staticmethod
    def backward(context, gradient):
        parts, bias, weights = context.saved_tensors
        gradient = integrate_gradient(parts, bias, weights, gradient.contiguous())
        return (to_spectrum(context.source, gradient, 1),
                gradient[0, 0, :, :, 0].sum((0, 1, 2, 4)), None)


class Rows(torch.autograd.Function):
    """Rows in another order."""

    @staticmethod
    def forward(context, rows, order, back):
        context.back = back
        return rows.index_select(0, order)

    @staticmethod
    def backward(context, gradient):
        return gradient.index_select(0, context.back), None, None


def s2_analysis(tables, x):
    """x: [sample, channel, beta, alpha] -> [coefficient, sample]; see S2Tables.coefficients."""
    samples, channels = x.shape[:2]
    sums = (x @ tables.alpha.T).permute(3, 2, 1, 0).flatten(2)
    rows = torch.bmm(tables.beta[0], sums.contiguous())
    return rows.view(-1, samples).index_select(0, tables.coefficients(channels)[0])


def s2_synthesis(tables, spectrum, bias):
    """The inverse, plus the bias of each channel."""
    channels, samples = len(bias), spectrum.shape[-1]
    rows = Rows.apply(spectrum, *reversed(tables.coefficients(channels)))
    sums = torch.bmm(tables.beta[1].transpose(1, 2),
                     rows.view(2 * tables.degrees, tables.degrees, -1))
    values = (tables.alpha.T @ sums.flatten(1)).view(2 * tables.b, 2 * tables.b, channels, samples)
    return (values + bias[:, None]).permute(3, 2, 1, 0)


class Kernel(torch.autograd.Function):
    """Weights [in, out, point] -> for each degree the matrix of its product, flat: [(column n', out),
    (column k', in)], of the projections [(n', out), in] or [out, (k', in)]."""

    @staticmethod
    def forward(context, weights, tables):
        inputs, outputs, _ = weights.shape
        merged = (weights @ tables.merge).permute(2, 1, 0).reshape(-1, outputs * inputs)
        context.tables, context.shape = tables, (inputs, outputs)
        return Kernel.reorder(tables, tables.table @ merged, inputs, outputs, True)

    @staticmethod
    def backward(context, gradient):
        tables, (inputs, outputs) = context.tables, context.shape
        rows = Kernel.reorder(tables, gradient, inputs, outputs, False)
        merged = tables.table.T @ rows.view(-1, outputs * inputs)
        return merged.view(-1, outputs, inputs).permute(2, 1, 0) @ tables.merge.T, None

    @staticmethod
    def reorder(tables, rows, inputs, outputs, forward):
        """[n', k', out, in] of each degree to [n', out, k', in], or back."""
        if tables.project == "s2":
            return rows.view(-1)
        rows, result, start = rows.view(-1), torch.empty(rows.numel()), 0
        for l in range(tables.degrees):
            n, k = 1 if tables.project else 2 * l + 1, 2 * l + 1
            shape = (n, k, outputs, inputs) if forward else (n, outputs, k, inputs)
            end = start + n * k * outputs * inputs
            source = rows[start:end].view(shape).transpose(1, 2)
            result[start:end].view(source.shape).copy_(source)
            start = end
        return result


class Product(torch.autograd.Function):
    """Spectra [coefficient, sample] times kernels, degree by degree. `columns`: for each degree how
    many columns input and result have."""

    @staticmethod
    def blocks(columns, spectrum, kernel, result, channels):
        """-> for each degree views of input, kernel and result as matrices."""
        inputs, outputs = channels
        samples, i, j, k = spectrum.shape[-1], 0, 0, 0
        for l, (first, second) in enumerate(columns):
            a, c, size = first * inputs, second * outputs, 2 * l + 1
            yield (spectrum[i:i + a * size].view(a, size * samples), kernel[j:j + a * c].view(c, a),
                   result[k:k + c * size].view(c, size * samples))
            i, j, k = i + a * size, j + a * c, k + c * size

    @staticmethod
    def forward(context, spectrum, kernel, columns, channels):
        context.save_for_backward(spectrum, kernel)
        context.how = columns, channels
        size = sum((2 * l + 1) * n * channels[1] for l, (_, n) in enumerate(columns))
        result = torch.empty(size, spectrum.shape[-1])
        for x, y, z in Product.blocks(columns, spectrum, kernel, result, channels):
            torch.mm(y, x, out=z)
        return result

    @staticmethod
    def backward(context, gradient):
        spectrum, kernel = context.saved_tensors
        to_input = torch.empty_like(spectrum) if context.needs_input_grad[0] else None
        to_kernel = torch.empty_like(kernel)
        blocks = Product.blocks(*context.how[:1], spectrum, to_kernel, gradient, context.how[1])
        for x, y, z in blocks:
            torch.mm(z, x.T, out=y)
        if to_input is not None:
            for x, y, z in Product.blocks(context.how[0], to_input, kernel, gradient,
                                          context.how[1]):
                torch.mm(y.T, z, out=x)
        return to_input, to_kernel, None, None
