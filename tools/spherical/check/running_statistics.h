//===- running_statistics.h - weights against data --------------*- C++ -*-===//
//
// Weights of a network with batch normalisation say what the layers before gave in
// training: its running means and variances. On data alike the layers must give the
// same, unless their weights came here with axes in another order or kernels on other
// points; then the change that brings the statistics back tells which.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_RUNNING_STATISTICS_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_RUNNING_STATISTICS_H

#include "tools/spherical/check/layer_network.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// How far the running statistics of a batch_norm are from those of the data: the mean over the
/// channels of |mean - running mean| / sqrt(running variance) + |log(variance / running variance)|
/// / 2.
struct StatisticsError {
  size_t layer = 0;
  double error = 0;
};

/// A weight that fits better in another order.
struct WeightSuspicion {
  size_t layer = 0, norm = 0;
  std::string parameter;
  bool ofPoints = false; ///< whether it is the points of a kernel that are in another order
  std::string order;     ///< what order fits: "[channel out, channel in, point]"
  double before = 0, after = 0;
};

struct StatisticsReport {
  std::vector<StatisticsError> norms; ///< in order
  std::vector<WeightSuspicion> suspicions;
};

/// Compares on samples `x` of the data. Where statistics are off, the weights since the last
/// batch_norm whose statistics fit are taken in the orders that other programs have.
Result<StatisticsReport> compareStatistics(LayerNetwork &network, const runtime::Tensor &x);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_RUNNING_STATISTICS_H
