//===- constants.cpp - arith.constant as stages -----------------*- C++ -*-===//
//
// One number fills the buffer; others are a table.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/stages/stage_builder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::spherical {
namespace {

struct Constant : Schedulable::ExternalModel<Constant, arith::ConstantOp> {
  std::optional<LayoutConstraints> getLayoutConstraints(Operation *) const {
    return LayoutConstraints{{}, {Want::File}};
  }

  SmallVector<Candidate> getCandidates(Operation *, const Machine &) const { return {}; }

  LogicalResult emitStages(Operation *op, StageBuilder &stages) const {
    auto values = dyn_cast<DenseElementsAttr>(cast<arith::ConstantOp>(op).getValue());
    const bool isFloat = values && isa<FloatType>(values.getElementType());
    if (!values || (!isFloat && !values.empty() && !values.isSplat()))
      return op->emitOpError("expected numbers, or one integer for all elements, got ") << values;
    if (values.empty())
      return success();
    Value out = stages.buffer(op->getResult(0));
    if (values.isSplat()) {
      emitFill(stages, "constant", out,
               isFloat ? values.getSplatValue<APFloat>().convertToDouble()
                       : static_cast<double>(values.getSplatValue<APInt>().getSExtValue()));
      return success();
    }
    SmallVector<double> numbers;
    for (const APFloat &number : values.getValues<APFloat>())
      numbers.push_back(number.convertToDouble());
    auto type = cast<MemRefType>(out.getType());
    Value constants =
        stages.table("constants", {}, type.getShape(), type.getElementType(), numbers);
    emitCopy(stages, constants, out, /*batched=*/false);
    return success();
  }
};

} // namespace

void SphericalDialect::registerConstants() {
  arith::ConstantOp::attachInterface<Constant>(*getContext());
}

} // namespace mlir::spherical
