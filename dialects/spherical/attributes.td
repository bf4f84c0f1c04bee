//===- attributes.td - kernel grids, layouts, choices ------*- tablegen -*-===//
//
// The attributes of the spherical dialect.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_ATTRIBUTES
#define SPHERICAL_DIALECTS_SPHERICAL_ATTRIBUTES

include "dialects/spherical/dialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class Spherical_Attr<string name, string keyword, list<Trait> traits = []>
    : AttrDef<Spherical_Dialect, name, traits> {
  let mnemonic = keyword;
}

/// A double, compared by its bits.
class Spherical_F64Parameter<string desc> : AttrOrTypeParameter<"::mlir::spherical::Double", desc> {
  let cppAccessorType = "double";
}

//===----------------------------------------------------------------------===//
// Enumerations
//===----------------------------------------------------------------------===//

class Spherical_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::mlir::spherical";
  let genSpecializedAttr = 0;
}

/// An attribute that is one keyword, with a message that lists them.
class Spherical_KeywordAttr<Spherical_Enum values, string keyword>
    : EnumAttr<Spherical_Dialect, values, keyword> {
  let assemblyFormat = ?;
  let hasCustomAssemblyFormat = 1;
}

def Spherical_HighEnum : Spherical_Enum<"High",
    "what the degrees from the input's band-limit on hold", [
      I32EnumAttrCase<"Zero", 0, "zero">,
      I32EnumAttrCase<"Quadrature", 1, "quadrature">,
      I32EnumAttrCase<"Truncated", 2, "truncated">]>;
def Spherical_HighAttr : Spherical_KeywordAttr<Spherical_HighEnum, "high"> {
  let description = [{
    `zero` fills the degrees with zeros (the paper); `quadrature` gives them the quadrature sum over
    the coarse grid for orders below its band-limit (what the public PyTorch code computes);
    `truncated` computes `quadrature` and, as its gradient, that of `zero` (what that code trains
    with: no exact gradient).
  }];
}

def Spherical_ProjectionEnum : Spherical_Enum<"Projection",
    "how a function on SO(3) becomes one on S2", [
      I32EnumAttrCase<"SumN", 0, "sum_n">,
      I32EnumAttrCase<"OrbitMean", 1, "orbit_mean">,
      I32EnumAttrCase<"Invariant", 2, "invariant">]>;
def Spherical_ProjectionAttr
    : Spherical_KeywordAttr<Spherical_ProjectionEnum, "projection"> {
  let description = [{
    `sum_n` sums the orders n of the spectrum (Gerken et al. 2022, equation 3.3), `orbit_mean` takes
    the mean over the orbits of SO(2) (2.6), `invariant` averages the kernel over SO(2) before the
    convolution (2.5), which gives the same as `orbit_mean`.
  }];
}

def Spherical_ProductFormEnum : Spherical_Enum<"ProductForm",
    "which product of spectra is meant", [
      I32EnumAttrCase<"Forward", 0, "forward">,
      I32EnumAttrCase<"GradInput", 1, "grad_input">,
      I32EnumAttrCase<"GradKernel", 2, "grad_kernel">]>;
def Spherical_ProductFormAttr
    : Spherical_KeywordAttr<Spherical_ProductFormEnum, "product_form">;

def Spherical_GridKindEnum : Spherical_Enum<"GridKind", "family of kernel points", [
      I32EnumAttrCase<"S2NearIdentity", 0, "s2_near_identity">,
      I32EnumAttrCase<"S2Equatorial", 1, "s2_equatorial">,
      I32EnumAttrCase<"S2Soft", 2, "s2_soft">,
      I32EnumAttrCase<"S2Points", 3, "s2_points">,
      I32EnumAttrCase<"SO3NearIdentity", 4, "so3_near_identity">,
      I32EnumAttrCase<"SO3Equatorial", 5, "so3_equatorial">,
      I32EnumAttrCase<"SO3Soft", 6, "so3_soft">,
      I32EnumAttrCase<"SO3Points", 7, "so3_points">]>;

