//===- run_record.cpp -------------------------------------------*- C++ -*-===//

#include "runtime/runs/run_record.h"

#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

RunRecord exampleRecord() {
  RunRecord record;
  record.name = "small";
  record.state = "running";
  record.settings = {{"epochs", "4"}, {"learning_rate", "0.001"}};
  record.seed = ~0ull;
  record.options = {{"--epochs", {"4"}}, {"--freeze", {"a", "b.*"}}};
  record.versions = {{"spherical", "1.0"}};
  record.steps = 12;
  record.seconds = 0.25;
  record.metric = "accuracy";
  record.best = {true, 0.1 + 0.2, 3, 9, 1};
  return record;
}

TEST(RunRecord, ReadsBackAllFields) {
  EXPECT_EQ(parseRun(runText(exampleRecord())), exampleRecord());
  RunRecord without = exampleRecord();
  without.best = {};
  EXPECT_EQ(parseRun(runText(without)), without);
}

TEST(RunRecord, RefusesWhatIsNone) {
  const TemporaryFolder folder;
  EXPECT_THAT(messageOf([&] { readRun(folder.path()); }), HasSubstr("run.json: cannot open"));
  makeFile(folder.file("run.json"), "{}");
  EXPECT_THAT(messageOf([&] { readRun(folder.path()); }),
              HasSubstr("run.json: expected the record of a run"));
  std::string text = runText(exampleRecord());
  text.replace(text.find("\"steps\": 12"), 11, "\"steps\": \"x\"");
  EXPECT_EQ(messageOf([&] { parseRun(text); }), "'steps' expected another value, got \"x\"");
}

} // namespace
} // namespace spherical::runtime
