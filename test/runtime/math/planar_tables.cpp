//===- planar_tables.cpp - tests of the tables of planar layers -*- C++ -*-===//

#include "runtime/math/index_tables.h"

#include <gtest/gtest.h>

#include <vector>

namespace spherical::runtime {
namespace {

template <typename T> std::vector<T> table(const TableSpec &spec) {
  std::vector<T> values(tableSize(spec));
  fillTable(spec, values.data(), 1);
  return values;
}

// One product whose offsets move in four steps.
TEST(WindowProblems, MoveByFourSteps) {
  const TableSpec spec{"window_problems",
                       Element::I64,
                       {{"row_blocks", 2},
                        {"channel_blocks", 3},
                        {"outer", 2},
                        {"inner", 3},
                        {"rows", 4},
                        {"depth_outer", 5},
                        {"depth", 6},
                        {"columns", 7},
                        {"a_first", 100},
                        {"a_row_block", 1000},
                        {"a_row", 30},
                        {"a_outer", 6},
                        {"a_depth", 1},
                        {"b_first", 200},
                        {"b_row_block", 2000},
                        {"b_channel_block", 3000},
                        {"b_outer", 11},
                        {"b_depth", 2},
                        {"b_column", 3},
                        {"c_row", 13},
                        {"c_column", 8},
                        {"c_first", 9},
                        {"c_channel_block", 5000},
                        {"b_step_outer", 17},
                        {"b_step", 19},
                        {"c_step_outer", 23},
                        {"c_step", 29}},
                       {}};
  ASSERT_EQ(tableSize(spec), 36 * kProblemFieldCount);
  std::vector<Problem> problems(36);
  fillTable(spec, problems.data(), 1);
  Problem expected;
  expected.R1 = 1, expected.R0 = 4, expected.K1 = 5, expected.K0 = 6, expected.N = 7;
  expected.aOff = 100 + 1000;
  expected.aR0 = 30, expected.aK1 = 6, expected.aK0 = 1;
  expected.bOff = 200 + 2000 + 2 * 3000 + 17 + 2 * 19;
  expected.bK1 = 11, expected.bK0 = 2, expected.bV = 3;
  expected.cOff = 9 + 2 * 5000 + 23 + 2 * 29;
  expected.cR0 = 13, expected.cV = 8;
  for (auto [name, field] : kProblemFields<int64_t>)
    EXPECT_EQ(problems.back().*field, expected.*field) << name;
}

// y[p, q] = x[floor(p H / P), floor(q W / Q)] for P / H and Q / W that are no integers.
TEST(NearestTables, AreFloors) {
  const int64_t height = 3, width = 2, rows = 7, columns = 5;
  const std::map<std::string, int64_t> sizes = {
      {"height", height}, {"width", width}, {"rows", rows}, {"columns", columns}};
  const auto index = table<int32_t>({"nearest_index", Element::I32, sizes, {}});
  ASSERT_EQ(index.size(), static_cast<size_t>(rows * columns));
  for (int64_t p = 0; p < rows; ++p)
    for (int64_t q = 0; q < columns; ++q)
      EXPECT_EQ(index[p * columns + q], p * height / rows * width + q * width / columns);
}

/// Each position of the result is a term of the one that it takes, and of no other.
static void checkAdjoint(int64_t height, int64_t width, int64_t rows, int64_t columns,
                         int64_t terms) {
  const std::map<std::string, int64_t> sizes = {
      {"height", height}, {"width", width}, {"rows", rows}, {"columns", columns}};
  const auto forward = table<int32_t>({"nearest_index", Element::I32, sizes, {}});
  const auto index = table<int32_t>({"nearest_adjoint_index", Element::I32, sizes, {}});
  const auto values = table<float>({"nearest_adjoint_values", Element::F32, sizes, {}});
  ASSERT_EQ(index.size(), static_cast<size_t>(height * width * terms));
  ASSERT_EQ(values.size(), index.size());
  std::vector<int> seen(rows * columns);
  for (size_t i = 0; i < index.size(); ++i) {
    if (values[i] == 0.0f)
      continue;
    EXPECT_EQ(values[i], 1.0f);
    EXPECT_EQ(forward[index[i]], static_cast<int32_t>(i / terms));
    ++seen[index[i]];
  }
  EXPECT_EQ(seen, std::vector<int>(rows * columns, 1));
}

TEST(NearestTables, AdjointHasEachPositionOnce) {
  checkAdjoint(3, 2, 7, 5, 3 * 3);
  checkAdjoint(13, 2, 5, 7, 1 * 4); // fewer rows
  checkAdjoint(13, 9, 5, 4, 1);
}

TEST(NearestTables, RejectElementsThatDoNotFit) {
  const std::map<std::string, int64_t> sizes = {
      {"height", 2}, {"width", 2}, {"rows", 4}, {"columns", 4}};
  EXPECT_THROW(tableSize({"nearest_index", Element::F32, sizes, {}}), std::invalid_argument);
  EXPECT_THROW(tableSize({"nearest_adjoint_values", Element::I32, sizes, {}}),
               std::invalid_argument);
  EXPECT_THROW(tableSize({"nearest_index",
                          Element::I32,
                          {{"height", 5}, {"width", 2}, {"rows", 0}, {"columns", 4}},
                          {}}),
               std::invalid_argument);
}

// Fields by name, the others 1 or 0.
TEST(EqualProblems, StepByStep) {
  const TableSpec spec{"equal_problems",
                       Element::I64,
                       {{"count", 3},
                        {"R1", 4},
                        {"K0", 5},
                        {"aOff", 7},
                        {"aK0", 2},
                        {"cV", 3},
                        {"aStep", 100},
                        {"bStep", 200},
                        {"cStep", 300}},
                       {}};
  ASSERT_EQ(tableSize(spec), 3 * kProblemFieldCount);
  std::vector<Problem> problems(3);
  fillTable(spec, problems.data(), 1);
  Problem expected;
  expected.R1 = 4, expected.R0 = 1, expected.K1 = 1, expected.K0 = 5, expected.N = 1;
  expected.aOff = 7 + 2 * 100, expected.aK0 = 2;
  expected.bOff = 2 * 200;
  expected.cOff = 2 * 300, expected.cV = 3;
  for (auto [name, field] : kProblemFields<int64_t>)
    EXPECT_EQ(problems[2].*field, expected.*field) << name;
}

} // namespace
} // namespace spherical::runtime