def Spherical_SampleGridKindEnum : Spherical_Enum<"SampleGridKind", "grid of a user's fields", [
      I32EnumAttrCase<"Soft", 0, "soft">,
      I32EnumAttrCase<"Equirectangular", 1, "equirectangular">,
      I32EnumAttrCase<"EquirectangularPoles", 2, "equirectangular_poles">,
      I32EnumAttrCase<"DriscollHealy", 3, "driscoll_healy">,
      I32EnumAttrCase<"GaussLegendre", 4, "gauss_legendre">,
      I32EnumAttrCase<"HealpixRing", 5, "healpix_ring">,
      I32EnumAttrCase<"HealpixNested", 6, "healpix_nested">]>;

def Spherical_InitKindEnum : Spherical_Enum<"InitKind", "how a parameter starts", [
      I32EnumAttrCase<"Zeros", 0, "zeros">,
      I32EnumAttrCase<"Ones", 1, "ones">,
      I32EnumAttrCase<"Normal", 2, "normal">,
      I32EnumAttrCase<"Uniform", 3, "uniform">]>;

def Spherical_BasisEnum : Spherical_Enum<"Basis", "basis of the coefficients of a degree", [
      I32EnumAttrCase<"Complex", 0, "complex">,
      I32EnumAttrCase<"Real", 1, "real">]>;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

