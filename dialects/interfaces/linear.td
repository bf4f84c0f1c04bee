//===- linear.td - ops that act on parts apart ------------*- tablegen -*-===//
//
// The trait by which complex values are computed as pairs of real ones.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_LINEAR
#define SPHERICAL_DIALECTS_INTERFACES_LINEAR

include "mlir/IR/OpBase.td"

/// An op that is linear in its operands together, f(a + c, b + d) = f(a, b) + f(c, d), and whose
/// results are real where its operands are, the real spectra being the Hermitian ones. Of complex
/// operands it acts on real and imaginary parts apart, f(a + ib) = f(a) + i f(b); a real result is
/// the part f(a).
def RealLinear : NativeOpTrait<"RealLinear"> {
  let cppNamespace = "::mlir::spherical";
}

#endif
