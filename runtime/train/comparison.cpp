//===- comparison.cpp - networks side by side, over several seeds ---------===//

#include "runtime/train/comparison.h"

#include "runtime/train/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace spherical::runtime {
namespace {

constexpr double parameterTolerance = 5.0;                       // %
constexpr double mostUnderRotations = 35.0;                      // %, of a classifier
constexpr double leastAccuracy = 90.0, leastIntersection = 40.0; // %, of a healthy CNN
constexpr double deviationsApart = 2.0;

bool segments(const EvaluationRecord &record) { return record.task == "segmentation"; }

/// All that the seeds of a row have in common, in the order of the rows.
auto keyOf(const EvaluationRecord &record) {
  const DataRecord &data = record.training->data;
  return std::tuple(record.task, record.test.protocol, record.architecture != "S2CNN", data.rotated,
                    !record.test.rotated, record.model, record.parameters, data.protocol,
                    data.samples, data.items, data.canvas, record.training->epochs,
                    record.test.samples, record.test.items, record.test.canvas);
}

void checkRecord(const EvaluationRecord &record, const std::string &origin) {
  if (!record.training)
    throw std::runtime_error(origin + ": expected results of weights that say how they were "
                                      "trained, got weights that do not");
  if (!record.training->finished)
    throw std::runtime_error(origin +
                             ": expected results of a finished training, got one that "
                             "was stopped at step " +
                             std::to_string(record.training->steps));
}

/// Mean and sample standard deviation.
std::pair<double, double> momentsOf(const std::vector<double> &values) {
  const auto count = static_cast<double>(values.size());
  double sum = 0.0, squares = 0.0;
  for (const double value : values)
    sum += value;
  const double mean = sum / count;
  for (const double value : values)
    squares += (value - mean) * (value - mean);
  return {mean, values.size() > 1 ? std::sqrt(squares / (count - 1.0))
                                  : std::numeric_limits<double>::quiet_NaN()};
}

/// The results of one row by seed, each with its file.
using Seeds = std::map<uint64_t, std::pair<const EvaluationRecord *, const std::string *>>;

ComparisonRow rowOf(const Seeds &seeds) {
  ComparisonRow row;
  row.record = *seeds.begin()->second.first;
  for (const auto &[seed, result] : seeds)
    row.scores.push_back(scoreOf(*result.first));
  std::tie(row.mean, row.deviation) = momentsOf(row.scores);
  return row;
}

/// "92.1 ± 0.3", or without a deviation "92.1".
std::string scoreText(const ComparisonRow &row) {
  const std::string mean = fixedText(row.mean, 1);
  return std::isnan(row.deviation) ? mean : mean + " ± " + fixedText(row.deviation, 1);
}

/// Rows of one task and protocol.
using Group = std::span<const ComparisonRow>;

/// The one row with these properties, null if there is none or more than one.
const ComparisonRow *find(Group group, const char *architecture, bool trainedRotated,
                          bool testedRotated) {
  const ComparisonRow *found = nullptr;
  for (const ComparisonRow &row : group) {
    if (row.record.architecture != architecture || row.trainedRotated() != trainedRotated ||
        row.testedRotated() != testedRotated)
      continue;
    if (found)
      return nullptr;
    found = &row;
  }
  return found;
}

/// The statements about one task and protocol.
class GroupStatements {
public:
  GroupStatements(Group group, std::vector<Statement> &statements)
      : group(group), statements(statements), equivariant(find(group, "S2CNN", false, true)),
        planar(find(group, "CNN", false, true)) {}

  void add() {
    sameSize();
    above(planar, "CNN unrotated -> rotated");
    above(find(group, "CNN", true, true), "CNN rotated -> rotated");
    if (!segments(group.front().record))
      bounded(planar, "CNN unrotated -> rotated", "<", mostUnderRotations);
    bounded(find(group, "CNN", false, false), "CNN unrotated -> unrotated", ">",
            segments(group.front().record) ? leastIntersection : leastAccuracy);
  }

private:
  void state(const std::string &text, Verdict verdict) {
    const EvaluationRecord &record = group.front().record;
    statements.push_back({record.task + ", " + record.test.protocol + ": " + text, verdict});
  }
  void state(const std::string &text, bool holds) {
    state(text, holds ? Verdict::Holds : Verdict::Fails);
  }

  void sameSize() {
    if (!equivariant || !planar)
      return state("the networks have the same size: no results", false);
    const auto a = static_cast<double>(equivariant->record.parameters);
    const auto b = static_cast<double>(planar->record.parameters);
    const double difference = 100.0 * std::abs(a - b) / a;
    state("the networks' parameters differ by " + fixedText(difference, 1) +
              " % <= " + fixedText(parameterTolerance, 0) + " %",
          difference <= parameterTolerance);
  }

