//===- table_walk.h - what programs do with tables --------------*- C++ -*-===//
//
// In fp64, with plain loops.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_RUNTIME_MATH_TABLE_WALK_H
#define SPHERICAL_TEST_RUNTIME_MATH_TABLE_WALK_H

#include "runtime/math/index_tables.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace spherical::runtime {

using Vector = std::vector<double>;

/// The values of a table.
template <typename T> std::vector<T> table(const TableSpec &spec) {
  std::vector<T> values(tableSize(spec));
  fillTable(spec, values.data());
  return values;
}

/// The problems of a table.
inline std::vector<Problem> problemList(const TableSpec &spec) {
  std::vector<Problem> problems(tableSize(spec) / kProblemFieldCount);
  fillTable(spec, problems.data());
  return problems;
}

/// A sparse map of so many terms, given by its tables.
inline Vector applyMap(const std::string &kind, std::map<std::string, int64_t> parameters,
                       size_t terms, const Vector &in) {
  const auto index = table<int32_t>({kind + "_index", Element::I32, parameters, {}});
  const auto value = table<double>({kind + "_values", Element::F64, parameters, {}});
  Vector out(index.size() / terms);
  for (size_t i = 0; i < index.size(); ++i)
    out[i / terms] += value[i] * in.at(index[i]);
  return out;
}

/// C(r, v) = sum_k A(r, k) B(k, v) for problems [first, first + count).
inline void contract(const std::vector<Problem> &problems, int64_t first, int64_t count,
                     const Vector &a, const Vector &b, Vector &c) {
  for (int64_t q = first; q < first + count; ++q) {
    const Problem &p = problems[q];
    for (int64_t r1 = 0; r1 < p.R1; ++r1)
      for (int64_t r0 = 0; r0 < p.R0; ++r0)
        for (int64_t v = 0; v < p.N; ++v) {
          double sum = 0;
          for (int64_t k1 = 0; k1 < p.K1; ++k1)
            for (int64_t k0 = 0; k0 < p.K0; ++k0)
              sum += a.at(p.aOff + r1 * p.aR1 + r0 * p.aR0 + k1 * p.aK1 + k0 * p.aK0) *
                     b.at(p.bOff + k1 * p.bK1 + k0 * p.bK0 + v * p.bV);
          c.at(p.cOff + r1 * p.cR1 + r0 * p.cR0 + v * p.cV) = sum;
        }
  }
}

/// Normally distributed values.
inline Vector random(size_t size, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  Vector values(size);
  for (double &value : values)
    value = normal(engine);
  return values;
}

/// The distance of a and b relative to the norm of b.
inline double distance(const Vector &a, const Vector &b) {
  EXPECT_EQ(a.size(), b.size());
  double error = 0, norm = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    error += (a[i] - b.at(i)) * (a[i] - b.at(i));
    norm += b[i] * b[i];
  }
  return std::sqrt(error / norm);
}

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_MATH_TABLE_WALK_H
