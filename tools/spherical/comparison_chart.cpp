//===- comparison_chart.cpp - networks side by side, as bars --------------===//

#include "tools/spherical/comparison_chart.h"

namespace spherical::driver {

runtime::Figure drawComparison(std::span<const runtime::ComparisonRow> rows) {
  constexpr int64_t panelColumns = 2;
  const std::string groups[] = {"S2CNN: equivariant by construction", "CNN: planar"};
  std::vector<runtime::BarPanel> panels;
  for (const std::span<const runtime::ComparisonRow> group : runtime::comparisonGroups(rows)) {
    const runtime::EvaluationRecord &first = group.front().record;
    runtime::BarPanel panel{first.task + ", " + first.test.protocol + " protocol",
                            std::string(runtime::scoreName(first)) + " in %",
                            {},
                            100.0};
    for (const runtime::ComparisonRow &row : group)
      panel.bars.push_back({{row.record.architecture, runtime::rotationName(row.trainedRotated()),
                             std::string("\u2192 ") + runtime::rotationName(row.testedRotated())},
                            row.mean,
                            row.deviation,
                            row.scores,
                            row.record.architecture == "S2CNN" ? 0 : 1});
    panels.push_back(std::move(panel));
  }
  return runtime::drawBars(panels, panelColumns,
                           "Trained \u2192 tested: mean, standard deviation and each seed", groups);
}

} // namespace spherical::driver
