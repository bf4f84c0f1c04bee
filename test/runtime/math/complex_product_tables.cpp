//===- complex_product_tables.cpp - the tables of complex products --------===//
//
// Walks the chain of complex products (sparse maps to real and imaginary parts,
// three real products, sparse maps back) and compares with the product in the
// real basis, R_z = R_x R_y^T.
//
//===----------------------------------------------------------------------===//

#include "test/runtime/math/table_walk.h"

#include "runtime/layout.h"

#include <stdexcept>
#include <tuple>

namespace spherical::runtime {
namespace {

// Sums of some ten terms.
constexpr double kTolerance = 1e-13;

struct Spectra {
  int64_t so3, degrees;

  int64_t size() const { return so3 ? so3Size(degrees) : s2Size(degrees); }
  int64_t at(int64_t l, int64_t m, int64_t n) const {
    return so3 ? so3Index(l, m, n) : s2Index(l, m);
  }
  /// Orders n of degree l, 0 on S2.
  int64_t last(int64_t l) const { return so3 ? l : 0; }
  std::map<std::string, int64_t> parameters(int64_t half, int64_t conjugate) const {
    return {{"so3", so3}, {"degrees", degrees}, {"half", half}, {"conjugate", conjugate}};
  }
  Vector toParts(const Vector &basis, int64_t half, int64_t conjugate) const {
    return applyMap("basis_to_parts", parameters(half, conjugate), so3 ? 2 : 1, basis);
  }
  Vector toBasis(const Vector &parts, int64_t half) const {
    return applyMap("parts_to_basis", parameters(half, 0), (so3 ? 2 : 1) * (half ? 1 : 2), parts);
  }
  Vector random(int64_t count, unsigned seed) const {
    return runtime::random(count * size(), seed);
  }
};

/// Planes re, im, re + im of each of several spectra.
Vector toPlanes(const Spectra &s, const Vector &spectra, int64_t half, int64_t conjugate) {
  Vector planes;
  for (auto first = spectra.begin(); first != spectra.end(); first += s.size()) {
    const Vector parts = s.toParts(Vector(first, first + s.size()), half, conjugate);
    const size_t count = parts.size() / 2;
    planes.insert(planes.end(), parts.begin(), parts.end());
    for (size_t i = 0; i < count; ++i)
      planes.push_back(parts[i] + parts[count + i]);
  }
  return planes;
}

/// Back from the products of planes.
Vector fromPlanes(const Spectra &s, const Vector &planes, int64_t spectra, int64_t half) {
  Vector result;
  const size_t count = planes.size() / spectra / 3;
  for (int64_t i = 0; i < spectra; ++i) {
    const double *p = &planes[i * 3 * count];
    Vector parts(2 * count);
    for (size_t j = 0; j < count; ++j) {
      parts[j] = p[j] - p[count + j];
      parts[count + j] = p[2 * count + j] - p[j] - p[count + j];
    }
    const Vector basis = s.toBasis(parts, half);
    result.insert(result.end(), basis.begin(), basis.end());
  }
  return result;
}

/// One product of x <groups x in>, y <in x out> and z <groups x out>.
struct Chain {
  int64_t so3, degrees;
  static constexpr int64_t in = 2, out = 3, groups = 2;

  Spectra kernel() const { return {so3, degrees}; }
  Spectra group() const { return {1, degrees}; }

  std::vector<Problem> problems(int64_t form) const {
    return problemList({"product_problems",
                        Element::I64,
                        {{"so3", so3},
                         {"degrees", degrees},
                         {"form", form},
                         {"in", in},
                         {"out", out},
                         {"groups", groups},
                         {"columns", 2},
                         {"complex", 1}},
                        {}});
  }

  /// Calls visit(x, y, z): positions of the factors of each term of z, group by group.
  template <typename Visit> void forTerms(Visit visit) const {
    for (int64_t g = 0; g < groups; ++g)
      for (int64_t i = 0; i < in; ++i)
        for (int64_t o = 0; o < out; ++o)
          for (int64_t l = 0; l < degrees; ++l)
            for (int64_t m = -l; m <= l; ++m)
              for (int64_t n = -l; n <= l; ++n)
                for (int64_t k = -kernel().last(l); k <= kernel().last(l); ++k)
                  visit((g * in + i) * kernel().size() + kernel().at(l, m, k),
                        (i * out + o) * kernel().size() + kernel().at(l, n, k),
                        (g * out + o) * group().size() + so3Index(l, m, n));
  }

