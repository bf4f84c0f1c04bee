"""Tables of the spherical networks in PyTorch: Wigner functions, grids and order of coefficients.

Everything is real. A grid angle with samples x_j, 0 <= j < 2b, is kept as its even and odd part
x_j +- x_(2b - j), 0 <= j <= b, beta as x_j +- x_(2b - 1 - j), 0 <= j < b. A spectrum of degree l is
the real (2l + 1) x (2l + 1) matrix U F U^H of the basis of cosines and sines. For m, n > 0,
d = d^l_mn and e = (-1)^m d^l_(-m)n, the sums c and s over alpha, then gamma, of a beta give
    (R[m,n], R[-m,-n])  = [d + e, e - d; d - e, -(d + e)] (cc, ss),
    (R[m,-n], -R[-m,n]) = the same matrix times (cs, -sc).
Of each row one half is even in beta and the other odd, by the parity t of l + m + n, so that both
halves of beta meet the same table: four times less work than complex sums of all m and n.
"""
import functools

import numpy as np
import torch


@functools.lru_cache(maxsize=None)
def _jy(degree):
    """Eigenvectors of J_y in the basis of m = -l ... l; the eigenvalues are -l ... l."""
    m = np.arange(-degree, degree)
    up = np.zeros((2 * degree + 1,) * 2, complex)
    up[np.arange(1, 2 * degree + 1), np.arange(2 * degree)] = np.sqrt(
        degree * (degree + 1) - m * (m + 1.0))
    return np.linalg.eigh((up - up.conj().T) / 2j)[1]


def wigner_d(degree, beta):
    """-> d^l_mn of each beta: [beta, m + l, n + l]."""
    vectors = _jy(degree)
    phases = np.exp(-1j * np.multiply.outer(beta, np.arange(-degree, degree + 1)))
    return ((vectors * phases[:, None, :]) @ vectors.conj().T).real


def betas(b):
    return np.pi * (2 * np.arange(2 * b) + 1) / (4 * b)


def weights(b):
    """Quadrature weights of the colatitudes, of sum 1."""
    k = 2 * np.arange(b) + 1
    return np.sin(betas(b)) / b * (np.sin(np.outer(betas(b), k)) / k).sum(1)


def real_basis(degree):
    """U of the real basis: rows m' = -l ... l, columns m."""
    size, half = 2 * degree + 1, np.sqrt(0.5)
    basis = np.zeros((size, size), complex)
    basis[degree, degree] = 1
    for m in range(1, degree + 1):
        sign = (-1) ** m
        basis[degree + m, [degree + m, degree - m]] = half, half * sign
        basis[degree - m, [degree + m, degree - m]] = -1j * half, 1j * half * sign
    return basis


def _float(array):
    return torch.from_numpy(np.ascontiguousarray(array, np.float32))


def _shells(degrees):
    """-> for each k the orders (m, n), m, n >= 0, of max(m, n) = k: those have degrees from k on."""
    for k in range(degrees):
        m = np.concatenate([np.full(k + 1, k), np.arange(k)])
        n = np.concatenate([np.arange(k + 1), np.full(k, k)])
        yield k, m, n


