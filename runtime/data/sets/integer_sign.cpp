//===- integer_sign.cpp - integers that files give another sign -*- C++ -*-===//

#include "runtime/data/sets/integer_sign.h"

#include <array>
#include <cmath>
#include <utility>

namespace spherical::runtime {
namespace {

/// Types with and without a sign.
constexpr std::array<std::pair<DType, DType>, 4> pairs = {{{DType::I8, DType::U8},
                                                           {DType::I16, DType::U16},
                                                           {DType::I32, DType::U32},
                                                           {DType::I64, DType::U64}}};

} // namespace

DType withSignOf(DType dtype, std::string_view isUnsigned) {
  for (const auto &[with, without] : pairs) {
    if (dtype == with && isUnsigned == "true")
      return without;
    if (dtype == without && isUnsigned == "false")
      return with;
  }
  return dtype;
}

double integerOf(DType dtype, double number) {
  const double values = std::exp2(8.0 * static_cast<double>(dtypeBytes(dtype)));
  for (const auto &[with, without] : pairs) {
    if (dtype == without && number < 0)
      return number + values;
    if (dtype == with && number >= values / 2)
      return number - values;
  }
  return number;
}

} // namespace spherical::runtime
