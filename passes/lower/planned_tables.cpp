//===- planned_tables.cpp - tables of planned programs ----------*- C++ -*-===//

#include "passes/lower/planned_tables.h"

#include "passes/lower/index_range.h"
#include "passes/lower/table_values.h"

namespace mlir::spherical {

using ::spherical::runtime::Element;

::spherical::runtime::TableSpec tableSpecOf(stage::TableOp op) {
  const stage::TableAttr value = op.getValue();
  const Type element = op.getMemRefType().getElementType();
  ::spherical::runtime::TableSpec spec;
  spec.kind = value.getKind().str();
  spec.element = element.isF32() ? Element::F32 : element.isF64() ? Element::F64 : Element::I32;
  for (NamedAttribute parameter : value.getParameters())
    if (auto integer = dyn_cast<IntegerAttr>(parameter.getValue()))
      spec.parameters[parameter.getName().str()] = integer.getInt();
  if (value.getPoints())
    llvm::append_range(spec.points, value.getPoints().asArrayRef());
  if (value.getScale())
    spec.scale = value.getScale().getValueAsDouble();
  return spec;
}

IntegerTables::IntegerTables(Operation *module) {
  for (Operation &op : module->getRegion(0).getOps())
    if (auto table = dyn_cast<stage::TableOp>(op); table && complete)
      complete = succeeded(add(table));
}

LogicalResult IntegerTables::add(stage::TableOp op) {
  const ::spherical::runtime::TableSpec spec = tableSpecOf(op);
  const int64_t elements = op.getMemRefType().getNumElements();
  ::spherical::TableValues values = ::spherical::tableValues(spec, elements);
  if (!values.failure.empty())
    return op.emitOpError() << "cannot be made: " << values.failure;
  if (elements != values.size)
    return op.emitOpError() << "expected a type of " << values.size
                            << " elements (C2) for the kind '" << spec.kind
                            << "' and its parameters, got " << elements;
  if (spec.element == ::spherical::runtime::Element::I32)
    numbers[op.getSymName()] = std::move(values.numbers);
  return success();
}

std::optional<ArrayRef<int32_t>> IntegerTables::numbersOf(Value memref) const {
  IndexRange first{0, 0};
  Value root = memref;
  while (auto view = root.getDefiningOp<memref::SubViewOp>()) {
    const SmallVector<int64_t> strides = view.getSourceType().getStridesAndOffset().first;
    for (auto [offset, stride] : llvm::zip(view.getMixedOffsets(), strides)) {
      const std::optional<IndexRange> range = rangeOf(offset);
      const auto scaled = range ? productOf(*range, stride) : std::nullopt;
      const auto sum = scaled ? sumOf(first, *scaled) : std::nullopt;
      if (!sum)
        return std::nullopt;
      first = *sum;
    }
    root = view.getSource();
  }
  auto table = root.getDefiningOp<stage::TableRefOp>();
  const auto found = table ? numbers.find(table.getTable()) : numbers.end();
  const int64_t end = first.high + cast<MemRefType>(memref.getType()).getNumElements();
  if (found == numbers.end() || first.low < 0 || end > int64_t(found->second.size()))
    return std::nullopt;
  return ArrayRef(found->second).slice(first.low, end - first.low);
}

} // namespace mlir::spherical
