// Kernels whose points form a product: the transform through waves and terms is the one by the
// whole table (kernel_table.h), and the sums are its transpose.

#include "runtime/math/kernel_orders.h"

#include "test/runtime/math/table_walk.h"

#include "runtime/layout.h"

#include <numbers>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double pi = std::numbers::pi;

// Sums of some hundred terms of about 1.
constexpr double kTolerance = 1e-12;

/// Points of the families of the dialect's grids: gamma less alpha if `shifted`.
Vector product(const Vector &betas, const Vector &alphas, const Vector &gammas, bool shifted) {
  Vector points;
  for (double beta : betas)
    for (double alpha : alphas)
      for (double gamma : gammas)
        points.insert(points.end(), {beta, alpha, shifted ? gamma - alpha : gamma});
  return points;
}

Vector circle(int64_t n) {
  Vector angles;
  for (int64_t i = 0; i < n; ++i)
    angles.push_back(2 * pi * static_cast<double>(i) / static_cast<double>(n));
  return angles;
}

Vector evenly(double last, int64_t n) {
  Vector angles;
  for (int64_t i = 0; i < n; ++i)
    angles.push_back(last * (2.0 * static_cast<double>(i) / static_cast<double>(n - 1) - 1.0));
  return angles;
}

struct Case {
  const char *name;
  Vector points;
  int64_t degrees;
  int64_t classes; ///< of orders
};

std::vector<Case> cases() {
  const Vector betas = {0.1, 0.25, 0.4};
  return {{"near identity", product(betas, circle(8), evenly(2 * pi, 8), true), 17, 8 * 7},
          {"half a turn", product(betas, circle(6), evenly(pi, 5), true), 9, 6 * 4},
          {"no period of gamma", product({0.3}, circle(8), evenly(1.0, 3), true), 6, 8 * 6},
          {"no period at all", product({0.3, 0.7}, {0.1, 0.9}, {0.2, 0.5}, false), 5, 9 * 5},
          {"equator", product({pi / 2}, circle(32), evenly(pi / 8, 2), false), 20, 32 * 16},
          {"soft", product({0.2, 0.9}, circle(6), circle(6), false), 10, 6 * 6},
          {"a point", {0.3, 0.2, 0.1}, 3, 5 * 3}};
}

std::map<std::string, int64_t> with(const Case &c, const char *name, int64_t value) {
  return {{"degrees", c.degrees}, {name, value}};
}

/// T of all rings, [ring][wave], of weights at the points.
Vector ringValues(const Case &c, const KernelOrders &orders, const Vector &weights) {
  const auto waves =
      table<double>({"kernel_waves", Element::F64, with(c, "transposed", 0), c.points});
  const auto turned =
      table<double>({"kernel_waves", Element::F64, with(c, "transposed", 1), c.points});
  const int64_t points = orders.ringPoints();
  Vector values;
  for (int64_t r = 0; r < orders.rings(); ++r)
    for (int64_t wave = 0; wave < orders.waves(); ++wave) {
      double sum = 0;
      for (int64_t p = 0; p < points; ++p) {
        sum += waves[wave * points + p] * weights[r * points + p];
        EXPECT_EQ(waves[wave * points + p], turned[p * orders.waves() + wave]);
      }
      values.push_back(sum);
    }
  return values;
}

/// out[i] = sum_t values[i, t] in[index[i, t]] of a kind with points.
Vector applyTerms(const Case &c, const std::string &kind, std::map<std::string, int64_t> parameters,
                  int64_t terms, double scale, const Vector &in) {
  const auto index = table<int32_t>({kind + "_index", Element::I32, parameters, c.points, scale});
  const auto value = table<double>({kind + "_values", Element::F64, parameters, c.points, scale});
  Vector out(index.size() / terms);
  for (size_t i = 0; i < index.size(); ++i)
    out[i / terms] += value[i] * in.at(index[i]);
  return out;
}

