//===- skip_groups.cpp - stage-skip-groups ----------------------*- C++ -*-===//
//
// A batch is a capacity: lane groups from the run-time count of samples on hold
// nothing. Where nothing adds up over the batch, as in inference, no point of
// such a group needs to run:
//   sweep (%group, %c) ...  ->  sweep (%group, %c) ... {stage.skip = [0, 16]}
// Groups are what gathers between files and lanes say: from there the pass
// follows buffers whose first axis is indexed by the group. It needs every use
// of such a buffer to stay within the group; one that does not, as the sums of
// a gradient, leaves the whole function as it is.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/passes.h"

#include "passes/plan/buffers.h"

#include "llvm/ADT/SetVector.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_SKIPGROUPS
#include "passes/plan/passes.h.inc"
namespace {

bool isBuffer(Value root) { return root.getDefiningOp<memref::AllocOp>(); }

/// Ops of a sweep that touch memory.
template <typename Visit> void forEachStage(stage::SweepOp sweep, Visit visit) {
  sweep.walk([&](Operation *op) {
    if (stage::computesOnMemory(op))
      visit(op);
  });
}

/// What is known of one function.
class Groups {
public:
  explicit Groups(func::FuncOp func) : func(func) {}

  /// Finds buffers and indices of lane groups; false if a use of them crosses groups.
  bool find();
  void mark();

private:
  void seed(stage::SweepOp sweep);
  bool follow(stage::SweepOp sweep, bool &changed);
  bool stays(stage::SweepOp sweep);
  bool isPointwise(stage::SweepOp sweep);
  /// The index at which a view takes one position of a buffer's first axis.
  static Value leadingIndex(Value memref);

  func::FuncOp func;
  llvm::SmallSetVector<Value, 16> buffers;
  llvm::DenseMap<Operation *, Value> indices; ///< of a sweep's groups
  int64_t lanes = 0;
};

Value Groups::leadingIndex(Value memref) {
  memref::SubViewOp first;
  while (auto view = memref.getDefiningOp<memref::SubViewOp>()) {
    first = view;
    memref = view.getSource();
  }
  PointSlice slice = first ? pointSliceOf(first) : PointSlice();
  return slice.indices.size() == 1 ? slice.indices.front() : Value();
}

void Groups::seed(stage::SweepOp sweep) {
  sweep.walk([&](stage::GatherOp gather) {
    if (gather.getGroup() && !gather.getAll() &&
        llvm::is_contained(sweep.getIndices(), gather.getGroup())) {
      indices[sweep] = gather.getGroup();
      lanes = static_cast<int64_t>(gather.getLanes());
    }
  });
}

/// Carries what is known from the sweep's index to its buffers and back; false where two indices
/// would be groups.
bool Groups::follow(stage::SweepOp sweep, bool &changed) {
  bool consistent = true;
  forEachStage(sweep, [&](Operation *op) {
    for (Value operand : op->getOperands()) {
      Value root = isa<MemRefType>(operand.getType()) ? rootOf(operand) : Value();
      if (!root || !isBuffer(root))
        continue;
      Value index = leadingIndex(operand), &known = indices[sweep];
      if (index && index == known)
        changed |= buffers.insert(root);
      if (!index || !buffers.contains(root))
        continue;
      consistent &= !known || known == index;
      changed |= !known;
      known = index;
    }
  });
  return consistent;
}

/// A sweep of maps on whole buffers of groups, each point from the same point.
bool Groups::isPointwise(stage::SweepOp sweep) {
  bool pointwise = true;
  forEachStage(sweep, [&](Operation *op) {
    auto map = dyn_cast<stage::MapOp>(op);
    pointwise &= map && map.getNumReductions() == 0;
    for (OpOperand &operand : op->getOpOperands())
      pointwise &= map && buffers.contains(operand.get()) &&
                   operand.get().getType() == op->getOperand(0).getType() &&
                   map.getMap(operand.getOperandNumber()) == map.getMap(0);
  });
  return pointwise;
}

/// Whether the sweep leaves groups apart: all that it reads and writes of them is at its own group.
bool Groups::stays(stage::SweepOp sweep) {
  Value own = indices.lookup(sweep);
  bool inside = true, touches = false;
  forEachStage(sweep, [&](Operation *op) {
    auto gather = dyn_cast<stage::GatherOp>(op);
    bool guarded = gather && !gather.getAll() && gather.getGroup() && gather.getGroup() == own;
    for (Value operand : op->getOperands()) {
      Value root = isa<MemRefType>(operand.getType()) ? rootOf(operand) : Value();
      if (!root)
        continue;
      bool outside = root.getParentBlock() == sweep->getBlock();
      if (buffers.contains(root)) {
        touches = true;
        inside &= own && leadingIndex(operand) == own;
      } else if (own && outside && hasEffect<MemoryEffects::Write>(op, operand)) {
        inside &= guarded && gather.getMode() == stage::GatherMode::FromLanes;
      }
    }
  });
  return inside || (touches && !own && isPointwise(sweep));
}

bool Groups::find() {
  for (auto sweep : func.getOps<stage::SweepOp>())
    seed(sweep);
  for (bool changed = true; changed;) {
    changed = false;
    for (auto sweep : func.getOps<stage::SweepOp>())
      if (!follow(sweep, changed))
        return false;
    // A pointwise sweep makes groups of groups.
    for (auto sweep : func.getOps<stage::SweepOp>())
      sweep.walk([&](stage::MapOp map) {
        if (!map.getInputs().empty() && buffers.contains(map.getInputs().front()))
          for (Value output : map.getOutputs())
            if (isBuffer(output) && output.getType() == map.getInputs().front().getType())
              changed |= buffers.insert(output);
      });
  }
  return lanes > 0 && llvm::all_of(func.getOps<stage::SweepOp>(),
                                   [&](stage::SweepOp sweep) { return stays(sweep); });
}

void Groups::mark() {
  Builder builder(func.getContext());
  for (auto sweep : func.getOps<stage::SweepOp>()) {
    Value own = indices.lookup(sweep);
    if (!own)
      continue;
    auto index = static_cast<int64_t>(cast<BlockArgument>(own).getArgNumber());
    if (sweep.getSpace()[index] > 1)
      sweep->setAttr(stage::kSkipAttr, builder.getDenseI64ArrayAttr({index, lanes}));
  }
}

struct SkipGroups : impl::SkipGroupsBase<SkipGroups> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      Groups groups(func);
      if (groups.find())
        groups.mark();
    }
  }
};

} // namespace
} // namespace mlir::spherical
