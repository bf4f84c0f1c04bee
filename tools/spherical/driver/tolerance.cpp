//===- tolerance.cpp - what rounding explains -------------------*- C++ -*-===//

#include "tools/spherical/driver/tolerance.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/work.h"

#include <algorithm>
#include <cmath>

namespace spherical::driver {

double roundingTolerance(const SessionOptions &options, double epsilon, double terms) {
  constexpr double margin = 8;
  const std::string algorithm = "algorithm=" + mlir::spherical::kBfloat16Transforms.str();
  const bool isBrief = std::ranges::any_of(options.choose, [&](const std::string &wish) {
    return wish.find(algorithm) != std::string::npos;
  });
  const double rounding = isBrief ? mlir::spherical::kBfloat16Rounding : 1;
  return margin * rounding * epsilon * std::sqrt(terms);
}

} // namespace spherical::driver
