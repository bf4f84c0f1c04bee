//===- comparison_chart.h - networks side by side, as bars ------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_COMPARISON_CHART_H
#define SPHERICAL_TOOLS_SPHERICAL_COMPARISON_CHART_H

#include "runtime/pictures/figures.h"
#include "runtime/train/comparison.h"

#include <span>

namespace spherical::driver {

/// The rows as bars, a panel for each task and protocol, with deviations and the single scores.
runtime::Figure drawComparison(std::span<const runtime::ComparisonRow> rows);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_COMPARISON_CHART_H