TEST(KernelOrders, GiveTheTransformByTheWholeTable) {
  for (const Case &c : cases()) {
    SCOPED_TRACE(c.name);
    const auto orders = KernelOrders::find(c.points, c.degrees);
    ASSERT_TRUE(orders.has_value());
    EXPECT_EQ(orders->waves(), 2 * c.classes);
    const int64_t points = static_cast<int64_t>(c.points.size()) / 3;
    const int64_t row = padded(so3Size(c.degrees));
    const Vector weights = random(points, 7);
    const auto whole =
        table<double>({"so3_kernel", Element::F64, with(c, "transposed", 0), c.points, 0.25});
    Vector expected(row);
    for (int64_t p = 0; p < points; ++p)
      for (int64_t i = 0; i < row; ++i)
        expected[i] += weights[p] * whole[p * row + i];
    const Vector got = applyTerms(c, "kernel_terms", {{"degrees", c.degrees}}, orders->terms(),
                                  0.25, ringValues(c, *orders, weights));
    EXPECT_LT(distance(got, expected), kTolerance);
  }
}

/// <sums(g), T> = <g, terms(T)> for random g and T.
TEST(KernelOrders, SumsAreTheTransposeOfTerms) {
  for (const Case &c : cases()) {
    SCOPED_TRACE(c.name);
    const auto orders = KernelOrders::find(c.points, c.degrees);
    const Vector gradient = random(so3Size(c.degrees), 3), values = random(orders->values(), 4);
    const Vector image =
        applyTerms(c, "kernel_terms", {{"degrees", c.degrees}}, orders->terms(), 2.0, values);
    double expected = 0, got = 0, norm = 0;
    for (size_t i = 0; i < gradient.size(); ++i) {
      expected += image[i] * gradient[i];
      norm += std::abs(image[i] * gradient[i]);
    }
    for (bool rest : {false, true}) {
      const int64_t terms = kernelSumTerms(*orders, rest);
      if (terms == 0)
        continue;
      const int64_t full = so3Size(c.degrees) / kKernelSumBlock * kKernelSumBlock;
      const int64_t blocks = rest ? 1 : full / kKernelSumBlock;
      for (int64_t block = 0; block < blocks; ++block) {
        const Vector part(gradient.begin() + (rest ? full : block * kKernelSumBlock),
                          rest ? gradient.end() : gradient.begin() + (block + 1) * kKernelSumBlock);
        std::map<std::string, int64_t> parameters = with(c, "rest", rest);
        parameters["terms"] = terms;
        const auto index =
            table<int32_t>({"kernel_sums_index", Element::I32, parameters, c.points, 2.0});
        const auto value =
            table<double>({"kernel_sums_values", Element::F64, parameters, c.points, 2.0});
        const int64_t rows = orders->waves(), rings = orders->rings();
        for (int64_t at = 0; at < rows * terms; ++at)
          for (int64_t ring = 0; ring < rings; ++ring) {
            const int64_t i = block * rows * terms + at;
            got += values[ring * rows + at / terms] * value[i * rings + ring] * part.at(index[i]);
          }
      }
    }
    EXPECT_NEAR(got, expected, kTolerance * norm);
  }
}

TEST(KernelOrders, SumsHaveRoomForTheLongestRow) {
  const Case c = cases().front();
  std::map<std::string, int64_t> parameters = with(c, "rest", 1);
  parameters["terms"] = kernelSumTerms(*KernelOrders::find(c.points, c.degrees), true) - 1;
  EXPECT_THROW(table<int32_t>({"kernel_sums_index", Element::I32, parameters, c.points}),
               std::invalid_argument);
}

TEST(KernelOrders, NeedRingsWithTheSameAngles) {
  const Vector other = {0.1, 0.0, 0.0, 0.1, 1.0, 0.0, 0.2, 0.0, 0.0}; // rings of 2 and 1
  const Vector turned = {0.1, 0.0, 0.0, 0.2, 0.5, 0.0};               // another alpha
  const Vector mixed = {0.1, 0, 0, 0.2, 0, 0, 0.1, 1, 0, 0.2, 1, 0};  // rings in turns
  for (const Vector &points : {other, turned})
    EXPECT_FALSE(KernelOrders::find(points, 4).has_value());
  EXPECT_FALSE(KernelOrders::find(mixed, 4).has_value());
  EXPECT_THROW(
      tableSize({"kernel_waves", Element::F32, {{"degrees", 4}, {"transposed", 0}}, other}),
      std::invalid_argument);
  EXPECT_THROW(tableSize({"kernel_terms_index", Element::F32, {{"degrees", 4}}, {0.1, 0.0, 0.0}}),
               std::invalid_argument);
}

} // namespace
} // namespace spherical::runtime
