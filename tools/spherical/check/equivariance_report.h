//===- equivariance_report.h - errors under rotation in words ---*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_EQUIVARIANCE_REPORT_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_EQUIVARIANCE_REPORT_H

#include "tools/spherical/check/equivariance.h"
#include "tools/spherical/check/finding.h"

#include <nlohmann/json_fwd.hpp>

namespace spherical::driver {

/// What errors are taken as faults.
struct EquivarianceLimits {
  /// Of the network at its end, median: above it the pointwise layers that it comes from are at
  /// fault.
  double end = 0.1;
  /// Of a layer that could commute with rotations.
  double layer = 1e-3;
};

/// The cause of a layer's error in a few words, "" of a layer that commutes with rotations.
std::string causeText(const LayerProgram &layer, const LayerErrors &errors);

/// Prints a line for each layer, and what finer grids would give.
void printEquivariance(const std::vector<LayerProgram> &layers, const NetworkErrors &errors);

/// The layers at fault.
Findings findFaults(const std::vector<LayerProgram> &layers, const NetworkErrors &errors,
                    const EquivarianceLimits &limits);

/// Kernels whose points the band-limit does not tell apart, or that have a point twice in a list.
Findings findKernelFaults(const std::vector<LayerProgram> &layers);

nlohmann::ordered_json equivarianceRecord(const std::vector<LayerProgram> &layers,
                                          const NetworkErrors &errors);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_EQUIVARIANCE_REPORT_H
