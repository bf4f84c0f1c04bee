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

/// Ops that become one: pointwise ops, of which each but the root has one use, and the transforms
/// before and behind them.
class Group {
public:
  explicit Group(Pointwise root) : root(root) { add(root); }

  /// Takes the transform behind the root, if what else uses its result asks only whether it is
  /// positive (`asksForSign`) and the region is ReLU.
  void takeAnalysis(function_ref<bool(OpOperand &)> asksForSign);
  /// Whether there is a transform to join.
  bool isWorthwhile() const { return synthesis || analysis; }
  /// Builds the boundary where the root stands and replaces the ops. `asksForSign` are uses of the
  /// root's result that read the mask then.
  void form(ArrayRef<OpOperand *> asksForSign);
  bool hasSynthesis() const { return synthesis; }
  bool hasAnalysis() const { return analysis; }
  /// Whether the root is all that happens to a value.
  bool isSingle() const { return inner.size() == 1; }

private:
  void add(Pointwise op);
  bool joins(const Transform &transform) const {
    return !direction || *direction == transform.adjoint;
  }
  Value build(OpBuilder &builder, Pointwise op, Block &body);

  Pointwise root;
  SmallVector<Operation *> inner; ///< the pointwise ops, users first
  Operation *synthesis = nullptr, *analysis = nullptr;
  std::optional<bool> direction; ///< adjoint or not, as soon as a transform has joined
  Value function;                ///< what the region's first argument is
  SmallVector<Value> extras;
};

/// Adds a pointwise op with what it reads.
void Group::add(Pointwise op) {
  inner.push_back(op);
  for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
    Operation *producer = operand.getDefiningOp();
    const bool asksForSign = op.getMaskOperand() == index;
    const bool alone = producer && producer->hasOneUse() && producer->getBlock() == op->getBlock();
    if (Pointwise next = pointwiseOf(producer); next && alone && !asksForSign) {
      add(next);
      continue;
    }
    std::optional<Transform> transform = producer ? transformOf(producer) : std::nullopt;
    if (alone && !asksForSign && !synthesis && transform && transform->synthesis &&
        joins(*transform) &&
        getSignal(producer->getOperand(0).getType())->element ==
            getSignal(operand.getType())->element) {
      synthesis = producer;
      direction = transform->adjoint;
      function = operand;
    } else if (!llvm::is_contained(extras, operand)) {
      extras.push_back(operand);
    }
  }
}

void Group::takeAnalysis(function_ref<bool(OpOperand &)> asksForSign) {
  Operation *found = nullptr;
  for (OpOperand &use : root->getUses()) {
    if (asksForSign(use))
      continue;
    std::optional<Transform> transform = transformOf(use.getOwner());
    if (found || !transform || transform->synthesis || !joins(*transform) ||
        use.getOwner()->getBlock() != root->getBlock() ||
        getSignal(use.getOwner()->getResult(0).getType())->element !=
            getSignal(root->getResult(0).getType())->element)
      return;
    found = use.getOwner();
  }
  analysis = found;
  if (found)
    direction = transformOf(found)->adjoint;
}

