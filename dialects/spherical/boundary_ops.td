//===- boundary_ops.td - between two products of spectra ---*- tablegen -*-===//
//
// What lies between two products of spectra, as one op.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_BOUNDARY_OPS
#define SPHERICAL_DIALECTS_SPHERICAL_BOUNDARY_OPS

include "dialects/spherical/op_base.td"

def Spherical_BoundaryOp : Spherical_Op<"boundary",
    [IsolatedFromAbove, SingleBlock], ["getCandidates", "leavesEmptyLanesZero"]> {
  let summary = "synthesis, a function of each value, and analysis";
  let description = [{
    Evaluates a spectrum on the grid of band-limit `grid`, replaces each value v of that function f
    by what the region makes of it, and expands the outcome again:
        f = inverse Fourier transform of input,  g = region(f, extras),
        result = Fourier transform of g.
    With `adjoint` f is the adjoint Fourier transform of the input and the result the adjoint
    inverse transform of g, as in the gradient of a boundary. An input that is a function is f
    itself; a result that is a function is g. Between spectra the function need never be in memory
    as a whole: how many rows of it are there at a time is part of what the schedule chooses; so is,
    on request, to store what is transformed on SO(3) by half in bfloat16.
    `mask` says where g is positive, which is all that the gradient of ReLU needs of it.
    The region has one argument for f and one for each of `extras`, functions on the same grid or
    masks, at the same position; its ops are scalar arithmetic.
    - C1: input, result, extras and mask have the same manifold, batch and channels; input, result
      and extras that are no masks have the same real element.
    - C2: input or result is a spectrum; functions have the band-limit `grid`.
    - C3: `high` is given exactly if the spectrum of the Fourier transform has degrees from `grid` on.
    - C4: the region's arguments are the elements of f and of each extra; it yields one of f's.
    - C5: the region's ops are arithmetic on real numbers and truth values, without flags that permit
      another result.
    - C6: `mask` is there only if the input is a spectrum and the region is ReLU, the maximum of f
      and 0; an extra that is a mask only if the result is one and the region selects f or 0 by it.
    ```mlir
    func.func @relu(%x: !spherical.so3_spectrum<2x4, b = 10, f32>)
        -> !spherical.so3_spectrum<2x4, b = 7, f32> {
      %y, %positive = spherical.boundary %x grid 12
          : !spherical.so3_spectrum<2x4, b = 10, f32> -> !spherical.so3_spectrum<2x4, b = 7, f32>,
            !spherical.so3<2x4, b = 12, i1> {
      ^bb0(%v: f32):
        %zero = arith.constant 0.0 : f32
        %w = arith.maximumf %v, %zero : f32
        spherical.yield %w : f32
      }
      return %y : !spherical.so3_spectrum<2x4, b = 7, f32>
    }
    ```
  }];
  let arguments = (ins Spherical_Signal:$input,
                       Variadic<AnyTypeOf<[Spherical_Function, Spherical_Mask],
                                          "function or mask on S2 or SO(3)">>:$extras,
                       ConfinedAttr<I64Attr, [IntPositive]>:$grid,
                       OptionalAttr<Spherical_HighAttr>:$high, UnitAttr:$adjoint);
  let results = (outs Spherical_Signal:$result, Optional<Spherical_Mask>:$mask);
  let regions = (region SizedRegion<1>:$pointwise);
  let assemblyFormat = [{
    $input (`with` `(` $extras^ `:` type($extras) `)`)? `grid` $grid (`high` `` $high^)? attr-dict
    `:` type($input) `->` type($result) (`,` type($mask)^)? $pointwise
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The function between synthesis and analysis, in the layout of the input.
    ::mlir::spherical::Signal getFunction();
    /// Whether the input is a spectrum.
    bool hasSynthesis();
    /// Whether the result is a spectrum.
    bool hasAnalysis();
    /// Whether the region yields f as it is.
    bool isIdentity();
    /// Whether the region is max(f, 0).
    bool isRelu();
    /// The extra whose positive values, or bits, say where f is kept and not replaced by 0, if that
    /// is all that the region does; null otherwise.
    ::mlir::Value getKeepMask();
    /// Whether the transforms do what the region says: ReLU, its mask, or nothing.
    bool isAppliedByTransforms();
    /// Whether f or g is in scratch memory: else a transform makes or reads it in place.
    bool hasScratchRows();
    /// The most parts that the rows of the function can be cut into, to be there one after the
    /// other; all divisors are possible as well.
    int64_t getMostParts();
  }];
}

def Spherical_YieldOp : Op<Spherical_Dialect, "yield",
    [Pure, Terminator, HasParent<"BoundaryOp">]> {
  let summary = "the value that a region makes";
  let description = [{
    Ends the region of a `spherical.boundary`, which has an example.
  }];
  let arguments = (ins AnyFloat:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif
