//===- index_tables.cpp - the tables carry out the transforms ---*- C++ -*-===//
//
// Walks the chain that compiled programs run (DFTs, products with the Wigner
// table, sparse maps), in fp64 with plain loops, and compares with the sums of
// the definition.
//
//===----------------------------------------------------------------------===//

#include "test/runtime/math/table_walk.h"

#include "runtime/layout.h"
#include "runtime/math/quadrature.h"
#include "runtime/math/wigner.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <complex>
#include <numbers>
#include <numeric>

namespace spherical::runtime {
namespace {

using Complex = std::complex<double>;

Complex root(int64_t k, int64_t n) {
  return std::polar(1.0, 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n));
}

/// One transform on SO(3) between a grid of b and degrees below L; orders below min(b, L).
struct SO3Chain {
  int64_t b, L, factor;
  int64_t n2() const { return 2 * b; }
  int64_t orders() const { return std::min(b, L); }
  Vector wigner() const {
    return table<double>(
        {"so3_wigner",
         Element::F64,
         {{"b", b}, {"degrees", L}, {"orders", orders()}, {"factor", factor}, {"symmetric", 1}},
         {}});
  }
  std::vector<Problem> problems(int64_t analysis) const {
    return problemList(
        {"wigner_problems",
         Element::I64,
         {{"so3", 1}, {"b", b}, {"degrees", L}, {"orders", orders()}, {"analysis", analysis}},
         {}});
  }
  std::map<std::string, int64_t> columns() const {
    return {{"so3", 1}, {"degrees", L}, {"orders", orders()}, {"result", L}};
  }
  int64_t quads() const { return so3OrderOffset(L, orders(), orders(), 0); }

  Vector analyse(const Vector &f) const {
    const Vector d = wigner();
    const auto list = problems(1);
    Vector quad(4 * quads()), bins(orders() * n2() * 4);
    for (int64_t n = 0; n < orders(); ++n) {
      for (int64_t m = 0; m < orders(); ++m)
        for (int64_t j = 0; j < n2(); ++j) {
          Complex plus, minus;
          for (int64_t a = 0; a < n2(); ++a)
            for (int64_t g = 0; g < n2(); ++g) {
              plus += f[(j * n2() + a) * n2() + g] * root(-m * a - n * g, n2());
              minus += f[((n2() - 1 - j) * n2() + a) * n2() + g] * root(m * a - n * g, n2());
            }
          double *out = &bins[(m * n2() + j) * 4];
          out[0] = plus.real(), out[1] = plus.imag(), out[2] = minus.real(), out[3] = minus.imag();
        }
      contract(list, n * orders(), orders(), d, bins, quad);
    }
    return applyMap("quad_to_basis", columns(), 2, quad);
  }

  Vector synthesise(const Vector &r) const {
    const Vector d = wigner(), quad = applyMap("basis_to_quad", columns(), 2, r);
    const auto list = problems(0);
    Vector f(n2() * n2() * n2()), bins(orders() * n2() * 4);
    for (int64_t n = 0; n < orders(); ++n) {
      contract(list, n * orders(), orders(), d, quad, bins);
      for (int64_t j = 0; j < n2(); ++j)
        for (int64_t a = 0; a < n2(); ++a) {
          Complex sum;
          for (int64_t m = 0; m < orders(); ++m) {
            const double *in = &bins[(m * n2() + j) * 4];
            const double *mirrored = &bins[(m * n2() + n2() - 1 - j) * 4];
            sum += Complex(in[0], in[1]) * root(m * a, n2());
            if (m > 0)
              sum += Complex(mirrored[2], mirrored[3]) * root(-m * a, n2());
          }
          for (int64_t g = 0; g < n2(); ++g)
            f[(j * n2() + a) * n2() + g] +=
                n == 0 ? sum.real() : 2 * (sum * root(n * g, n2())).real();
        }
    }
    return f;
  }

