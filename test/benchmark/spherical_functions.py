"""Transforms, products and ReLU of the spherical networks in PyTorch, with gradients by hand.

What competent hands do within PyTorch: constant matrices in place of complex transforms (see
spherical_tables.py), so that all but ReLU is a real matrix product in MKL; samples innermost; ReLU
and the sums around it in one compiled loop; buffers that are used again; the adjoint of analysis is
synthesis on the same tables.
"""
import functools
import math
import threading

import torch

# Bytes that a block of grid values may take.
BLOCK = 6 << 20
# Loops of one thread: those for more read and write beyond their arrays (PyTorch 2.14 and 2.15) when
# a thread with another number of threads calls them.
COMPILED = functools.partial(torch.compile, dynamic=False, options={"cpp.threads": 1})


def allow_compiling():
    """For each thread: there is a compiled loop for each grid and batch, with and without gradient."""
    torch._dynamo.config.recompile_limit = torch._dynamo.config.accumulated_recompile_limit = 1024


class Buffers(threading.local):
    """Memory for results that live within one call, by name and shape: fresh pages cost more than
    what is computed in them. Each thread has its own."""

    def __init__(self):
        super().__init__()
        self._kept = {}

    def __call__(self, name, *shape):
        size = math.prod(shape)
        if name not in self._kept or self._kept[name].numel() < size:
            with torch.inference_mode(False):  # for training, too
                self._kept[name] = torch.empty(size)
        return self._kept[name][:size].view(shape)


BUFFERS = Buffers()


def _synthesis(tables, spectrum, channels, side):
    """Spectrum -> sums over all but n, [parity of alpha, s, n, (alpha, t, beta, channel, sample)],
    with the tables of `side`: the inverse of analysis (1), or its adjoint (0)."""
    b, degrees, samples = tables.b, tables.degrees, spectrum.shape[-1]
    rows = 2 * b * channels * samples
    back = tables.coefficients(channels)[1]
    shells = torch.index_select(_negate(tables, spectrum, channels), 0, back,
                                out=BUFFERS("shells", len(back), samples))
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
                       out=BUFFERS("from n", 4 * degrees, b + 1, rows))
    return over_n.view(4, degrees, -1)


def _analysis(tables, over_n, channels, side):
    """The adjoint of _synthesis on the same tables: sums over gamma alone -> [coefficient, sample];
    see SO3Tables.coefficients."""
    b, degrees = tables.b, tables.degrees
    rows = over_n.shape[-1] // (b + 1)
    samples = rows // (2 * b * channels)
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


def _negate(tables, spectrum, channels):
    """Changes in place the sign of rows m' < 0 in columns n' >= 0: what comes in is read no more."""
    start = 0
    for l in range(tables.degrees):
        size = 2 * l + 1
        block = spectrum[start:start + size * size * channels].view(size, channels, size, -1)
        block[l:, :, :l].neg_()
        start += size * size * channels
    return spectrum


