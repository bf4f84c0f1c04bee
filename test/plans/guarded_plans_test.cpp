//===- guarded_plans_test.cpp - generated code writes where it may -*- C++ -*-===//
//
// Every entry of small models between guard pages: all ops of the stage dialect in
// all modes, forward and training, beside the reference target. And that such a
// page is noticed: plans that reach a row too far die, where the verifier, which
// refuses them, does not see them.
//
//===----------------------------------------------------------------------===//

#include "test/plans/guarded_plan.h"
#include "test/plans/plan_oracle.h"
#include "test/plans/plan_seeds.h"

#include "dialects/stage/dialect.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <set>

using namespace mlir;

#if __has_feature(address_sanitizer)
/// What reaches a guard page ends by the signal, as without ASan.
extern "C" const char *__asan_default_options() { return "handle_segv=0"; }
#endif

namespace spherical::test {
namespace {

TEST(GuardedPlans, StayWithinEachOfTheirBuffers) {
  for (const int64_t lanes : {1, 4})
    for (const PlanSeed &seed : planSeeds(lanes)) {
      const Judgement judgement = judge(seed.text, 1);
      EXPECT_EQ(judgement.verdict, Verdict::Equal) << seed.name << ": " << judgement.what;
    }
}

// Lanes of more samples than a word of the masks has bits: masks are values then.
TEST(GuardedPlans, StayWithinTheirBuffersWithoutMaskBits) {
  for (const PlanSeed &seed : planSeeds(/*lanes=*/64))
    if (seed.name == "segmenter.loss_and_gradients") {
      const Judgement judgement = judge(seed.text, 1);
      EXPECT_EQ(judgement.verdict, Verdict::Equal) << judgement.what;
    }
}

/// What a stage op is: its name, mode and optional operands.
std::string modeOf(Operation *op) {
  std::string mode = op->getName().stripDialect().str();
  if (auto dft = dyn_cast<stage::DftOp>(op))
    return mode + " " + stage::stringifyDftKind(dft.getKind()).str() +
           (dft.getRoots() ? " roots" : "") + (dft.getRelu() ? " relu" : "") +
           (dft.getPositive() ? " positive" : "") +
           (!dft.getMask()      ? ""
            : dft.hasMaskBits() ? " bits"
                                : " mask");
  if (auto map = dyn_cast<stage::DftMapOp>(op))
    return mode + (map.getRelu() ? " relu" : "") + (map.getPositive() ? " positive" : "") +
           (map.getMask() ? " bits" : "");
  if (auto contract = dyn_cast<stage::ContractOp>(op))
    return mode + " " + stage::stringifyContractKind(contract.getKind()).str();
  if (auto gather = dyn_cast<stage::GatherOp>(op))
    return mode + " " + stage::stringifyGatherMode(gather.getMode()).str() +
           (gather.getAll() ? " all" : "") + (gather.getIndices() ? " indices" : "") +
           (gather.getCoefficients() ? " coefficients" : "");
  if (auto map = dyn_cast<stage::MapOp>(op))
    return mode + (map.getLanes() ? " lanes" : "") +
           (map.getCombine() ? " " + stage::stringifyCombine(*map.getCombine()).str() : "");
  return mode;
}

TEST(PlanSeeds, HoldEveryOpInEveryMode) {
  std::set<std::string> modes;
  for (const int64_t lanes : {1, 4, 64})
    for (const PlanSeed &seed : planSeeds(lanes)) {
      ParsedPlan parsed(seed.text);
      ASSERT_TRUE(parsed.module) << parsed.said;
      parsed.module->walk([&](Operation *op) {
        if (isa<stage::StageDialect>(op->getDialect()))
          modes.insert(modeOf(op));
      });
    }
  for (const char *mode : {"dft real_analysis",
                           "dft real_analysis roots",
                           "dft real_analysis bits",
                           "dft real_analysis mask",
                           "dft real_synthesis",
                           "dft real_synthesis roots",
                           "dft real_synthesis relu",
                           "dft real_synthesis relu positive",
                           "dft complex_analysis",
                           "dft complex_synthesis",
                           "dft_map relu",
                           "dft_map relu positive",
                           "dft_map bits",
                           "contract scalar",
                           "contract reduce",
                           "gather lanes indices",
                           "gather lanes indices coefficients",
                           "gather scalar indices coefficients",
                           "gather scalar",
                           "gather to_lanes",
                           "gather to_lanes indices coefficients",
                           "gather to_lanes all",
                           "gather from_lanes",
                           "gather from_lanes all",
                           "gather from_lanes indices coefficients",
                           "fill",
                           "map",
                           "map sum",
                           "map lanes",
                           "map lanes sum",
                           "map lanes max"})
    EXPECT_TRUE(modes.contains(mode)) << mode;
}

/// A plan of one op, right as it stands, and an edit by which it reaches too far.
struct Stray {
  const char *name, *op, *from, *to;
};

/// %x, %y and the arena's %a, rows [3][2][6][4] of f32, and %z of [3][3][2][2][4] to transform to.
std::string strayText(const std::string &op) {
  return R"(module attributes {spherical.phase = "plan"} {
stage.table @t : memref<9x2xf32> = #stage.table<"twiddles", {n = 6, radix0 = 2, radix1 = 3}>
stage.table @n : memref<12x1xi32> = #stage.table<"nearest_index", {height = 2, rows = 3, width = 3, columns = 4}>
stage.table @p : memref<2x18xi64> = #stage.table<"matrix_problems", {rows = 2, depth = 3, columns = 6, row_block = 1, column_block = 6, a_row = 3, a_depth = 1, b_depth = 1, b_column = 1, c_row = 6, c_column = 1}>
func.func @f(%arena: memref<640xi8> {stage.arena}, %x: memref<3x2x6x4xf32>, %w: memref<6xf32>,
             %z: memref<3x3x2x2x4xf32> {stage.result}, %y: memref<3x2x6x4xf32> {stage.result})
    attributes {stage.arena_bytes = 640 : i64, stage.scratch_bytes = 256 : i64} {
  %c0 = arith.constant 0 : index
  %a = memref.view %arena[%c0][] : memref<640xi8> to memref<3x2x6x4xf32>
  %t = stage.table_ref @t : memref<9x2xf32>
  %n = stage.table_ref @n : memref<12x1xi32>
  %p = stage.table_ref @p : memref<2x18xi64>
  stage.sweep "first" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %a with 1.0 : f32 : memref<3x2x6x4xf32>
    stage.fill %y with 1.0 : f32 : memref<3x2x6x4xf32>
    stage.fill %z with 1.0 : f32 : memref<3x3x2x2x4xf32>
  }
  stage.sweep "then" (%i) in [3] chunk 1 flop 0 bytes 0 scratch (%s: memref<2x6x4xf32>) {
    %at = affine.apply affine_map<(d0) -> (d0)>(%i)
    %from = memref.subview %x[%i, 0, 0, 0] [1, 2, 6, 4] [1, 1, 1, 1] : memref<3x2x6x4xf32> to memref<2x6x4xf32, strided<[24, 4, 1], offset: ?>>
    %to = memref.subview %a[%at, 0, 0, 0] [1, 2, 6, 4] [1, 1, 1, 1] : memref<3x2x6x4xf32> to memref<2x6x4xf32, strided<[24, 4, 1], offset: ?>>
    %bins = memref.subview %z[%at, 0, 0, 0, 0] [1, 3, 2, 2, 4] [1, 1, 1, 1, 1] : memref<3x3x2x2x4xf32> to memref<3x2x2x4xf32, strided<[16, 8, 4, 1], offset: ?>>
)" + op + R"(
  }
  return
}
}
)";
}