class SO3Tables:
    """Of transforms between functions on SO(3), on the grid of b, and spectra of `degrees` degrees.
    `gamma`, `alpha`, `shells`: (of analysis, of synthesis); shells[k]: [orders x t, degree, beta]."""

    def __init__(self, b, degrees):
        self.b, self.degrees = b, degrees
        self._angles()
        plus, minus = self._wigner()
        self.shells = [], []
        factors = weights(b)[:b] / (2 * b) ** 2, 1.0
        for k, m, n in _shells(degrees):
            l = np.arange(k, degrees)
            even = ((l + (m + n)[:, None, None] + np.arange(2)[:, None]) % 2 == 0)[..., None]
            p, q = (np.stack([x[i][m, n] for i in l], 1)[:, None] for x in (plus, minus))
            table = np.stack([np.where(even, p, q), -np.where(even, q, p)], 3)
            degree = 2 * l[:, None, None] + 1
            for shells, values in zip(self.shells, (table * factors[0], table * degree)):
                shells.append(_float(values.reshape(-1, len(l), 2 * b)))
        self._sums()
        self._coefficients = {}

    def _angles(self):
        """Tables over (parity of alpha, s): gamma's parity is their sum modulo 2."""
        b, degrees = self.b, self.degrees
        angle = np.pi / b * np.outer(np.arange(degrees), np.arange(b + 1))
        table = np.stack([np.cos(angle), np.sin(angle)])
        ends = np.where(np.arange(b + 1) % b == 0, 0.5, 1.0)  # the parts have these samples twice
        gamma = table[[0, 1, 1, 0]]
        alpha = np.repeat(table[[0, 0, 1, 1]] * np.array([1, 1, 1, -1])[:, None, None], degrees, 0)
        self.gamma = _float(gamma * ends), _float(gamma)
        self.alpha = _float(alpha * ends), _float(alpha)
        beta = weights(b)[:b] / (2 * b) ** 2
        self.weights = _float(np.multiply.outer(np.outer(ends, ends), beta)[..., None])

    def _wigner(self):
        """-> d + e and d - e for each degree: [m, n, beta]."""
        plus, minus = [], []
        for l in range(self.degrees):
            d = wigner_d(l, betas(self.b)[:self.b]).transpose(1, 2, 0)
            sign = (-1.0) ** np.arange(l + 1)[:, None, None]
            first, second = d[l:, l:], sign * d[l::-1, l:]
            p, q = first + second, first - second
            for edge in (np.s_[0], np.s_[:, 0]):
                p[edge], q[edge] = np.sqrt(2) * first[edge], 0
            p[0, 0] = first[0, 0]
            plus.append(p)
            minus.append(q)
        return plus, minus

    def _sums(self):
        """`order`: rows of sums over the angles, from [parity, s, n, m, t, beta] to those of shells,
        [orders, t, parity, beta, s]; `back`: the other way."""
        b, degrees, rows = self.b, self.degrees, []
        t, u, beta, s = np.ix_(range(2), range(2), range(b), range(2))
        for _, m, n in _shells(degrees):
            m, n = m[:, None, None, None, None], n[:, None, None, None, None]
            rows.append((((((u * 2 + s) * degrees + n) * degrees + m) * 2 + t) * b + beta).ravel())
        rows = np.concatenate(rows)
        back = np.empty_like(rows)
        back[rows] = np.arange(len(rows))
        self.order, self.back = torch.from_numpy(rows), torch.from_numpy(back)
        self.ends = np.cumsum([0] + [2 * (2 * k + 1) * (degrees - k) * 2 for k in range(degrees)])

    def coefficients(self, channels):
        """-> (from rows of shells, [orders, t, degree, s, channel], to rows of a spectrum,
        [degree, column n', channel, row m']; the other way, row 0 where nothing comes from)."""
        if channels not in self._coefficients:
            self._coefficients[channels] = self._order(channels)
        return self._coefficients[channels]

    def _order(self, channels):
        rows = []
        for l in range(self.degrees):
            row, column = np.arange(-l, l + 1), np.arange(-l, l + 1)[:, None]
            m, n = np.abs(row), np.abs(column)
            k = np.maximum(m, n)
            pair = np.where(m == k, n, k + 1 + m)
            s, t = (row < 0) != (column < 0), (l + m + n + (row < 0)) % 2
            found = self.ends[k] + ((pair * 2 + t) * (self.degrees - k) + l - k) * 2 + s
            rows.append((found[:, None] * channels + np.arange(channels)[:, None]).ravel())
        rows = np.concatenate(rows)
        back = np.zeros(self.ends[-1] * channels, np.int64)
        back[rows] = np.arange(len(rows))
        return torch.from_numpy(rows), torch.from_numpy(back)


@functools.lru_cache(maxsize=None)
def so3_tables(b, degrees):
    return SO3Tables(b, degrees)


