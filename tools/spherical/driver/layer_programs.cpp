//===- layer_programs.cpp - a function for each layer ---------------------===//

#include "tools/spherical/driver/layer_programs.h"

#include "dialects/interfaces/linear.h"
#include "dialects/interfaces/pointwise.h"
#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"
#include "tools/spherical/driver/layer_ops.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

/// What a value is where it goes from layer to layer: the function whose samples it is, or itself.
Value sourceOf(Value value) {
  while (auto samples = value.getDefiningOp<sph::SamplesOp>())
    value = samples.getInput();
  return value;
}

/// Whether the type is that of images [N, C, H, W].
bool isImage(Type type) {
  const auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() == 4;
}

/// The function on S2 whose samples an image is; nothing for other types and sides.
std::optional<sph::Signal> functionOf(Type type) {
  if (const std::optional<sph::Signal> signal = sph::getSignal(type))
    return signal;
  if (!isImage(type))
    return std::nullopt;
  const auto tensor = cast<RankedTensorType>(type);
  const int64_t side = tensor.getDimSize(2);
  if (side != tensor.getDimSize(3) || side % 2 != 0)
    return std::nullopt;
  return sph::Signal{sph::SignalKind::S2,     tensor.getDimSize(0),
                     tensor.getDimSize(1),    side / 2,
                     tensor.getElementType(), {}};
}

FlowType flowOf(Type type) {
  const std::optional<sph::Signal> signal = functionOf(type);
  return flowType(signal ? signal->get(type.getContext()) : type);
}

/// A layer, or the planar layers from one function to the next.
struct Unit {
  GraphLayer layer;
  SmallVector<Operation *> ops;
  bool planar = false;

  Value result() const { return ops.back()->getResult(0); }
  /// What it takes of other layers, in order.
  llvm::SetVector<Value> inputs() const;
  /// The parameters and states that it takes.
  llvm::SetVector<BlockArgument> parameters() const;
};

bool isParameter(Value value) {
  const auto argument = dyn_cast<BlockArgument>(value);
  return argument && argumentText(argument, "spherical.role") != "input";
}

llvm::SetVector<Value> Unit::inputs() const {
  llvm::SetVector<Value> values;
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (const Value source = sourceOf(operand);
          !isParameter(source) && !llvm::is_contained(ops, source.getDefiningOp()))
        values.insert(source);
  return values;
}

llvm::SetVector<BlockArgument> Unit::parameters() const {
  llvm::SetVector<BlockArgument> values;
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (isParameter(operand))
        values.insert(cast<BlockArgument>(operand));
  return values;
}

/// The units of @forward in order.
std::vector<Unit> unitsOf(func::FuncOp forward) {
  std::vector<Unit> units;
  for (LayerOps &layer : collectLayers(forward)) {
    const Value input = layer.input();
    const bool planar = isImage(input.getType());
    const bool goesOn = planar && !units.empty() && units.back().planar &&
                        sourceOf(input) == input && isImage(units.back().result().getType());
    if (!goesOn)
      units.push_back({std::move(layer.layer), {}, planar});
    units.back().ops.append(layer.ops.begin(), layer.ops.end());
  }
  return units;
}

/// Builds one function of a unit.
class ProgramBuilder {
public:
  ProgramBuilder(func::FuncOp forward, const Unit &unit, const LayerChange &change)
      : forward(forward), unit(unit), change(change), builder(forward.getContext()) {}

  func::FuncOp build(StringRef name);

private:
  Value addArgument(Type type, DictionaryAttr attributes);
  Value addInput(Value value, size_t place);
  void addInputs(IRMapping &mapping);
  Type changed(Type type) const;
  Value cloneOps(IRMapping &mapping);
  Value normalized(nn::BatchNormOp op, IRMapping &mapping);

  func::FuncOp forward, function;
  const Unit &unit;
  const LayerChange &change;
  OpBuilder builder;
};

Value ProgramBuilder::addArgument(Type type, DictionaryAttr attributes) {
  const unsigned index = function.getNumArguments();
  (void)function.insertArgument(index, type, attributes, function.getLoc());
  return function.getArgument(index);
}

/// The type in the changed layer.
Type ProgramBuilder::changed(Type type) const {
  std::optional<sph::Signal> signal = sph::getSignal(type);
  if (!signal || change.bandLimit == 0)
    return type;
  signal->channels = change.channels;
  return signal->withBandLimit(change.bandLimit).get(builder.getContext());
}

