//===- plan_oracle.cpp - what becomes of a plan -----------------*- C++ -*-===//

#include "test/plans/plan_oracle.h"

#include "test/plans/guarded_plan.h"

#include "passes/lower/reference/evaluate.h"
#include "passes/pipeline.h"

#include <cmath>
#include <random>

using namespace mlir;

namespace spherical::test {
namespace {

constexpr double beyondSingle = 1e30;

using Tensors = std::vector<HostTensor>;

/// Values for arguments: those of a role have what it promises.
class Arguments {
public:
  Arguments(func::FuncOp entry, uint64_t seed) : values(planValues(entry, false)), seed(seed) {}

  /// For `count` samples; each value times 1 + `change` times a random number.
  Tensors make(int64_t count, double change) const {
    Tensors tensors;
    std::mt19937_64 bits(seed), noise(seed + 1);
    std::normal_distribution<double> normal;
    for (const PlanValue &value : values) {
      HostTensor tensor{value.type.getShape().vec(), {}};
      const auto whole = static_cast<size_t>(tensor.size());
      for (size_t i = 0; i < whole; ++i)
        tensor.values.push_back(number(value, normal(bits), bits(), count) *
                                (1 + change * normal(noise)));
      if (value.batched) {
        tensor.values.resize(whole / tensor.shape[0] * count);
        tensor.shape[0] = count;
      }
      tensors.push_back(std::move(tensor));
    }
    return tensors;
  }

  /// The most samples, 1 if nothing is batched.
  int64_t capacity() const {
    for (const PlanValue &value : values)
      if (value.batched)
        return value.type.getDimSize(0);
    return 1;
  }

private:
  static double number(const PlanValue &value, double normal, uint64_t bits, int64_t count) {
    if (value.role == "count")
      return static_cast<double>(count);
    if (isa<IntegerType>(value.type.getElementType()))
      return static_cast<double>(bits % 3);
    if (value.role == "learning_rate")
      return 1e-2;
    if (value.role == "state" || value.role == "moment")
      return 0.5 + std::abs(normal);
    return static_cast<float>(normal);
  }

  std::vector<PlanValue> values;
  uint64_t seed;
};

double largest(const HostTensor &tensor) {
  double most = 0;
  for (double value : tensor.values)
    if (std::abs(value) < beyondSingle)
      most = std::max(most, std::abs(value));
  return most;
}

/// The reference's results for arguments and for such that differ by the rounding of single
/// precision.
struct Expected {
  Tensors results, moved;

  /// What is wrong with machine code's results, or "".
  std::string compare(const Tensors &got) const;
};

std::string Expected::compare(const Tensors &got) const {
  for (size_t i = 0; i < results.size(); ++i) {
    const HostTensor &result = results[i];
    if (got[i].values.size() != result.values.size())
      return "result " + std::to_string(i) + " has another size";
    const double scale = largest(result);
    double movement = 0;
    for (size_t at = 0; at < result.values.size(); ++at)
      if (const double by = std::abs(moved[i].values[at] - result.values[at]); by < beyondSingle)
        movement = std::max(movement, by);
    if (movement > 0.1 * scale)
      continue;
    const double tolerance = 1e-4 * scale + 1000 * movement + 1e-30;
    // Where rounding may change a result by more than it is, the way to it may overflow: the
    // exponential of an edited sum, say.
    const bool mayOverflow = tolerance > scale;
    for (size_t at = 0; at < result.values.size(); ++at) {
      const double expected = result.values[at], actual = got[i].values[at];
      if (mayOverflow && !std::isfinite(actual))
        continue;
      if (std::abs(expected) < beyondSingle && !(std::abs(actual - expected) <= tolerance))
        return "result " + std::to_string(i) + " at " + std::to_string(at) + " expected " +
               std::to_string(expected) + ", got " + std::to_string(actual) + " (largest " +
               std::to_string(scale) + ", moves by " + std::to_string(movement) + ")";
    }
  }
  return "";
}

bool sameBits(const Tensors &a, const Tensors &b) {
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t at = 0; at < a[i].values.size(); ++at)
      if (a[i].values[at] != b[i].values[at] &&
          !(std::isnan(a[i].values[at]) && std::isnan(b[i].values[at])))
        return false;
  return true;
}

/// The results of machine code in all orders and places, or what is wrong.
std::string runAllWays(const GuardedPlan &plan, const Tensors &arguments, int64_t count,
                       Tensors &results) {
  GuardedRun how;
  how.count = count;
  results = plan.run(arguments, how);
  how.undefined = 0x3f; // some number
  if (!sameBits(results, plan.run(arguments, how)))
    return "results depend on memory that nothing has written";
  how.edge = Edge::Before;
  how.backward = true;
  if (!sameBits(results, plan.run(arguments, how)))
    return "results depend on the order of tasks";
  how.replaceInPlace = true;
  if (!sameBits(results, plan.run(arguments, how)))
    return "results depend on whether they replace their arguments in place";
  return "";
}

/// Compares on `count` samples; returns what is wrong, or "".
std::string compareTargets(func::FuncOp entry, const GuardedPlan &plan, const Arguments &arguments,
                           int64_t count) {
  Tensors got;
  const std::string differs = runAllWays(plan, arguments.make(count, 0), count, got);
  if (!differs.empty())
    return differs;
  auto evaluate = [&](double change) {
    return mlir::spherical::evaluatePlanned(entry, llvm::to_vector(arguments.make(count, change)),
                                            count);
  };
  auto results = evaluate(0), moved = evaluate(1e-7);
  if (failed(results) || failed(moved))
    return "the reference target refuses what the verifier passes";
  const Expected expected{{results->begin(), results->end()}, {moved->begin(), moved->end()}};
  return expected.compare(got);
}

} // namespace

Judgement judge(const std::string &text, uint64_t seed, const std::string &cpu) {
  ParsedPlan parsed(text);
  auto refused = [&]() -> Judgement {
    if (parsed.said.empty())
      return {Verdict::Wrong, "refused without a message"};
    return {Verdict::Refused, parsed.said};
  };
  if (!parsed.module ||
      failed(mlir::spherical::runPhases(*parsed.module, mlir::spherical::Phase::Plan, {})))
    return refused();
  auto entries = parsed.module->getOps<func::FuncOp>();
  if (!llvm::hasSingleElement(entries))
    return {Verdict::Refused, "another number of functions"};
  auto plan = GuardedPlan::compile(*parsed.module, cpu);
  if (!plan)
    return refused();
  func::FuncOp entry = *entries.begin();
  const Arguments arguments(entry, seed);
  for (const int64_t count : {arguments.capacity(), (arguments.capacity() + 1) / 2})
    if (std::string wrong = compareTargets(entry, **plan, arguments, count); !wrong.empty())
      return {Verdict::Wrong, wrong + (parsed.said.empty() ? "" : ": " + parsed.said)};
  return {Verdict::Equal, ""};
}

} // namespace spherical::test