class S2Tables:
    """The same on S2. `alpha`: [m', alpha], of cosines, then sines; `beta`: (of analysis, of
    synthesis), [m', degree, beta]; `rows`: [degree, m'] from [m', degree], and back."""

    def __init__(self, b, degrees):
        self.b, self.degrees = b, degrees
        angle = np.pi / b * np.outer(np.arange(degrees), np.arange(2 * b))
        self.alpha = _float(np.concatenate([np.cos(angle), -np.sin(angle)]))
        d = np.zeros((2, degrees, degrees, 2 * b))
        for l in range(degrees):
            d[:, :l + 1, l] = np.sqrt(2) * wigner_d(l, betas(b))[:, l:, l].T
            d[:, 0, l] *= np.sqrt(0.5)
        d = d.reshape(2 * degrees, degrees, 2 * b)
        self.beta = (_float(d * weights(b) / (2 * b)),
                     _float(d * (2 * np.arange(degrees)[:, None] + 1)))
        self._coefficients = {}

    def coefficients(self, channels):
        """-> (from rows [m', degree, channel] to a spectrum [degree, channel, m'], the other way)."""
        if channels not in self._coefficients:
            self._coefficients[channels] = self._order(channels)
        return self._coefficients[channels]

    def _order(self, channels):
        rows = []
        for l in range(self.degrees):
            m = np.arange(-l, l + 1)
            row = (np.abs(m) + self.degrees * (m < 0)) * self.degrees + l
            rows.append((row * channels + np.arange(channels)[:, None]).ravel())
        rows = np.concatenate(rows)
        back = np.zeros(2 * self.degrees ** 2 * channels, np.int64)
        back[rows] = np.arange(len(rows))
        return torch.from_numpy(rows), torch.from_numpy(back)


def kernel_points(on_s2, max_beta, rings=3, longitudes=8, gammas=8):
    """-> (beta, alpha, gamma) of the near-identity grid; gamma is 0 on S2."""
    beta = max_beta * np.arange(1, rings + 1) / rings
    alpha = 2 * np.pi * np.arange(longitudes) / longitudes
    turn = np.zeros(1) if on_s2 else np.linspace(-2 * np.pi, 2 * np.pi, gammas)
    grid = [x.ravel() for x in np.meshgrid(beta, alpha, turn, indexing="ij")]
    return grid[0], grid[1], np.zeros_like(grid[2]) if on_s2 else grid[2] - grid[1]


class KernelTables:
    """`table`: [coefficient, rotation] of kernels of weights at `points` times `scale`; `merge`:
    [point, rotation], 1 where a point is the rotation: several can be the same. `project`: "s2"
    keeps n' = 0 of the spectrum, "even" sums it over the even n, None keeps [n', k']."""

    def __init__(self, points, degrees, scale, project=None):
        beta, alpha, gamma = points
        turns = np.round(np.stack([beta, alpha % (2 * np.pi), gamma % (2 * np.pi)], 1), 9)
        turns[:, 1:] %= round(2 * np.pi, 9)
        _, first, which = np.unique(turns, axis=0, return_index=True, return_inverse=True)
        self.merge = _float(np.eye(len(first))[which.ravel()])
        self.degrees, self.project = degrees, project
        beta, alpha, gamma = beta[first], alpha[first], gamma[first]
        parts = []
        for l in range(degrees):
            m, basis = np.arange(-l, l + 1), real_basis(l)
            wigner = (np.exp(-1j * np.multiply.outer(alpha, m))[:, :, None] * wigner_d(l, beta)
                      * np.exp(-1j * np.multiply.outer(gamma, m))[:, None, :])
            if project == "s2":
                part = wigner[:, :, l] @ basis.T
            else:
                part = basis @ wigner @ basis.conj().T
            if project == "even":
                even = np.where((m >= 0) & (m % 2 == 0), np.where(m == 0, 1, np.sqrt(2)), 0)
                part = np.einsum("n,pnk->pk", even, part)
            parts.append(part.real.reshape(len(beta), -1))
        self.table = _float(scale * np.concatenate(parts, 1).T)