#define ROWS "memref<2x6x4xf32, strided<[24, 4, 1], offset: ?>>"
#define PLACE "(d0) -> (d0)>(%i)"
const Stray strays[] = {
    {"transform",
     "stage.dft real_analysis %from -> %bins twiddles %t {n = 6, limit = 3, rows = 2, orders = 1, "
     "radices = array<i64: 2, 3>, lanes = 4} : " ROWS
     ", memref<3x2x2x4xf32, strided<[16, 8, 4, 1], offset: ?>>, memref<9x2xf32>",
     PLACE, "(d0) -> (d0 + 1)>(%i)"},
    {"transform_before",
     "stage.dft real_analysis %from -> %bins twiddles %t {n = 6, limit = 3, rows = 2, orders = 1, "
     "radices = array<i64: 2, 3>, lanes = 4} : " ROWS
     ", memref<3x2x2x4xf32, strided<[16, 8, 4, 1], offset: ?>>, memref<9x2xf32>",
     PLACE, "(d0) -> (d0 - 1)>(%i)"},
    {"transforms",
     "stage.dft_map %bins -> %bins twiddles %t {n = 6, limit = 3, result = 3, rows = 2, "
     "radices = array<i64: 2, 3>, lanes = 4, relu} : "
     "memref<3x2x2x4xf32, strided<[16, 8, 4, 1], offset: ?>>, "
     "memref<3x2x2x4xf32, strided<[16, 8, 4, 1], offset: ?>>, memref<9x2xf32>",
     PLACE, "(d0) -> (d0 + 1)>(%i)"},
    {"product",
     "stage.contract scalar %w, %from, %p -> %to {lanes = 4} : memref<6xf32>, " ROWS
     ", memref<2x18xi64>, " ROWS,
     "c_row = 6", "c_row = 40"},
    {"product_reads",
     "stage.contract scalar %w, %from, %p -> %to {lanes = 4} : memref<6xf32>, " ROWS
     ", memref<2x18xi64>, " ROWS,
     "a_row = 3", "a_row = 40"},
    {"gather",
     "stage.gather lanes %from -> %to indices %n : memref<12x1xi32> {count = 12, lanes = 4} : " ROWS
     ", " ROWS,
     PLACE, "(d0) -> (d0 + 1)>(%i)"},
    {"gather_reads",
     "%twelve = memref.subview %a[%i, 0, 0, 0] [1, 1, 3, 4] [1, 1, 1, 1] : memref<3x2x6x4xf32> to "
     "memref<3x4xf32, strided<[4, 1], offset: ?>>\n"
     "stage.gather scalar %w -> %twelve indices %n : memref<12x1xi32> {count = 12, lanes = 1} : "
     "memref<6xf32>, memref<3x4xf32, strided<[4, 1], offset: ?>>",
     "height = 2, rows = 3, width = 3, columns = 4",
     "height = 3, rows = 3, width = 4, columns = 4"},
    {"fill", "stage.fill %to with 2.0 : f32 : " ROWS, PLACE, "(d0) -> (d0 * 2)>(%i)"},
    {"map",
     "stage.map [2, 6, 4] ins(%from : " ROWS ") outs(%to : " ROWS
     ") maps [affine_map<(i, j, k) -> (i, j, k)>, affine_map<(i, j, k) -> (i, j, k)>] lanes 4 {\n"
     "^bb0(%v: f32):\n stage.yield %v : f32\n}",
     PLACE, "(d0) -> (d0 + 1)>(%i)"},
};