  void above(const ComparisonRow *other, const std::string &name) {
    const std::string what = "S2CNN unrotated -> rotated is above " + name;
    if (!equivariant || !other)
      return state(what + ": no results", false);
    const double difference = equivariant->mean - other->mean;
    const double deviation = std::hypot(equivariant->deviation, other->deviation);
    if (std::isnan(deviation))
      return state(what + " by " + fixedText(difference, 1) + ": one seed has no deviation",
                   Verdict::Open);
    state(what + " by " + fixedText(difference, 1) + " > " + fixedText(deviationsApart, 0) + " x " +
              fixedText(deviation, 1),
          difference > deviationsApart * deviation);
  }

  void bounded(const ComparisonRow *row, const std::string &name, const std::string &sense,
               double bound) {
    if (!row)
      return state(name + " " + sense + " " + fixedText(bound, 0) + " %: no results", false);
    state(name + " reaches " + fixedText(row->mean, 1) + " " + sense + " " + fixedText(bound, 0) +
              " %",
          sense == "<" ? row->mean < bound : row->mean > bound);
  }

  Group group;
  std::vector<Statement> &statements;
  const ComparisonRow *equivariant, *planar;
};

constexpr size_t tableColumns = 9;
using TableLine = std::array<std::string, tableColumns>;

TableLine lineOf(const ComparisonRow &row) {
  const EvaluationRecord &record = row.record;
  const TrainingRecord &training = *record.training;
  return {record.task + ", " + scoreName(record) + " in %",
          record.test.protocol,
          record.model,
          std::to_string(record.parameters),
          std::to_string(training.data.samples) + " x " + std::to_string(training.epochs),
          rotationName(training.data.rotated),
          rotationName(record.test.rotated),
          scoreText(row),
          std::to_string(row.scores.size())};
}

/// Characters of UTF-8 text.
size_t lengthOf(const std::string &text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

} // namespace

const char *rotationName(bool rotated) { return rotated ? "rotated" : "unrotated"; }

const char *scoreName(const EvaluationRecord &record) {
  return segments(record) ? "non-background mIoU" : "accuracy";
}

std::vector<std::span<const ComparisonRow>> comparisonGroups(std::span<const ComparisonRow> rows) {
  std::vector<Group> groups;
  for (size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
    const EvaluationRecord &first = rows[begin].record;
    while (end < rows.size() && rows[end].record.task == first.task &&
           rows[end].record.test.protocol == first.test.protocol)
      ++end;
    groups.push_back(rows.subspan(begin, end - begin));
  }
  return groups;
}

double scoreOf(const EvaluationRecord &record) {
  return 100.0 * (segments(record) ? record.nonBackgroundIoU : record.accuracy);
}

std::vector<ComparisonRow> compareRows(std::span<const EvaluationRecord> records,
                                       std::span<const std::string> origins) {
  std::map<decltype(keyOf(records[0])), Seeds> rows;
  for (size_t k = 0; k < records.size(); ++k) {
    checkRecord(records[k], origins[k]);
    const uint64_t seed = records[k].training->data.seed;
    const auto [at, added] =
        rows[keyOf(records[k])].emplace(seed, std::pair(&records[k], &origins[k]));
    if (!added)
      throw std::runtime_error(origins[k] + ": expected another seed than " + *at->second.second +
                               " has for the same row, got " + std::to_string(seed) + " again");
  }
  std::vector<ComparisonRow> result;
  for (const auto &[key, seeds] : rows)
    result.push_back(rowOf(seeds));
  return result;
}

std::string comparisonTable(std::span<const ComparisonRow> rows) {
  std::vector<TableLine> lines = {{"task", "protocol", "network", "parameters", "samples x epochs",
                                   "trained", "tested", "mean ± deviation", "seeds"}};
  for (const ComparisonRow &row : rows)
    lines.push_back(lineOf(row));
  std::array<size_t, tableColumns> widths = {};
  for (const TableLine &line : lines)
    for (size_t column = 0; column < tableColumns; ++column)
      widths[column] = std::max(widths[column], lengthOf(line[column]));
  std::string text;
  for (size_t index = 0; index < lines.size(); ++index) {
    for (size_t column = 0; column < tableColumns; ++column)
      text += "| " + lines[index][column] +
              std::string(widths[column] - lengthOf(lines[index][column]) + 1, ' ');
    text += "|\n";
    for (size_t column = 0; index == 0 && column < tableColumns; ++column)
      text += "| " + std::string(widths[column], '-') + (column + 1 < tableColumns ? " " : " |\n");
  }
  return text;
}

std::vector<Statement> paperStatements(std::span<const ComparisonRow> rows) {
  std::vector<Statement> statements;
  for (const Group group : comparisonGroups(rows))
    GroupStatements(group, statements).add();
  return statements;
}

} // namespace spherical::runtime