  /// sum over the grid of weight times f conj(D), orders below `orders`, in file order.
  Vector direct(const Vector &f) const {
    const std::vector<double> weights = so3Weights(b), betas = softBeta(b);
    Vector F(2 * so3Size(L));
    for (int64_t l = 0; l < L; ++l)
      for (int64_t m = -std::min(l, orders() - 1); m <= std::min(l, orders() - 1); ++m)
        for (int64_t n = -std::min(l, orders() - 1); n <= std::min(l, orders() - 1); ++n) {
          Complex sum;
          for (int64_t j = 0; j < n2(); ++j) {
            const double d = wignerD(l, m, n, betas[j]) *
                             (factor == 0 ? weights[j] : static_cast<double>(2 * l + 1));
            for (int64_t a = 0; a < n2(); ++a)
              for (int64_t g = 0; g < n2(); ++g)
                sum += d * f[(j * n2() + a) * n2() + g] * root(-m * a - n * g, n2());
          }
          F[2 * so3Index(l, m, n)] = sum.real();
          F[2 * so3Index(l, m, n) + 1] = sum.imag();
        }
    return F;
  }
};

// Sums of at most (2b)^3 terms: errors of some sqrt((2b)^3) eps; 1e-12 is far above for b <= 4.
constexpr double kTolerance = 1e-12;

class SO3Tables : public testing::TestWithParam<std::tuple<int64_t, int64_t, int64_t>> {};

TEST_P(SO3Tables, AnalysisIsTheSumOfTheDefinition) {
  const auto [b, L, factor] = GetParam();
  const SO3Chain chain{b, L, factor};
  const Vector f = random(8 * b * b * b, 1);
  const std::map<std::string, int64_t> file = {
      {"so3", 1}, {"degrees", L}, {"imaginary", 0}, {"complex", 0}};
  const Vector basis = chain.analyse(f), direct = chain.direct(f);
  EXPECT_LT(distance(basis, applyMap("file_to_basis", file, 4, direct)), kTolerance);
  EXPECT_LT(distance(applyMap("basis_to_file", file, 2, basis), direct), kTolerance);
}

TEST_P(SO3Tables, SynthesisIsTheAdjointOfAnalysis) {
  const auto [b, L, factor] = GetParam();
  const SO3Chain chain{b, L, factor};
  const Vector f = random(8 * b * b * b, 2), r = random(so3Size(L), 3);
  const Vector analysed = chain.analyse(f), synthesised = chain.synthesise(r);
  const double left = std::inner_product(r.begin(), r.end(), analysed.begin(), 0.0);
  const double right = std::inner_product(f.begin(), f.end(), synthesised.begin(), 0.0);
  EXPECT_NEAR(left, right, kTolerance * std::abs(left) * 100);
}

INSTANTIATE_TEST_SUITE_P(Sizes, SO3Tables,
                         testing::Values(std::tuple(1, 1, 0), std::tuple(3, 3, 0),
                                         std::tuple(4, 3, 1), std::tuple(3, 5, 0)));

TEST(SO3Tables, SynthesisThenAnalysisIsTheIdentity) {
  const Vector r = random(so3Size(3), 4);
  const Vector f = SO3Chain{4, 3, 1}.synthesise(r);
  EXPECT_LT(distance(SO3Chain{4, 3, 0}.analyse(f), r), kTolerance);
}

// A complex spectrum is the pair of the spectra of its real and its imaginary part.
TEST(FileMaps, ComplexSpectraReturn) {
  for (int64_t so3 : {0, 1}) {
    const int64_t size = so3 ? so3Size(4) : s2Size(4);
    const Vector file = random(2 * size, 5);
    std::map<std::string, int64_t> parameters = {
        {"so3", so3}, {"degrees", 4}, {"imaginary", 0}, {"complex", 1}};
    Vector parts = applyMap("file_to_basis", parameters, so3 ? 4 : 2, file);
    parameters["imaginary"] = 1;
    const Vector imaginary = applyMap("file_to_basis", parameters, so3 ? 4 : 2, file);
    parts.insert(parts.end(), imaginary.begin(), imaginary.end());
    EXPECT_LT(distance(applyMap("basis_to_file", parameters, so3 ? 4 : 2, parts), file),
              kTolerance);
  }
}

TEST(S2Columns, GoToTheBasisAndBack) {
  const std::map<std::string, int64_t> parameters = {
      {"so3", 0}, {"degrees", 5}, {"orders", 5}, {"result", 5}};
  const Vector r = random(s2Size(5), 6);
  const Vector columns = applyMap("basis_to_quad", parameters, 1, r);
  EXPECT_LT(distance(applyMap("quad_to_basis", parameters, 1, columns), r), kTolerance);
  // X_1,1 = (r_1 + i r_-1) / sqrt 2, and r_0 = X_0 (math.md, section 2).
  const int64_t at = 2 * s2OrderOffset(5, 1);
  EXPECT_NEAR(columns[at], r[s2Index(1, 1)] / std::numbers::sqrt2, DBL_EPSILON);
  EXPECT_NEAR(columns[at + 1], r[s2Index(1, -1)] / std::numbers::sqrt2, DBL_EPSILON);
  EXPECT_EQ(columns[2], r[s2Index(1, 0)]);
}

// R_z = R_x R_y^T, degree by degree, against plain loops.
TEST(ProductProblems, ForwardIsTheBlockProduct) {
  const int64_t L = 3, I = 2, O = 3, S = so3Size(L), pad = padded(S);
  const auto problems = problemList({"product_problems",
                                     Element::I64,
                                     {{"so3", 1},
                                      {"degrees", L},
                                      {"form", 0},
                                      {"in", I},
                                      {"out", O},
                                      {"groups", 1},
                                      {"columns", 2}},
                                     {}});
  const Vector x = random(I * S, 7), y = random(I * O * pad, 8);
  Vector z(O * S), expected(O * S);
  contract(problems, 0, problems.size(), y, x, z);
  for (int64_t o = 0; o < O; ++o)
    for (int64_t l = 0; l < L; ++l)
      for (int64_t m = -l; m <= l; ++m)
        for (int64_t n = -l; n <= l; ++n)
          for (int64_t i = 0; i < I; ++i)
            for (int64_t k = -l; k <= l; ++k)
              expected[o * S + so3Index(l, m, n)] +=
                  x[i * S + so3Index(l, m, k)] * y[(i * O + o) * pad + so3Index(l, n, k)];
  EXPECT_LT(distance(z, expected), kTolerance);
}

// R_x r_c, degree by degree, against plain loops; kernels' columns have the padding of S2.
TEST(ProductProblems, ThinForwardIsTheProductWithColumns) {
  const int64_t L = 3, I = 2, O = 3, S = so3Size(L), H = s2Size(L), pad = padded(H);
  const auto problems = problemList({"product_problems",
                                     Element::I64,
                                     {{"so3", 1},
                                      {"degrees", L},
                                      {"form", 0},
                                      {"in", I},
                                      {"out", O},
                                      {"groups", 1},
                                      {"columns", 2},
                                      {"thin", 1}},
                                     {}});
  const Vector x = random(I * S, 9), c = random(I * O * pad, 10);
  Vector h(O * H), expected(O * H);
  contract(problems, 0, problems.size(), c, x, h);
  for (int64_t o = 0; o < O; ++o)
    for (int64_t l = 0; l < L; ++l)
      for (int64_t m = -l; m <= l; ++m)
        for (int64_t i = 0; i < I; ++i)
          for (int64_t k = -l; k <= l; ++k)
            expected[o * H + s2Index(l, m)] +=
                x[i * S + so3Index(l, m, k)] * c[(i * O + o) * pad + s2Index(l, k)];
  EXPECT_LT(distance(h, expected), kTolerance);
}

// Blocks of the depth are products of their own, whose sum is the product.
TEST(MatrixProblems, DepthBlocksAddUp) {
  const int64_t rows = 3, depth = 7, columns = 5, blocks = 3;
  std::map<std::string, int64_t> parameters = {
      {"rows", rows},     {"depth", depth}, {"columns", columns},     {"row_block", 2},
      {"a_row", depth},   {"a_depth", 1},   {"b_depth", columns},     {"b_column", 1},
      {"c_row", columns}, {"c_column", 1},  {"column_block", columns}};
  const Vector a = random(rows * depth, 11), b = random(depth * columns, 12);
  Vector whole(rows * columns), parts(blocks * rows * columns);
  const auto one = problemList({"matrix_problems", Element::I64, parameters, {}});
  contract(one, 0, one.size(), a, b, whole);
  parameters["depth_block"] = 3;
  parameters["c_block"] = rows * columns;
  const auto several = problemList({"matrix_problems", Element::I64, parameters, {}});
  EXPECT_EQ(several.size(), blocks * one.size());
  contract(several, 0, several.size(), a, b, parts);
  for (int64_t i = 0; i < rows * columns; ++i) {
    double sum = 0;
    for (int64_t block = 0; block < blocks; ++block)
      sum += parts[block * rows * columns + i];
    EXPECT_NEAR(sum, whole[i], kTolerance);
  }
}

/// One product of 3 rows, one a block, in a buffer where they are `distance` apart.
TableSpec distantRows(int64_t distance) {
  return {"matrix_problems",
          Element::I64,
          {{"rows", 3},
           {"depth", 1},
           {"columns", 1},
           {"row_block", 1},
           {"column_block", 1},
           {"a_row", distance},
           {"a_depth", 1},
           {"b_depth", 1},
           {"b_column", 1},
           {"c_row", 1},
           {"c_column", 1}},
          {}};
}

TEST(MatrixProblems, ReachBeyond32Bits) {
  const int64_t distance = (int64_t(1) << 33) + 7;
  const auto problems = problemList(distantRows(distance));
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[1].aR0, distance);
  EXPECT_EQ(problems[1].aOff, distance);
  EXPECT_EQ(problems[2].aOff, 2 * distance);
}