def Spherical_GridAttr : Spherical_Attr<"Grid", "grid"> {
  let summary = "the points at which a kernel has weights";
  let description = [{
    A list of points of S2 (beta, alpha) or SO(3) (beta, alpha, gamma), beta slowest. All
    parameters of the families are optional; the defaults are those printed here.

    - `s2_near_identity<beta = 3, alpha = 8, max_beta = pi/8>`:
      beta = max_beta (1 .. n)/n, alpha = 2 pi (0 .. n-1)/n.
    - `s2_equatorial<beta = 1, alpha = 32, max_beta = 0>`:
      beta evenly from pi/2 - max_beta to pi/2 + max_beta, both included.
    - `s2_soft<4>`, `so3_soft<4>`: all points of the grid of band-limit 4.
    - `so3_near_identity<beta = 3, alpha = 8, gamma = 8, max_beta = pi/8, max_gamma = 2 pi>`:
      gamma = g - alpha, g evenly from -max_gamma to max_gamma, both included; as many as alphas
      if not given.
    - `so3_equatorial<beta = 1, alpha = 32, gamma = 2, max_beta = 0, max_gamma = pi/8>`:
      gamma = g, not shifted by alpha.
    - `points<s2, [[0.1, 0.2], [0.3, 0.4]]>`: the points given, with a third angle on `so3`.

    Constraints:

    - C1: counts are at least 1 and at most 4096, and there are at most 2^20 points.
    - C2: max_beta is from 0 to pi (equatorial: pi/2), max_gamma from 0 to 2 pi; points have beta
      from 0 to pi, alpha and gamma from -4 pi to 4 pi, as near-identity grids have.
    - C3: a free list holds at least one point.

    ```mlir
    #ring = #spherical.grid<s2_near_identity<beta = 3, alpha = 8, max_beta = 0.39>>
    #list = #spherical.grid<points<so3, [[0.1, 0.2, -0.3], [0.3, 0.4, 0.5]]>>
    ```
    Source: the grids of the public code of Cohen et al. 2018.
  }];
  let parameters = (ins
    EnumParameter<Spherical_GridKindEnum>:$kind,
    "int64_t":$beta, "int64_t":$alpha, "int64_t":$gamma,
    Spherical_F64Parameter<"largest beta, or its distance from the equator">:$maxBeta,
    Spherical_F64Parameter<"largest gamma">:$maxGamma,
    "::mlir::DenseF64ArrayAttr":$coordinates);
  let builders = [
    /// Near-identity and equatorial grids; gamma and maxGamma are 0 on S2.
    AttrBuilder<(ins "::mlir::spherical::GridKind":$kind, "int64_t":$beta, "int64_t":$alpha,
                     "int64_t":$gamma, "double":$maxBeta, "double":$maxGamma), [{
      return $_get($_ctxt, kind, beta, alpha, gamma, maxBeta,
                   maxGamma, ::mlir::DenseF64ArrayAttr::get($_ctxt, {}));
    }]>,
    /// All points of the grid of a band-limit; kind is S2Soft or SO3Soft.
    AttrBuilder<(ins "::mlir::spherical::GridKind":$kind, "int64_t":$bandLimit), [{
      return $_get($_ctxt, kind, bandLimit, 0, 0, 0.0, 0.0,
                   ::mlir::DenseF64ArrayAttr::get($_ctxt, {}));
    }]>,
    /// A free list, flat; kind is S2Points or SO3Points.
    AttrBuilder<(ins "::mlir::spherical::GridKind":$kind,
                     "::llvm::ArrayRef<double>":$coordinates), [{
      return $_get($_ctxt, kind, 0, 0, 0, 0.0, 0.0,
                   ::mlir::DenseF64ArrayAttr::get($_ctxt, coordinates));
    }]>
  ];
  let extraClassDeclaration = [{
    /// The points (beta, alpha, gamma) in order; gamma is 0 on S2.
    ::llvm::SmallVector<std::array<double, 3>> points() const;
    /// The number of points.
    int64_t numPoints() const;
    /// Whether the points lie on SO(3) (three angles each) rather than S2 (two).
    bool onSO3() const;
    /// The band-limit of a soft grid.
    int64_t getBandLimit() const { return getBeta(); }
  }];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Spherical_SampleGridAttr : Spherical_Attr<"SampleGrid", "sample_grid"> {
  let summary = "the points at which a user's field has values";
  let description = [{
    A grid of H rows from north to south and W columns by longitude, `HxW`, or of HEALPix pixels,
    `nside`; j counts rows, k columns from 0.

    - `soft`: beta = pi (2j + 1) / 2H, alpha = 2 pi k / W with H = W = 2b: the grid of functions.
    - `equirectangular`: beta = pi (2j + 1) / 2H, alpha = pi (2k + 1) / W, the centres of pixels.
    - `equirectangular_poles`: beta = pi j / (H - 1), alpha = 2 pi k / W.
    - `driscoll_healy`: beta = pi j / H, alpha = 2 pi k / W.
    - `gauss_legendre`: cos beta the roots of the Legendre polynomial P_H, alpha = 2 pi k / W.
    - `healpix_ring`, `healpix_nested`: 12 nside^2 pixels by rings or by faces.

    Constraints:

    - C1: extents are from 1 to 16384, nside from 1 to 512; soft grids are even and square,
      Driscoll-Healy ones have an even number of rows, those with poles at least 2, and nested
      pixels an nside that is a power of two.

    ```mlir
    #panorama = #spherical.sample_grid<equirectangular, 16x33>
    #map = #spherical.sample_grid<healpix_ring, 4>
    ```
  }];
  let parameters = (ins
    EnumParameter<Spherical_SampleGridKindEnum>:$kind,
    "int64_t":$rows, "int64_t":$columns, "int64_t":$nside);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Spherical_InitAttr : Spherical_Attr<"Init", "init"> {
  let summary = "how a parameter starts";
  let description = [{
    `zeros`, `ones`, `normal` (standard deviation `scale`) or `uniform` (from -scale to scale).

    - C1: scale is finite and not negative.

    ```mlir
    #start = #spherical.init<normal, 1.0>
    ```
  }];
  let parameters = (ins EnumParameter<Spherical_InitKindEnum>:$kind,
                        Spherical_F64Parameter<"scale of the distribution">:$scale);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Spherical_LayoutAttr : Spherical_Attr<"Layout", "layout"> {
  let summary = "how the values of a signal or tensor lie in memory";
  let description = [{
    `order` names the axes from the outermost to the innermost; `lane` binds axes to vector lanes,
    innermost of all (`batch : 16` splits batch into lane groups of 16, of which the run-time count
    of samples are valid; `row : 16` does so with a first axis that is no batch, as the channels of
    a kernel, all valid; `channel : 16` with the channels of a sample, `series : 16` with those of all
    samples, one sample after the other, `out : 16` with the output channels of a kernel); `basis` is
    the basis of each degree's coefficients (absent: complex); `pad` rounds the innermost axis of
    `order` up to a multiple (absent: 1).

    - C1: `order` names every axis once.
    - C2: lanes are powers of two from 1 to 64 in all, each on another axis.
    - C3: `pad` is from 1 to 64.

    ```mlir
    #batched = #spherical.layout<order = [lane_group, channel, coefficient], lane = [batch : 16],
        basis = real>
    #kernel = #spherical.layout<order = [in, out, coefficient], basis = real, pad = 16>
    ```
  }];
  let parameters = (ins
    ArrayRefParameter<"::mlir::StringAttr", "axes, outermost first">:$order,
    ArrayRefParameter<"::mlir::StringAttr", "axes in the lanes">:$laneAxes,
    ArrayRefParameter<"int64_t", "lanes of each such axis">:$laneSizes,
    EnumParameter<Spherical_BasisEnum>:$basis,
    "int64_t":$pad);
  let builders = [
    /// Lanes over one axis, the batch: `lanes` positions of it, or none if `lanes` is 0.
    AttrBuilder<(ins "::llvm::ArrayRef<::llvm::StringRef>":$order, "int64_t":$lanes,
                     CArg<"::mlir::spherical::Basis", "::mlir::spherical::Basis::Complex">:$basis,
                     CArg<"int64_t", "1">:$pad,
                     CArg<"::llvm::StringRef", "::mlir::spherical::kBatchAxis">:$laneAxis)>
  ];
  let extraClassDeclaration = [{
    /// The number of lanes in all: the product of the lane sizes, 1 without lanes.
    int64_t getLanes() const;
    /// Whether lanes hold samples of the batch, valid up to the run-time count.
    bool hasBatch() const;
  }];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Spherical_ChoiceAttr : Spherical_Attr<"Choice", "choice"> {
  let summary = "what the schedule chose for an op, and why";
  let description = [{
    The algorithm, the radices of its short transforms, the rows of a function that are there at a
    time (0: all), the register tile of its products (rows x columns of accumulators; empty: the
    kernel's own), lanes and tasks, with the floating-point operations, the bytes and the time on one
    core that the model of the machine predicts, and the reason in words.

    ```mlir
    #c = #spherical.choice<algorithm = "fft", radices = [5, 4], lanes = 16, tasks = 40,
        flop = 1234, bytes = 456, nanoseconds = 28,
        reason = "two passes fit the registers">
    ```
  }];
  let parameters = (ins
    "::mlir::StringAttr":$algorithm,
    OptionalArrayRefParameter<"int64_t", "radices, first pass first">:$radices,
    DefaultValuedParameter<"int64_t", "0">:$rows,
    OptionalArrayRefParameter<"int64_t", "rows and columns of accumulators">:$tile,
    DefaultValuedParameter<"int64_t", "1">:$lanes,
    DefaultValuedParameter<"int64_t", "1">:$tasks,
    DefaultValuedParameter<"int64_t", "0">:$flop,
    DefaultValuedParameter<"int64_t", "0">:$bytes,
    DefaultValuedParameter<"int64_t", "0">:$nanoseconds,
    "::mlir::StringAttr":$reason);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif
