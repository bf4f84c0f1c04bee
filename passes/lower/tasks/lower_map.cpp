//===- lower_map.cpp - stage.map becomes loops on vectors -------*- C++ -*-===//
//
// Parallel dimensions become loops around the reductions' loops around one copy
// of the region. The last dimension runs in vectors where every operand has
// stride 0 or 1 in it: all of it if the map has lanes, else in steps of one
// register with a scalar remainder. In a map with one lane another dimension of
// such strides takes its place, the last that fills a register. Where lanes are threads, each point
// of the parallel dimensions is a thread's, consecutive ones of consecutive threads. Sums of many
// terms are trees (reduction_tree.h).
//
//===----------------------------------------------------------------------===//

#include "passes/lower/tasks/reduction_tree.h"
#include "passes/lower/tasks/task_builder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include "llvm/ADT/Sequence.h"

#include <limits>

namespace mlir::spherical {
namespace {

/// Where one operand's element lies: base + sum of strides times indices + offset.
struct Access {
  Value pointer;
  Type element;
  SmallVector<int64_t> strides;
  int64_t offset;
};

/// Emits the loops of one map.
class MapEmitter {
public:
  MapEmitter(OpBuilder &ops, stage::MapOp op, ArrayRef<Value> pointers, const IRMapping &outer,
             RegisterFile registers, int64_t threads);

  void emit();

private:
  /// A run of the last dimension: `width` points from `begin`, in steps, to `end`.
  struct Run {
    int64_t begin, end, width;
  };

  void chooseLast();
  int64_t widthOf(int64_t dim);
  void overThreads();
  void overParallel(int64_t place);
  void overLast(llvm::function_ref<void(int64_t width)> body);
  void point(int64_t width);
  void reduction();
  SmallVector<Value> reduce(Run run);
  SmallVector<Value> evaluate(int64_t width);
  Value load(const Access &access, int64_t width);
  void store(Value value, const Access &access, int64_t width);
  Value address(const Access &access);
  Operation *cloneOnVectors(Operation &op, IRMapping &mapping, int64_t width);
  Value indexValue(int64_t dim, int64_t width);
  Value outsideIndex(Value index);
  Value combine(Value a, Value b);
  SmallVector<Value> combineAll(ValueRange a, ValueRange b);
  SmallVector<Value> neutral(int64_t width);
  Value acrossLanes(Value value, Type element, int64_t width);
  SmallVector<Run> runs() const;
  int64_t accumulators(int64_t width);
  ArrayRef<Access> outputs() const { return ArrayRef(accesses).drop_front(numInputs); }

  CodeletBuilder builder(Type element, int64_t width) {
    return CodeletBuilder(ops, loc, {element, width});
  }
  CodeletBuilder integers() { return builder(ops.getI64Type(), 1); }

