//===- layout_constraints.cpp - where values of the ops lie -----*- C++ -*-===//
//
// Functions and spectra have their batch in lanes, kernels' spectra a layout of
// their own, parameters and complex values are in file order. (math.md, section 8)
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/interfaces/scalars.h"
#include "dialects/spherical/signal.h"

namespace mlir::spherical {

static constexpr Want F = Want::File, L = Want::Lanes, K = Want::Kernel, S = Want::Same;

using Constraints = std::optional<LayoutConstraints>;

// Transforms.

Constraints S2FTOp::getLayoutConstraints() { return {{{L}, {L}}}; }
Constraints SO3FTOp::getLayoutConstraints() { return {{{L}, {L}}}; }

Constraints S2IFTOp::getLayoutConstraints() { return {{{L}, {L}}}; }
Constraints SO3IFTOp::getLayoutConstraints() { return {{{L}, {L}}}; }

Constraints BoundaryOp::getLayoutConstraints() {
  return {{SmallVector<Want>(getNumOperands(), L), SmallVector<Want>(getNumResults(), L)}};
}

/// The transforms are linear; the region's arguments are the operands.
bool BoundaryOp::leavesEmptyLanesZero(llvm::function_ref<bool(unsigned)> isZero) {
  return yieldsZero(getPointwise().front(), isZero);
}

Constraints KernelFTOp::getLayoutConstraints() {
  return getAdjoint() ? LayoutConstraints{{K}, {F}} : LayoutConstraints{{F}, {K}};
}

// Products.

static Constraints productConstraints(ProductForm form) {
  return form == ProductForm::GradKernel ? LayoutConstraints{{L, L}, {K}}
                                         : LayoutConstraints{{L, K}, {L}};
}

Constraints SpectralMatmulOp::getLayoutConstraints() { return productConstraints(getForm()); }
Constraints ThinMatmulOp::getLayoutConstraints() { return productConstraints(getForm()); }

// Sums, means and rotations.

Constraints SO3IntegrateOp::getLayoutConstraints() { return {{{L}, {L}}}; }
Constraints SumNOp::getLayoutConstraints() { return {{{L}, {L}}}; }
Constraints SO3OrbitMeanOp::getLayoutConstraints() { return {{{L}, {L}}}; }
Constraints ProjectKernelOp::getLayoutConstraints() { return {{{K}, {K}}}; }

/// A function is rotated through its spectrum.
Constraints RotateOp::getLayoutConstraints() {
  if (!getSignal(getType())->isSpectrum())
    return std::nullopt;
  return {{{L}, {L}}};
}

// Users' grids.

Constraints GridFTOp::getLayoutConstraints() { return {{{L}, {L}}}; }
Constraints GridIFTOp::getLayoutConstraints() { return {{{L}, {L}}}; }
Constraints InterpolateOp::getLayoutConstraints() { return {{{L}, {L}}}; }
Constraints RotateZOp::getLayoutConstraints() { return {{{L, L}, {L}}}; }

// Spectra and biases.

Constraints TruncateOp::getLayoutConstraints() { return {{{S}, {S}}}; }
Constraints PadOp::getLayoutConstraints() { return {{{S}, {S}}}; }
Constraints AddBiasOp::getLayoutConstraints() { return {{{L, F}, {L}}}; }
Constraints BiasGradOp::getLayoutConstraints() { return {{{L}, {F}}}; }

// Complex values are in file order always.

Constraints SamplesOp::getLayoutConstraints() {
  const bool pairs = isComplex(getInput().getType()) || isComplex(getType());
  return pairs ? LayoutConstraints{{F}, {F}} : LayoutConstraints{{S}, {S}};
}

Constraints ZeroOp::getLayoutConstraints() { return {{{}, {isComplex(getType()) ? F : S}}}; }
Constraints RealPartOp::getLayoutConstraints() { return {{{F}, {S}}}; }
Constraints ImagPartOp::getLayoutConstraints() { return {{{F}, {S}}}; }
Constraints ComplexOp::getLayoutConstraints() { return {{{S, S}, {F}}}; }

/// The pass that decides on layouts puts it in, and asks no op that it has put in.
Constraints ConvertLayoutOp::getLayoutConstraints() { return std::nullopt; }

} // namespace mlir::spherical
