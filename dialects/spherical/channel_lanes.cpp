//===- channel_lanes.cpp - ops that take channels in the lanes ------------===//
//
// Stages that treat each channel alike have a loop over channels, or over groups
// of them (stages/stage_builder.h); others say here what they need.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/channel_lanes.h"

#include "dialects/interfaces/pointwise.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/stages/kernel_transforms.h"
#include "dialects/spherical/work.h"
#include "runtime/math/kernel_orders.h"

#include "llvm/ADT/TypeSwitch.h"

namespace mlir::spherical {

/// A kernel's transform that is made with output channels in the lanes: where its points form a
/// product that is worth it, as sums of terms take some four times as long as those of products.
static bool isSeparable(KernelFTOp op) {
  if (!op.getGrid().onSO3() || op.getProjection())
    return false;
  const Type spectrum = op.getAdjoint() ? op.getInput().getType() : Type(op.getType());
  const SmallVector<double> points = flatPoints(op.getGrid());
  const auto orders =
      ::spherical::runtime::KernelOrders::find(points, getSignal(spectrum)->bandLimit);
  if (!orders)
    return false;
  const int64_t size = coefficientsOf(*getSignal(spectrum));
  const int64_t dense = size * static_cast<int64_t>(points.size() / 3);
  return orders->values() * orders->ringPoints() + 4 * size * orders->terms() < dense;
}

bool takesChannelLanes(Operation *op, ArrayRef<Place> operands, ArrayRef<Place> results) {
  if (auto kernel = dyn_cast<KernelFTOp>(op))
    return isSeparable(kernel);
  bool several = false;
  forTypesInLanes(op, operands, results, [&](Type type) {
    const std::optional<Signal> signal = getSignal(type);
    several |= signal && signal->channels > 1;
  });
  // What goes along with its neighbours may be a kernel, or features.
  const bool givesSignal =
      !results.empty() && results[0] == Place::Lanes && getSignal(op->getResult(0).getType());
  return several &&
         llvm::TypeSwitch<Operation *, bool>(op)
             .Case<S2FTOp, SO3FTOp, S2IFTOp, SO3IFTOp, BoundaryOp, SpectralMatmulOp, ThinMatmulOp,
                   SumNOp, SO3OrbitMeanOp, SO3IntegrateOp>([](Operation *) { return true; })
             .Case<AddBiasOp, BiasGradOp>([](Operation *own) {
               return getSignal(own->getOperand(0).getType())->isSpectrum();
             })
             .Case<TruncateOp, PadOp, Pointwise>([&](Operation *) { return givesSignal; })
             .Default(false);
}

ProductSides sidesOf(Operation *op) {
  if (!isa<SpectralMatmulOp, ThinMatmulOp>(op))
    return {};
  auto reading = [&](unsigned index, Value z) {
    OpOperand &x = op->getOpOperand(index);
    return ProductSides{x.get(), z, &x};
  };
  switch (cast<ProductFormAttr>(op->getAttr("form")).getValue()) {
  case ProductForm::Forward:
    return reading(0, op->getResult(0));
  case ProductForm::GradInput:
    return {op->getResult(0), op->getOperand(0)};
  case ProductForm::GradKernel:
    return reading(1, op->getOperand(0));
  }
  llvm_unreachable("unknown form of a product");
}

bool isReadByRows(OpOperand &operand) { return sidesOf(operand.getOwner()).read == &operand; }

bool takesSeriesLanes(Operation *op) {
  auto boundary = dyn_cast<BoundaryOp>(op);
  return boundary && boundary.hasSynthesis() && boundary.hasAnalysis();
}

} // namespace mlir::spherical
