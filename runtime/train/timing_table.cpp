//===- timing_table.cpp - where the time goes -------------------*- C++ -*-===//

#include "runtime/train/timing_table.h"

#include "runtime/train/text.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace spherical::runtime {
namespace {

using Row = std::array<std::string, 7>;

/// One row: a run takes `seconds`, `flop` operations and `bytes`.
Row makeRow(const std::string &name, const std::string &location, double seconds, double allSeconds,
            double flop, double bytes, double peakGflops) {
  const double gflops = seconds > 0.0 ? flop / seconds * 1e-9 : 0.0;
  const double gigabytes = seconds > 0.0 ? bytes / seconds * 1e-9 : 0.0;
  return {name,
          location,
          fixedText(1e3 * seconds, 3),
          fixedText(allSeconds > 0.0 ? 100.0 * seconds / allSeconds : 0.0, 1),
          fixedText(gflops, 1),
          peakGflops > 0.0 ? fixedText(100.0 * gflops / peakGflops, 1) : "",
          fixedText(gigabytes, 1)};
}

std::string layOut(const std::vector<Row> &rows, bool withPeak) {
  constexpr size_t leftAligned = 2, peakColumn = 5;
  std::array<size_t, 7> width = {};
  for (const Row &row : rows)
    for (size_t c = 0; c < row.size(); ++c)
      width[c] = std::max(width[c], row[c].size());
  std::string text;
  for (const Row &row : rows) {
    for (size_t c = 0; c < row.size(); ++c) {
      if (c == peakColumn && !withPeak)
        continue;
      text += c == 0 ? "" : "  ";
      text += c < leftAligned ? padRight(row[c], width[c]) : padLeft(row[c], width[c]);
    }
    text += "\n";
  }
  return text;
}

} // namespace

std::string timingTable(std::span<const StageSpec> stages, std::span<const StageTime> times,
                        double peakGflops) {
  if (stages.size() != times.size())
    throw std::invalid_argument("expected one time for each of " + std::to_string(stages.size()) +
                                " stages, got " + std::to_string(times.size()));
  double allSeconds = 0.0, allFlop = 0.0, allBytes = 0.0;
  auto perRun = [](const StageTime &time) { return time.seconds / static_cast<double>(time.runs); };
  for (size_t i = 0; i < stages.size(); ++i) {
    if (times[i].runs == 0)
      continue;
    if (peakGflops > 0.0 && times[i].seconds > 0.0)
      peakGflops = std::max(peakGflops, stages[i].flop / perRun(times[i]) * 1e-9);
    allSeconds += perRun(times[i]);
    allFlop += stages[i].flop;
    allBytes += stages[i].bytes;
  }
  std::vector<Row> rows = {{"stage", "location", "ms", "%", "GFLOP/s", "% of peak", "GB/s"}};
  for (size_t i = 0; i < stages.size(); ++i)
    if (times[i].runs > 0)
      rows.push_back(makeRow(stages[i].name, stages[i].location, perRun(times[i]), allSeconds,
                             stages[i].flop, stages[i].bytes, peakGflops));
  rows.push_back(makeRow("all", "", allSeconds, allSeconds, allFlop, allBytes, peakGflops));
  return layOut(rows, peakGflops > 0.0);
}

} // namespace spherical::runtime
