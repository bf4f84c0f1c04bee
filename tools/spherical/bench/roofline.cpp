//===- roofline.cpp - the roofline as a picture ---------------------------===//

#include "tools/spherical/bench/report.h"

#include "runtime/train/text.h"

#include <algorithm>

namespace spherical::driver {

runtime::Figure drawRoofline(const BenchReport &report) {
  const Roofline &machine = *report.roofline;
  runtime::RooflinePlot plot;
  plot.title = report.cpu + ", " + std::to_string(report.threads) +
               " threads: " + runtime::fixedText(machine.gigaflop(), 0) + " GFLOP/s, " +
               runtime::fixedText(machine.gigabytes(), 1) + " GB/s";
  plot.gigaflop = machine.gigaflop();
  plot.gigabytes = machine.gigabytes();
  for (const Outcome &outcome : report.outcomes)
    if (outcome.speed && outcome.speed->flop > 0)
      plot.points.push_back({outcome.problem.word,
                             outcome.speed->flop / std::max(outcome.speed->bytes, 1.0),
                             1e-9 * outcome.speed->flop / outcome.speed->seconds});
  return runtime::drawRoofline(plot);
}

} // namespace spherical::driver