  Vector forward(const Vector &x, const Vector &y) const;
  Vector gradInput(const Vector &g, const Vector &y) const;
  Vector gradKernel(const Vector &g, const Vector &x) const;

private:
  Vector perGroup(int64_t form, const Vector &kernels, const Vector &signals, size_t size) const;
};

/// Forms 0 and 1, whose lists are of one group.
Vector Chain::perGroup(int64_t form, const Vector &kernels, const Vector &signals,
                       size_t size) const {
  const auto list = problems(form);
  Vector result;
  for (int64_t g = 0; g < groups; ++g) {
    const auto part = static_cast<int64_t>(signals.size()) / groups;
    Vector one(size);
    contract(list, 0, static_cast<int64_t>(list.size()), kernels,
             Vector(signals.begin() + g * part, signals.begin() + (g + 1) * part), one);
    result.insert(result.end(), one.begin(), one.end());
  }
  return result;
}

Vector Chain::forward(const Vector &x, const Vector &y) const {
  const Vector planes = perGroup(0, toPlanes(kernel(), y, 0, 1), toPlanes(kernel(), x, 1, 0),
                                 out * 3 * so3HalfSize(degrees));
  return fromPlanes(group(), planes, groups * out, 1);
}

Vector Chain::gradInput(const Vector &g, const Vector &y) const {
  const Vector planes = perGroup(1, toPlanes(kernel(), y, 0, 0), toPlanes(group(), g, 1, 0),
                                 in * 3 * (so3 ? so3HalfSize(degrees) : s2HalfSize(degrees)));
  return fromPlanes(kernel(), planes, groups * in, 1);
}

Vector Chain::gradKernel(const Vector &g, const Vector &x) const {
  const auto list = problems(2);
  Vector planes(in * out * 3 * kernel().size());
  contract(list, 0, static_cast<int64_t>(list.size()), toPlanes(group(), g, 2, 1),
           toPlanes(kernel(), x, 1, 0), planes);
  return fromPlanes(kernel(), planes, in * out, 0);
}

class ComplexProducts : public testing::TestWithParam<std::tuple<int64_t, int64_t>> {};

TEST_P(ComplexProducts, EqualThoseOfTheRealBasis) {
  const auto [so3, degrees] = GetParam();
  const Chain chain{so3, degrees};
  const Vector x = chain.kernel().random(Chain::groups * Chain::in, 1),
               y = chain.kernel().random(Chain::in * Chain::out, 2),
               g = chain.group().random(Chain::groups * Chain::out, 3);
  Vector z(g.size()), gx(x.size()), gy(y.size());
  chain.forTerms([&](int64_t ix, int64_t iy, int64_t iz) {
    z[iz] += x[ix] * y[iy];
    gx[ix] += g[iz] * y[iy];
    gy[iy] += g[iz] * x[ix];
  });
  EXPECT_LT(distance(chain.forward(x, y), z), kTolerance);
  EXPECT_LT(distance(chain.gradInput(g, y), gx), kTolerance);
  EXPECT_LT(distance(chain.gradKernel(g, x), gy), kTolerance);
}

INSTANTIATE_TEST_SUITE_P(Sizes, ComplexProducts,
                         testing::Combine(testing::Values(0, 1), testing::Values(1, 2, 5)));

// The parts are those of the complex coefficients in files.
TEST(Parts, AreThoseOfTheFile) {
  for (int64_t so3 : {0, 1}) {
    const Spectra s{so3, 4};
    const Vector basis = s.random(1, 4);
    const std::map<std::string, int64_t> file = {{"so3", so3}, {"degrees", 4}, {"complex", 0}};
    const Vector pairs = applyMap("basis_to_file", file, so3 ? 2 : 1, basis);
    Vector parts(pairs.size()), half;
    for (int64_t i = 0; i < s.size(); ++i) {
      parts[i] = pairs[2 * i];
      parts[s.size() + i] = -pairs[2 * i + 1];
    }
    EXPECT_EQ(s.toParts(basis, 0, 1), parts);
    for (int64_t part : {0, 1})
      for (int64_t l = 0; l < 4; ++l)
        for (int64_t m = 0; m <= l; ++m)
          for (int64_t n = -s.last(l); n <= s.last(l); ++n)
            half.push_back((m > 0 ? 2 : 1) * parts[part * s.size() + s.at(l, m, n)]);
    EXPECT_EQ(s.toParts(basis, 2, 1), half);
  }
}

TEST(Parts, ReturnToTheBasis) {
  for (int64_t so3 : {0, 1})
    for (int64_t half : {0, 1}) {
      const Spectra s{so3, 4};
      const Vector basis = s.random(1, 5);
      EXPECT_LT(distance(s.toBasis(s.toParts(basis, half, 0), half), basis), kTolerance);
    }
}

TEST(ComplexProductList, IsNotThin) {
  TableSpec spec{"product_problems",
                 Element::I64,
                 {{"so3", 1},
                  {"degrees", 2},
                  {"form", 0},
                  {"in", 1},
                  {"out", 1},
                  {"groups", 1},
                  {"columns", 2},
                  {"thin", 1},
                  {"complex", 1}},
                 {}};
  EXPECT_THROW(tableSize(spec), std::invalid_argument);
}

} // namespace
} // namespace spherical::runtime
