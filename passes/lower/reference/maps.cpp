//===- maps.cpp - regions of stage.map on doubles ---------------*- C++ -*-===//
//
// The region becomes a list of instructions on numbered slots, run once for each
// point of the index space; conversions between precisions do nothing.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/reference/buffers.h"

#include "dialects/stage/dialect.h"

#include <cmath>
#include <functional>
#include <limits>

namespace mlir::spherical {
namespace {

/// One op of the region: slots[out] = apply(detail, operands).
struct Instruction {
  double (*apply)(int64_t detail, const double *in);
  int64_t detail = 0;
  SmallVector<unsigned, 3> operands;
  unsigned out = 0;
};

/// A dimension of the map's point read into a slot.
struct IndexSlot {
  int64_t dim;
  unsigned slot;
};

struct Program {
  SmallVector<Instruction> instructions;
  SmallVector<IndexSlot> indices;
  SmallVector<unsigned> yielded;
  /// Inputs' slots come first; constants and indices from outside are set already.
  std::vector<double> slots;
};

double compareReals(int64_t predicate, const double *in) {
  using P = arith::CmpFPredicate;
  const double a = in[0], b = in[1];
  const bool unordered = std::isnan(a) || std::isnan(b);
  switch (static_cast<P>(predicate)) {
  case P::AlwaysFalse:
    return false;
  case P::OEQ:
    return !unordered && a == b;
  case P::OGT:
    return !unordered && a > b;
  case P::OGE:
    return !unordered && a >= b;
  case P::OLT:
    return !unordered && a < b;
  case P::OLE:
    return !unordered && a <= b;
  case P::ONE:
    return !unordered && a != b;
  case P::ORD:
    return !unordered;
  case P::UEQ:
    return unordered || a == b;
  case P::UGT:
    return unordered || a > b;
  case P::UGE:
    return unordered || a >= b;
  case P::ULT:
    return unordered || a < b;
  case P::ULE:
    return unordered || a <= b;
  case P::UNE:
    return unordered || a != b;
  case P::UNO:
    return unordered;
  case P::AlwaysTrue:
    return true;
  }
  return false;
}

/// The integer that a slot holds; 0 for what is none.
int64_t integerOf(double value) {
  constexpr double most = 9.2e18; // below 2^63
  return std::abs(value) < most ? static_cast<int64_t>(value) : 0;
}

/// The number that `width` bits, or 64 bits if it is another width, hold of an integer.
double wrapped(uint64_t value, int64_t width) {
  return static_cast<double>(width == 32 ? static_cast<int32_t>(static_cast<uint32_t>(value))
                                         : static_cast<int64_t>(value));
}

double compareIntegers(int64_t predicate, const double *in) {
  using P = arith::CmpIPredicate;
  const int64_t a = integerOf(in[0]), b = integerOf(in[1]);
  const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  switch (static_cast<P>(predicate)) {
  case P::eq:
    return a == b;
  case P::ne:
    return a != b;
  case P::slt:
    return a < b;
  case P::sle:
    return a <= b;
  case P::sgt:
    return a > b;
  case P::sge:
    return a >= b;
  case P::ult:
    return x < y;
  case P::ule:
    return x <= y;
  case P::ugt:
    return x > y;
  case P::uge:
    return x >= y;
  }
  return false;
}

double larger(int64_t keepsNumbers, const double *in) {
  if (std::isnan(in[0]) || std::isnan(in[1]))
    return keepsNumbers ? std::fmax(in[0], in[1]) : std::numeric_limits<double>::quiet_NaN();
  return std::max(in[0], in[1]);
}

/// An instruction on integers of so many bits, modulo 2^64.
template <typename Function> std::optional<Instruction> integers(int64_t width) {
  auto apply = [](int64_t bits, const double *in) {
    return wrapped(Function()(integerOf(in[0]), integerOf(in[1])), bits);
  };
  return Instruction{apply, width, {}, 0};
}

/// The instruction of an op without operands and result, or none if the op is not known.
std::optional<Instruction> instructionOf(Operation *op) {
  using In = const double *;
  auto make = [](double (*apply)(int64_t, In), int64_t detail = 0) {
    return std::optional<Instruction>(Instruction{apply, detail, {}, 0});
  };
  const Type type = op->getResult(0).getType();
  const int64_t width = type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 64;
  return TypeSwitch<Operation *, std::optional<Instruction>>(op)
      .Case([&](arith::AddFOp) { return make([](int64_t, In in) { return in[0] + in[1]; }); })
      .Case([&](arith::SubFOp) { return make([](int64_t, In in) { return in[0] - in[1]; }); })
      .Case([&](arith::MulFOp) { return make([](int64_t, In in) { return in[0] * in[1]; }); })
      .Case([&](arith::AddIOp) { return integers<std::plus<uint64_t>>(width); })
      .Case([&](arith::SubIOp) { return integers<std::minus<uint64_t>>(width); })
      .Case([&](arith::MulIOp) { return integers<std::multiplies<uint64_t>>(width); })
      .Case([&](arith::AndIOp) { return integers<std::bit_and<uint64_t>>(width); })
      .Case([&](arith::IndexCastOp) {
        return make([](int64_t w, In in) { return wrapped(integerOf(in[0]), w); }, width);
      })
      .Case([&](arith::DivFOp) { return make([](int64_t, In in) { return in[0] / in[1]; }); })
      .Case([&](arith::NegFOp) { return make([](int64_t, In in) { return -in[0]; }); })
      .Case([&](arith::MaximumFOp) { return make(larger, 0); })
      .Case([&](arith::MaxNumFOp) { return make(larger, 1); })
      .Case([&](arith::CmpFOp c) {
        return make(compareReals, static_cast<int64_t>(c.getPredicate()));
      })
      .Case([&](arith::CmpIOp c) {
        return make(compareIntegers, static_cast<int64_t>(c.getPredicate()));
      })
      .Case([&](arith::SelectOp) {
        return make([](int64_t, In in) { return in[0] != 0 ? in[1] : in[2]; });
      })
      .Case<arith::ExtFOp, arith::TruncFOp, arith::SIToFPOp>(
          [&](auto) { return make([](int64_t, In in) { return in[0]; }); })
      .Case([&](math::ExpOp) { return make([](int64_t, In in) { return std::exp(in[0]); }); })
      .Case([&](math::LogOp) { return make([](int64_t, In in) { return std::log(in[0]); }); })
      .Case([&](math::SqrtOp) { return make([](int64_t, In in) { return std::sqrt(in[0]); }); })
      .Case(
          [&](math::PowFOp) { return make([](int64_t, In in) { return std::pow(in[0], in[1]); }); })
      .Default([](Operation *) { return std::nullopt; });
}

/// Turns the region into a program.
class Translator {
public:
  Translator(stage::MapOp op, const Frame &frame) : op(op), frame(frame) {}
  FailureOr<Program> translate();

private:
  unsigned slotOf(Value value);
  LogicalResult add(Operation &inner);