/// The value of the body that stands for `value`, an argument `x` or, from the second on, `x1`.
Value ProgramBuilder::addInput(Value value, size_t place) {
  const auto text = [&](const std::string &value) { return builder.getStringAttr(value); };
  const std::string name = place == 0 ? "x" : "x" + std::to_string(place);
  const DictionaryAttr attributes =
      builder.getDictionaryAttr({builder.getNamedAttr("spherical.name", text(name)),
                                 builder.getNamedAttr("spherical.role", text("input"))});
  const Type type = changed(value.getType());
  const std::optional<sph::Signal> signal = functionOf(type);
  if (!signal)
    return addArgument(type, attributes);
  const Value spectrum = addArgument(signal->asSpectrum().get(builder.getContext()), attributes);
  const Value values = toFunction(builder, spectrum, signal->get(builder.getContext()));
  return isImage(type) ? sph::SamplesOp::create(builder, function.getLoc(), type, values) : values;
}

/// The batch_norm with the statistics of the one sample that it is given.
Value ProgramBuilder::normalized(nn::BatchNormOp op, IRMapping &mapping) {
  const Location loc = op.getLoc();
  builder.getContext()->getOrLoadDialect<arith::ArithDialect>();
  const auto countType = RankedTensorType::get({}, builder.getI64Type());
  const Value count = arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(countType, ArrayRef<int64_t>{1}));
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(mapping.lookup(operand));
  operands.push_back(count);
  const Type statistics = op.getMean().getType();
  auto train = nn::BatchNormTrainOp::create(
      builder, loc, TypeRange{op.getType(), statistics, statistics, statistics, statistics},
      operands, op->getAttrs());
  train.setStatistics(*nn::symbolizeMeasure(change.batchStatistics));
  return train.getResult();
}

Value ProgramBuilder::cloneOps(IRMapping &mapping) {
  for (Operation *op : unit.ops) {
    auto norm = dyn_cast<nn::BatchNormOp>(op);
    if (norm && !change.batchStatistics.empty()) {
      mapping.map(norm.getResult(), normalized(norm, mapping));
      continue;
    }
    Operation *copy = builder.clone(*op, mapping);
    for (Value result : copy->getResults())
      result.setType(changed(result.getType()));
    if (change.zeroHigh && copy->hasAttr("high"))
      copy->setAttr("high", sph::HighAttr::get(copy->getContext(), sph::High::Zero));
  }
  return mapping.lookup(unit.result());
}

void ProgramBuilder::addInputs(IRMapping &mapping) {
  if (change.bandLimit > 0) { // of one op on one function
    const Value operand = unit.ops.front()->getOperand(0);
    mapping.map(operand, addInput(operand, 0));
    return;
  }
  for (auto [place, input] : llvm::enumerate(unit.inputs())) {
    mapping.map(input, addInput(input, place));
    for (Operation *user : input.getUsers()) // the samples of the function, or the reverse
      if (auto samples = dyn_cast<sph::SamplesOp>(user))
        mapping.map(samples.getResult(),
                    sph::SamplesOp::create(builder, function.getLoc(), samples.getType(),
                                           mapping.lookup(input))
                        .getResult());
  }
}

func::FuncOp ProgramBuilder::build(StringRef name) {
  builder.setInsertionPointAfter(forward);
  const Location loc = unit.ops.front()->getLoc();
  function = func::FuncOp::create(builder, loc, name, builder.getFunctionType({}, {}));
  builder.setInsertionPointToEnd(function.addEntryBlock());
  IRMapping mapping;
  addInputs(mapping);
  for (BlockArgument parameter : unit.parameters())
    mapping.map(parameter,
                addArgument(parameter.getType(), forward.getArgAttrDict(parameter.getArgNumber())));
  Value y = cloneOps(mapping);
  if (const std::optional<sph::Signal> signal = functionOf(y.getType());
      signal && isImage(y.getType()))
    y = sph::SamplesOp::create(builder, loc, signal->get(builder.getContext()), y);
  y = toSpectrum(builder, y);
  func::ReturnOp::create(builder, loc, y);
  (void)function.insertResult(0, y.getType(), nameAttr(builder, "y"));
  return function;
}