Value Group::build(OpBuilder &builder, Pointwise op, Block &body) {
  SmallVector<Value> values;
  for (Value operand : op->getOperands()) {
    if (operand == function)
      values.push_back(body.getArgument(0));
    else if (auto extra = llvm::find(extras, operand); extra != extras.end())
      values.push_back(body.getArgument(1 + (extra - extras.begin())));
    else
      values.push_back(build(builder, cast<Pointwise>(operand.getDefiningOp()), body));
  }
  return inlinePointwise(builder, op, values);
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
  OpBuilder builder(root);
  Value result = analysis ? analysis->getResult(0) : root->getResult(0);
  const Signal signal = *getSignal(root->getResult(0).getType());
  SmallVector<Location> locations;
  for (Operation *op : {synthesis, root.getOperation(), analysis})
    if (op)
      locations.push_back(op->getLoc());
  Type mask = asksForSign.empty()
                  ? Type()
                  : signal.withElement(builder.getI1Type()).get(builder.getContext());
  HighAttr high = *direction ? (synthesis ? transformOf(synthesis)->high : HighAttr())
                             : (analysis ? transformOf(analysis)->high : HighAttr());
  auto boundary = BoundaryOp::create(builder, builder.getFusedLoc(locations), result.getType(),
                                     mask, synthesis ? synthesis->getOperand(0) : function, extras,
                                     signal.bandLimit, high, *direction);
  Block &body = boundary.getPointwise().emplaceBlock();
  for (size_t i = 0; i < 1 + extras.size(); ++i)
    body.addArgument(signal.element, root.getLoc());
  builder.setInsertionPointToStart(&body);
  YieldOp::create(builder, root.getLoc(), build(builder, root, body));
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

/// A synthesis and the analysis of its function, of which the grid between loses degrees: else the
/// pair would be gone.
void formPair(Operation *analysis) {
  Operation *synthesis = analysis->getOperand(0).getDefiningOp();
  std::optional<Transform> behind = transformOf(analysis);
  std::optional<Transform> before = synthesis ? transformOf(synthesis) : std::nullopt;
  if (!before || !behind || !before->synthesis || behind->synthesis ||
      before->adjoint != behind->adjoint || !synthesis->hasOneUse() ||
      !isRealFunction(analysis->getOperand(0)))
    return;
  const Signal function = *getSignal(analysis->getOperand(0).getType());
  for (Value spectrum : {synthesis->getOperand(0), Value(analysis->getResult(0))})
    if (getSignal(spectrum.getType())->element != function.element)
      return;
  OpBuilder builder(analysis);
  auto boundary = BoundaryOp::create(
      builder, builder.getFusedLoc({synthesis->getLoc(), analysis->getLoc()}),
      analysis->getResult(0).getType(), Type(), synthesis->getOperand(0), ValueRange(),
      function.bandLimit, before->adjoint ? before->high : behind->high, before->adjoint);
  Block &body = boundary.getPointwise().emplaceBlock();
  builder.setInsertionPointToStart(&body);
  YieldOp::create(builder, analysis->getLoc(),
                  body.addArgument(function.element, analysis->getLoc()));
  remarkFused(boundary, "FormBoundaries",
              "two transforms became one: the function between them is never in memory");
  analysis->replaceAllUsesWith(ValueRange(boundary.getResult()));
  analysis->erase();
  synthesis->erase();
}

struct FormBoundaries : impl::FormBoundariesBase<FormBoundaries> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      // Gradients first: then it is known what of a function they ask.
      form(func, [](Pointwise op) { return op.getMaskOperand().has_value(); });
      form(func, [](Pointwise op) { return !op.getMaskOperand().has_value(); });
      for (Operation &op : llvm::make_early_inc_range(func.front()))
        if (op.getNumOperands() > 0)
          formPair(&op);
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

  /// The extra that a use is, if the boundary asks only for its sign.
  static std::optional<unsigned> signOnly(OpOperand &use) {
    auto boundary = dyn_cast<BoundaryOp>(use.getOwner());
    if (!boundary || !boundary.hasAnalysis() || use.getOperandNumber() == 0 ||
        boundary.getKeepMask() != use.get())
      return std::nullopt;
    return use.getOperandNumber() - 1;
  }

  void formGroup(Pointwise root) {
    Group group(root);
    SmallVector<OpOperand *> asks;
    if (isa<nn::ReluOp>(root) && group.isSingle() && group.hasSynthesis())
      for (OpOperand &use : root->getUses())
        if (signOnly(use))
          asks.push_back(&use);
    group.takeAnalysis([&](OpOperand &use) { return llvm::is_contained(asks, &use); });
    if (!group.isWorthwhile())
      return remarkKept(root);
    remarkFormed(root, group);
    group.form(asks);
  }
};

} // namespace
} // namespace mlir::spherical
