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

/// What one run takes.
struct Work {
  std::string name, location;
  double seconds = 0.0, flop = 0.0, bytes = 0.0;

  void add(const Work &other) {
    seconds += other.seconds;
    flop += other.flop;
    bytes += other.bytes;
  }
};

Row makeRow(const Work &work, double allSeconds, double peakGflops) {
  const double gflops = work.seconds > 0.0 ? work.flop / work.seconds * 1e-9 : 0.0;
  const double gigabytes = work.seconds > 0.0 ? work.bytes / work.seconds * 1e-9 : 0.0;
  return {work.name,
          work.location,
          fixedText(1e3 * work.seconds, 3),
          fixedText(allSeconds > 0.0 ? 100.0 * work.seconds / allSeconds : 0.0, 1),
          fixedText(gflops, 1),
          peakGflops > 0.0 ? fixedText(100.0 * gflops / peakGflops, 1) : "",
          fixedText(gigabytes, 1)};
}

/// The stages of each place in the model as one, by falling time, with names of at most
/// `mostLetters`, or of one stage.
std::vector<Work> layersOf(std::vector<Work> stages, size_t mostLetters) {
  const auto costlier = [](const Work &a, const Work &b) { return a.seconds > b.seconds; };
  std::sort(stages.begin(), stages.end(), costlier);
  std::vector<Work> layers;
  for (const Work &stage : stages) {
    const auto layer = std::find_if(layers.begin(), layers.end(), [&](const Work &other) {
      return other.location == stage.location;
    });
    if (layer == layers.end()) {
      layers.push_back(stage);
      continue;
    }
    layer->add(stage);
    const bool ends = layer->name.ends_with("...");
    if (ends || (", " + layer->name + ", ").find(", " + stage.name + ", ") != std::string::npos)
      continue;
    const bool fits = layer->name.size() + 2 + stage.name.size() <= mostLetters;
    layer->name += fits ? ", " + stage.name : ", ...";
  }
  std::sort(layers.begin(), layers.end(), costlier);
  return layers;
}

/// Letters that a line of `width` has for the names of a layer's stages and the dots behind them.
size_t lettersOfNames(size_t width) {
  constexpr size_t most = 34, dots = 5, otherColumns = 52;
  return width == 0 ? most : std::clamp(width, otherColumns + dots, otherColumns + dots + most) -
                                 otherColumns - dots;
}

void dropFile(std::vector<Work> &works) {
  std::vector<std::string> places;
  for (const Work &work : works)
    places.push_back(work.location);
  places = withoutFile(std::move(places));
  for (size_t i = 0; i < works.size(); ++i)
    works[i].location = places[i];
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
                        double peakGflops, TimingRows kind, size_t width) {
  if (stages.size() != times.size())
    throw std::invalid_argument("expected one time for each of " + std::to_string(stages.size()) +
                                " stages, got " + std::to_string(times.size()));
  std::vector<Work> works;
  Work all{"all", "", 0.0, 0.0, 0.0};
  for (size_t i = 0; i < stages.size(); ++i) {
    if (times[i].runs == 0)
      continue;
    works.push_back({stages[i].name, stages[i].location,
                     times[i].seconds / static_cast<double>(times[i].runs), stages[i].flop,
                     stages[i].bytes});
    all.add(works.back());
  }
  if (width > 0)
    dropFile(works);
  const bool layers = kind == TimingRows::Layers;
  if (layers)
    works = layersOf(std::move(works), lettersOfNames(width));
  std::vector<Row> rows = {
      {layers ? "stages" : "stage", "location", "ms", "%", "GFLOP/s", "% of peak", "GB/s"}};
  for (const Work &work : works)
    rows.push_back(makeRow(work, all.seconds, peakGflops));
  rows.push_back(makeRow(all, all.seconds, peakGflops));
  return layOut(rows, peakGflops > 0.0);
}

} // namespace spherical::runtime
