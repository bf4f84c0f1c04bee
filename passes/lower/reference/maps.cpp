//===- maps.cpp - regions of stage.map on doubles ---------------*- C++ -*-===//
//
// The region becomes a program, run once for each point of the index space.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/reference/buffers.h"
#include "passes/lower/reference/scalar_program.h"

#include "dialects/stage/dialect.h"

#include <limits>

namespace mlir::spherical {
namespace {

/// One operand of the map: where it lies at a point.
struct Access {
  const Buffer *buffer;
  SmallVector<int64_t> strides;
  int64_t offset;

  double &at(ArrayRef<int64_t> point) const {
    int64_t position = offset;
    for (auto [stride, index] : llvm::zip(strides, point))
      position += stride * index;
    return buffer->at(position);
  }
};

/// Runs the program at a point; its yielded values are in the slots.
void runAt(ScalarProgram &program, ArrayRef<Access> inputs, ArrayRef<int64_t> point) {
  std::vector<double> &slots = program.slots;
  for (auto [i, input] : llvm::enumerate(inputs))
    slots[i] = input.at(point);
  for (const ScalarProgram::IndexSlot &index : program.indices)
    slots[index.slot] = static_cast<double>(point[index.dim]);
  program.run();
}

/// Calls visit for each point of the dimensions given, the last fastest; the others stay.
template <typename Visit>
void eachPoint(ArrayRef<int64_t> space, ArrayRef<int64_t> dims, MutableArrayRef<int64_t> point,
               Visit visit) {
  int64_t points = 1;
  for (int64_t dim : dims)
    points *= space[dim];
  for (int64_t number = 0; number < points; ++number) {
    int64_t rest = number;
    for (int64_t dim : llvm::reverse(dims)) {
      point[dim] = rest % space[dim];
      rest /= space[dim];
    }
    visit();
  }
}

} // namespace

LogicalResult evaluateMap(Operation *operation, Frame &frame) {
  auto op = cast<stage::MapOp>(operation);
  FailureOr<ScalarProgram> program = translateScalars(op.getBody().front(), [&](Value value) {
    return static_cast<double>(frame.indices.lookup(value));
  });
  if (failed(program))
    return failure();
  SmallVector<Access> accesses;
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    auto [strides, offset] = op.getFlatAccess(i);
    accesses.push_back({&frame.buffers.find(operand)->second, strides, offset});
  }
  const size_t numInputs = op.getInputs().size();
  const auto inputs = ArrayRef(accesses).take_front(numInputs);
  const auto outputs = ArrayRef(accesses).drop_front(numInputs);
  SmallVector<int64_t> parallel, reductions, point(op.getSpace().size(), 0);
  for (int64_t dim = 0; dim < static_cast<int64_t>(point.size()); ++dim)
    (op.isReduction(dim) ? reductions : parallel).push_back(dim);
  const bool isMax = op.getCombine() == stage::Combine::Max;
  const double start = isMax ? -std::numeric_limits<double>::infinity() : 0.0;
  SmallVector<double> totals(outputs.size());
  SmallVector<int64_t> integerBits; // of the outputs, 0 for others
  for (Value output : op.getOutputs()) {
    const Type element = cast<MemRefType>(output.getType()).getElementType();
    integerBits.push_back(isa<IntegerType>(element) ? element.getIntOrFloatBitWidth() : 0);
  }
  auto joined = [&](double total, double value, int64_t bits) {
    if (isMax)
      return maximumOf(total, value);
    return bits == 0 ? total + value : sumOfIntegers(total, value, bits);
  };
  eachPoint(op.getSpace(), parallel, point, [&] {
    llvm::fill(totals, start);
    eachPoint(op.getSpace(), reductions, point, [&] {
      runAt(*program, inputs, point);
      for (auto [total, slot, bits] : llvm::zip(totals, program->yielded, integerBits)) {
        const double value = program->slots[slot];
        total = reductions.empty() ? value : joined(total, value, bits);
      }
    });
    for (auto [output, total] : llvm::zip(outputs, totals))
      output.at(point) = total;
  });
  return success();
}

} // namespace mlir::spherical
