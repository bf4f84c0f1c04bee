//===- form_boundaries.cpp - spherical-form-boundaries ----------*- C++ -*-===//
//
// What happens to the values of a function between its synthesis and its
// analysis becomes one op with both, so that the schedule decides on them
// together and the function need not be in memory:
//   ft(relu(ift(Z)))                          ->  boundary(Z) {max(v, 0)}
//   ift{adjoint}(relu_grad(ft{adjoint}(G), y))  ->  boundary{adjoint}(G) with y {y > 0 ? v : 0}
// Where a gradient asks of y only whether it is positive, the boundary that makes
// y gives a mask, and y itself is not kept.
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/passes.h"

#include "dialects/interfaces/scalars.h"
#include "dialects/nn/dialect.h"
#include "dialects/spherical/signal.h"
#include "passes/remarks.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_FORMBOUNDARIES
#include "passes/fuse/passes.h.inc"
namespace {

/// Whether a value is a real function on S2 or SO(3).
bool isRealFunction(Value value) {
  std::optional<Signal> signal = getSignal(value.getType());
  return signal && !signal->isSpectrum() && !signal->isComplex();
}

/// Whether an op evaluates a spectrum or expands a function, and which of both pairs it belongs to.
struct Transform {
  bool synthesis, adjoint;
  HighAttr high;
};

std::optional<Transform> transformOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<Transform>>(op)
      .Case<S2FTOp, SO3FTOp>([](auto ft) {
        return Transform{ft.getAdjoint(), ft.getAdjoint(), ft.getHighAttr()};
      })
      .Case<S2IFTOp, SO3IFTOp>([](auto ift) {
        return Transform{!ift.getAdjoint(), ift.getAdjoint(), HighAttr()};
      })
      .Default([](Operation *) { return std::nullopt; });
}

/// A pointwise op on functions, or null.
Pointwise pointwiseOf(Operation *op) {
  auto pointwise = dyn_cast_if_present<Pointwise>(op);
  const bool functions = pointwise && isRealFunction(op->getResult(0)) &&
                         llvm::all_of(op->getOperands(), isRealFunction);
  return functions ? pointwise : Pointwise();
}

/// Whether a transform goes between signals of one element.
bool keepsElement(Operation *transform) {
  return getSignal(transform->getOperand(0).getType())->element ==
         getSignal(transform->getResult(0).getType())->element;
}

/// Ops that become one: what makes a function from that of a synthesis, pointwise ops that nothing
/// else uses, and the transforms before and behind them.
class Group {
public:
  explicit Group(Value made) : made(made) { take(made); }

  /// Takes the transform behind the function, if what else uses it asks only whether it is positive
  /// (`asksForSign`).
  void takeAnalysis(function_ref<bool(OpOperand &)> asksForSign);
  /// Builds the boundary where the function is made and replaces the ops. `asksForSign` are uses of
  /// the function that read the mask then.
  void form(ArrayRef<OpOperand *> asksForSign);
  bool hasSynthesis() const { return synthesis; }
  bool hasAnalysis() const { return analysis; }
  /// The pointwise ops, users first.
  ArrayRef<Operation *> pointwise() const { return inner; }

private:
  void take(Value value);
  void read(Value operand, bool asksForSign);
  bool joins(Operation *op, const Transform &transform) const {
    return (!direction || *direction == transform.adjoint) && keepsElement(op);
  }
  Value build(OpBuilder &builder, Value value, Block &body);

  Value made;
  SmallVector<Operation *> inner;
  Operation *synthesis = nullptr, *analysis = nullptr;
  std::optional<bool> direction; ///< adjoint or not, as soon as a transform has joined
  Value function;                ///< what the region's first argument is
  SmallVector<Value> extras;
};

/// Takes what makes a value in, or reads the value.
void Group::take(Value value) {
  Operation *producer = value.getDefiningOp();
  if (Pointwise op = pointwiseOf(producer)) {
    inner.push_back(op);
    for (auto [index, operand] : llvm::enumerate(op->getOperands()))
      read(operand, op.getMaskOperand() == index);
    return;
  }
  std::optional<Transform> transform = producer ? transformOf(producer) : std::nullopt;
  if (!synthesis && transform && transform->synthesis && joins(producer, *transform)) {
    synthesis = producer;
    direction = transform->adjoint;
    function = value;
  } else if (!llvm::is_contained(extras, value)) {
    extras.push_back(value);
  }
}

