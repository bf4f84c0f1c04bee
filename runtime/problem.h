//===- problem.h - rows of lists of small matrix products -------*- C++ -*-===//
//
// A problem of `stage.contract`, for the compiler and for the tables that its
// programs read: its fields, their order and their width are those given here.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_PROBLEM_H
#define SPHERICAL_RUNTIME_PROBLEM_H

#include <array>
#include <bit>
#include <cstdint>

namespace spherical::runtime {

/// The product C(r, v) = sum_k A(r, k) B(k, v) over r = (r1, r0), k = (k1, k0), 0 <= r1 < R1,
/// 0 <= r0 < R0, 0 <= k1 < K1, 0 <= k0 < K0, 0 <= v < N, with A(r, k) at the position
/// aOff + r1 aR1 + r0 aR0 + k1 aK1 + k0 aK0 of its buffer, B(k, v) at bOff + k1 bK1 + k0 bK0 + v bV
/// and C(r, v) at cOff + r1 cR1 + r0 cR0 + v cV. Positions count elements or, of operands with
/// lanes, vectors of lanes. T: what a field is, a number or a value that code has loaded.
template <typename T> struct ProblemOf {
  T R1{}, R0{}, K1{}, K0{}, N{};
  T aOff{}, aR1{}, aR0{}, aK1{}, aK0{};
  T bOff{}, bK1{}, bK0{}, bV{};
  T cOff{}, cR1{}, cR0{}, cV{};
};

/// A row of a table of problems. Positions need 64 bits: a kernel's spectrum of 28 x 28 channels at
/// b = 128 has 2.2e9 coefficients.
using Problem = ProblemOf<int64_t>;

/// The largest value of a field: no operand holds more elements.
inline constexpr int64_t kMostOfField = int64_t(1) << 40;

/// A field by the name that messages give it.
template <typename T> struct ProblemField {
  const char *name;
  T ProblemOf<T>::*member;
};

/// Number of fields, all of the table's element type.
inline constexpr int64_t kProblemFieldCount = sizeof(Problem) / sizeof(int64_t);

/// All fields in the order in which they lie in a row.
template <typename T>
inline constexpr std::array<ProblemField<T>, kProblemFieldCount> kProblemFields = {{
    {"R1", &ProblemOf<T>::R1},
    {"R0", &ProblemOf<T>::R0},
    {"K1", &ProblemOf<T>::K1},
    {"K0", &ProblemOf<T>::K0},
    {"N", &ProblemOf<T>::N},
    {"aOff", &ProblemOf<T>::aOff},
    {"aR1", &ProblemOf<T>::aR1},
    {"aR0", &ProblemOf<T>::aR0},
    {"aK1", &ProblemOf<T>::aK1},
    {"aK0", &ProblemOf<T>::aK0},
    {"bOff", &ProblemOf<T>::bOff},
    {"bK1", &ProblemOf<T>::bK1},
    {"bK0", &ProblemOf<T>::bK0},
    {"bV", &ProblemOf<T>::bV},
    {"cOff", &ProblemOf<T>::cOff},
    {"cR1", &ProblemOf<T>::cR1},
    {"cR0", &ProblemOf<T>::cR0},
    {"cV", &ProblemOf<T>::cV},
}};

/// Whether the list above has each field where the record has it.
constexpr bool fieldsAreInOrder() {
  std::array<int64_t, kProblemFieldCount> row{};
  for (int64_t position = 0; position < kProblemFieldCount; ++position)
    row[position] = position + 1;
  const auto problem = std::bit_cast<Problem>(row);
  for (int64_t position = 0; position < kProblemFieldCount; ++position)
    if (problem.*kProblemFields<int64_t>[position].member != position + 1)
      return false;
  return true;
}
static_assert(fieldsAreInOrder());

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PROBLEM_H
