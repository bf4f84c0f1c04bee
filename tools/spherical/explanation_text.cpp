//===- explanation_text.cpp - an explanation to read ------------*- C++ -*-===//

#include "tools/spherical/explanation_text.h"

#include "runtime/train/text.h"
#include "tools/spherical/model/wrap.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace spherical::driver {
namespace {

using runtime::fixedText;
using runtime::padLeft;
using runtime::padRight;

constexpr size_t numberColumns = 5;
using Row = std::array<std::string, 1 + numberColumns>;

/// The ops of a line, each once, the costliest first.
std::vector<OpExplanation> costliestFirst(const LayerExplanation &layer) {
  std::vector<std::pair<double, size_t>> order;
  for (size_t i = 0; i < layer.ops.size(); ++i)
    order.emplace_back(-layer.ops[i].seconds, i); // of equal ones the first
  std::ranges::sort(order);
  std::vector<OpExplanation> kinds;
  for (const auto &[seconds, at] : order) {
    const OpExplanation &op = layer.ops[at];
    if (std::ranges::none_of(kinds, [&](const OpExplanation &other) {
          return other.op == op.op && other.reason == op.reason;
        }))
      kinds.push_back(op);
  }
  return kinds;
}

/// The name of an op without its dialect.
std::string shortName(const OpExplanation &op) { return op.op.substr(op.op.find('.') + 1); }

/// "so3_ft by fft: 2 passes of 4 x 5, ...; else 20 in 1 pass (+31 %), ...".
std::string choiceText(const OpExplanation &op) {
  constexpr size_t most = 3;
  std::string text = shortName(op) + " by " + op.algorithm + ": " + op.reason;
  for (size_t i = 0; i < std::min(most, op.others.size()); ++i) {
    const Alternative &other = op.others[i];
    const double more = op.seconds > 0 ? 100 * (other.seconds / op.seconds - 1) : 0;
    text += (i == 0 ? "; else " : ", ") + other.reason + " (" + (more < 0 ? "" : "+") +
            fixedText(more, 0) + " %)";
  }
  return text;
}

std::string decisionText(const Decision &decision) {
  if (decision.taken)
    return "fused: " + decision.what;
  return "not fused: " + decision.what + ", for " + decision.reason +
         (decision.suggestion.empty() ? "" : "; " + decision.suggestion);
}

Row rowOf(const std::string &name, double flop, double bytes, double predicted) {
  return {name, fixedText(1e-6 * flop, 2), fixedText(1e-6 * bytes, 2), timeText(predicted), "", ""};
}

/// Adds what was measured to a row.
void addMeasured(Row &row, const MeasuredLine &line, const Explanation &explanation) {
  if (line.seconds <= 0)
    return;
  row[4] = timeText(line.seconds);
  row[5] =
      fixedText(100 * explanation.leastSeconds(line.flop, line.bytes) / line.seconds, 0) + " %";
}

std::string layOut(const Row &row, bool measured) {
  constexpr std::array<size_t, numberColumns> widths = {10, 10, 11, 11, 9};
  std::string line = padRight(row[0], 30);
  for (size_t i = 0; i < (measured ? numberColumns : 3); ++i)
    line += padLeft(row[i + 1], widths[i]);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

/// Where the lines of the model stand, without its file.
std::vector<std::string> placesOf(const Explanation &explanation) {
  std::vector<std::string> places;
  for (const LayerExplanation &layer : explanation.layers)
    places.push_back(layer.place);
  return runtime::withoutFile(std::move(places));
}

} // namespace

std::string timeText(double seconds) {
  const double micro = 1e6 * seconds;
  if (micro < 1000)
    return fixedText(micro, micro < 10 ? 2 : micro < 100 ? 1 : 0) + " us";
  const double milli = 1e-3 * micro;
  return fixedText(milli, milli < 10 ? 2 : milli < 100 ? 1 : 0) + " ms";
}

std::string explanationText(const Explanation &explanation,
                            const std::optional<MeasuredLines> &measured, size_t width) {
  width = width == 0 ? 100 : width;
  std::string text = explanation.entry + " on " + explanation.machine + ": " +
                     std::to_string(explanation.threads) + " cores of " +
                     fixedText(explanation.gigaflop, 0) + " GFLOP/s and " +
                     fixedText(explanation.gigabytes, 0) + " GB/s\n\n";
  text +=
      layOut({"line", "Mflop", "MB", "predicted", "measured", "roofline"}, measured.has_value());
  double flop = 0, bytes = 0, predicted = 0;
  MeasuredLine all;
  const std::vector<std::string> places = placesOf(explanation);
  const auto addBelow = [&](const std::string &remark) {
    text += wrapped(remark, "    ", 6, width);
  };
  for (size_t i = 0; i < places.size(); ++i) {
    const LayerExplanation &layer = explanation.layers[i];
    const std::vector<OpExplanation> ops = costliestFirst(layer);
    const std::string name = places[i] + " " + (ops.empty() ? "(fused)" : shortName(ops.front()));
    Row row = rowOf(name, layer.flop(), layer.bytes(), layer.seconds());
    if (measured && measured->contains(layer.place)) {
      const MeasuredLine &line = measured->at(layer.place);
      addMeasured(row, line, explanation);
      all.seconds += line.seconds, all.flop += line.flop, all.bytes += line.bytes;
    }
    text += layOut(row, measured.has_value());
    for (const OpExplanation &op : ops)
      addBelow(choiceText(op));
    for (const Decision &decision : layer.decisions)
      addBelow(decisionText(decision));
    flop += layer.flop(), bytes += layer.bytes(), predicted += layer.seconds();
  }
  Row row = rowOf("all", flop, bytes, predicted);
  addMeasured(row, all, explanation);
  text += layOut(row, measured.has_value());
  return text;
}

} // namespace spherical::driver
