//===- chart.h - bars with deviations ---------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_CHART_H
#define SPHERICAL_RUNTIME_TRAIN_CHART_H

#include "runtime/data/picture.h"

#include <cstdint>
#include <string>
#include <vector>

namespace spherical::runtime {

/// A value between 0 and 100, with what it is the mean of.
struct Bar {
  std::vector<std::string> lines; ///< below the bar
  double value = 0.0;
  double deviation = 0.0;      ///< drawn on either side of the value; none if it is NaN
  std::vector<double> samples; ///< drawn as dots
  Color color = {};
};

/// Bars beside each other on one axis.
struct Panel {
  std::string title, unit; ///< a line each
  std::vector<Bar> bars;
};

/// Draws panels side by side, `columns` in a row, at least 1. Axes go from 0 to 100. Throws
/// std::invalid_argument for no panels.
Picture drawBars(const std::vector<Panel> &panels, int64_t columns, const std::string &title);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_CHART_H
