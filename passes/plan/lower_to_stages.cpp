//===- lower_to_stages.cpp - spherical-lower-to-stages ----------*- C++ -*-===//
//
// Walks each scheduled function in order, gives every value a buffer and emits
// the stages of every op in a function on memrefs. A value whose last use is a
// pointwise op hands its buffer on to the result.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/passes.h"

#include "dialects/spherical/stages/stage_builder.h"
#include "dialects/spherical/work.h"
#include "passes/argument_constraints.h"

#include "llvm/ADT/SetVector.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_LOWERTOSTAGES
#include "passes/plan/passes.h.inc"
namespace {

/// One function on its way.
class Function {
public:
  Function(func::FuncOp source, TablePool &tables, bool doublePrecision, int64_t vectorLanes,
           bool lanesAreThreads)
      : source(source),
        stages(OpBuilder(source), tables, doublePrecision, vectorLanes, lanesAreThreads) {}

  LogicalResult run() {
    numberUses();
    createFunction();
    for (Operation &op : source.front().without_terminator())
      if (failed(lower(&op)))
        return failure();
    finish();
    source.erase();
    return success();
  }

private:
  Operation *terminator() { return source.front().getTerminator(); }

  /// Positions of ops, and the last use of each value.
  void numberUses() {
    int64_t position = 0;
    for (Operation &op : source.front()) {
      order[&op] = position;
      for (Value operand : op.getOperands())
        lastUse[operand] = position;
      ++position;
    }
  }

  /// Whether the first axis of a File value is the batch, as layouts say of the lanes that it comes
  /// from or goes to.
  bool isBatched(Value value) {
    while (auto samples = value.getDefiningOp<SamplesOp>())
      value = samples.getInput();
    Operation *op = value.getDefiningOp();
    if (isa_and_present<ConvertLayoutOp, ComplexOp>(op))
      return extentsOf(op->getOperand(0).getType()).batched;
    return goesToBatch(value);
  }

  bool goesToBatch(Value value) {
    return llvm::any_of(value.getUsers(), [&](Operation *user) {
      if (isa<SamplesOp>(user))
        return goesToBatch(user->getResult(0));
      return user->hasTrait<KeepsSamples>() && extentsOf(user->getResult(0).getType()).batched;
    });
  }

  /// Arguments of the function whose first axis is the batch. What nothing reads, as the arguments
  /// of a linear function in its gradient, has that of the others, if it has as many samples.
  llvm::DenseSet<Value> batchedArguments() {
    llvm::DenseSet<Value> batched;
    int64_t samples = 0;
    auto rows = [&](Value value) {
      ArrayRef<int64_t> shape = stages.bufferType(value.getType()).getShape();
      return shape.empty() ? 0 : shape[0];
    };
    for (BlockArgument argument : source.getArguments())
      if (isBatched(argument)) {
        batched.insert(argument);
        samples = rows(argument);
      }
    for (BlockArgument argument : source.getArguments()) {
      auto role = source.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "spherical.role");
      const bool input = role && (role == "input" || role == "label");
      if (!argument.use_empty() || rows(argument) == 0 || (role && !input) ||
          (samples == 0 && !input))
        continue;
      samples = samples == 0 ? rows(argument) : samples;
      if (rows(argument) == samples)
        batched.insert(argument);
    }
    return batched;
  }

  /// The attributes of an argument or result, with a name in any case.
  NamedAttrList attributesOf(DictionaryAttr given, StringRef prefix, unsigned index, bool batched) {
    NamedAttrList attributes(given);
    if (!attributes.get("spherical.name"))
      attributes.set("spherical.name", stages.getStringAttr((prefix + Twine(index)).str()));
    if (batched)
      attributes.set("stage.batched", stages.getUnitAttr());
    return attributes;
  }

  void createFunction() {
    SmallVector<Type> types;
    SmallVector<DictionaryAttr> attributes;
    MLIRContext *context = source.getContext();
    llvm::DenseSet<Value> batched = batchedArguments();
    for (BlockArgument argument : source.getArguments()) {
      const unsigned index = argument.getArgNumber();
      types.push_back(stages.bufferType(argument.getType()));
      NamedAttrList list =
          attributesOf(source.getArgAttrDict(index), "arg", index, batched.contains(argument));
      const ArgumentConstraints constraints = constraintsOf(argument);
      if (constraints.integers)
        list.set(stage::kIntegersAttr, constraints.integers);
      if (constraints.spectrum)
        list.set(stage::kSpectrumAttr, constraints.spectrum);
      if (constraints.missing)
        list.set(stage::kMissingAttr, stages.getUnitAttr());
      attributes.push_back(list.getDictionary(context));
    }
    for (OpOperand &result : terminator()->getOpOperands()) {
      unsigned index = result.getOperandNumber();
      types.push_back(stages.bufferType(result.get().getType()));
      NamedAttrList list =
          attributesOf(source.getResultAttrDict(index), "result", index, isBatched(result.get()));
      list.set("stage.result", stages.getUnitAttr());
      attributes.push_back(list.getDictionary(context));
    }
    target = func::FuncOp::create(stages, source.getLoc(), source.getName(),
                                  stages.getFunctionType(types, {}));
    target.setVisibility(source.getVisibility());
    target.setAllArgAttrs(attributes);
    for (NamedAttribute attribute : source->getDiscardableAttrs())
      target->setAttr(attribute.getName(), attribute.getValue());
    Block *block = target.addEntryBlock();
    stages.setInsertionPointToEnd(block);
    for (auto [old, now] : llvm::zip(source.getArguments(), block->getArguments()))
      stages.setBuffer(old, now);
  }

