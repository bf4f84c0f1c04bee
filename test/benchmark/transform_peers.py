"""Transforms of other libraries beside ours: ducc0, torch-harmonics and PySOFFT.

Each takes the spectrum X of our conventions ('spherical help conventions'), coefficients with re, im
as complex numbers, and has the runs `analysis` and `synthesis`, and what these leave:
`spectrum()` in our conventions and `values()`, a grid, with `grid` its name, "soft" if it is ours.
Libraries are imported when asked for: one may be there without the others.
"""
import importlib
import importlib.metadata
import math
from concurrent import futures

import numpy as np


def version(package):
    """ImportError if it is not there."""
    return importlib.metadata.version(package)


def s2_orders(b):
    """-> degree, order and index in X of the coefficients of m >= 0, order by order (as healpy)."""
    degree = np.concatenate([np.arange(m, b) for m in range(b)])
    order = np.concatenate([np.full(b - m, m) for m in range(b)])
    return degree, order, degree * degree + degree + order


def s2_spectrum(half, b):
    """Coefficients of m >= 0 by s2_orders -> X of a real function."""
    degree, order, index = s2_orders(b)
    full = np.zeros((*half.shape[:-1], b * b), half.dtype)
    full[..., degree * degree + degree - order] = (-1.0) ** order * half.conj()
    full[..., index] = half
    return full


class Ducc:
    """ducc0.sht on our grid. Analysis is adjoint synthesis of values times weights, which is exact
    below b and does less than analysis_2d. One call has one field: `threads` is of each call, the
    calls of several fields run in `together` threads."""

    grid = "soft"

    def __init__(self, x, b, threads, together, weights):
        self._sht = importlib.import_module("ducc0").sht
        self.name = f"ducc0 {together} x {threads}"
        self._b, fields = b, len(x)
        degree, _, index = s2_orders(b)
        self._scale = np.sqrt(4 * np.pi * (2 * degree + 1))
        self._input = np.ascontiguousarray((x[:, None, index] * self._scale).astype(x.dtype))
        self._output = np.zeros_like(self._input)
        self._map = np.zeros((fields, 1, 2 * b, 2 * b), x.real.dtype)
        self._how = {"spin": 0, "lmax": b - 1, "geometry": "F1", "nthreads": threads}
        self._weights = weights * (4 * np.pi / (2 * b))
        self._pool = futures.ThreadPoolExecutor(together) if together > 1 else None

    def _all(self, run):
        list((self._pool.map if self._pool else map)(run, range(len(self._map))))

    def synthesis(self):
        self._all(lambda i: self._sht.synthesis_2d(alm=self._input[i], map=self._map[i],
                                                   **self._how))

    def analysis(self):
        self._all(lambda i: self._sht.adjoint_synthesis_2d(
            map=self._map[i], alm=self._output[i], ringfactor=self._weights, **self._how))

    def spectrum(self):
        return s2_spectrum(self._output[:, 0] / self._scale, self._b)

    def values(self):
        return self._map[:, 0]

    def on_grid(self, geometry):
        """The same function on the grid of that name."""
        how = {**self._how, "geometry": geometry, "ntheta": 2 * self._b, "nphi": 2 * self._b}
        return np.concatenate([self._sht.synthesis_2d(alm=alm, **how) for alm in self._input])


class TorchHarmonics:
    """torch-harmonics on as many points as our grid has; it does not know ours, so these lie at
    Gauss-Legendre colatitudes, which is the same work."""

    grid = "GL"

    def __init__(self, x, b):
        library, self._torch = (importlib.import_module(name) for name in ("torch_harmonics",
                                                                           "torch"))
        self.name, self._b = "torch-harmonics", b
        how = {"lmax": b, "mmax": b, "grid": "legendre-gauss"}
        self._forward = library.RealSHT(2 * b, 2 * b, **how).float()
        self._inverse = library.InverseRealSHT(2 * b, 2 * b, **how).float()
        degree, order, index = s2_orders(b)
        self._at = degree, order
        self._scale = np.sqrt(4 * np.pi * (2 * degree + 1))
        coefficients = np.zeros((len(x), b, b), np.complex64)
        coefficients[:, degree, order] = x[:, index] * self._scale
        self._input = self._torch.from_numpy(coefficients)

    def synthesis(self):
        with self._torch.inference_mode():
            self._map = self._inverse(self._input)

    def analysis(self):
        with self._torch.inference_mode():
            self._output = self._forward(self._map)

    def spectrum(self):
        degree, order = self._at
        return s2_spectrum(self._output.numpy()[:, degree, order] / self._scale, self._b)

    def values(self):
        return self._map.numpy()


class PySoft:
    """PySOFFT's transforms of real functions, in double precision, the only one that it has. Its
    functions are [gamma, alpha, beta] and sums over conj(D)."""

    grid = "soft"

    def __init__(self, x, b, threads, precomputed):
        library = importlib.import_module("pysofft")
        self.name = "PySOFFT, " + ("tables" if precomputed else "no tables")
        importlib.import_module("pysofft.omp").set_num_threads(threads)
        self._soft = library.Soft(b, precompute_wigners=precomputed)
        self._how = {"use_mp": threads > 1}
        self._many = "_many" if len(x) > 1 else ""
        degree, m, n = np.array(self._soft.coeff_indices, np.int64).T
        self._index = (degree * (4 * degree ** 2 - 1) // 3 + (degree + m) * (2 * degree + 1)
                       + degree + n)
        self._scale = math.sqrt(8) * np.pi * np.sqrt(2 * degree + 1)
        how = {"howmany": len(x)} if self._many else {}
        self._input = self._soft.get_coeff(real=True, **how)
        self._output = self._soft.get_coeff(real=True, **how)
        self._map = self._soft.get_so3func(real=True, **how)
        self._input[...] = (x[:, self._index].conj() * self._scale).reshape(self._input.shape)

    def synthesis(self):
        getattr(self._soft, "irsoft" + self._many)(self._input, out=self._map, **self._how)

    def analysis(self):
        getattr(self._soft, "rsoft" + self._many)(self._map, out=self._output, **self._how)

    def spectrum(self):
        found = np.asarray(self._output).reshape(-1, len(self._index))
        result = np.empty_like(found)
        result[:, self._index] = (found / self._scale).conj()
        return result

    def values(self):
        side = self._map.shape[-1]
        return np.asarray(self._map).reshape(-1, side, side, side).transpose(0, 3, 2, 1)
