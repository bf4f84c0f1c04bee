// Tables of function values: order of the entries, weights, orthogonality, and independence of the
// number of threads.

#include "runtime/layout.h"
#include "runtime/math/quadrature.h"
#include "runtime/math/tables.h"
#include "runtime/math/wigner.h"
#include "runtime/math/wigner_anchors.h"

#include "gtest/gtest.h"

#include <cfloat>
#include <cmath>
#include <complex>
#include <cstring>
#include <numbers>
#include <stdexcept>

namespace spherical::runtime {
namespace {

TableSpec wignerSpec(const char *kind, int64_t b, int64_t degrees, int64_t orders, int64_t factor) {
  TableSpec spec;
  spec.kind = kind;
  spec.element = Element::F64;
  spec.parameters = {{"b", b}, {"degrees", degrees}, {"orders", orders}, {"factor", factor}};
  return spec;
}

template <typename T> std::vector<T> filled(const TableSpec &spec, int threads = 2) {
  std::vector<T> values(tableSize(spec), T(-7));
  EXPECT_EQ(tableBytes(spec), static_cast<int64_t>(values.size() * sizeof(T)));
  fillTable(spec, values.data(), threads);
  return values;
}

// Degrees beyond b and fewer orders than degrees: the quadrature rule of raised band-limits.
TEST(ValueTables, SO3WignerHasTheDocumentedOrder) {
  const int64_t b = 3, degrees = 5, orders = 3;
  const auto weighted = filled<double>(wignerSpec("so3_wigner", b, degrees, orders, 0));
  const auto scaled = filled<double>(wignerSpec("so3_wigner", b, degrees, orders, 1));
  const std::vector<double> beta = softBeta(b), weights = so3Weights(b);
  size_t i = 0;
  for (int64_t n = 0; n < orders; ++n)
    for (int64_t m = 0; m < orders; ++m)
      for (int64_t l = std::max(m, n); l < degrees; ++l)
        for (int64_t j = 0; j < 2 * b; ++j, ++i) {
          const double d = wignerD(l, m, n, beta[j]);
          ASSERT_NEAR(weighted[i], d * weights[j], 8 * DBL_EPSILON * weights[j]);
          ASSERT_NEAR(scaled[i], d * (2 * l + 1), 8 * DBL_EPSILON * (2 * l + 1));
        }
  EXPECT_EQ(i, weighted.size());
}

TEST(ValueTables, SymmetricTablesHoldOrdersFromNOn) {
  const int64_t b = 4, degrees = 6, orders = 4;
  TableSpec spec = wignerSpec("so3_wigner", b, degrees, orders, 2);
  spec.parameters["symmetric"] = 1;
  const auto values = filled<double>(spec);
  const std::vector<double> beta = softBeta(b);
  size_t i = 0;
  for (int64_t n = 0; n < orders; ++n)
    for (int64_t m = n; m < orders; ++m)
      for (int64_t l = m; l < degrees; ++l)
        for (int64_t j = 0; j < 2 * b; ++j, ++i)
          ASSERT_NEAR(values[i], wignerD(l, m, n, beta[j]), 8 * DBL_EPSILON);
  EXPECT_EQ(i, values.size());
}

// By the recursion from two degrees of each block, all are what a whole table has.
TEST(ValueTables, AnchorsGiveAllDegrees) {
  for (const int64_t factor : {0, 1}) {
    const int64_t b = 21, degrees = 23, orders = 20, lanes = 4, distance = 5;
    TableSpec spec = wignerSpec("so3_wigner", b, degrees, orders, factor);
    spec.parameters["symmetric"] = 1;
    spec.parameters["lanes"] = lanes;
    const auto whole = filled<double>(spec);
    spec.parameters["anchors"] = distance;
    const auto table = filled<double>(spec);
    EXPECT_EQ(table, filled<double>(spec, 1));
    const int64_t rings = 2 * ringGroups(b, lanes), width = rings * lanes;
    const WignerAnchors anchors{{distance, rings, lanes}, degrees, orders};
    const std::vector<int64_t> starts = anchors.offsets();
    ASSERT_EQ(starts.back() * lanes, static_cast<int64_t>(table.size()));
    const double *expected = whole.data();
    for (int64_t n = 0; n < orders; ++n)
      for (int64_t m = n; m < orders; ++m) {
        std::vector<double> before(width), now(width);
        for (int64_t l = m; l < degrees; ++l, expected += width) {
          const int64_t row = (l - m) % distance;
          const double *block =
              &table[(starts[anchors.pair(n, m)] + (l - m) / distance * anchors.block.size()) *
                     lanes];
          const double *factors = block + 2 * width + 3 * (row - 2);
          for (int64_t i = 0; i < width; ++i) {
            const double next =
                row < 2 ? block[row * width + i]
                        : (factors[0] * table[i] + factors[1]) * now[i] + factors[2] * before[i];
            before[i] = now[i], now[i] = next;
            ASSERT_NEAR(next, expected[i], 1e-13 * (factor == 1 ? 2 * l + 1 : 1));
          }
        }
      }
  }
}

TEST(ValueTables, S2WignerHasTheDocumentedOrder) {
  const int64_t b = 3, degrees = 4, orders = 3;
  const auto weighted = filled<double>(wignerSpec("s2_wigner", b, degrees, orders, 0));
  const auto scaled = filled<double>(wignerSpec("s2_wigner", b, degrees, orders, 1));
  const std::vector<double> beta = softBeta(b), weights = s2Weights(b);
  size_t i = 0;
  for (int64_t m = 0; m < orders; ++m)
    for (int64_t l = m; l < degrees; ++l)
      for (int64_t j = 0; j < 2 * b; ++j, ++i) {
        const double d = wignerD(l, m, 0, beta[j]);
        ASSERT_NEAR(weighted[i], d * weights[j], 8 * DBL_EPSILON * weights[j]);
        ASSERT_NEAR(scaled[i], d * (2 * l + 1), 8 * DBL_EPSILON * (2 * l + 1));
      }
  EXPECT_EQ(i, weighted.size());
}

// Analysis of synthesis is the identity: sum_j weighted[l][j] scaled[l'][j] (2b)^2 = delta. A sum
// of 2b products of size at most (2l + 1) w_j; the table's values carry l eps each.
TEST(ValueTables, WeightedAndScaledTablesAreInverse) {
  for (int64_t b : {1, 2, 7, 16}) {
    const auto weighted = filled<double>(wignerSpec("so3_wigner", b, b, b, 0));
    const auto scaled = filled<double>(wignerSpec("so3_wigner", b, b, b, 1));
    const int64_t width = 2 * b;
    int64_t base = 0;
    for (int64_t n = 0; n < b; ++n)
      for (int64_t m = 0; m < b; ++m) {
        const int64_t count = b - std::max(m, n);
        for (int64_t l = 0; l < count; ++l)
          for (int64_t k = 0; k < count; ++k) {
            double sum = 0;
            for (int64_t j = 0; j < width; ++j)
              sum += weighted[base + l * width + j] * scaled[base + k * width + j];
            ASSERT_NEAR(sum * width * width, l == k, 16 * width * width * DBL_EPSILON);
          }
        base += count * width;
      }
  }
}

// High degrees: the closed form of the last block, m = n = degrees - 1, at b = 255.
TEST(ValueTables, ReachesHighDegrees) {
  const int64_t b = 255;
  const auto values = filled<double>(wignerSpec("s2_wigner", b, b, b, 1));
  const std::vector<double> beta = softBeta(b);
  for (int64_t j = 0; j < 2 * b; ++j) {
    const double legendre = std::legendre(b - 1, std::cos(beta[j]));
    EXPECT_NEAR(values[(b - 1) * 2 * b + j], (2 * b - 1) * legendre,
                8 * b * DBL_EPSILON * (2 * b - 1));
  }
}

TEST(ValueTables, DoNotDependOnTheNumberOfThreads) {
  TableSpec spec = wignerSpec("so3_wigner", 9, 9, 9, 0);
  EXPECT_EQ(filled<double>(spec, 1), filled<double>(spec, 3));
  spec.element = Element::F32;
  const auto single = filled<float>(spec, 1);
  EXPECT_EQ(std::memcmp(single.data(), filled<float>(spec, 3).data(), single.size() * 4), 0);
}

TEST(ValueTables, IntegralWeightsSumToOne) {
  TableSpec spec;
  spec.kind = "integral_weights";
  spec.element = Element::F64;
  spec.parameters = {{"b", 5}};
  double sum = 0;
  for (double weight : filled<double>(spec))
    sum += weight * 100;
  EXPECT_NEAR(sum, 1.0, 40 * DBL_EPSILON);
}

// 19, whose least primitive root is 2, then 41 with 6.
TEST(ValueTables, RootsAreInPowersOfPrimitiveRoots) {
  TableSpec spec;
  spec.kind = "roots";
  spec.parameters = {{"n", 4 * 41 * 19 * 19}};
  const auto roots = filled<float>(spec);
  ASSERT_EQ(roots.size(), 2u * (18 + 40));
  const auto expectRoot = [&](size_t at, double turns) {
    EXPECT_FLOAT_EQ(roots[2 * at], std::cos(2 * std::numbers::pi * turns));
    EXPECT_FLOAT_EQ(roots[2 * at + 1], std::sin(2 * std::numbers::pi * turns));
  };
  expectRoot(3, 8.0 / 19);
  expectRoot(5, 13.0 / 19);
  expectRoot(18 + 2, 36.0 / 41);
  expectRoot(18 + 3, 11.0 / 41);
  expectRoot(18 + 20, 40.0 / 41);
  spec.parameters = {{"n", 160}};
  EXPECT_THROW(valueTableSize(spec), std::invalid_argument);
}

// The passes of the header of value_tables.cpp, applied as the compiled codelets do, are a DFT.
std::vector<std::complex<double>> transform(std::vector<std::complex<double>> x,
                                            const std::vector<int64_t> &radices,
                                            const double *table) {
  const int64_t n = x.size();
  int64_t length = n, stride = 1;
  for (int64_t radix : radices) {
    std::vector<std::complex<double>> y(n);
    const int64_t parts = length / radix;
    for (int64_t p = 0; p < parts; ++p)
      for (int64_t r = 0; r < radix; ++r, table += 2)
        for (int64_t q = 0; q < stride; ++q) {
          std::complex<double> sum = 0;
          for (int64_t k = 0; k < radix; ++k)
            sum += x[q + stride * (p + parts * k)] * rootOfUnity(k * r, radix);
          y[q + stride * (radix * p + r)] = std::complex<double>(table[0], table[1]) * sum;
        }
    x = y, length = parts, stride *= radix;
  }
  return x;
}

TEST(ValueTables, TwiddlesMakeStockhamPassesATransform) {
  TableSpec spec;
  spec.kind = "twiddles";
  spec.element = Element::F64;
  spec.parameters = {{"n", 30}, {"radix0", 5}, {"radix1", 2}, {"radix2", 3}};
  const auto table = filled<double>(spec);
  EXPECT_EQ(table.size(), 2u * (30 + 6 + 3));
  std::vector<std::complex<double>> x(30);
  for (int64_t a = 0; a < 30; ++a)
    x[a] = {std::sin(1.0 + a * a), std::cos(3.0 * a)};
  const auto y = transform(x, {5, 2, 3}, table.data());
  for (int64_t k = 0; k < 30; ++k) {
    std::complex<double> sum = 0;
    for (int64_t a = 0; a < 30; ++a)
      sum += x[a] * rootOfUnity(k * a, 30);
    EXPECT_LT(std::abs(y[k] - sum), 2 * 30 * DBL_EPSILON * 8);
  }
}

std::string failure(const TableSpec &spec) {
  try {
    tableSize(spec);
  } catch (const std::invalid_argument &error) {
    return error.what();
  }
  return "";
}

TEST(ValueTables, NameWhatIsWrong) {
  TableSpec spec = wignerSpec("so3_wigner", 4, 4, 5, 0);
  EXPECT_EQ(failure(spec), "table 'so3_wigner' expected parameter 'orders' in 1 .. 4, got 5");
  spec = wignerSpec("so3_wigner", 4, 4, 4, 0);
  spec.parameters["anchors"] = 8;
  EXPECT_EQ(failure(spec),
            "table 'so3_wigner' expected anchors from 3 on, of a symmetric table of all "
            "latitudes, got 8");
  spec.parameters.erase("orders");
  EXPECT_EQ(failure(spec), "table 'so3_wigner' needs parameter 'orders'");
  spec = wignerSpec("s2_wigner", 4, 4, 4, 0);
  spec.element = Element::I32;
  EXPECT_EQ(failure(spec), "table 's2_wigner' expected element f32 or f64, got i32");
  spec.kind = "twiddles";
  spec.element = Element::F32;
  spec.parameters = {{"n", 10}, {"radix0", 3}};
  EXPECT_EQ(failure(spec), "table 'twiddles' expected 'radix0' to divide 10, got 3");
  spec.kind = "s2_kernel";
  spec.parameters = {{"degrees", 3}, {"transposed", 0}};
  spec.points = {0.1, 0.2, 0.3};
  EXPECT_EQ(failure(spec), "table 's2_kernel' expected points of 2 angles, got 3 numbers");
  spec.kind = "no_such_kind";
  EXPECT_EQ(failure(spec), "unknown table kind 'no_such_kind'");
}

} // namespace
} // namespace spherical::runtime
