//===- settings.h - settings of the compiler, all pairs of them -*- C++ -*-===//

#ifndef SPHERICAL_TEST_GOLDEN_SETTINGS_H
#define SPHERICAL_TEST_GOLDEN_SETTINGS_H

#include "tools/spherical/driver/session.h"

#include <string>
#include <utility>
#include <vector>

namespace spherical::golden {

/// What can be set, each in several ways, the first of them the default.
struct Factor {
  std::string name;
  std::vector<std::string> levels;
};

/// Every optional pass, on or off; what is chosen among candidates; the target.
std::vector<Factor> factors();

/// A level of each factor.
using Setting = std::vector<size_t>;

/// Settings such that any two levels of any two factors come together in one of them: a covering
/// array of strength 2, by the greedy choice of the setting with the most new pairs (Cohen et al.
/// 1997, AETG).
std::vector<Setting> coveringArray(const std::vector<Factor> &factors);

/// "without spherical-fuse-bias, choose slowest, target cuda-emulated"
std::string nameOf(const std::vector<Factor> &factors, const Setting &setting);

driver::SessionOptions optionsOf(const std::vector<Factor> &factors, const Setting &setting);

} // namespace spherical::golden

#endif // SPHERICAL_TEST_GOLDEN_SETTINGS_H