def _blocks(b, columns):
    """-> number of blocks of alphas, and slices of `columns`: what is done between the sums over
    gamma and back should stay in the second cache, as far as a block is large enough for MKL."""
    count = next(n for n in range(1, b + 2) if (b + 1) % n == 0
                 and (n == b + 1 or 16 * (b + 1) * columns // n <= BLOCK))
    width = columns // count
    return count, [slice(i * width, (i + 1) * width) for i in range(count)]


def _values(parts):
    """Parts of a grid, [parity of alpha, s, gamma, alpha, t, ...] -> its eight mirror images, a list
    over signs of alpha, gamma, beta."""
    return _mirror([parts[q, q ^ r, :, :, p ^ q] for q in (0, 1) for r in (0, 1) for p in (0, 1)])


def _mirror(parts):
    """The eight sums and differences; twice is eight times the same."""
    for step in (4, 2, 1):
        parts = [parts[i] + parts[i + step] if not i & step else parts[i - step] - parts[i]
                 for i in range(8)]
    return parts


def _parts(values):
    """The other way than _values, times eight."""
    values = _mirror(values)
    return torch.stack([torch.stack([torch.stack(
        [values[4 * q + 2 * (q ^ s) + (q ^ t)] for t in (0, 1)], 2)
        for s in (0, 1)]) for q in (0, 1)])


@COMPILED
def rectify(parts):
    return _parts([torch.relu(value) for value in _values(parts)])


@COMPILED
def rectify_gradient(parts, gradient):
    return _parts([torch.where(value > 0, share, 0.0)
                   for value, share in zip(_values(parts), _values(gradient))])


@COMPILED
def rectified_sum(parts):
    """-> the sum of the ReLU of the eight mirror images."""
    return sum(torch.relu(value) for value in _values(parts))


@COMPILED
def integrate_gradient(parts, weights, gradient):
    share = weights * gradient
    return _parts([torch.where(value > 0, share, 0.0) for value in _values(parts)])


def _with_bias(spectrum, bias):
    """Adds the bias, a function of degree 0, in place: what comes in is read no more."""
    spectrum[:len(bias)] += bias[:, None]
    return spectrum


def _bias_gradient(gradient, channels):
    return gradient[:channels].sum(1)


class Boundary(torch.autograd.Function):
    """Spectrum -> grid, bias, ReLU -> spectrum."""

    @staticmethod
    def forward(context, spectrum, bias, source, target, keep):
        """`keep`: whether a gradient will be asked for."""
        b, channels = source.b, len(bias)
        over_n = _synthesis(source, _with_bias(spectrum, bias), channels, 1)
        count, blocks = _blocks(b, over_n.shape[-1])
        kept = (torch.empty if keep else lambda *shape: BUFFERS("parts", *shape))(
            count if keep else 1, 4, b + 1, over_n.shape[-1] // count)
        result = BUFFERS("to n", 4, target.degrees, over_n.shape[-1])
        for i, block in enumerate(blocks):
            parts = torch.bmm(source.gamma[1].transpose(1, 2), over_n[:, :, block],
                              out=kept[i if keep else 0])
            parts = rectify(parts.view(2, 2, b + 1, (b + 1) // count, 2, -1))
            torch.bmm(target.gamma[0], parts.view(4, b + 1, -1), out=result[:, :, block])
        context.save_for_backward(kept)
        context.how = source, target, channels
        return _analysis(target, result, channels, 0)

    @staticmethod
    def backward(context, gradient):
        (kept,), (source, target, channels) = context.saved_tensors, context.how
        b = source.b
        over_n = _synthesis(target, gradient, channels, 0)
        count, blocks = _blocks(b, over_n.shape[-1])
        result = BUFFERS("to n", 4, source.degrees, over_n.shape[-1])
        shape = 2, 2, b + 1, (b + 1) // count, 2, -1
        for parts, block in zip(kept, blocks):
            values = torch.bmm(target.gamma[0].transpose(1, 2), over_n[:, :, block],
                               out=BUFFERS("parts", *parts.shape))
            values = rectify_gradient(parts.view(shape), values.view(shape))
            torch.bmm(source.gamma[1], values.view(4, b + 1, -1), out=result[:, :, block])
        gradient = _analysis(source, result, channels, 1)
        return gradient, _bias_gradient(gradient, channels), None, None, None


class Integral(torch.autograd.Function):
    """Spectrum -> grid, bias, ReLU -> integral, [channel, sample]."""

    @staticmethod
    def forward(context, spectrum, bias, source):
        b, channels = source.b, len(bias)
        over_n = _synthesis(source, _with_bias(spectrum, bias), channels, 1)
        parts = torch.bmm(source.gamma[1].transpose(1, 2), over_n)
        parts = parts.view(2, 2, b + 1, b + 1, 2, b, -1)
        context.save_for_backward(parts)
        context.source, context.channels = source, channels
        values = rectified_sum(parts).view(source.weights.numel(), -1)
        return (source.weights.view(1, -1) @ values).view(channels, -1)

    @staticmethod
    def backward(context, gradient):
        (parts,), source = context.saved_tensors, context.source
        parts = integrate_gradient(parts, source.weights, gradient.flatten())
        over_n = torch.bmm(source.gamma[1], parts.view(4, source.b + 1, -1))
        gradient = _analysis(source, over_n, context.channels, 1)
        return gradient, _bias_gradient(gradient, context.channels), None


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