// The last degree's last column of a kernel's gradient ends at the end of its spectrum.
TEST(ProductProblems, ReachTheEndOfLargeKernels) {
  const int64_t b = 128, I = 28, O = 28, pad = padded(so3Size(b));
  const auto problems = problemList({"product_problems",
                                     Element::I64,
                                     {{"so3", 1},
                                      {"degrees", b},
                                      {"form", 2},
                                      {"in", I},
                                      {"out", O},
                                      {"groups", 2},
                                      {"columns", 12}},
                                     {}});
  const Problem &last = problems[I - 1]; // degrees descend
  const int64_t width = 2 * b - 1;
  ASSERT_EQ(last.R1, O);
  ASSERT_EQ(last.R0, width);
  ASSERT_EQ(last.N, width);
  const int64_t end =
      last.cOff + (last.R1 - 1) * last.cR1 + (last.R0 - 1) * last.cR0 + (last.N - 1) * last.cV + 1;
  EXPECT_EQ(end, (I * O - 1) * pad + so3Size(b));
  EXPECT_GT(end, int64_t(1) << 31);
}

// Products of parameters that 64 bits do not hold, and positions that no buffer has.
TEST(MatrixProblems, RefusePositionsThatNoBufferHas) {
  TableSpec spec = distantRows(kMostOfField);
  try {
    problemList(spec);
    FAIL() << "expected an error";
  } catch (const std::invalid_argument &error) {
    EXPECT_STREQ(error.what(), "table 'matrix_problems' expected aOff up to 1099511627776 in "
                               "problem 2, got more");
  }
  spec.parameters["rows"] = spec.parameters["row_block"] = (int64_t(1) << 31) - 2;
  spec.parameters["rows"] += 1;
  EXPECT_THROW(problemList(spec), std::invalid_argument);
  spec.parameters["a_row"] = kMostOfField + 1;
  EXPECT_THROW(tableSize(spec), std::invalid_argument);
}

