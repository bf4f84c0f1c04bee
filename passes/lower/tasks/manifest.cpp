//===- manifest.cpp - what an artifact says of itself -----------*- C++ -*-===//

#include "passes/lower/tasks/manifest.h"

#include "dialects/spherical/dialect.h"
#include "dialects/stage/dialect.h"
#include "passes/argument_constraints.h"
#include "passes/lower/planned_memory.h"
#include "passes/lower/tasks/task_builder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <set>

namespace mlir::spherical {

using llvm::json::Array;
using llvm::json::Object;

FileLineColLoc modelLocation(Location loc) {
  if (auto file = dyn_cast<FileLineColLoc>(loc))
    return file;
  if (auto name = dyn_cast<NameLoc>(loc))
    return modelLocation(name.getChildLoc());
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return modelLocation(call.getCallee());
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (FileLineColLoc place = modelLocation(part))
        return place;
  return {};
}

/// "file:line:column", or "" for no place.
static std::string placeText(FileLineColLoc place) {
  if (!place)
    return "";
  return (place.getFilename().strref() + ":" + Twine(place.getLine()) + ":" +
          Twine(place.getColumn()))
      .str();
}

static std::string elementName(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

static Object table(stage::TableOp op) {
  stage::TableAttr value = op.getValue();
  MemRefType type = op.getMemRefType();
  Object parameters;
  for (NamedAttribute parameter : value.getParameters())
    if (auto integer = dyn_cast<IntegerAttr>(parameter.getValue()))
      parameters[parameter.getName().strref()] = integer.getInt();
  Object result{{"name", op.getSymName()},
                {"kind", value.getKind()},
                {"element", elementName(type.getElementType())},
                {"bytes", type.getNumElements() * type.getElementTypeBitWidth() / 8},
                {"parameters", std::move(parameters)},
                {"scale", value.getScale().getValueAsDouble()}};
  if (value.getPoints() && !value.getPoints().empty()) {
    Array points;
    for (double point : value.getPoints().asArrayRef())
      points.push_back(point);
    result["points"] = std::move(points);
  }
  return result;
}

/// Adds what an argument must hold.
static void addConstraints(func::FuncOp entry, unsigned index, Object &argument) {
  const ArgumentConstraints constraints = constraintsOf(entry.getArgument(index));
  if (stage::IntegersAttr integers = constraints.integers) {
    Object range{
        {"what", integers.getWhat()}, {"low", integers.getLow()}, {"high", integers.getHigh()}};
    if (integers.getOther())
      range["other"] = *integers.getOther();
    argument["integers"] = std::move(range);
    if (integers.getCounted())
      argument["counted"] = integers.getCounted().getValue();
  }
  if (stage::SpectrumAttr spectrum = constraints.spectrum)
    argument["spectrum"] =
        Object{{"on_so3", spectrum.getOnSo3()}, {"degrees", spectrum.getDegrees()}};
  if (constraints.missing)
    argument["missing"] = true;
}

/// An argument or result of the entry, the `position`-th of its kind.
static Object value(func::FuncOp entry, unsigned index, size_t position) {
  auto type = cast<MemRefType>(entry.getArgument(index).getType());
  auto text = [&](StringRef attribute, StringRef otherwise) -> std::string {
    auto found = entry.getArgAttrOfType<StringAttr>(index, attribute);
    return (found ? found.getValue() : otherwise).str();
  };
  bool isResult = isResultArgument(entry, index);
  std::string name = (isResult ? "result" : "arg") + std::to_string(position);
  Object result{{"name", text("spherical.name", name)},
                {"element", elementName(type.getElementType())},
                {"shape", Array(type.getShape())},
                {"batched", static_cast<bool>(entry.getArgAttr(index, "stage.batched"))}};
  if (!isResult) {
    if (std::string role = text("spherical.role", ""); !role.empty())
      result["role"] = role;
    addConstraints(entry, index, result);
  }
  if (std::string replaced = text("spherical.replaces", ""); !replaced.empty())
    result["replaces"] = replaced;
  return result;
}

static stage::LaunchAttr launchOf(stage::SweepOp sweep) {
  return sweep->getAttrOfType<stage::LaunchAttr>(stage::kLaunchAttr);
}

/// The shape of a product as sph_gemm_shape has it (runtime/cuda/device.h).
static Object gemmOf(stage::GemmOp gemm) {
  const stage::Matrices a = gemm.getLeft(), b = gemm.getRight(), c = gemm.getProduct();
  return Object{{"m", c.rows},
                {"n", c.columns},
                {"k", gemm.getDepth()},
                {"batch", c.batch},
                {"transpose_a", gemm.getTransposeA()},
                {"transpose_b", gemm.getTransposeB()},
                {"ld", Array{a.ld, b.ld, c.ld}},
                {"strides", Array{a.stride, b.stride, c.stride}}};
}

/// A call of a library, and the arguments and results that it names.
static Object callOf(func::FuncOp entry, Operation *call) {
  Array arguments, results;
  for (Value operand : call->getOperands()) {
    auto root = dyn_cast<BlockArgument>(rootOfMemory(operand));
    if (!root || isArenaArgument(entry, root.getArgNumber()))
      continue;
    const bool isResult = isResultArgument(entry, root.getArgNumber());
    (isResult ? results : arguments).push_back(frameIndex(entry, root.getArgNumber()));
  }
  Object result{{"arguments", std::move(arguments)}, {"results", std::move(results)}};
  if (auto fft = dyn_cast<stage::FftOp>(call))
    result["fft"] = Object{{"kind", stage::stringifyDftKind(fft.getKind())},
                           {"n", static_cast<int64_t>(fft.getN())},
                           {"rows", static_cast<int64_t>(fft.getRows())}};
  else
    result["gemm"] = gemmOf(cast<stage::GemmOp>(call));
  return result;
}

/// The entry's sweep number `index`.
static Object stageOf(func::FuncOp entry, stage::SweepOp sweep, int64_t index) {
  Object result{{"name", sweep.getStage()},
                {"location", placeText(modelLocation(sweep.getLoc()))},
                {"flop", static_cast<int64_t>(sweep.getFlop())},
                {"bytes", static_cast<int64_t>(sweep.getBytes())},
                {"tasks", sweep.getTasks()}};
  if (LibraryCall call = sweep.getCall())
    result["call"] = callOf(entry, call);
  if (stage::LaunchAttr launch = launchOf(sweep)) {
    result["kernel"] = kernelSymbol(entry, sweep, index);
    result["blocks"] = launch.getBlocks();
    result["threads"] = launch.getThreads();
    result["shared"] = launch.getShared();
  }
  return result;
}

/// The private memory of one task; on GPUs the slots of all blocks of the largest launch.
static int64_t scratchBytes(func::FuncOp entry) {
  int64_t bytes = 0;
  for (auto sweep : entry.getOps<stage::SweepOp>())
    if (stage::LaunchAttr launch = launchOf(sweep))
      bytes = std::max(bytes, launch.getBlocks() * launch.getSlot());
    else
      bytes = std::max(bytes, sweep.getScratchOffsets().back());
  return bytes;
}

/// What a thread that runs the entry on a processor needs of stack: for what transforms keep
/// between their passes, or blocks of Wigner functions, and for all else.
static int64_t stackBytes(func::FuncOp entry) {
  constexpr int64_t others = 256 << 10;
  int64_t bytes = 0;
  entry.walk([&](Operation *op) {
    if (auto dft = dyn_cast<stage::DftOp>(op)) {
      bytes = std::max(bytes, dftCodelet(dft, /*threads=*/0).workBytes());
    } else if (auto map = dyn_cast<stage::DftMapOp>(op)) {
      bytes = std::max(bytes, dftMapCodelet(map, /*threads=*/0).workBytes());
    } else if (auto contract = dyn_cast<stage::ContractOp>(op); contract && contract.getAnchors()) {
      const LaneType lane{cast<MemRefType>(contract.getC().getType()).getElementType(),
                          static_cast<int64_t>(contract.getLanes())};
      const ArrayRef<int64_t> anchors = *contract.getAnchors();
      bytes = std::max(bytes, CodeletBuilder::stackBytes(lane, anchors[0] * anchors[1]));
    }
  });
  return bytes + others;
}

static int64_t integerAttr(Operation *op, StringRef name, int64_t otherwise) {
  auto attribute = op->getAttrOfType<IntegerAttr>(name);
  return attribute ? attribute.getInt() : otherwise;
}

static Object entryOf(func::FuncOp entry) {
  Array arguments, results, stages, tables;
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    if (isResultArgument(entry, i))
      results.push_back(value(entry, i, results.size()));
    else if (!isArenaArgument(entry, i))
      arguments.push_back(value(entry, i, arguments.size()));
  }
  for (auto [index, sweep] : llvm::enumerate(entry.getOps<stage::SweepOp>()))
    stages.push_back(stageOf(entry, sweep, static_cast<int64_t>(index)));
  std::set<int64_t> used;
  auto all = entry->getParentOfType<ModuleOp>().getOps<stage::TableOp>();
  entry.walk([&](stage::TableRefOp ref) {
    for (auto [index, table] : llvm::enumerate(all))
      if (table.getSymName() == ref.getTable())
        used.insert(static_cast<int64_t>(index));
  });
  for (int64_t index : used)
    tables.push_back(index);
  return Object{{"name", entry.getSymName()},
                {"symbol", ("sph_entry_" + entry.getSymName()).str()},
                {"arena_bytes", integerAttr(entry, "stage.arena_bytes", 0)},
                {"scratch_bytes", scratchBytes(entry)},
                {"stack_bytes", stackBytes(entry)},
                {"arguments", std::move(arguments)},
                {"results", std::move(results)},
                {"stages", std::move(stages)},
                {"tables", std::move(tables)}};
}

/// Adds what the program keeps between runs and `seen` does not have yet.
static void addParameters(func::FuncOp entry, std::set<std::string> &seen, Array &parameters) {
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    auto role = entry.getArgAttrOfType<StringAttr>(i, "spherical.role");
    auto name = entry.getArgAttrOfType<StringAttr>(i, "spherical.name");
    if (!role || !name || isResultArgument(entry, i) ||
        !llvm::is_contained({"parameter", "moment", "average", "state"}, role.getValue()) ||
        !seen.insert(name.str()).second)
      continue;
    Object parameter = value(entry, i, i);
    parameter.erase("batched");
    if (auto init = entry.getArgAttrOfType<InitAttr>(i, "spherical.init"))
      parameter["init"] =
          Object{{"kind", stringifyInitKind(init.getKind())}, {"scale", init.getScale()}};
    else
      parameter["init"] = Object{{"kind", "zeros"}, {"scale", 1.0}};
    parameters.push_back(std::move(parameter));
  }
}