  OpBuilder &ops;
  Location loc;
  stage::MapOp op;
  const IRMapping &outer; ///< index values from outside of the map
  SmallVector<Access> accesses;
  int64_t numInputs, rank, last;
  SmallVector<int64_t> order; ///< of the dimensions, the one with vectors last
  int64_t threads;            ///< of a block: each point is a thread's work; or 0
  RegisterFile registers;
  int64_t width;              ///< of the last dimension's vectors
  bool reducesLast;           ///< the last dimension is a reduction
  SmallVector<Value> indices; ///< current indices, i64
};

MapEmitter::MapEmitter(OpBuilder &ops, stage::MapOp op, ArrayRef<Value> pointers,
                       const IRMapping &outer, RegisterFile registers, int64_t threads)
    : ops(ops), loc(op.getLoc()), op(op), outer(outer), numInputs(op.getInputs().size()),
      rank(op.getSpace().size()), last(rank - 1), threads(threads), registers(registers) {
  for (auto [index, pointer] : llvm::enumerate(pointers)) {
    auto [strides, offset] = op.getFlatAccess(static_cast<int64_t>(index));
    auto type = cast<MemRefType>(op->getOperand(index).getType());
    accesses.push_back({pointer, type.getElementType(), strides, offset});
  }
  order = llvm::to_vector(llvm::seq<int64_t>(rank));
  width = 1;
  if (rank > 0 && !threads)
    chooseLast();
  reducesLast = rank > 0 && op.isReduction(last);
  indices.resize(rank);
}

/// The dimension with vectors, and their width.
void MapEmitter::chooseLast() {
  const int64_t lanes = static_cast<int64_t>(op.getLanes().value_or(0));
  width = lanes > 0 ? lanes : widthOf(last);
  for (int64_t dim = rank - 2; lanes == 1 && width == 1 && dim >= 0; --dim) {
    width = widthOf(dim);
    if (width > 1)
      last = dim;
  }
  order.erase(order.begin() + last);
  order.push_back(last);
}

/// Lanes of vectors along a dimension; 1 where they do not fill a register.
int64_t MapEmitter::widthOf(int64_t dim) {
  int64_t bytes = 4;
  for (const Access &access : accesses) {
    if (access.strides[dim] != 0 && access.strides[dim] != 1)
      return 1;
    bytes = std::max<int64_t>(bytes, access.element.getIntOrFloatBitWidth() / 8);
  }
  int64_t lanes = registers.bytes / bytes;
  return op.getSpace()[dim] < lanes ? 1 : lanes;
}

SmallVector<MapEmitter::Run> MapEmitter::runs() const {
  int64_t extent = op->getAttrOfType<DenseI64ArrayAttr>("space")[last];
  int64_t full = extent / width * width;
  SmallVector<Run> result{{0, full, width}};
  if (full < extent)
    result.push_back({full, extent, 1});
  return result;
}

void MapEmitter::emit() {
  if (threads)
    overThreads();
  else
    overParallel(0);
}

/// Numbers the points of the parallel dimensions, the last one fastest, and shares them out.
void MapEmitter::overThreads() {
  int64_t points = 1;
  for (int64_t dim = 0; dim < rank; ++dim)
    points *= op.isReduction(dim) ? 1 : op.getSpace()[dim];
  CodeletBuilder c(ops, loc, {ops.getI64Type(), 1, threads});
  c.distribute(c.integer(points), [&](Value number) {
    for (int64_t dim = rank; dim-- > 0;) {
      if (op.isReduction(dim))
        continue;
      Value extent = c.integer(op.getSpace()[dim]);
      indices[dim] = c.rem(number, extent);
      number = c.div(number, extent);
    }
    if (reducesLast)
      reduction();
    else
      point(1);
  });
}

/// Loops over the parallel dimensions from number `place` of the order on; the last one is left to
/// overLast.
void MapEmitter::overParallel(int64_t place) {
  if (place + 1 < rank) {
    const int64_t dim = order[place];
    if (op.isReduction(dim))
      return overParallel(place + 1);
    CodeletBuilder c = integers();
    return c.loop(op.getSpace()[dim], [&](Value index) {
      indices[dim] = index;
      overParallel(place + 1);
    });
  }
  if (reducesLast)
    return reduction();
  if (rank == 0)
    return point(1);
  overLast([&](int64_t width) { point(width); });
}

void MapEmitter::overLast(llvm::function_ref<void(int64_t width)> body) {
  CodeletBuilder c = integers();
  for (Run run : runs())
    c.loop(c.integer(run.begin), c.integer(run.end), run.width, [&](Value index) {
      indices[last] = index;
      body(run.width);
    });
}

/// One point of the parallel dimensions, `width` wide, when the last dimension is among them.
void MapEmitter::point(int64_t width) {
  SmallVector<Value> values = op.getNumReductions() == 0 ? evaluate(width) : reduce({0, 0, width});
  for (auto [value, access] : llvm::zip(values, outputs()))
    store(value, access, width);
}

/// One point of the parallel dimensions when the last dimension is a reduction.
void MapEmitter::reduction() {
  SmallVector<Value> totals;
  for (Run run : runs()) {
    if (run.begin == run.end)
      continue;
    SmallVector<Value> values = reduce(run);
    for (auto [value, access] : llvm::zip(values, outputs()))
      value = acrossLanes(value, access.element, run.width);
    totals = totals.empty() ? values : combineAll(totals, values);
  }
  for (auto [total, access] : llvm::zip(totals, outputs()))
    store(total, access, 1);
}

/// The totals over all reductions; over the last dimension, if it is one, in `run`.
SmallVector<Value> MapEmitter::reduce(Run run) {
  SmallVector<ReductionTree::Loop> loops;
  for (int64_t dim : order) {
    if (!op.isReduction(dim))
      continue;
    int64_t begin = dim == last ? run.begin : 0, step = dim == last ? run.width : 1;
    int64_t end = dim == last ? run.end : op.getSpace()[dim];
    loops.push_back({(end - begin) / step, [=, this](Value number) {
                       CodeletBuilder c = integers();
                       indices[dim] = c.add(c.mul(number, step), begin);
                     }});
  }
  ReductionTree tree(integers(), accumulators(run.width));
  tree.neutral = neutral(run.width);
  tree.combine = [this](ValueRange a, ValueRange b) { return combineAll(a, b); };
  tree.term = [this, run] { return evaluate(run.width); };
  return tree.emit(loops);
}

/// How many sums of each output the registers hold beside a term's values; 0 for maxima and
/// integers, which are the same in any order.
int64_t MapEmitter::accumulators(int64_t width) {
  int64_t bytes = 0;
  for (const Access &access : outputs()) {
    if (op.getCombine() == stage::Combine::Max || !isa<FloatType>(access.element))
      return 0;
    int64_t size = width * access.element.getIntOrFloatBitWidth() / 8;
    bytes += std::max<int64_t>(size, width == 1 ? registers.bytes : 0);
  }
  int64_t sets = registers.count * registers.bytes / 2 / bytes;
  return sets >= 4 ? 4 : sets >= 2 ? 2 : 1;
}

Value MapEmitter::address(const Access &access) {
  CodeletBuilder c = builder(access.element, 1), i = integers();
  Value position = i.integer(access.offset);
  for (int64_t dim = 0; dim < rank; ++dim)
    if (access.strides[dim] != 0)
      position = i.add(position, i.mul(indices[dim], access.strides[dim]));
  return c.atScalar(access.pointer, position);
}

Value MapEmitter::load(const Access &access, int64_t width) {
  CodeletBuilder c = builder(access.element, width);
  Value pointer = address(access);
  if (width == 1 || access.strides[last] == 0)
    return c.splat(c.loadScalar(pointer));
  return LLVM::LoadOp::create(ops, loc, c.lane.get(), pointer,
                              access.element.getIntOrFloatBitWidth() / 8);
}

void MapEmitter::store(Value value, const Access &access, int64_t width) {
  LLVM::StoreOp::create(ops, loc, value, address(access),
                        access.element.getIntOrFloatBitWidth() / 8);
}

/// The region's values at the current point.
SmallVector<Value> MapEmitter::evaluate(int64_t width) {
  IRMapping mapping;
  Block &body = op.getBody().front();
  for (auto [argument, access] : llvm::zip(body.getArguments(), accesses))
    if (!argument.use_empty())
      mapping.map(argument, load(access, width));
  for (Operation &inner : body.without_terminator())
    cloneOnVectors(inner, mapping, width);
  SmallVector<Value> values;
  for (Value value : body.getTerminator()->getOperands())
    values.push_back(mapping.lookup(value));
  return values;
}

Operation *MapEmitter::cloneOnVectors(Operation &inner, IRMapping &mapping, int64_t width) {
  if (auto index = dyn_cast<stage::IndexOp>(inner)) {
    Value value = indexValue(static_cast<int64_t>(index.getDim()), width);
    mapping.map(index.getResult(), value);
    return value.getDefiningOp();
  }
  if (isa<arith::ConstantOp>(inner)) {
    Value scalar = ops.clone(inner)->getResult(0);
    Value value = builder(scalar.getType(), width).splat(scalar);
    mapping.map(inner.getResult(0), value);
    return value.getDefiningOp();
  }
  for (Value operand : inner.getOperands())
    if (!mapping.contains(operand))
      mapping.map(operand, builder(operand.getType(), width).splat(outsideIndex(operand)));
  Operation *copy = ops.clone(inner, mapping);
  for (Value result : copy->getResults())
    result.setType(LaneType{result.getType(), width}.get());
  return copy;
}

Value MapEmitter::indexValue(int64_t dim, int64_t width) {
  Type index = ops.getIndexType();
  Value scalar = arith::IndexCastOp::create(ops, loc, index, indices[dim]);
  Value value = builder(index, width).splat(scalar);
  if (width == 1 || dim != last)
    return value;
  Value step = vector::StepOp::create(ops, loc, VectorType::get({width}, index));
  return arith::AddIOp::create(ops, loc, value, step);
}

/// An index of the sweep or a constant, which the region uses.
Value MapEmitter::outsideIndex(Value index) {
  if (Value mapped = outer.lookupOrNull(index))
    return mapped;
  return ops.clone(*index.getDefiningOp<arith::ConstantOp>())->getResult(0);
}

Value MapEmitter::combine(Value a, Value b) {
  bool real = isa<FloatType>(getElementTypeOrSelf(a.getType()));
  if (op.getCombine() == stage::Combine::Max) {
    if (!real)
      return arith::MaxSIOp::create(ops, loc, a, b);
    Value larger = arith::CmpFOp::create(ops, loc, arith::CmpFPredicate::OGT, a, b);
    return arith::SelectOp::create(ops, loc, larger, a, b);
  }
  if (real)
    return arith::AddFOp::create(ops, loc, a, b);
  return arith::AddIOp::create(ops, loc, a, b);
}

SmallVector<Value> MapEmitter::combineAll(ValueRange a, ValueRange b) {
  SmallVector<Value> values;
  for (auto [x, y] : llvm::zip(a, b))
    values.push_back(combine(x, y));
  return values;
}

/// What the outputs start from.
SmallVector<Value> MapEmitter::neutral(int64_t width) {
  bool max = op.getCombine() == stage::Combine::Max;
  SmallVector<Value> values;
  for (const Access &access : outputs()) {
    Type element = access.element;
    TypedAttr attribute = ops.getZeroAttr(element);
    if (max && isa<FloatType>(element))
      attribute = ops.getFloatAttr(element, -std::numeric_limits<double>::infinity());
    else if (max)
      attribute = ops.getIntegerAttr(
          element, llvm::APInt::getSignedMinValue(element.getIntOrFloatBitWidth()));
    Value scalar = arith::ConstantOp::create(ops, loc, attribute);
    values.push_back(builder(element, width).splat(scalar));
  }
  return values;
}

/// Combines the lanes of a vector by halves: a tree of fixed shape.
Value MapEmitter::acrossLanes(Value value, Type element, int64_t width) {
  if (width == 1)
    return value;
  for (int64_t half = width / 2; half >= 1; half /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < half; ++i) {
      low.push_back(i);
      high.push_back(half + i);
    }
    value = combine(vector::ShuffleOp::create(ops, loc, value, value, low),
                    vector::ShuffleOp::create(ops, loc, value, value, high));
  }
  return vector::ExtractOp::create(ops, loc, value, ArrayRef<int64_t>{0});
}

} // namespace

void emitMap(OpBuilder &ops, stage::MapOp op, ArrayRef<Value> pointers, const IRMapping &outer,
             RegisterFile registers, int64_t threads) {
  MapEmitter(ops, op, pointers, outer, registers, threads).emit();
}

} // namespace mlir::spherical
