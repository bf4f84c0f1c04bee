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
  spec.element = element.isF32()         ? Element::F32
                 : element.isF64()       ? Element::F64
                 : element.isInteger(32) ? Element::I32
                                         : Element::I64;
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
    indices[op.getSymName()] = std::move(values.indices);
  if (spec.element == ::spherical::runtime::Element::I64)
    problems[op.getSymName()] = std::move(values.problems);
  return success();
}

namespace {

/// A part of a table: where its first element lies, for all values that indices can have.
struct TablePart {
  StringRef table;
  IndexRange first;
};

} // namespace

/// Nothing if the memref is no part of a table, or it is not known which.
static std::optional<TablePart> partOf(Value memref) {
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
  return table ? std::optional(TablePart{table.getTable(), first}) : std::nullopt;
}

/// The entries, of `width` elements each, of `memref` in a table of these; nothing if it is none of
/// them, or not of whole entries.
template <typename T>
static std::optional<ArrayRef<T>>
entriesOf(Value memref, const llvm::StringMap<std::vector<T>> &all, int64_t width) {
  const std::optional<TablePart> part = partOf(memref);
  const auto found = part ? all.find(part->table) : all.end();
  if (found == all.end())
    return std::nullopt;
  const int64_t first = part->first.low;
  const int64_t end = part->first.high + cast<MemRefType>(memref.getType()).getNumElements();
  if (first < 0 || first % width != 0 || end % width != 0 ||
      end / width > static_cast<int64_t>(found->second.size()))
    return std::nullopt;
  return ArrayRef(found->second).slice(first / width, (end - first) / width);
}

std::optional<ArrayRef<int32_t>> IntegerTables::indicesOf(Value memref) const {
  return entriesOf(memref, indices, 1);
}

std::optional<ArrayRef<Problem>> IntegerTables::problemsOf(Value memref) const {
  return entriesOf(memref, problems, ::spherical::runtime::kProblemFieldCount);
}

} // namespace mlir::spherical
