//===- toy_op_test.cpp - an op of another dialect -----------------*- C++ -*-===//
//
// What a new op has to bring is in this file: it is written in IR, differentiated,
// compiled for the processor and explained, and no file of the compiler knows it.
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/differentiable.h"
#include "dialects/interfaces/schedulable.h"
#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/stages/stage_builder.h"
#include "dialects/spherical/work.h"
#include "tools/spherical/driver/execute.h"
#include "tools/spherical/driver/explanation.h"

#include "mlir/IR/DialectRegistry.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace mlir;
namespace sph = mlir::spherical;

namespace {

/// y = x / 2 of a tensor, function or spectrum, wherever it lies.
class HalveOp
    : public Op<HalveOp, OpTrait::ZeroRegions, OpTrait::OneResult, OpTrait::ZeroSuccessors,
                OpTrait::OneOperand, OpTrait::SameOperandsAndResultType,
                MemoryEffectOpInterface::Trait, sph::ReplacesOperand, sph::Differentiable::Trait,
                sph::Schedulable::Trait> {
public:
  using Op::Op;
  static StringRef getOperationName() { return "toy.halve"; }
  static ArrayRef<StringRef> getAttributeNames() { return {}; }
  static void build(OpBuilder &, OperationState &state, Value input) {
    state.addOperands(input);
    state.addTypes(input.getType());
  }
  void getEffects(SmallVectorImpl<MemoryEffects::EffectInstance> &) {}

  LogicalResult buildVjp(OpBuilder &builder, ArrayRef<Value> cotangents,
                         SmallVectorImpl<Value> &operandCotangents) {
    operandCotangents.assign(1, create(builder, getLoc(), cotangents[0])->getResult(0));
    return success();
  }

  std::optional<sph::LayoutConstraints> getLayoutConstraints() {
    return {{{sph::Want::Same}, {sph::Want::Same}}};
  }

  SmallVector<sph::Candidate> getCandidates(const sph::Machine &machine) {
    return {sph::direct(*this, machine, "halving", sph::valuesOf(getOperand().getType()),
                        "one product for each value")};
  }

  LogicalResult emitStages(sph::StageBuilder &stages) {
    sph::emitElementwise(stages, "halve", stages.buffer(getOperation()->getResult(0)),
                         stages.buffer(getOperand()), [](OpBuilder &b, Location l, ValueRange v) {
                           sph::ScalarBuilder s(b, l);
                           return SmallVector<Value>{s.mul(v[0], s.constant(v[0].getType(), 0.5))};
                         });
    return success();
  }

  static HalveOp create(OpBuilder &builder, Location loc, Value input) {
    return builder.create<HalveOp>(loc, input);
  }
};

class ToyDialect : public Dialect {
public:
  explicit ToyDialect(MLIRContext *context)
      : Dialect(getDialectNamespace(), context, TypeID::get<ToyDialect>()) {
    addOperations<HalveOp>();
  }
  static StringRef getDialectNamespace() { return "toy"; }
};

} // namespace

MLIR_DECLARE_EXPLICIT_TYPE_ID(ToyDialect)
MLIR_DEFINE_EXPLICIT_TYPE_ID(ToyDialect)
MLIR_DECLARE_EXPLICIT_TYPE_ID(HalveOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(HalveOp)

namespace spherical::driver {
namespace {

const char *const program = R"(
func.func @f(%x: !spherical.s2<3x2, b = 4, f32>) -> !spherical.s2<3x2, b = 4, f32>
    attributes {spherical.gradient} {
  %h = "toy.halve"(%x) : (!spherical.s2<3x2, b = 4, f32>) -> !spherical.s2<3x2, b = 4, f32>
  %y = nn.relu %h : !spherical.s2<3x2, b = 4, f32>
  return %y : !spherical.s2<3x2, b = 4, f32>
}
)";

template <typename T> T expectValue(Result<T> result) {
  if (!result)
    throw std::runtime_error(result.error().message);
  return std::move(*result);
}

class ToyOp : public ::testing::Test {
protected:
  void SetUp() override {
    std::ofstream(path) << program;
    options.registerDialects = [](DialectRegistry &registry) { registry.insert<ToyDialect>(); };
  }
  void TearDown() override { std::filesystem::remove(path); }

  std::unique_ptr<Session> load() { return expectValue(Session::load(path, options)); }

  const std::string path =
      std::filesystem::temp_directory_path() / ("toy-" + std::to_string(getpid()) + ".mlir");
  SessionOptions options;
};

runtime::Tensor tensorOf(float first, float step) {
  runtime::Tensor tensor = runtime::Tensor::zeros(runtime::DType::F32, {3, 2, 8, 8});
  for (float &value : tensor.as<float>())
    value = std::exchange(first, first + step);
  return tensor;
}

TEST_F(ToyOp, RunsOnTheProcessor) {
  const auto session = load();
  const auto executable = expectValue(Executable::create(*session, "f"));
  const runtime::Tensor x = tensorOf(-19.0F, 0.125F);
  const TensorMap results = expectValue(runOnce(*executable, "f", {{"x", x}}, {}));
  const std::span<const float> y = results.begin()->second.as<float>();
  for (size_t i = 0; i < y.size(); ++i)
    EXPECT_EQ(y[i], std::max(x.as<float>()[i] / 2, 0.0F)) << i;
}

TEST_F(ToyOp, IsDifferentiated) {
  const auto session = load();
  const auto executable = expectValue(Executable::create(*session, "f_vjp"));
  const Signature signature = expectValue(executable->signature("f_vjp"));
  ASSERT_EQ(signature.arguments.size(), 2);
  const runtime::Tensor x = tensorOf(-19.0F, 0.125F), g = tensorOf(1.0F, 0.5F);
  const TensorMap results = expectValue(
      runOnce(*executable, "f_vjp",
              {{signature.arguments[0].name, x}, {signature.arguments[1].name, g}}, {}));
  ASSERT_EQ(results.size(), 1);
  const std::span<const float> gradient = results.begin()->second.as<float>();
  for (size_t i = 0; i < gradient.size(); ++i)
    EXPECT_EQ(gradient[i], x.as<float>()[i] > 0 ? g.as<float>()[i] / 2 : 0.0F) << i;
}

TEST_F(ToyOp, IsExplained) {
  const auto session = load();
  const Explanation explanation = expectValue(explain(*session, "f"));
  const auto isToy = [](const OpExplanation &op) { return op.algorithm == "halving"; };
  for (const LayerExplanation &layer : explanation.layers)
    for (const OpExplanation &op : layer.ops)
      if (isToy(op)) {
        EXPECT_EQ(op.op, "toy.halve");
        EXPECT_EQ(op.flop, 4.0 * 2 * 8 * 8); // four lanes for three samples
        EXPECT_NE(op.reason.find("one product for each value"), std::string::npos);
        EXPECT_GT(op.seconds, 0.0);
        return;
      }
  FAIL() << "expected the op in the explanation";
}

} // namespace
} // namespace spherical::driver
