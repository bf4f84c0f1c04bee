//===- comparison.h - networks side by side, over several seeds -*- C++ -*-===//
//
// The comparison of Gerken et al. 2022: a network that is equivariant by construction
// against one that learns from rotated copies. Results that differ in their seeds only
// make up a row; rows of one task and protocol can be compared.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_TRAIN_COMPARISON_H
#define SPHERICAL_RUNTIME_TRAIN_COMPARISON_H

#include "runtime/train/record.h"

#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

/// Results of one network, trained and tested in one way with several seeds.
struct ComparisonRow {
  EvaluationRecord record;    ///< of the first seed
  std::vector<double> scores; ///< one a seed, in the order of the seeds, in %
  double mean = 0.0;          ///< of the scores
  /// Sample standard deviation, sqrt(sum (x - mean)^2 / (n - 1)); NaN for a single score.
  double deviation = 0.0;

  bool trainedRotated() const { return record.training->data.rotated; }
  bool testedRotated() const { return record.test.rotated; }
};

/// "rotated" or "unrotated".
const char *rotationName(bool rotated);

/// What a task is judged by: "accuracy" or "non-background mIoU".
const char *scoreName(const EvaluationRecord &record);

/// What a task is judged by, in %: the accuracy, or in segmentation the non-background mIoU.
double scoreOf(const EvaluationRecord &record);

/// The rows of `records`, which come from the files `origins`: by task and protocol, S2CNNs first,
/// then as in the paper unrotated to rotated, unrotated to unrotated, rotated to rotated. Throws
/// std::runtime_error, with the file's name, for results of weights that do not say how they were
/// trained or whose training was stopped, and for two with the same seed in one row.
std::vector<ComparisonRow> compareRows(std::span<const EvaluationRecord> records,
                                       std::span<const std::string> origins);

/// The rows as a table in Markdown, with aligned columns.
std::string comparisonTable(std::span<const ComparisonRow> rows);

/// The rows of each task and protocol, which lie one behind the other in `rows`.
std::vector<std::span<const ComparisonRow>> comparisonGroups(std::span<const ComparisonRow> rows);

/// Whether rows bear a statement out; Open if they cannot tell.
enum class Verdict { Holds, Fails, Open };

/// A sentence about the rows, and whether they bear it out.
struct Statement {
  std::string text;
  Verdict verdict = Verdict::Open;
};

/// What the paper says, for each task and protocol that the rows have:
///   - the networks' numbers of parameters differ by at most 5 %
///   - S2CNN unrotated to rotated is above CNN unrotated to rotated and above CNN rotated to
///     rotated, by more than two deviations of the difference, sqrt(deviation^2 + deviation^2)
///   - CNN unrotated to rotated stays below 35 % in classification: the rotations are real
///   - CNN unrotated to unrotated is above 90 %, in segmentation 40 %: the network can learn
/// What has no row, or more than one, fails; a difference of means without a deviation, of one
/// seed, is open.
std::vector<Statement> paperStatements(std::span<const ComparisonRow> rows);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_COMPARISON_H