class StrayPlans : public testing::TestWithParam<Stray> {};

GuardedRun runOf(const Stray &stray) {
  GuardedRun how;
  how.edge = std::string(stray.name).ends_with("_before") ? Edge::Before : Edge::Behind;
  return how;
}

/// Runs without the verifier of memory.
void runUnverified(const std::string &text, const GuardedRun &how) {
  ParsedPlan parsed(text);
  auto plan = GuardedPlan::compile(*parsed.module, "x86-64-v3");
  std::vector<HostTensor> arguments{{{3, 2, 6, 4}, std::vector<double>(144, 1.0)},
                                    {{6}, std::vector<double>(6, 1.0)}};
  (*plan)->run(arguments, how);
}

TEST_P(StrayPlans, EndAtTheGuardPage) {
  const std::string text = strayText(GetParam().op), from = GetParam().from;
  std::string edited = text;
  edited.replace(edited.find(from), from.size(), GetParam().to);
  EXPECT_EQ(judge(text, 1).verdict, Verdict::Equal) << judge(text, 1).what;
  EXPECT_EQ(judge(edited, 1).verdict, Verdict::Refused) << judge(edited, 1).what;
  runUnverified(text, runOf(GetParam()));
  EXPECT_EXIT(runUnverified(edited, runOf(GetParam())), testing::KilledBySignal(SIGSEGV), "");
}

INSTANTIATE_TEST_SUITE_P(Ops, StrayPlans, testing::ValuesIn(strays),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
} // namespace spherical::test