Manifest buildManifest(ModuleOp planned, StringRef target, const CpuTarget &cpu, StringRef gpu) {
  Array tables, entries, parameters;
  std::set<std::string> seen;
  int64_t lanes = 1;
  for (auto op : planned.getOps<stage::TableOp>())
    tables.push_back(table(op));
  for (auto entry : planned.getOps<func::FuncOp>()) {
    entries.push_back(entryOf(entry));
    addParameters(entry, seen, parameters);
    lanes = std::max(lanes, integerAttr(entry, "spherical.lanes", 1));
  }
  const auto graph = planned->getAttrOfType<StringAttr>("spherical.graph");
  Object result{{"abi", kAbi},
                {"model", planned.getSymName().value_or("model")},
                {"graph", graph ? graph.getValue() : ""},
                {"target", target},
                {"cpu", cpu.tuning},
                {"needs", Object{{"level", cpu.level()}, {"features", Array(cpu.needs.features)}}},
                {"lanes", lanes},
                {"tables", std::move(tables)},
                {"entries", std::move(entries)},
                {"parameters", std::move(parameters)}};
  if (!gpu.empty())
    result["gpu"] = gpu;
  if (const auto check = planned->getAttrOfType<StringAttr>("spherical.self_check")) {
    llvm::Expected<llvm::json::Value> values = llvm::json::parse(check.getValue());
    if (values)
      result["self_check"] = std::move(*values);
    else // who reads the manifest says what is wrong
      result["self_check"] = llvm::toString(values.takeError());
  }
  return result;
}

std::string manifestText(Manifest manifest, std::optional<int64_t> kernels) {
  if (kernels)
    manifest["kernels"] = *kernels;
  std::string text;
  llvm::raw_string_ostream(text) << llvm::json::Value(std::move(manifest));
  return text;
}

void addConstants(ModuleOp module, StringRef manifest) {
  OpBuilder ops = OpBuilder::atBlockEnd(module.getBody());
  std::string text = manifest.str() + '\0';
  auto bytes = LLVM::LLVMArrayType::get(ops.getI8Type(), text.size());
  LLVM::GlobalOp::create(ops, module.getLoc(), bytes, true, LLVM::Linkage::External, "sph_manifest",
                         ops.getStringAttr(text));
  LLVM::GlobalOp::create(ops, module.getLoc(), ops.getI32Type(), true, LLVM::Linkage::External,
                         "sph_abi", ops.getI32IntegerAttr(kAbi));
}

} // namespace mlir::spherical
