//===- stage_contract_test.cpp - compiled products against their sums -----===//
//
// stage.contract on ragged lists of problems, random strides included, against
// the sums of its description in double.
//
//===----------------------------------------------------------------------===//

#include "test/execute/stage_program.h"

#include "runtime/problem.h"

#include "gtest/gtest.h"

#include <cfloat>
#include <cmath>
#include <random>

#include <sys/mman.h>

using namespace spherical::test;

namespace {

using spherical::runtime::Problem;

/// Problems with non-overlapping results, K0 up to `deep`.
std::vector<Problem> randomProblems(int64_t count, uint64_t seed, int64_t deep, int64_t &sizeA,
                                    int64_t &sizeB, int64_t &sizeC) {
  const int64_t scale = (deep + 6) / 7; // gaps are meant for a depth of 7
  std::mt19937_64 random(seed);
  auto below = [&](int64_t n) { return static_cast<int64_t>(random() % n); };
  std::vector<Problem> problems;
  sizeA = sizeB = sizeC = 0;
  for (int64_t i = 0; i < count; ++i) {
    Problem p;
    p.R1 = 1 + below(3), p.R0 = below(9), p.K1 = below(4), p.K0 = below(deep + 1), p.N = below(11);
    // Rows before or after depth in A, columns before or after depth in B, gaps everywhere.
    bool rowsFirst = below(2) == 0, columnsFirst = below(2) == 0;
    p.aK0 = rowsFirst ? 1 : p.R0 + 1, p.aR0 = rowsFirst ? p.K0 + 1 : 1;
    p.aR1 = scale * 200, p.aK1 = scale * 900, p.aOff = sizeA + below(5);
    p.bV = columnsFirst ? p.K0 + 2 : 1, p.bK0 = columnsFirst ? 1 : p.N + 1;
    p.bK1 = scale * 150, p.bOff = below(5);
    p.cR0 = p.N + 1, p.cV = 1, p.cR1 = p.cR0 * p.R0 + 2, p.cOff = sizeC + below(3);
    sizeA = p.aOff + scale * (4 * 900 + 3 * 200);
    sizeB = std::max(sizeB, p.bOff + scale * (4 * 150 + 200));
    sizeC = p.cOff + p.R1 * p.cR1 + 1;
    problems.push_back(p);
  }
  return problems;
}

std::string entryText(bool reduce, const std::string &element, int64_t lanes, int64_t problems,
                      int64_t sizeA, int64_t sizeB, int64_t sizeC, const std::string &tile = "") {
  auto buffer = [&](int64_t size) {
    return "memref<" + std::to_string(size) + "x" + element + ">";
  };
  std::string a = buffer(sizeA), b = buffer(sizeB), c = buffer(sizeC);
  std::string p = "memref<" + std::to_string(problems) + "x18xi64>";
  return "func.func @f(%arena: memref<64xi8> {stage.arena}, %a: " + a + ", %b: " + b +
         ", %p: " + p + ", %c: " + c +
         " {stage.result}) {\n stage.sweep \"contract\" (%i) in [1] chunk 1 flop 0 "
         "bytes 0 {\n stage.contract " +
         (reduce ? "reduce" : "scalar") + " %a, %b, %p -> %c {lanes = " + std::to_string(lanes) +
         (tile.empty() ? "" : ", tile = array<i64: " + tile + ">") + "} : " + a + ", " + b + ", " +
         p + ", " + c + "\n }\n return\n}\n";
}

/// Checks every C(r, v) of one problem in lane w; counts them.
template <typename T>
void checkProblem(const Problem &p, bool reduce, int64_t lanes, const Array<T> &a,
                  const Array<T> &b, const Array<T> &c, std::vector<bool> &written) {
  double eps = sizeof(T) == 4 ? FLT_EPSILON : DBL_EPSILON;
  for (int64_t r = 0; r < p.R1 * p.R0; ++r)
    for (int64_t v = 0; v < p.N; ++v)
      for (int64_t w = 0; w < (reduce ? 1 : lanes); ++w) {
        int64_t rowA = p.aOff + r / p.R0 * p.aR1 + r % p.R0 * p.aR0;
        double sum = 0, size = 0;
        for (int64_t k1 = 0; k1 < p.K1; ++k1)
          for (int64_t k0 = 0; k0 < p.K0; ++k0) {
            int64_t atA = rowA + k1 * p.aK1 + k0 * p.aK0;
            int64_t atB = p.bOff + k1 * p.bK1 + k0 * p.bK0 + v * p.bV;
            for (int64_t u = reduce ? 0 : w; u < (reduce ? lanes : w + 1); ++u) {
              double term = double(a[reduce ? atA * lanes + u : atA]) * b[atB * lanes + u];
              sum += term;
              size += std::abs(term);
            }
          }
        int64_t atC = p.cOff + r / p.R0 * p.cR1 + r % p.R0 * p.cR0 + v * p.cV;
        int64_t flat = reduce ? atC : atC * lanes + w;
        // One rounding a term at most, each of at most the sum of magnitudes.
        ASSERT_NEAR(c[flat], sum, eps * size * (p.K1 * p.K0 + 5) / 2)
            << "R " << p.R1 << "x" << p.R0 << " K " << p.K1 << "x" << p.K0 << " N " << p.N;
        written[flat] = true;
      }
}

template <typename T>
void check(bool reduce, int64_t lanes, const std::string &cpu, const std::string &tile = "",
           int64_t deep = 7) {
  if (!canRun(cpu))
    return;
  int64_t sizeA, sizeB, sizeC;
  const int64_t count = deep > 7 ? 12 : 200;
  std::vector<Problem> problems = randomProblems(count, 5, deep, sizeA, sizeB, sizeC);
  Array<T> a(sizeA * (reduce ? lanes : 1), 1), b(sizeB * lanes, 2);
  Array<T> c(sizeC * (reduce ? 1 : lanes));
  for (int64_t i = 0; i < c.size(); ++i)
    c[i] = T(1e30); // overwritten, not added to
  StageProgram program(entryText(reduce, sizeof(T) == 4 ? "f32" : "f64", lanes, count, a.size(),
                                 b.size(), c.size(), tile),
                       cpu);
  program.run("f", {a.get(), b.get(), problems.data()}, {c.get()});
  std::vector<bool> written(c.size());
  for (const Problem &p : problems)
    checkProblem(p, reduce, lanes, a, b, c, written);
  for (int64_t i = 0; i < c.size(); ++i)
    if (!written[i])
      ASSERT_EQ(c[i], T(1e30)) << "written though no result: " << i;
}

TEST(StageContract, ScalarFloat32) {
  check<float>(false, 16, "x86-64-v4");
  check<float>(false, 8, "x86-64-v3");
  check<float>(false, 16, "x86-64-v3");
  check<float>(false, 2, "native");
  check<float>(false, 1, "native");
}
TEST(StageContract, ReduceFloat32) {
  check<float>(true, 16, "x86-64-v4");
  check<float>(true, 8, "x86-64-v3");
  check<float>(true, 4, "native");
  check<float>(true, 1, "native");
}
TEST(StageContract, Float64) {
  check<double>(false, 8, "x86-64-v4");
  check<double>(true, 8, "x86-64-v4");
  check<double>(false, 16, "x86-64-v4");
  check<double>(true, 4, "x86-64-v3");
}

// Depths up to 3 x 300 are added up in segments.
TEST(StageContract, LongDepths) {
  for (bool reduce : {false, true}) {
    check<float>(reduce, 16, "x86-64-v4", "", 300);
    check<float>(reduce, 16, "x86-64-v4", "3, 8", 300);
    check<float>(reduce, 8, "x86-64-v3", "", 300);
    check<double>(reduce, 4, "x86-64-v3", "", 300);
  }
  check<float>(false, 1, "native", "", 300);
}

// Extents up to 27 rows and 10 columns leave every remainder of these tiles.
TEST(StageContract, Tiles) {
  for (const char *tile : {"6, 4", "3, 8", "1, 1"})
    for (bool reduce : {false, true}) {
      SCOPED_TRACE(tile);
      check<float>(reduce, 16, "x86-64-v4", tile);
    }
  check<float>(false, 8, "x86-64-v3", "8, 1");
}

/// Addresses for values of which few are touched; null where the machine gives none.
class SparseArray {
public:
  explicit SparseArray(int64_t size) : bytes(size * sizeof(float)) {
    void *data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    values = data == MAP_FAILED ? nullptr : static_cast<float *>(data);
  }
  SparseArray(const SparseArray &) = delete;
  ~SparseArray() {
    if (values)
      munmap(values, bytes);
  }
  float &operator[](int64_t i) { return values[i]; }
  float *get() { return values; }

private:
  size_t bytes;
  float *values;
};

// 2 x 2 times 2 x 2 with every offset and stride beyond 32 bits, and none of the positions equal to
// another one modulo 2^32: the two rows of A are (1, 2) and (3, 4), those of B (5, 6) and (7, 8).
TEST(StageContract, ReachesBeyond32Bits) {
  const int64_t far = int64_t(1) << 32;
  Problem p;
  p.R1 = p.K1 = 1, p.R0 = p.K0 = p.N = 2;
  p.aOff = far / 2 + 5, p.aR0 = far + 100, p.aK0 = far / 2 + 200;
  p.bOff = far + 7, p.bK0 = far / 2 + 300, p.bV = far + 400;
  p.cOff = far / 2 + 9, p.cR0 = far + 500, p.cV = far / 2 + 600;
  const int64_t sizeA = p.aOff + p.aR0 + p.aK0 + 1, sizeB = p.bOff + p.bK0 + p.bV + 1;
  const int64_t sizeC = p.cOff + p.cR0 + p.cV + 1;
  SparseArray a(sizeA), b(sizeB), c(sizeC);
  if (!a.get() || !b.get() || !c.get())
    GTEST_SKIP() << "no 80 GB of addresses on this machine";
  for (int64_t i : {0, 1})
    for (int64_t j : {0, 1}) {
      a[p.aOff + i * p.aR0 + j * p.aK0] = float(1 + 2 * i + j);
      b[p.bOff + i * p.bK0 + j * p.bV] = float(5 + 2 * i + j);
    }
  for (bool reduce : {false, true}) {
    StageProgram program(entryText(reduce, "f32", 1, 1, sizeA, sizeB, sizeC), "native");
    program.run("f", {a.get(), b.get(), &p}, {c.get()});
    const float expected[2][2] = {{19, 22}, {43, 50}};
    for (int64_t i : {0, 1})
      for (int64_t j : {0, 1}) {
        float &sum = c[p.cOff + i * p.cR0 + j * p.cV];
        EXPECT_EQ(sum, expected[i][j]) << i << ", " << j;
        sum = 0;
      }
  }
}

} // namespace