  stage::MapOp op;
  const Frame &frame;
  Program program;
  DenseMap<Value, unsigned> slots;
};

/// The slot of a value; one from outside of the region is an index of the frame.
unsigned Translator::slotOf(Value value) {
  auto [entry, isNew] = slots.try_emplace(value, program.slots.size());
  if (isNew)
    program.slots.push_back(static_cast<double>(frame.indices.lookup(value)));
  return entry->second;
}

LogicalResult Translator::add(Operation &inner) {
  if (auto constant = dyn_cast<arith::ConstantOp>(inner)) {
    double value = 0.0;
    if (auto real = dyn_cast<FloatAttr>(constant.getValue()))
      value = real.getValueAsDouble();
    else if (auto truth = dyn_cast<BoolAttr>(constant.getValue()))
      value = truth.getValue();
    else
      value = static_cast<double>(cast<IntegerAttr>(constant.getValue()).getInt());
    program.slots[slotOf(constant)] = value;
    return success();
  }
  if (auto index = dyn_cast<stage::IndexOp>(inner)) {
    program.indices.push_back({static_cast<int64_t>(index.getDim()), slotOf(index)});
    return success();
  }
  std::optional<Instruction> instruction = instructionOf(&inner);
  if (!instruction)
    return inner.emitOpError() << "is not supported in a map by the reference target";
  for (Value operand : inner.getOperands())
    instruction->operands.push_back(slotOf(operand));
  instruction->out = slotOf(inner.getResult(0));
  program.instructions.push_back(std::move(*instruction));
  return success();
}

FailureOr<Program> Translator::translate() {
  Block &body = op.getBody().front();
  for (BlockArgument argument : body.getArguments())
    slotOf(argument);
  for (Operation &inner : body.without_terminator())
    if (failed(add(inner)))
      return failure();
  for (Value value : body.getTerminator()->getOperands())
    program.yielded.push_back(slotOf(value));
  return std::move(program);
}

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
void runAt(Program &program, ArrayRef<Access> inputs, ArrayRef<int64_t> point) {
  std::vector<double> &slots = program.slots;
  for (auto [i, input] : llvm::enumerate(inputs))
    slots[i] = input.at(point);
  for (const IndexSlot &index : program.indices)
    slots[index.slot] = static_cast<double>(point[index.dim]);
  for (const Instruction &instruction : program.instructions) {
    double in[3] = {0.0, 0.0, 0.0};
    for (auto [i, slot] : llvm::enumerate(instruction.operands))
      in[i] = slots[slot];
    slots[instruction.out] = instruction.apply(instruction.detail, in);
  }
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
  FailureOr<Program> program = Translator(op, frame).translate();
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
    const double pair[2] = {total, value};
    if (isMax)
      return larger(0, pair);
    return bits == 0 ? total + value
                     : wrapped(static_cast<uint64_t>(integerOf(total)) + integerOf(value), bits);
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