// Complex values of files, (re, im) in a row, taken apart and put together again.
TEST(PairTables, PartsAndPairs) {
  using Indices = std::vector<int32_t>;
  for (int64_t imaginary : {0, 1}) {
    const auto part = table<int32_t>(
        {"pairs_to_part_index", Element::I32, {{"count", 3}, {"imaginary", imaginary}}, {}});
    EXPECT_EQ(part, imaginary ? Indices({1, 3, 5}) : Indices({0, 2, 4}));
  }
  EXPECT_EQ(table<int32_t>({"parts_to_pairs_index", Element::I32, {{"count", 3}}, {}}),
            Indices({0, 3, 1, 4, 2, 5}));
}

TEST(Tables, RejectsWhatDoesNotFit) {
  TableSpec spec{"quad_to_basis_index",
                 Element::F32,
                 {{"so3", 1}, {"degrees", 3}, {"orders", 3}, {"result", 3}},
                 {}};
  EXPECT_THROW(tableSize(spec), std::invalid_argument);
  spec = {"matrix_problems", Element::I64, {{"rows", 3}}, {}};
  EXPECT_THROW(tableSize(spec), std::invalid_argument);
  spec = distantRows(1);
  spec.element = Element::I32;
  EXPECT_THROW(tableSize(spec), std::invalid_argument);
  spec = {"parts_to_pairs_index", Element::I64, {{"count", 3}}, {}};
  EXPECT_THROW(tableSize(spec), std::invalid_argument);
}

// Each lacks a parameter, or has one out of range, that no size depends on.
TEST(Tables, HaveNoSizeIfTheyCannotBeFilled) {
  for (const TableSpec &spec : {
           TableSpec{"quad_to_basis_values",
                     Element::F32,
                     {{"so3", 1}, {"degrees", 2}, {"orders", 3}, {"result", 2}},
                     {}},
           TableSpec{"file_to_basis_index", Element::I32, {{"so3", 1}, {"degrees", 2}}, {}},
           TableSpec{"pairs_to_part_index", Element::I32, {{"count", 3}, {"imaginary", 2}}, {}},
           TableSpec{"basis_to_parts_index",
                     Element::I32,
                     {{"so3", 1}, {"degrees", 2}, {"half", 1}},
                     {}},
           TableSpec{"parts_to_basis_values",
                     Element::F32,
                     {{"so3", 1}, {"degrees", 2}, {"half", 2}},
                     {}},
           TableSpec{"integral_weights", Element::F32, {{"b", 2}, {"so3", 2}}, {}},
           TableSpec{"projection_orders", Element::F32, {{"degrees", 2}, {"projection", 4}}, {}},
       })
    EXPECT_THROW(tableSize(spec), std::invalid_argument) << spec.kind;
}

} // namespace
} // namespace spherical::runtime
