//===- padding.cpp - lanes without a sample ---------------------*- C++ -*-===//
//
// Lanes behind the last sample start as zeros. Linear maps, gradients and ReLUs
// keep them, biases do not; sums over the batch need them.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/padding.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::spherical {
namespace {

/// Ops whose results are zero where their first operand is: gradients, whose other operands say
/// where it goes, products with what has no batch, and maps of zero to zero.
bool followsFirst(Operation *op) {
  if (auto conv = dyn_cast<nn::Conv2dOp>(op))
    return !conv.getBias();
  if (auto conv = dyn_cast<nn::ConvTranspose2dOp>(op))
    return !conv.getBias();
  if (auto boundary = dyn_cast<BoundaryOp>(op))
    return boundary.isIdentity() || boundary.isRelu() || boundary.getKeepMask();
  return isa<S2IFTOp, SO3IFTOp, SpectralMatmulOp, ThinMatmulOp, SumNOp, SamplesOp, nn::ReluOp,
             nn::ReluGradOp, nn::LeakyReluOp, nn::LeakyReluGradOp, nn::GeluOp, nn::GeluGradOp,
             nn::LinearGradInputOp, nn::BatchNormGradOp, nn::MaxPool2dOp, nn::MaxPool2dGradOp,
             nn::AvgPool2dOp, nn::GlobalAvgPoolOp, nn::UpsampleNearestOp, nn::SliceChannelsOp>(op);
}

/// Ops that are zero where all of their operands are.
bool followsAll(Operation *op) { return op->hasTrait<RealLinear>() || isa<nn::ConcatOp>(op); }

/// Ops that count samples themselves, or read them from a file.
bool isAlwaysClean(Operation *op) {
  if (auto grad = dyn_cast<nn::BatchNormGradOp>(op))
    return grad.getCount() != nullptr;
  return isa<RealPartOp, ImagPartOp, nn::CrossEntropyGradOp, nn::MeanSquaredErrorGradOp,
             nn::BatchNormTrainOp>(op);
}

/// Whether the op adds up over lanes without counting the samples in them.
bool addsUpLanes(Operation *op, const llvm::DenseMap<Value, Place> &places) {
  if (isa<SamplesOp, ComplexOp, RealPartOp, ImagPartOp>(op))
    return false;
  const bool counts = llvm::any_of(op->getOperandTypes(), [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.getElementType().isInteger(64);
  });
  return !counts && llvm::any_of(op->getResults(), [&](Value result) {
    return places.lookup(result) != Place::Lanes;
  });
}

/// Whether the op yields 0 in an epilogue if its operands that `isZero` names are 0 and the others
/// finite.
bool yieldsZero(Operation *op, llvm::function_ref<bool(Value)> isZero) {
  ValueRange operands = op->getOperands();
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto number = dyn_cast<FloatAttr>(constant.getValue());
    return number && number.getValue().isZero();
  }
  if (isa<arith::MulFOp>(op))
    return llvm::any_of(operands, isZero);
  if (isa<arith::SelectOp>(op))
    return llvm::all_of(operands.drop_front(), isZero);
  if (isa<arith::MaximumFOp, arith::MaxNumFOp>(op)) {
    auto isNegative = [](Value value) {
      auto constant = value.getDefiningOp<arith::ConstantOp>();
      auto number = constant ? dyn_cast<FloatAttr>(constant.getValue()) : FloatAttr();
      return number && number.getValue().isNegative();
    };
    return llvm::any_of(operands, isZero) &&
           llvm::all_of(operands, [&](Value v) { return isZero(v) || isNegative(v); });
  }
  return isa<arith::AddFOp, arith::SubFOp, arith::NegFOp, arith::ExtFOp, arith::TruncFOp>(op) &&
         llvm::all_of(operands, isZero);
}

/// Whether the epilogue, if there is one, keeps zeros, where the extras that are clean have them.
bool keepsZeros(Operation *op, llvm::function_ref<bool(unsigned)> isClean) {
  auto layer = dyn_cast<Epilogued>(op);
  if (!layer || layer.getEpilogue().empty())
    return true;
  Block &block = layer.getEpilogue().front();
  llvm::DenseSet<Value> zeros = {block.getArgument(0)};
  for (auto [index, argument] : llvm::enumerate(block.getArguments().drop_front()))
    if (isClean(layer.getExtras().getBeginOperandIndex() + index))
      zeros.insert(argument);
  for (Operation &inner : block.without_terminator())
    if (yieldsZero(&inner, [&](Value value) { return zeros.contains(value); }))
      zeros.insert(inner.getResult(0));
  return zeros.contains(block.getTerminator()->getOperand(0));
}

} // namespace

llvm::DenseSet<Operation *> findSumsOfPadding(func::FuncOp func,
                                              const llvm::DenseMap<Value, Place> &places) {
  llvm::DenseSet<Value> clean;
  llvm::DenseSet<Operation *> sums;
  for (Operation &op : func.front().without_terminator()) {
    // What lies elsewhere is converted; what is read elsewhere, as a bias, is in every lane.
    SmallVector<Place> read = operandPlaces(&op, places);
    auto isClean = [&](unsigned index) {
      Value operand = op.getOperand(index);
      return read[index] == Place::Lanes &&
             (places.lookup(operand) != Place::Lanes || clean.contains(operand));
    };
    const bool first = followsFirst(&op) && isClean(0) && keepsZeros(&op, isClean);
    const bool all =
        followsAll(&op) && llvm::all_of(llvm::seq<unsigned>(0, op.getNumOperands()), isClean);
    if (first || all || isAlwaysClean(&op))
      clean.insert(op.result_begin(), op.result_end());
    if (!read.empty() && read[0] == Place::Lanes && !isClean(0) && addsUpLanes(&op, places))
      sums.insert(&op);
  }
  return sums;
}

} // namespace mlir::spherical
