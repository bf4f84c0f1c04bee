//===- plan_mutations.cpp - edits of a plan ---------------------*- C++ -*-===//

#include "test/plans/plan_mutations.h"

#include "test/plans/guarded_plan.h"
#include "test/plans/random_edits.h"

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace spherical::test {
namespace {

/// Edits of the IR. Each picks a place and says what it did, or nothing if there is no such place.
class IREdits {
public:
  IREdits(ModuleOp module, Random &random) : module(module), random(random) {
    module.walk([&](Operation *op) {
      if (op != module)
        ops.push_back(op);
    });
  }

  std::string apply();

private:
  template <typename Op> Op pick() {
    std::vector<Op> found;
    module.walk([&](Op op) { found.push_back(op); });
    return found.empty() ? Op() : random.pick(found);
  }
  Operation *pickStage();
  Attribute editAttribute(Attribute value);
  AffineMap editMap(AffineMap map);
  std::vector<Value> valuesLike(Value value);

  std::string constant();
  std::string sweepSpace();
  std::string attribute();
  std::string operand();
  std::string applyMap();
  std::string mapMap();
  std::string mapSpace();
  std::string subview();
  std::string view();
  std::string table();
  std::string swapOps();
  std::string duplicate();
  std::string remove();
  std::string replaceScalarOp();
  std::string argumentMark();
  std::string foreignOp();

  ModuleOp module;
  Random &random;
  std::vector<Operation *> ops;
};

std::string nameOf(Operation *op) { return op->getName().getStringRef().str(); }

Operation *IREdits::pickStage() {
  std::vector<Operation *> found;
  for (Operation *op : ops)
    if (isa<stage::StageDialect>(op->getDialect()) && !isa<stage::YieldOp>(op))
      found.push_back(op);
  return found.empty() ? nullptr : random.pick(found);
}

/// Another attribute of the kind, or the same where it has none.
Attribute IREdits::editAttribute(Attribute value) {
  Builder builder(module.getContext());
  if (auto integer = dyn_cast<IntegerAttr>(value); integer && integer.getType().isIntOrIndex()) {
    const unsigned width =
        integer.getType().isIndex() ? 64 : integer.getType().getIntOrFloatBitWidth();
    const llvm::APInt number(64,
                             static_cast<uint64_t>(random.edit(integer.getValue().getSExtValue())));
    return IntegerAttr::get(integer.getType(), number.sextOrTrunc(width));
  }
  if (auto real = dyn_cast<FloatAttr>(value)) {
    const double numbers[] = {0.0, -1.0, 0.5, 1e30, -real.getValueAsDouble(), INFINITY, NAN};
    return FloatAttr::get(real.getType(), numbers[random.below(std::size(numbers))]);
  }
  if (auto list = dyn_cast<DenseI64ArrayAttr>(value); list && !list.empty()) {
    SmallVector<int64_t> numbers(list.asArrayRef());
    if (random.oneIn(3))
      std::swap(random.pick(numbers), random.pick(numbers));
    else if (random.oneIn(6))
      numbers.pop_back();
    else {
      int64_t &number = random.pick(numbers);
      number = random.edit(number);
    }
    return builder.getDenseI64ArrayAttr(numbers);
  }
  if (auto kind = dyn_cast<stage::DftKindAttr>(value))
    return stage::DftKindAttr::get(kind.getContext(), static_cast<stage::DftKind>(random.below(4)));
  if (auto kind = dyn_cast<stage::ContractKindAttr>(value))
    return stage::ContractKindAttr::get(kind.getContext(),
                                        static_cast<stage::ContractKind>(random.below(2)));
  if (auto mode = dyn_cast<stage::GatherModeAttr>(value))
    return stage::GatherModeAttr::get(mode.getContext(),
                                      static_cast<stage::GatherMode>(random.below(4)));
  if (auto combine = dyn_cast<stage::CombineAttr>(value))
    return stage::CombineAttr::get(combine.getContext(),
                                   static_cast<stage::Combine>(random.below(2)));
  if (auto predicate = dyn_cast<arith::CmpFPredicateAttr>(value))
    return arith::CmpFPredicateAttr::get(predicate.getContext(),
                                         static_cast<arith::CmpFPredicate>(random.below(16)));
  if (auto predicate = dyn_cast<arith::CmpIPredicateAttr>(value))
    return arith::CmpIPredicateAttr::get(predicate.getContext(),
                                         static_cast<arith::CmpIPredicate>(random.below(10)));
  if (isa<StringAttr>(value))
    return builder.getStringAttr("edited");
  return value;
}

AffineMap IREdits::editMap(AffineMap map) {
  if (map.getNumResults() == 0)
    return map;
  SmallVector<AffineExpr> results(map.getResults());
  AffineExpr &result = random.pick(results);
  MLIRContext *context = module.getContext();
  const int64_t dims = map.getNumDims();
  AffineExpr other =
      dims > 0 ? getAffineDimExpr(random.below(dims), context) : getAffineConstantExpr(1, context);
  switch (random.below(6)) {
  case 0:
    result = result + random.edit(0);
    break;
  case 1:
    result = result * random.edit(1);
    break;
  case 2:
    result = other;
    break;
  case 3:
    result = result + other;
    break;
  case 4:
    result = random.oneIn(2) ? result.floorDiv(2) : result % 3;
    break;
  default:
    std::swap(result, random.pick(results));
  }
  return AffineMap::get(map.getNumDims(), map.getNumSymbols(), results, context);
}

/// All values of the same type.
std::vector<Value> IREdits::valuesLike(Value value) {
  std::vector<Value> found;
  module.walk([&](Operation *op) {
    for (Value result : op->getResults())
      if (result.getType() == value.getType() && result != value)
        found.push_back(result);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Value argument : block.getArguments())
          if (argument.getType() == value.getType() && argument != value)
            found.push_back(argument);
  });
  return found;
}

std::string IREdits::constant() {
  auto op = pick<arith::ConstantOp>();
  if (!op)
    return "";
  op.setValueAttr(cast<TypedAttr>(editAttribute(op.getValue())));
  return "constant";
}

std::string IREdits::sweepSpace() {
  auto op = pick<stage::SweepOp>();
  if (!op)
    return "";
  op.setSpaceAttr(cast<DenseI64ArrayAttr>(editAttribute(op.getSpaceAttr())));
  return "sweep's space";
}

std::string IREdits::attribute() {
  Operation *op = random.oneIn(4) ? random.pick(ops) : pickStage();
  if (!op)
    return "";
  const DictionaryAttr all = op->getAttrDictionary();
  if (all.empty())
    return "";
  const NamedAttribute &chosen = all.begin()[random.below(static_cast<int64_t>(all.size()))];
  if (random.oneIn(8)) {
    op->removeAttr(chosen.getName());
    return "attribute " + chosen.getName().str() + " of " + nameOf(op) + " removed";
  }
  const bool another = random.oneIn(10);
  op->setAttr(chosen.getName(), another ? Builder(op->getContext()).getStringAttr("edited")
                                        : editAttribute(chosen.getValue()));
  return "attribute " + chosen.getName().str() + " of " + nameOf(op);
}

std::string IREdits::operand() {
  Operation *op = random.pick(ops);
  if (op->getNumOperands() == 0)
    return "";
  OpOperand &use = op->getOpOperand(random.below(op->getNumOperands()));
  std::vector<Value> others = valuesLike(use.get());
  if (others.empty())
    return "";
  use.set(random.pick(others));
  return "operand " + std::to_string(use.getOperandNumber()) + " of " + nameOf(op);
}

std::string IREdits::applyMap() {
  auto op = pick<affine::AffineApplyOp>();
  if (!op)
    return "";
  op.setMap(editMap(op.getMap()));
  return "map of affine.apply";
}

std::string IREdits::mapMap() {
  auto op = pick<stage::MapOp>();
  if (!op)
    return "";
  SmallVector<AffineMap> maps(op.getMaps().getAsValueRange<AffineMapAttr>());
  AffineMap &map = random.pick(maps);
  map = editMap(map);
  op.setMapsAttr(Builder(op.getContext()).getAffineMapArrayAttr(maps));
  return "maps of stage.map";
}

std::string IREdits::mapSpace() {
  auto op = pick<stage::MapOp>();
  if (!op)
    return "";
  op.setSpaceAttr(cast<DenseI64ArrayAttr>(editAttribute(op.getSpaceAttr())));
  return "space of stage.map";
}

std::string IREdits::subview() {
  auto op = pick<memref::SubViewOp>();
  if (!op)
    return "";
  SmallVector<int64_t> offsets(op.getStaticOffsets()), sizes(op.getStaticSizes());
  SmallVector<OpFoldResult> mixed = op.getMixedOffsets(), newSizes = op.getMixedSizes();
  const int64_t axis = random.below(static_cast<int64_t>(offsets.size()));
  Builder builder(op.getContext());
  const llvm::SmallBitVector dropped = op.getDroppedDims();
  if (random.oneIn(2) && !ShapedType::isDynamic(offsets[axis])) {
    mixed[axis] = builder.getIndexAttr(random.edit(offsets[axis]));
  } else if (sizes[axis] > 1) {
    sizes[axis] = random.edit(sizes[axis]);
    newSizes[axis] = builder.getIndexAttr(sizes[axis]);
  } else {
    return "";
  }
  auto allKnown = [](ArrayRef<OpFoldResult> values) {
    return llvm::all_of(values, [](OpFoldResult value) {
      auto constant = getConstantIntValue(value);
      return !constant || (*constant >= 0 && *constant < (int64_t(1) << 31));
    });
  };
  if (!allKnown(mixed) || !allKnown(newSizes))
    return "";
  SmallVector<int64_t> shape;
  for (auto [kept, size] : llvm::enumerate(sizes))
    if (!dropped[static_cast<unsigned>(kept)])
      shape.push_back(size);
  MemRefType type = memref::SubViewOp::inferRankReducedResultType(shape, op.getSourceType(), mixed,
                                                                  newSizes, op.getMixedStrides());
  OpBuilder here(op);
  Value now = memref::SubViewOp::create(here, op.getLoc(), type, op.getSource(), mixed, newSizes,
                                        op.getMixedStrides());
  op.replaceAllUsesWith(now);
  op.erase();
  return "subview";
}

/// Another buffer's place, or another size.
std::string IREdits::view() {
  auto op = pick<memref::ViewOp>();
  auto other = pick<memref::ViewOp>();
  if (!op)
    return "";
  OpBuilder here(op);
  int64_t offset = *getConstantIntValue(other.getByteShift());
  if (random.oneIn(2))
    offset += 64 * (random.below(9) - 4);
  op.getByteShiftMutable().assign(arith::ConstantIndexOp::create(here, op.getLoc(), offset));
  return "place of a view";
}

std::string IREdits::table() {
  auto op = pick<stage::TableOp>();
  if (!op)
    return "";
  const stage::TableAttr value = op.getValue();
  SmallVector<NamedAttribute> parameters(value.getParameters().getValue());
  if (parameters.empty())
    return "";
  NamedAttribute &parameter = random.pick(parameters);
  parameter = {parameter.getName(), editAttribute(parameter.getValue())};
  op.setValueAttr(stage::TableAttr::get(op.getContext(), value.getKind(),
                                        DictionaryAttr::get(op.getContext(), parameters),
                                        value.getPoints(), value.getScale()));
  return "parameter of a table " + value.getKind().str();
}

std::string IREdits::swapOps() {
  Operation *op = random.pick(ops), *next = op->getNextNode();
  if (!next || next->hasTrait<OpTrait::IsTerminator>())
    return "";
  op->moveAfter(next);
  return nameOf(op) + " behind " + nameOf(next);
}

std::string IREdits::duplicate() {
  Operation *op = pickStage();
  if (!op || isa<stage::TableOp>(op))
    return "";
  OpBuilder(op).clone(*op);
  return nameOf(op) + " twice";
}

std::string IREdits::remove() {
  Operation *op = pickStage();
  if (!op || !op->use_empty() || isa<stage::TableOp>(op))
    return "";
  const std::string name = nameOf(op);
  op->erase();
  return name + " removed";
}

/// Another scalar op of the same operands and result.
std::string IREdits::replaceScalarOp() {
  std::vector<Operation *> found;
  for (Operation *op : ops)
    if (isa<arith::AddFOp, arith::MulFOp, arith::SubFOp, arith::DivFOp, arith::MaximumFOp>(op))
      found.push_back(op);
  if (found.empty())
    return "";
  Operation *op = random.pick(found);
  const char *names[] = {"arith.addf", "arith.mulf",     "arith.subf",    "arith.divf",
                         "math.powf",  "arith.minimumf", "arith.maxnumf", "arith.remf"};
  OperationState state(op->getLoc(), names[random.below(std::size(names))]);
  state.addOperands(op->getOperands());
  state.addTypes(op->getResultTypes());
  OpBuilder here(op);
  Operation *now = here.create(state);
  op->replaceAllUsesWith(now);
  const std::string edit = nameOf(op) + " becomes " + nameOf(now);
  op->erase();
  return edit;
}

std::string IREdits::argumentMark() {
  auto entry = pick<func::FuncOp>();
  if (!entry || entry.getNumArguments() == 0)
    return "";
  const unsigned index = static_cast<unsigned>(random.below(entry.getNumArguments()));
  const char *marks[] = {"stage.batched", "stage.result", "stage.arena"};
  const char *mark = marks[random.below(random.oneIn(4) ? 3 : 2)];
  Builder builder(entry.getContext());
  if (random.oneIn(4)) {
    const unsigned other = static_cast<unsigned>(random.below(entry.getNumArguments()));
    if (Attribute name = entry.getArgAttr(other, "spherical.name"))
      entry.setArgAttr(index, "spherical.replaces", name);
    return "replaces of argument " + std::to_string(index);
  }
  if (entry.getArgAttr(index, mark))
    entry.removeArgAttr(index, mark);
  else
    entry.setArgAttr(index, mark, builder.getUnitAttr());
  return std::string(mark) + " of argument " + std::to_string(index);
}

/// An op that has no place in a plan.
std::string IREdits::foreignOp() {
  Operation *op = random.pick(ops);
  if (isa<func::FuncOp, stage::TableOp>(op))
    return "";
  OpBuilder here(op);
  Location loc = op->getLoc();
  std::vector<Value> memrefs;
  for (Value operand : op->getOperands())
    if (auto type = dyn_cast<MemRefType>(operand.getType()); type && type.getRank() > 0)
      memrefs.push_back(operand);
  const int64_t kind = random.below(4);
  if (kind == 0 && !memrefs.empty()) {
    Value zero = arith::ConstantIndexOp::create(here, loc, 0), memref = random.pick(memrefs);
    SmallVector<Value> at(cast<MemRefType>(memref.getType()).getRank(), zero);
    memref::LoadOp::create(here, loc, memref, at);
  } else if (kind == 1) {
    Value null = LLVM::ZeroOp::create(here, loc, LLVM::LLVMPointerType::get(here.getContext()));
    Value value = arith::ConstantOp::create(here, loc, here.getF32FloatAttr(1));
    LLVM::StoreOp::create(here, loc, value, null);
  } else if (kind == 2) {
    auto entry = op->getParentOfType<func::FuncOp>();
    func::CallOp::create(here, loc, entry, entry.getArguments());
  } else {
    memref::AllocOp::create(here, loc, MemRefType::get({4}, here.getF32Type()));
  }
  return "foreign op before " + nameOf(op);
}

std::string IREdits::apply() {
  using Edit = std::string (IREdits::*)();
  static constexpr Edit edits[] = {
      &IREdits::constant,     &IREdits::sweepSpace, &IREdits::attribute, &IREdits::attribute,
      &IREdits::attribute,    &IREdits::operand,    &IREdits::operand,   &IREdits::applyMap,
      &IREdits::mapMap,       &IREdits::mapMap,     &IREdits::mapSpace,  &IREdits::subview,
      &IREdits::subview,      &IREdits::view,       &IREdits::table,     &IREdits::swapOps,
      &IREdits::swapOps,      &IREdits::duplicate,  &IREdits::remove,    &IREdits::replaceScalarOp,
      &IREdits::argumentMark, &IREdits::foreignOp};
  for (int tries = 0; tries < 20; ++tries)
    if (std::string edit = (this->*edits[random.below(std::size(edits))])(); !edit.empty())
      return edit;
  return "";
}

/// The text after an edit of the IR.
std::string editIR(std::string &text, Random &random) {
  ParsedPlan parsed(text, /*verify=*/false);
  if (!parsed.module)
    return "";
  const std::string edit = IREdits(*parsed.module, random).apply();
  text.clear();
  OpPrintingFlags flags;
  flags.printGenericOpForm().assumeVerified(); // other forms rely on what verifiers check
  llvm::raw_string_ostream stream(text);
  parsed.module->print(stream, flags);
  stream << "\n";
  return edit;
}

} // namespace

Mutant mutate(const std::string &plan, uint64_t seed) {
  Random random(seed);
  Mutant mutant{plan, ""};
  const int64_t edits = random.oneIn(5) ? 2 : 1;
  for (int64_t i = 0; i < edits; ++i) {
    const std::string edit =
        random.oneIn(3) ? editText(mutant.text, random) : editIR(mutant.text, random);
    mutant.edit += (i == 0 ? "" : ", ") + edit;
  }
  return mutant;
}

} // namespace spherical::test