/// How many values of each angle a grid combines; 0 of a list.
std::array<int64_t, 3> countsOf(sph::GridAttr grid) {
  const int64_t side = 2 * grid.getBandLimit();
  switch (grid.getKind()) {
  case sph::GridKind::S2Points:
  case sph::GridKind::SO3Points:
    return {};
  case sph::GridKind::S2Soft:
    return {side, side, 1};
  case sph::GridKind::SO3Soft:
    return {side, side, side};
  default:
    return {grid.getBeta(), grid.getAlpha(), grid.onSO3() ? grid.getGamma() : 1};
  }
}

/// Fills in the points of a convolution's kernel.
void describeKernel(const Unit &unit, LayerProgram &program) {
  Operation *op = unit.ops.front();
  const auto grid = op->getAttrOfType<sph::GridAttr>("grid");
  if (!grid)
    return;
  const SmallVector<std::array<double, 3>> points = grid.points();
  program.points.assign(points.begin(), points.end());
  program.counts = countsOf(grid);
  program.isList = program.counts[0] == 0;
  program.degrees = std::min(program.layer.input.bandLimit, program.layer.output.bandLimit);
}

LayerProgram describe(const Unit &unit, const llvm::DenseMap<Value, int64_t> &places) {
  LayerProgram program;
  program.layer = unit.layer;
  program.planar = unit.planar;
  Operation *op = unit.ops.front();
  for (Value input : unit.inputs())
    program.inputs.push_back({places.lookup(input), flowOf(input.getType())});
  for (BlockArgument parameter : unit.parameters()) {
    program.parameters.push_back(argumentText(parameter, "spherical.name"));
    if (argumentText(parameter, "spherical.role") == "parameter")
      program.learned.push_back(program.parameters.back());
  }
  const Type result = unit.result().getType();
  program.layer.input = program.inputs.front().type;
  program.layer.output = flowOf(result);
  program.rotates = !isImage(result) || functionOf(result);
  program.pointwise = !unit.planar && program.layer.input.isFunction() && isa<sph::Pointwise>(op) &&
                      !op->hasTrait<sph::RealLinear>() && !isa<nn::BatchNormOp>(op);
  if (auto norm = dyn_cast<nn::BatchNormOp>(op); norm && program.layer.input.isFunction())
    program.statistics = nn::stringifyMeasure(norm.getStatistics()).str();
  describeKernel(unit, program);
  return program;
}

} // namespace

Result<std::vector<LayerProgram>> addLayerPrograms(Session &session, bool gradients) {
  Result<func::FuncOp> forward = forwardOf(session);
  if (!forward)
    return forward.error();
  const std::vector<Unit> units = unitsOf(*forward);
  llvm::DenseMap<Value, int64_t> places;
  for (BlockArgument argument : (*forward).getArguments())
    places[argument] = -1;
  std::vector<LayerProgram> programs;
  for (const auto &[index, unit] : llvm::enumerate(units)) {
    for (Value input : unit.inputs())
      if (!places.contains(input))
        return Error{unit.layer.place + ": error: '" + unit.layer.name +
                     "' expected the result of a layer that stands by itself, got one from "
                     "between planar layers (not supported)"};
    places[unit.result()] = static_cast<int64_t>(index);
    LayerProgram program = describe(unit, places);
    program.entry = "layer" + std::to_string(index);
    func::FuncOp function = ProgramBuilder(*forward, unit, {}).build(program.entry);
    if (gradients)
      function->setAttr("spherical.gradient", UnitAttr::get(function.getContext()));
    programs.push_back(std::move(program));
  }
  if (programs.empty() || !programs.front().layer.input.isFunction() ||
      programs.front().layer.input.onSO3)
    return Error{session.path() +
                 ": error: expected a model whose input is a function on S2, got another input"};
  return programs;
}

Status addChangedLayer(Session &session, int64_t index, const LayerChange &change,
                       const std::string &entry) {
  Result<func::FuncOp> forward = forwardOf(session);
  if (!forward)
    return forward.error();
  if (session.module().lookupSymbol(entry))
    return Done{};
  const std::vector<Unit> units = unitsOf(*forward);
  ProgramBuilder(*forward, units[index], change).build(entry);
  return Done{};
}

void removeForward(Session &session) {
  if (auto forward = session.module().lookupSymbol<func::FuncOp>("forward"))
    forward.erase();
}

} // namespace spherical::driver
