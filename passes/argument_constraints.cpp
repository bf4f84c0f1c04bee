//===- argument_constraints.cpp - spherical-bound-arguments -----*- C++ -*-===//
//
// What an argument may hold follows from the ops that read it:
//   cross_entropy %z, %labels  with three classes  ->  %labels from 0 to 2, or missing
//
//===----------------------------------------------------------------------===//

#include "passes/argument_constraints.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/signal.h"
#include "passes/entries.h"
#include "passes/passes.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_BOUNDARGUMENTS
#include "passes/passes.h.inc"

static func::FuncOp functionOf(BlockArgument argument) {
  return cast<func::FuncOp>(argument.getOwner()->getParentOp());
}

std::string argumentName(BlockArgument argument) {
  const unsigned index = argument.getArgNumber();
  auto name = functionOf(argument).getArgAttrOfType<StringAttr>(index, "spherical.name");
  return name ? name.str() : "arg" + std::to_string(index);
}

/// Narrows `bounds` to what `other` allows as well.
static void narrow(IntegerBounds &bounds, const IntegerBounds &other) {
  const auto allows = [](const IntegerBounds &range, std::optional<int64_t> integer) {
    return !integer || range.other == integer || (range.low <= *integer && *integer <= range.high);
  };
  if (!allows(other, bounds.other))
    bounds.other.reset();
  else if (!bounds.other && allows(bounds, other.other))
    bounds.other = other.other;
  bounds.low = std::max(bounds.low, other.low);
  bounds.high = std::min(bounds.high, other.high);
  if (bounds.count != other.count)
    bounds.count = {};
}

/// What all ops that read the value allow.
static std::optional<IntegerBounds> boundsOf(Value value) {
  std::optional<IntegerBounds> bounds;
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    std::optional<IntegerBounds> read;
    if (auto reader = dyn_cast<IntegerOperands>(user))
      read = reader.getIntegerBounds(use.getOperandNumber());
    else if (isa<ConvertLayoutOp>(user))
      read = boundsOf(user->getResult(0));
    else if (auto increment = dyn_cast<nn::IncrementOp>(user); increment && !increment.getBy()) {
      read = boundsOf(user->getResult(0));
      if (read) {
        --read->low;
        read->high -= read->high != INT64_MAX;
      }
    }
    if (read && bounds)
      narrow(*bounds, *read);
    else if (read)
      bounds = read;
  }
  return bounds;
}

static stage::IntegersAttr integersOf(BlockArgument argument) {
  const std::optional<IntegerBounds> bounds = boundsOf(argument);
  if (!bounds)
    return {};
  MLIRContext *context = argument.getContext();
  StringAttr counted;
  if (auto count = dyn_cast_or_null<BlockArgument>(bounds->count))
    counted = StringAttr::get(context, argumentName(count));
  return stage::IntegersAttr::get(context, bounds->what, bounds->low, bounds->high, bounds->other,
                                  counted);
}

/// Whether all ops that read the value leave out what is missing, and there is one.
static bool mayBeMissing(Value value) {
  const auto leavesOut = [](OpOperand &use) {
    if (isa<ConvertLayoutOp>(use.getOwner()))
      return mayBeMissing(use.getOwner()->getResult(0));
    auto reader = dyn_cast<IntegerOperands>(use.getOwner());
    return reader && reader.mayBeMissing(use.getOperandNumber());
  };
  return !value.use_empty() && llvm::all_of(value.getUses(), leavesOut);
}

static stage::SpectrumAttr spectrumOf(BlockArgument argument) {
  const std::optional<Signal> signal = getSignal(argument.getType());
  const bool prepared = argumentRole(argument) == "prepared";
  const bool cotangent = StringRef(argumentName(argument)).starts_with("cot.");
  if (!signal || !signal->isSpectrum() || signal->isComplex() || prepared || cotangent)
    return {};
  return stage::SpectrumAttr::get(argument.getContext(), signal->onSO3(), signal->bandLimit);
}

ArgumentConstraints constraintsOf(BlockArgument argument) {
  func::FuncOp function = functionOf(argument);
  const unsigned index = argument.getArgNumber();
  ArgumentConstraints noted{
      function.getArgAttrOfType<stage::IntegersAttr>(index, stage::kIntegersAttr),
      function.getArgAttrOfType<stage::SpectrumAttr>(index, stage::kSpectrumAttr),
      static_cast<bool>(function.getArgAttr(index, stage::kMissingAttr))};
  if (isa<MemRefType>(argument.getType()))
    return noted;
  return {noted.integers ? noted.integers : integersOf(argument), spectrumOf(argument),
          noted.missing || mayBeMissing(argument)};
}

namespace {

struct BoundArguments : impl::BoundArgumentsBase<BoundArguments> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function->hasAttr("spherical.derived")) // in a dump: what it derives from has it noted
        continue;
      for (BlockArgument argument : function.getArguments()) {
        const ArgumentConstraints constraints = constraintsOf(argument);
        if (constraints.integers)
          function.setArgAttr(argument.getArgNumber(), stage::kIntegersAttr, constraints.integers);
        if (constraints.missing)
          function.setArgAttr(argument.getArgNumber(), stage::kMissingAttr,
                              UnitAttr::get(&getContext()));
      }
    }
  }
};

} // namespace
} // namespace mlir::spherical
