//===- scalar_program.cpp - regions of scalars on doubles -------*- C++ -*-===//

#include "passes/lower/reference/scalar_program.h"

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <functional>
#include <limits>

namespace mlir::spherical {
namespace {

using Instruction = ScalarProgram::Instruction;

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

/// The number that the lowest `width` bits of an integer are, with a sign.
double wrapped(uint64_t value, int64_t width) {
  return static_cast<double>(llvm::SignExtend64(value, static_cast<unsigned>(width)));
}

/// Its bits as a number without sign, if they were `width` of one with a sign.
uint64_t bitsOf(double value, int64_t width) {
  return static_cast<uint64_t>(integerOf(value)) &
         llvm::maskTrailingOnes<uint64_t>(static_cast<unsigned>(width));
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
      .Case<arith::IndexCastOp, arith::TruncIOp>([&](auto) {
        return make([](int64_t w, In in) { return wrapped(integerOf(in[0]), w); }, width);
      })
      .Case([&](arith::ExtUIOp extended) {
        return make([](int64_t w, In in) { return static_cast<double>(bitsOf(in[0], w)); },
                    extended.getIn().getType().getIntOrFloatBitWidth());
      })
      .Case([&](arith::ShLIOp) {
        return make(
            [](int64_t w, In in) { return wrapped(bitsOf(in[0], w) << integerOf(in[1]), w); },
            width);
      })
      .Case([&](arith::ShRUIOp) {
        return make(
            [](int64_t w, In in) { return wrapped(bitsOf(in[0], w) >> integerOf(in[1]), w); },
            width);
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
  Translator(Block &body, llvm::function_ref<double(Value)> outside)
      : body(body), outside(outside) {}
  FailureOr<ScalarProgram> translate();

private:
  bool isInside(Value value) const { return value.getParentBlock() == &body; }
  unsigned slotOf(Value value);
  LogicalResult add(Operation &inner);

  Block &body;
  llvm::function_ref<double(Value)> outside;
  ScalarProgram program;
  DenseMap<Value, unsigned> slots;
};

unsigned Translator::slotOf(Value value) {
  auto [entry, isNew] = slots.try_emplace(value, program.slots.size());
  if (isNew)
    program.slots.push_back(isInside(value) ? 0.0 : outside(value));
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
    return inner.emitOpError() << "is not supported in a region by the reference target";
  for (Value operand : inner.getOperands())
    instruction->operands.push_back(slotOf(operand));
  instruction->out = slotOf(inner.getResult(0));
  program.instructions.push_back(std::move(*instruction));
  return success();
}

FailureOr<ScalarProgram> Translator::translate() {
  for (BlockArgument argument : body.getArguments())
    slotOf(argument);
  for (Operation &inner : body.without_terminator())
    if (failed(add(inner)))
      return failure();
  for (Value value : body.getTerminator()->getOperands())
    program.yielded.push_back(slotOf(value));
  return std::move(program);
}

} // namespace

void ScalarProgram::run() {
  for (const Instruction &instruction : instructions) {
    double in[3] = {0.0, 0.0, 0.0};
    for (auto [i, slot] : llvm::enumerate(instruction.operands))
      in[i] = slots[slot];
    slots[instruction.out] = instruction.apply(instruction.detail, in);
  }
}

double maximumOf(double a, double b) {
  const double pair[2] = {a, b};
  return larger(0, pair);
}

double sumOfIntegers(double a, double b, int64_t width) {
  return wrapped(static_cast<uint64_t>(integerOf(a)) + integerOf(b), width);
}

FailureOr<ScalarProgram> translateScalars(Block &body, llvm::function_ref<double(Value)> outside) {
  return Translator(body, outside).translate();
}

} // namespace mlir::spherical
