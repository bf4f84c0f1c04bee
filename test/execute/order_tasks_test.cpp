//===- order_tasks_test.cpp - transforms whose orders are tasks -----------===//
//
// Where few functions have to fill lanes and workers, results are those of the
// definitions in fp64: latitudes that fill groups of lanes and that do not, channels in
// the lanes, all kinds of degrees beyond b, adjoints, single and double precision, on
// AVX-512 and AVX2.
//
//===----------------------------------------------------------------------===//

#include "test/execute/op_cases.h"
#include "test/execute/stage_program.h"
#include "test/golden/cases.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

using golden::Values;

struct Transform {
  std::string kind, op; ///< s2 or so3; ft or ift
  int64_t b, degrees, channels;
  std::string element, options; ///< what stands behind the operand

  bool isAnalysis() const { return (op == "ft") != (options == " {adjoint}"); }
  Slot slot(bool spectrum) const {
    return signal(kind + (spectrum ? "_spectrum" : ""), 1, channels, spectrum ? degrees : b,
                  element);
  }
  std::string text(const std::string &name) const {
    const std::string from = slot(!isAnalysis()).type, to = slot(isAnalysis()).type;
    return "func.func @" + name + "(%x: " + from + " {spherical.name = \"x\"}) -> (" + to +
           " {spherical.name = \"y\"}) {\n  %y = spherical." + kind + "_" + op + " %x" + options +
           " : " + from + " -> " + to + "\n  return %y : " + to + "\n}\n";
  }
};

std::vector<Transform> transforms(std::initializer_list<const char *> kinds, int64_t channels) {
  std::vector<Transform> all;
  for (const char *kind : kinds)
    for (const char *op : {"ft", "ift"})
      for (const char *element : {"f32", "f64"}) {
        for (int64_t b : {1, 2, 7, 8, 16, 17})
          all.push_back({kind, op, b, b, channels, element, ""});
        all.push_back({kind, op, 9, 6, channels + 1, element, ""});
        all.push_back({kind, op, 9, 6, channels, element, " {adjoint}"});
        all.push_back(
            {kind, op, 9, 12, channels, element, std::string(op) == "ft" ? " high zero" : ""});
      }
  for (const char *kind : kinds)
    for (const char *high : {"quadrature", "truncated"})
      all.push_back({kind, "ft", 6, 9, channels, "f32", std::string(" high ") + high});
  return all;
}

/// Rounding of sums over 2b points an angle and b degrees, off like random ones; the mean of the
/// four points of b = 1 may be a tenth of them.
double toleranceOf(const Transform &transform) {
  const double eps = transform.element == "f32" ? 6e-8 : 1.2e-16;
  return 100 * eps * std::sqrt(static_cast<double>(transform.b));
}

void check(const std::vector<Transform> &all, driver::SessionOptions options) {
  std::mt19937_64 engine(3);
  std::string text;
  for (size_t i = 0; i < all.size(); ++i)
    text += all[i].text("f" + std::to_string(i));
  const auto cpu = golden::makeCompiledRunner(text, options);
  const auto reference = golden::makeReferenceRunner(text, "graph");
  for (size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(all[i].text("f"));
    const Values inputs = {{"x", randomOf(all[i].slot(!all[i].isAnalysis()), engine)}};
    const std::string entry = "f" + std::to_string(i);
    golden::expectNear(cpu->run(entry, inputs), reference->run(entry, inputs), toleranceOf(all[i]));
  }
}

class OrderTasks : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    options.cpu = GetParam();
    if (!test::canRun(options.cpu))
      GTEST_SKIP() << "this machine has no " << options.cpu;
  }

  driver::SessionOptions options;
};

TEST_P(OrderTasks, WithLatitudesInTheLanes) {
  options.choose = {"*:algorithm=ring_lanes"};
  options.without = {"spherical-channel-lanes"};
  check(transforms({"s2", "so3"}, 1), options);
}

// Two degrees of 16 from a table, the others by recursion; up to four blocks of them.
TEST_P(OrderTasks, WithDegreesByRecursion) {
  options.choose = {"*:algorithm=ring_recursion"};
  options.without = {"spherical-channel-lanes"};
  std::vector<Transform> all = transforms({"so3"}, 1);
  for (const char *op : {"ft", "ift"})
    for (const char *element : {"f32", "f64"})
      all.push_back({"so3", op, 26, 50, 1, element, std::string(op) == "ft" ? " high zero" : ""});
  check(all, options);
}

// A plan with anchors means the same by the definitions of its stages and tables, whose rounding of
// some 1e-14 grows with the square of 16 degrees at most.
TEST(OrderTasksPlan, DegreesByRecursion) {
  driver::SessionOptions options;
  options.choose = {"*:algorithm=ring_recursion"};
  options.without = {"spherical-channel-lanes"};
  std::mt19937_64 engine(3);
  for (const char *op : {"ft", "ift"}) {
    const Transform one{"so3", op, 19, 19, 1, "f32", ""};
    auto session = driver::Session::parse("f.mlir", one.text("f"), options);
    ASSERT_TRUE(session && (*session)->runTo("plan"));
    const auto planned = golden::makeReferenceRunner((*session)->text(true), "plan");
    const auto graph = golden::makeReferenceRunner(one.text("f"), "graph");
    const Values inputs = {{"x", randomOf(one.slot(!one.isAnalysis()), engine)}};
    golden::expectNear(planned->run("f", inputs), graph->run("f", inputs), 2e-11);
  }
}

// 19 channels are two groups of 16 lanes, or three of 8.
TEST_P(OrderTasks, WithChannelsInTheLanes) {
  options.choose = {"*:algorithm=order_tasks"};
  check(transforms({"so3"}, 19), options);
}

INSTANTIATE_TEST_SUITE_P(Processors, OrderTasks, testing::Values("x86-64-v4", "x86-64-v3"),
                         [](const auto &info) {
                           return std::string(info.param) == "x86-64-v4" ? "Avx512" : "Avx2";
                         });

} // namespace
} // namespace spherical
