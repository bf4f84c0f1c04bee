//===- lower_to_stages.cpp - spherical-lower-to-stages ----------*- C++ -*-===//
//
// Walks each scheduled function in order, gives every value a buffer and emits
// the stages of every op in a function on memrefs. A value whose last use is a
// pointwise op hands its buffer on to the result.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/passes.h"

#include "passes/argument_constraints.h"
#include "passes/plan/emitter.h"

#include "llvm/ADT/SetVector.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_LOWERTOSTAGES
#include "passes/plan/passes.h.inc"
namespace {

/// Ops whose result may take the place of an operand of its type, value by value.
bool isPointwise(Operation *op) {
  return isa<nn::ReluOp, nn::ReluGradOp, nn::LeakyReluOp, nn::LeakyReluGradOp, nn::GeluOp,
             nn::GeluGradOp, nn::AddOp, nn::SubOp, nn::BatchNormOp, AddBiasOp>(op);
}

/// Ops that read an old value where they write the new one, in the same place.
bool updatesInPlace(Operation *op) {
  return isa<nn::AdamOp, nn::IncrementOp, nn::BatchNormTrainOp>(op);
}

/// One function on its way.
class Function {
public:
  Function(func::FuncOp source, TablePool &tables, bool doublePrecision, int64_t vectorLanes)
      : source(source), builder(source), emitter(builder, tables, doublePrecision, vectorLanes) {}

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
      return Emitter::extentsOf(op->getOperand(0).getType()).batched;
    return goesToBatch(value);
  }

  bool goesToBatch(Value value) {
    return llvm::any_of(value.getUsers(), [&](Operation *user) {
      if (isa<SamplesOp>(user))
        return goesToBatch(user->getResult(0));
      return isa<ConvertLayoutOp, RealPartOp, ImagPartOp>(user) &&
             Emitter::extentsOf(user->getResult(0).getType()).batched;
    });
  }

  /// Arguments of the function whose first axis is the batch. What nothing reads, as the arguments
  /// of a linear function in its gradient, has that of the others, if it has as many samples.
  llvm::DenseSet<Value> batchedArguments() {
    llvm::DenseSet<Value> batched;
    int64_t samples = 0;
    auto rows = [&](Value value) {
      ArrayRef<int64_t> shape = emitter.bufferType(value.getType()).getShape();
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
      attributes.set("spherical.name", builder.getStringAttr((prefix + Twine(index)).str()));
    if (batched)
      attributes.set("stage.batched", builder.getUnitAttr());
    return attributes;
  }

  void createFunction() {
    SmallVector<Type> types;
    SmallVector<DictionaryAttr> attributes;
    MLIRContext *context = source.getContext();
    llvm::DenseSet<Value> batched = batchedArguments();
    for (BlockArgument argument : source.getArguments()) {
      const unsigned index = argument.getArgNumber();
      types.push_back(emitter.bufferType(argument.getType()));
      NamedAttrList list =
          attributesOf(source.getArgAttrDict(index), "arg", index, batched.contains(argument));
      const ArgumentConstraints constraints = constraintsOf(argument);
      if (constraints.integers)
        list.set(stage::kIntegersAttr, constraints.integers);
      if (constraints.spectrum)
        list.set(stage::kSpectrumAttr, constraints.spectrum);
      attributes.push_back(list.getDictionary(context));
    }
    for (OpOperand &result : terminator()->getOpOperands()) {
      unsigned index = result.getOperandNumber();
      types.push_back(emitter.bufferType(result.get().getType()));
      NamedAttrList list =
          attributesOf(source.getResultAttrDict(index), "result", index, isBatched(result.get()));
      list.set("stage.result", builder.getUnitAttr());
      attributes.push_back(list.getDictionary(context));
    }
    target = func::FuncOp::create(builder, source.getLoc(), source.getName(),
                                  builder.getFunctionType(types, {}));
    target.setVisibility(source.getVisibility());
    target.setAllArgAttrs(attributes);
    for (NamedAttribute attribute : source->getDiscardableAttrs())
      target->setAttr(attribute.getName(), attribute.getValue());
    Block *block = target.addEntryBlock();
    builder.setInsertionPointToEnd(block);
    for (auto [old, now] : llvm::zip(source.getArguments(), block->getArguments()))
      emitter.setBuffer(old, now);
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
      if (ends.lookup(emitter.bufferOf(argument)) > order[op])
        return true; // read under another name
      for (Operation *user : argument.getUsers())
        if (order[user] > order[op] || (user == op && !updatesInPlace(op)))
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
    if (!isPointwise(op))
      return {};
    for (Value operand : op->getOperands()) {
      Value buffer = emitter.bufferOf(operand);
      if (buffer.getType() == emitter.bufferType(result.getType()) &&
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
          memref::AllocOp::create(builder, NameLoc::get(builder.getStringAttr(name), op->getLoc()),
                                  emitter.bufferType(result.getType()));
    }
    emitter.setBuffer(result, buffer);
    extend(buffer, result);
  }

  LogicalResult lower(Operation *op) {
    if (auto samples = dyn_cast<SamplesOp>(op)) {
      Value buffer = emitter.bufferOf(samples.getInput());
      emitter.setBuffer(samples.getResult(), buffer);
      extend(buffer, samples.getResult());
      return success();
    }
    for (Value result : op->getResults())
      giveBuffer(op, result);
    return emitter.emit(op);
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
    Location loc = terminator()->getLoc();
    llvm::MapVector<unsigned, Value> sources;
    for (OpOperand &result : terminator()->getOpOperands())
      if (!written.contains(result.getOperandNumber()))
        sources[result.getOperandNumber()] = emitter.bufferOf(result.get());
    for (auto &[index, buffer] : sources) {
      if (!isReplaced(buffer))
        continue;
      Value saved =
          memref::AllocOp::create(builder, NameLoc::get(builder.getStringAttr("saved"), loc),
                                  cast<MemRefType>(buffer.getType()));
      emitter.emitCopy(loc, buffer, saved, isBatched(terminator()->getOperand(index)));
      buffer = saved;
    }
    for (auto [index, buffer] : sources)
      emitter.emitCopy(loc, buffer, resultMemory(index),
                       isBatched(terminator()->getOperand(index)));
    func::ReturnOp::create(builder, loc);
  }

  func::FuncOp source, target;
  OpBuilder builder;
  Emitter emitter;
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
      if (failed(Function(func, tables, doublePrecision, vector ? vector.getInt() : 1).run()))
        return signalPassFailure();
  }
};

} // namespace
} // namespace mlir::spherical
