//===- run_curves.h - the numbers of runs over their steps ------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_RUNS_RUN_CURVES_H
#define SPHERICAL_RUNTIME_RUNS_RUN_CURVES_H

#include "runtime/pictures/figures.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

/// Columns of a table of comma-separated numbers under their names (log.h), of equal lengths; NaN
/// where a field is empty. Throws std::runtime_error for text that is none; `origin` begins it.
std::map<std::string, std::vector<double>> readColumns(const std::string &text,
                                                       const std::string &origin);

/// What is drawn of a run.
struct RunCurves {
  std::string name;
  std::map<std::string, std::vector<double>> columns;
};

/// Those of the run in a folder, under its name. Throws std::runtime_error if it has none.
RunCurves readCurves(const std::string &folder);

/// A panel for the training's loss, for its score, for the learning rate, and for each number of
/// validations that a run has; a curve for each run. Throws as drawCurves.
Figure drawRuns(std::span<const RunCurves> runs);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_RUNS_RUN_CURVES_H
