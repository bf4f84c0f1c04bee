//===- comparison.cpp -------------------------------------------*- C++ -*-===//

#include "runtime/train/comparison.h"

#include <gmock/gmock.h>

#include <cmath>

namespace spherical::runtime {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Results to compare, as if from files "0", "1", ...
struct Results {
  std::vector<EvaluationRecord> records;
  std::vector<std::string> origins;

  /// Adds a result of each seed 0, 1, ... with these accuracies.
  EvaluationRecord *add(const std::string &architecture, bool trainedRotated, bool testedRotated,
                        const std::vector<double> &accuracies) {
    for (size_t seed = 0; seed < accuracies.size(); ++seed) {
      EvaluationRecord record;
      record.model = architecture == "CNN" ? "planar" : "sphere";
      record.architecture = architecture;
      record.task = "classification";
      record.parameters = architecture == "CNN" ? 1040 : 1000;
      record.training = TrainingRecord{{"paper", trainedRotated, 64, 1, 0, seed}, 3, 6, true};
      record.test = {"paper", testedRotated, 32, 1, 0, seed};
      record.accuracy = accuracies[seed];
      origins.push_back(std::to_string(records.size()));
      records.push_back(record);
    }
    return &records.back();
  }

  std::vector<ComparisonRow> rows() const { return compareRows(records, origins); }
  std::vector<Statement> statements() const { return paperStatements(rows()); }
};

/// What the paper finds: every statement holds.
Results paperResults() {
  Results results;
  results.add("CNN", true, true, {0.60, 0.62, 0.64});
  results.add("CNN", false, false, {0.95, 0.96, 0.97});
  results.add("CNN", false, true, {0.10, 0.12, 0.11});
  results.add("S2CNN", false, true, {0.90, 0.91, 0.92});
  return results;
}

std::vector<bool> held(const Results &results) {
  std::vector<bool> all;
  for (const Statement &statement : results.statements())
    all.push_back(statement.verdict == Verdict::Holds);
  return all;
}

TEST(Comparison, RowsHaveMeanAndSampleDeviation) {
  Results results;
  results.add("CNN", true, true, {0.50, 0.53, 0.59});
  const std::vector<ComparisonRow> rows = results.rows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_NEAR(rows[0].mean, 54.0, 1e-12);
  EXPECT_NEAR(rows[0].deviation, std::sqrt((16.0 + 1.0 + 25.0) / 2.0), 1e-12);
}

TEST(Comparison, OneSeedHasNoDeviation) {
  Results results;
  results.add("CNN", true, true, {0.5});
  EXPECT_TRUE(std::isnan(results.rows()[0].deviation));
  EXPECT_THAT(comparisonTable(results.rows()), HasSubstr("| 50.0 "));
}

TEST(Comparison, SegmentationIsJudgedByItsNonBackgroundIoU) {
  Results results;
  EvaluationRecord *record = results.add("CNN", true, true, {0.9});
  record->task = "segmentation";
  record->meanIoU = 0.5;
  record->nonBackgroundIoU = 0.25;
  EXPECT_EQ(results.rows()[0].mean, 25.0);
}

TEST(Comparison, RowsStandInTheOrderOfThePaper) {
  std::string order;
  for (const ComparisonRow &row : paperResults().rows())
    order += row.record.architecture + (row.trainedRotated() ? " R" : " N") +
             (row.testedRotated() ? "R," : "N,");
  EXPECT_EQ(order, "S2CNN NR,CNN NR,CNN NN,CNN RR,");
}

TEST(Comparison, OtherSettingsMakeAnotherRow) {
  Results results;
  results.add("CNN", true, true, {0.5, 0.5})->training->epochs = 4;
  EXPECT_EQ(results.rows().size(), 2u);
}

TEST(Comparison, RefusesResultsThatAreNone) {
  Results twice;
  twice.add("CNN", true, true, {0.5, 0.5})->training->data.seed = 0;
  EXPECT_THAT([&] { twice.rows(); },
              ThrowsMessage<std::runtime_error>(
                  "1: expected another seed than 0 has for the same row, got 0 again"));
  Results stopped;
  stopped.add("CNN", true, true, {0.5})->training->finished = false;
  EXPECT_THAT([&] { stopped.rows(); },
              ThrowsMessage<std::runtime_error>(HasSubstr("0: expected results of a finished")));
  Results unknown;
  unknown.add("CNN", true, true, {0.5})->training.reset();
  EXPECT_THAT([&] { unknown.rows(); },
              ThrowsMessage<std::runtime_error>(HasSubstr("weights that do not")));
}

// Parameters, above unrotated and rotated training, real rotations, healthy CNN.
TEST(PaperStatements, HoldForWhatThePaperFinds) {
  EXPECT_EQ(held(paperResults()), std::vector<bool>(5, true));
}

TEST(PaperStatements, EachFailsByItself) {
  Results large = paperResults();
  for (EvaluationRecord &record : large.records)
    record.parameters = record.architecture == "CNN" ? 1051 : 1000;
  EXPECT_EQ(held(large), (std::vector<bool>{false, true, true, true, true}));

  auto with = [](double scale, bool trainedRotated, bool testedRotated) {
    Results results = paperResults();
    for (EvaluationRecord &record : results.records)
      if (record.architecture == "CNN" && record.training->data.rotated == trainedRotated &&
          record.test.rotated == testedRotated)
        record.accuracy *= scale;
    return held(results);
  };
  EXPECT_EQ(with(9.0, false, true), (std::vector<bool>{true, false, true, false, true}));
  EXPECT_EQ(with(3.5, false, true), (std::vector<bool>{true, true, true, false, true}));
  EXPECT_EQ(with(1.5, true, true), (std::vector<bool>{true, true, false, true, true}));
  EXPECT_EQ(with(0.9, false, false), (std::vector<bool>{true, true, true, true, false}));
}

// 91 and 88 with deviations 1 and 1.4: the difference has sqrt(3), and 3 is less than twice that.
TEST(PaperStatements, WantMoreThanTwoDeviations) {
  Results results = paperResults();
  const std::vector<double> wide = {0.88 - 0.02, 0.88, 0.88 + 0.02};
  for (size_t k = 0; k < 3; ++k)
    results.records[k].accuracy = wide[k];
  EXPECT_FALSE(held(results)[2]);
  for (size_t k = 0; k < 3; ++k)
    results.records[k].accuracy = 0.88 + (wide[k] - 0.88) / 4;
  EXPECT_TRUE(held(results)[2]);
}

TEST(PaperStatements, DoNotHoldWithoutResults) {
  Results none;
  none.add("S2CNN", false, true, {0.9, 0.91});
  EXPECT_EQ(held(none), std::vector<bool>(5, false));
  Results single = paperResults();
  std::erase_if(single.records,
                [](const EvaluationRecord &record) { return record.test.seed > 0; });
  EXPECT_EQ(held(single), (std::vector<bool>{true, false, false, true, true}));
  const std::vector<Statement> statements = single.statements();
  EXPECT_EQ(statements[1].verdict, Verdict::Open); // one seed has no deviation
  EXPECT_EQ(none.statements()[1].verdict, Verdict::Fails);
}

TEST(Comparison, TableShowsEveryRow) {
  const std::vector<ComparisonRow> rows = paperResults().rows();
  const std::string table = comparisonTable(rows);
  EXPECT_THAT(table, HasSubstr("| classification, accuracy in % | paper    | sphere  | 1000       "
                               "| 64 x 3           | unrotated | rotated   | 91.0 ± 1.0       "
                               "| 3     |\n"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 6);
  const auto groups = comparisonGroups(rows);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].size(), rows.size());
}

} // namespace
} // namespace spherical::runtime
