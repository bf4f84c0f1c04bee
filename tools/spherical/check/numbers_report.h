//===- numbers_report.h - gradients and targets in words --------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_NUMBERS_REPORT_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_NUMBERS_REPORT_H

#include "tools/spherical/check/finding.h"
#include "tools/spherical/check/gradients.h"

#include <nlohmann/json_fwd.hpp>

namespace spherical::driver {

/// Prints a line for each layer; `target` is the name of the target, "" for none.
void printNumbers(const std::vector<LayerProgram> &layers, const std::vector<LayerNumbers> &numbers,
                  const std::string &target);

/// Gradients that are not slopes, or not the adjoint, and layers that a target computes otherwise.
/// `rounding`: how far a layer may be off on the target by how it stores numbers.
Findings findNumberFaults(const std::vector<LayerProgram> &layers,
                          const std::vector<LayerNumbers> &numbers, const std::string &target,
                          double rounding);

nlohmann::ordered_json numbersRecord(const std::vector<LayerProgram> &layers,
                                     const std::vector<LayerNumbers> &numbers);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_NUMBERS_REPORT_H
