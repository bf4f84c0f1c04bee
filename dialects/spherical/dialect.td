//===- dialect.td - the spherical dialect ------------------*- tablegen -*-===//
//
// The dialect, its conventions, and the base classes of its ops.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_DIALECT
#define SPHERICAL_DIALECTS_SPHERICAL_DIALECT

include "mlir/IR/OpBase.td"

def Spherical_Dialect : Dialect {
  let name = "spherical";
  let cppNamespace = "::mlir::spherical";
  let description = [{
    Band-limited functions on S2 and SO(3), their spectra, and the operations on them.

    **Grids.** A band-limit b is an exclusive degree bound. A grid of b has 2b samples per angle,
    axes in the order beta, alpha, gamma:
    beta_j = pi (2j + 1) / (4b), alpha_i = gamma_i = 2 pi i / (2b). Angles are ZYZ Euler angles in
    radians, R = Rz(alpha) Ry(beta) Rz(gamma); the Haar measure has total mass 1.

    **Wigner matrices.** D^l_mn = e^{i m alpha} d^l_mn(beta) e^{i n gamma} with
    d^1_10 = -sin(beta) / sqrt(2). Analysis integrates against conj(D), with the quadrature weights
    of Driscoll and Healy; synthesis sums (2l + 1) X^l_mn D^l_mn. On S2, n = 0.

    **Order.** Coefficients of a spectrum are indexed l^2 + l + m on S2 and
    l (4l^2 - 1) / 3 + (l + m)(2l + 1) + (l + n) on SO(3).

    **Elements.** f32 or f64: a real function, or the Hermitian spectrum of a real function,
    X_{-m,-n} = (-1)^{m-n} conj X_mn. complex<...>: a general function or spectrum. Where a complex
    spectrum becomes a real function, the real part is meant.

    **Batch and kernels.** Extents are batch x channels; the spectrum of a kernel has
    channels in x channels out.

    **Adjoints.** An op with the unit attribute `adjoint` has operand and result types exchanged and
    computes the exact adjoint for the real inner product: sums over all samples of a function, over
    all l, m, n of a spectrum (also of a Hermitian one), over all elements of a tensor.

    **Layout.** Absent before the schedule phase; afterwards the last parameter of a type, or the
    encoding of a tensor, says how the values lie in memory.

    **Schedule.** Ops that compute implement `Schedulable`: where their values may lie, the ways to
    compute them with the time that a machine needs, and the stages of the way that
    `spherical.choice` names. Layers are replaced by such ops before. What happens between two
    products of spectra is one op, `spherical.boundary`, and one choice.

    **Functions.** An argument of a model's entry says what it is by `spherical.role`: input, label,
    count, learning_rate, parameter, moment, average, state or prepared; by `spherical.name`, a
    string; and a parameter, average or state by `spherical.init`, how it starts. A result has a
    `spherical.name` and, if it is the next value of an argument, `spherical.replaces`, that
    argument's name. A parameter with `spherical.frozen` keeps its value in training.
    - C1: a role is one of those nine strings; a parameter, moment, average or state is a tensor.
    - C2: `name` and `replaces` are strings that are not empty.
    - C3: `init` is a `#spherical.init`.
    - C4: `spherical.graph` of a module, the digest of the graph that it was made from, is a string,
      and its `spherical.phase` is graph, expand, differentiate, fuse, schedule, plan or
      lower.

    Sources: Cohen et al. 2018 (spherical CNNs); Gerken et al. 2022 (the layers and their scale);
    Kostelec and Rockmore 2008 (transforms on SO(3)).
  }];
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let hasOperationAttrVerify = 1;
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
    void registerTypes();
    void registerAttributes();
    void registerConstants();
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

#endif