/// Takes an operand of a pointwise op in, if nothing else uses it and it is not asked for its sign
/// alone.
void Group::read(Value operand, bool asksForSign) {
  Operation *producer = operand.getDefiningOp();
  const bool alone =
      producer && producer->hasOneUse() && producer->getBlock() == made.getParentBlock();
  if (alone && !asksForSign)
    take(operand);
  else if (!llvm::is_contained(extras, operand))
    extras.push_back(operand);
}

void Group::takeAnalysis(function_ref<bool(OpOperand &)> asksForSign) {
  Operation *found = nullptr;
  for (OpOperand &use : made.getUses()) {
    if (asksForSign(use))
      continue;
    Operation *user = use.getOwner();
    std::optional<Transform> transform = transformOf(user);
    if (found || !transform || transform->synthesis || !joins(user, *transform) ||
        user->getBlock() != made.getParentBlock())
      return;
    found = user;
  }
  analysis = found;
  if (found)
    direction = transformOf(found)->adjoint;
}

/// Builds a value in the region.
Value Group::build(OpBuilder &builder, Value value, Block &body) {
  if (value == function)
    return body.getArgument(0);
  if (auto extra = llvm::find(extras, value); extra != extras.end())
    return body.getArgument(1 + (extra - extras.begin()));
  auto op = cast<Pointwise>(value.getDefiningOp());
  const SmallVector<Value> operands = llvm::map_to_vector(
      op->getOperands(), [&](Value operand) { return build(builder, operand, body); });
  return inlinePointwise(builder, op, operands);
}

/// Lets the region take bits in place of the extra `index` whose sign it asks for.
void readBits(BoundaryOp boundary, unsigned index) {
  BlockArgument argument = boundary.getPointwise().getArgument(1 + index);
  argument.setType(IntegerType::get(boundary.getContext(), 1));
  for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
    user->getResult(0).replaceAllUsesWith(argument);
    user->erase();
  }
}

void Group::form(ArrayRef<OpOperand *> asksForSign) {
  if (!function) { // the first function that is read stands in its place
    function = extras.front();
    extras.erase(extras.begin());
  }
  OpBuilder builder(made.getDefiningOp());
  Value result = analysis ? analysis->getResult(0) : made;
  const Signal signal = *getSignal(made.getType());
  SmallVector<Location> locations;
  HighAttr high;
  for (Operation *op : {synthesis, inner.empty() ? nullptr : made.getDefiningOp(), analysis}) {
    if (!op)
      continue;
    locations.push_back(op->getLoc());
    if (std::optional<Transform> transform = transformOf(op); transform && transform->high)
      high = transform->high;
  }
  Type mask = asksForSign.empty()
                  ? Type()
                  : signal.withElement(builder.getI1Type()).get(builder.getContext());
  auto boundary = BoundaryOp::create(builder, builder.getFusedLoc(locations), result.getType(),
                                     mask, synthesis ? synthesis->getOperand(0) : function, extras,
                                     signal.bandLimit, high, *direction);
  Block &body = boundary.getPointwise().emplaceBlock();
  for (size_t i = 0; i < 1 + extras.size(); ++i)
    body.addArgument(signal.element, made.getLoc());
  builder.setInsertionPointToStart(&body);
  YieldOp::create(builder, made.getLoc(), build(builder, made, body));
  for (OpOperand *use : asksForSign) {
    use->set(boundary.getMask());
    readBits(cast<BoundaryOp>(use->getOwner()), use->getOperandNumber() - 1);
  }
  result.replaceAllUsesWith(boundary.getResult());
  if (analysis)
    analysis->erase();
  for (Operation *op : inner)
    op->erase();
  if (synthesis)
    synthesis->erase();
}

/// Says why a pointwise op on functions is a pass over memory, or its result lies there.
void remarkKept(Pointwise op) {
  Operation *producer = op->getOperand(0).getDefiningOp();
  const bool shared = producer && transformOf(producer) && !producer->hasOneUse();
  const std::string name = op->getName().getStringRef().str();
  const std::string source = producer ? producer->getName().getStringRef().str() : "an argument";
  remarkNotFused(op, "FormBoundaries", name + " stays a pass of its own",
                 shared ? "another op uses its input as well: the function before it is needed"
                        : "its input comes from " + source + ", not from an inverse transform",
                 shared ? "let the other op use the function behind it"
                        : "put it behind the convolution");
}