  BlockArgument resultMemory(unsigned index) {
    return target.getArgument(source.getNumArguments() + index);
  }

  /// Whether writing `value` to the memory of result `index` could destroy what is still read.
  bool mayDestroy(Value value, unsigned index) {
    auto replaced = source.getResultAttrOfType<StringAttr>(index, "spherical.replaces");
    if (!replaced)
      return false;
    Operation *op = value.getDefiningOp();
    for (BlockArgument argument : source.getArguments()) {
      auto name = source.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "spherical.name");
      if (name != replaced)
        continue;
      if (ends.lookup(stages.buffer(argument)) > order[op])
        return true; // read under another name
      for (Operation *user : argument.getUsers())
        if (order[user] > order[op] || (user == op && !op->hasTrait<UpdatesInPlace>()))
          return true;
    }
    return false;
  }

  /// The memory of a result that returns this value, if it may be written right away.
  Value directResult(Value value) {
    for (OpOperand &result : terminator()->getOpOperands())
      if (result.get() == value && !mayDestroy(value, result.getOperandNumber())) {
        written.insert(result.getOperandNumber());
        return resultMemory(result.getOperandNumber());
      }
    return {};
  }

  /// A buffer of an operand that ends here and may become the result's.
  Value reusedOperand(Operation *op, Value result) {
    if (!op->hasTrait<ReplacesOperand>())
      return {};
    for (Value operand : op->getOperands()) {
      Value buffer = stages.buffer(operand);
      if (buffer.getType() == stages.bufferType(result.getType()) &&
          buffer.getDefiningOp<memref::AllocOp>() && ends[buffer] <= order[op])
        return buffer;
    }
    return {};
  }

  void extend(Value buffer, Value value) {
    int64_t &end = ends[buffer];
    end = std::max(end, lastUse.lookup(value));
  }

  void giveBuffer(Operation *op, Value result) {
    Value buffer = directResult(result);
    if (!buffer)
      buffer = reusedOperand(op, result);
    if (!buffer) {
      std::string name = (op->getName().stripDialect() + "." + Twine(order[op])).str();
      buffer =
          memref::AllocOp::create(stages, NameLoc::get(stages.getStringAttr(name), op->getLoc()),
                                  stages.bufferType(result.getType()));
    }
    stages.setBuffer(result, buffer);
    extend(buffer, result);
  }

  LogicalResult lower(Operation *op) {
    auto computed = dyn_cast<Schedulable>(op);
    if (!computed)
      return op->emitOpError("is not supported by the plan");
    if (op->hasTrait<AliasesOperand>()) {
      Value buffer = stages.buffer(op->getOperand(0));
      stages.setBuffer(op->getResult(0), buffer);
      extend(buffer, op->getResult(0));
      return success();
    }
    stages.begin(op);
    for (Value result : op->getResults())
      giveBuffer(op, result);
    return computed.emitStages(stages);
  }

  /// Whether a result replaces the argument that lies in `buffer`.
  bool isReplaced(Value buffer) {
    auto argument = dyn_cast<BlockArgument>(buffer);
    if (!argument || argument.getArgNumber() >= source.getNumArguments())
      return false;
    auto name = source.getArgAttr(argument.getArgNumber(), "spherical.name");
    for (unsigned index = 0; name && index < source.getNumResults(); ++index)
      if (source.getResultAttr(index, "spherical.replaces") == name)
        return true;
    return false;
  }

  /// Copies what is not yet in its result's memory. An argument that is returned although a result
  /// replaces it is saved first: that result may lie in the same memory.
  void finish() {
    stages.begin(terminator());
    llvm::MapVector<unsigned, Value> sources;
    for (OpOperand &result : terminator()->getOpOperands())
      if (!written.contains(result.getOperandNumber()))
        sources[result.getOperandNumber()] = stages.buffer(result.get());
    for (auto &[index, buffer] : sources) {
      if (!isReplaced(buffer))
        continue;
      Value saved = memref::AllocOp::create(
          stages, NameLoc::get(stages.getStringAttr("saved"), stages.getLoc()),
          cast<MemRefType>(buffer.getType()));
      emitCopy(stages, buffer, saved, isBatched(terminator()->getOperand(index)));
      buffer = saved;
    }
    for (auto [index, buffer] : sources)
      emitCopy(stages, buffer, resultMemory(index), isBatched(terminator()->getOperand(index)));
    func::ReturnOp::create(stages);
  }

  func::FuncOp source, target;
  StageBuilder stages;
  llvm::DenseMap<Operation *, int64_t> order;
  llvm::DenseMap<Value, int64_t> lastUse, ends;
  llvm::SmallSetVector<unsigned, 8> written;
};

struct LowerToStages : impl::LowerToStagesBase<LowerToStages> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    TablePool tables(module);
    auto target = module->getAttrOfType<StringAttr>("spherical.target");
    auto vector = module->getAttrOfType<IntegerAttr>("spherical.vector_lanes");
    bool doublePrecision = target && target.getValue() == "reference";
    for (auto func : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      if (failed(Function(func, tables, doublePrecision, vector ? vector.getInt() : 1,
                          module->hasAttr(kThreadsAttr))
                     .run()))
        return signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
