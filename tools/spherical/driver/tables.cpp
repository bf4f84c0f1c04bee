//===- tables.cpp - what the compiler knows of a model --------------------===//

#include "tools/spherical/driver/tables.h"

#include "dialects/spherical/dialect.h"
#include "tools/spherical/driver/diagnostics.h"
#include "tools/spherical/driver/layers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {

static std::string printed(Type type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  type.print(stream);
  return text;
}

/// The number of elements of the parameters among the op's operands.
static int64_t parametersOf(Operation &op, func::FuncOp function) {
  int64_t count = 0;
  for (Value operand : op.getOperands()) {
    const auto argument = dyn_cast<BlockArgument>(operand);
    if (!argument || argument.getOwner() != &function.getBody().front())
      continue;
    const auto role =
        function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "spherical.role");
    if (role && role.getValue() == "parameter")
      count += cast<ShapedType>(argument.getType()).getNumElements();
  }
  return count;
}

Result<std::vector<LayerRow>> layerTable(Session &session) {
  auto function = session.module().lookupSymbol<func::FuncOp>("forward");
  if (!function || function.isExternal())
    return Error{session.path() + ": error: expected a model with a function @forward, got none"};
  std::vector<LayerRow> rows;
  for (Operation &op : function.getBody().front().without_terminator()) {
    LayerRow row;
    row.place = placeOf(op.getLoc());
    row.op = op.getName().getStringRef().str();
    row.result = op.getNumResults() > 0 ? printed(op.getResult(0).getType()) : "";
    row.parameters = parametersOf(op, function);
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<ModelFacts> modelFacts(Session &session) {
  if (session.phase() != "graph")
    return Error{session.path() + ": error: expected a model of the phase graph, got one of " +
                 session.phase()};
  const Result<std::vector<LayerRow>> rows = layerTable(session);
  if (!rows)
    return rows.error();
  ModelFacts facts;
  facts.name = session.module().getName().value_or("model").str();
  for (const LayerRow &row : *rows)
    facts.parameters += row.parameters;
  session.module().walk(
      [&](Operation *op) { facts.spherical |= isa<sph::SphericalDialect>(op->getDialect()); });
  return facts;
}

static std::vector<int64_t> extentsOfSample(Type type) {
  const auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || tensor.getRank() < 2)
    return {};
  const ArrayRef<int64_t> extents = tensor.getShape().drop_front();
  return {extents.begin(), extents.end()};
}

double predictedTime(Session &session) {
  const std::vector<std::string> &run = session.options().entries;
  int64_t nanoseconds = 0;
  for (auto function : session.module().getOps<func::FuncOp>())
    if (run.empty() || llvm::is_contained(run, function.getName()))
      function.walk([&](Operation *op) {
        if (auto choice = op->getAttrOfType<sph::ChoiceAttr>("spherical.choice"))
          nanoseconds += choice.getNanoseconds();
      });
  return static_cast<double>(nanoseconds) * 1e-9;
}

Result<std::optional<ModelInterface>> modelInterface(Session &session) {
  auto function = session.module().lookupSymbol<func::FuncOp>("forward");
  if (session.phase() != "graph" || !function || function.isExternal() ||
      function.getNumResults() != 1)
    return std::optional<ModelInterface>();
  ModelInterface model;
  for (BlockArgument argument : function.getArguments()) {
    const auto role =
        function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "spherical.role");
    if (!role || role.getValue() != "input")
      continue;
    model.input = extentsOfSample(argument.getType());
    for (Operation *user : argument.getUsers())
      model.spherical |= isa<sph::SamplesOp>(user);
  }
  model.output = extentsOfSample(function.getResultTypes().front());
  const auto name = function.getResultAttrOfType<StringAttr>(0, "spherical.name");
  model.values = name && name.getValue() == "values";
  model.inputPlace = placeOf(function.getLoc());
  model.endPlace = placeOfEnd(session);
  if (model.input.size() != 3 || model.output.empty())
    return std::optional<ModelInterface>();
  return std::optional(model);
}

} // namespace spherical::driver