/// Says what became of a pointwise op: `group` is about to be formed at it.
void remarkFormed(Pointwise op, const Group &group) {
  const std::string name = op->getName().getStringRef().str();
  if (group.hasSynthesis() && group.hasAnalysis())
    return remarkFused(op, "FormBoundaries",
                       name + " and the transforms around it became one: its function is never in "
                              "memory");
  remarkFused(op, "FormBoundaries",
              name + " became part of the transform " +
                  (group.hasSynthesis() ? "before it" : "behind it"));
  llvm::SmallSetVector<StringRef, 4> users;
  for (Operation *user : op->getUsers())
    if (!isa<BoundaryOp>(user)) // a gradient that asks for the mask
      users.insert(user->getName().getStringRef());
  // Stages of one reader may still be put together with this one.
  if (users.size() < 2)
    return;
  remarkNotFused(op, "FormBoundaries", "the function behind " + name + " goes through memory",
                 "it is used by " + llvm::join(users, ", ") +
                     ", not by one Fourier transform alone",
                 "a function that one convolution reads can stay in the cache");
}

/// Makes a synthesis and the analysis of its function one, if nothing else uses it. The grid
/// between loses degrees: else the pair would be gone.
void formPair(Operation *op) {
  if (!op->hasOneUse() || !isRealFunction(op->getResult(0)) || !keepsElement(op))
    return;
  Group pair(op->getResult(0));
  pair.takeAnalysis([](OpOperand &) { return false; });
  if (!pair.hasAnalysis())
    return;
  remarkFused(op, "FormBoundaries",
              "two transforms became one: the function between them is never in memory");
  pair.form({});
}

struct FormBoundaries : impl::FormBoundariesBase<FormBoundaries> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      // Gradients first: then it is known what of a function they ask.
      form(func, [](Pointwise op) { return op.getMaskOperand().has_value(); });
      form(func, [](Pointwise op) { return !op.getMaskOperand().has_value(); });
      SmallVector<Operation *> transforms;
      for (Operation &op : func.front())
        if (std::optional<Transform> transform = transformOf(&op);
            transform && transform->synthesis)
          transforms.push_back(&op);
      llvm::for_each(transforms, formPair);
    }
  }

  void form(func::FuncOp func, function_ref<bool(Pointwise)> which) {
    SmallVector<Pointwise> roots;
    for (Operation &op : func.front())
      if (Pointwise pointwise = pointwiseOf(&op);
          pointwise && which(pointwise) && isRoot(pointwise))
        roots.push_back(pointwise);
    for (Pointwise root : roots)
      formGroup(root);
  }

  /// Whether no other pointwise op takes this one in.
  static bool isRoot(Pointwise op) {
    if (!op->hasOneUse())
      return true;
    OpOperand &use = *op->use_begin();
    Pointwise user = pointwiseOf(use.getOwner());
    return !user || user->getBlock() != op->getBlock() ||
           user.getMaskOperand() == use.getOperandNumber();
  }

  /// Whether a use is an extra of which a boundary asks only for the sign.
  static bool asksForSign(OpOperand &use) {
    auto boundary = dyn_cast<BoundaryOp>(use.getOwner());
    return boundary && boundary.hasAnalysis() && use.getOperandNumber() != 0 &&
           boundary.getKeepMask() == use.get();
  }

  void formGroup(Pointwise root) {
    Group group(root->getResult(0));
    SmallVector<OpOperand *> asks;
    if (isa<nn::ReluOp>(root) && group.pointwise().size() == 1 && group.hasSynthesis())
      for (OpOperand &use : root->getUses())
        if (asksForSign(use))
          asks.push_back(&use);
    group.takeAnalysis([&](OpOperand &use) { return llvm::is_contained(asks, &use); });
    if (!group.hasSynthesis() && !group.hasAnalysis())
      return remarkKept(root);
    remarkFormed(root, group);
    group.form(asks);
  }
};

} // namespace
} // namespace mlir::spherical
