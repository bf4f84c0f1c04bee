// The cache of tables: one copy for equal specs, gone with its last holder.

#include "runtime/execute/table_cache.h"

#include "test/runtime/execute/fake_program.h"

#include "gtest/gtest.h"

#include <thread>

namespace spherical::runtime {
namespace {

TableSpec roots(int64_t n) {
  TableSpec spec;
  spec.kind = "roots";
  spec.parameters = {{"n", n}};
  return spec;
}

TEST(TableCache, SharesEqualTablesWhileTheyAreHeld) {
  EXPECT_FALSE(isTableHeld(roots(17)));
  {
    const auto first = acquireTable(roots(17), 2), second = acquireTable(roots(17), 1);
    EXPECT_EQ(first->data(), second->data());
    EXPECT_NE(first->data(), acquireTable(roots(19), 1)->data());
    EXPECT_FLOAT_EQ(reinterpret_cast<const float *>(first->data())[0], 0.93247223f); // of a turn / 17
    EXPECT_FLOAT_EQ(reinterpret_cast<const float *>(first->data())[1], 0.36124167f);
    EXPECT_TRUE(isTableHeld(roots(17)));
  }
  EXPECT_FALSE(isTableHeld(roots(17)));
}

TEST(TableCache, FillsOnceForManyThreads) {
  std::vector<std::shared_ptr<const MappedMemory>> tables(6);
  {
    std::vector<std::jthread> threads;
    for (auto &table : tables)
      threads.emplace_back([&table] { table = acquireTable(roots(997), 1); });
  }
  for (const auto &table : tables)
    EXPECT_EQ(table, tables[0]);
}

TEST(TableCache, IsSharedBetweenPrograms) {
  const auto first = fake::load(), second = fake::load();
  TableSpec spec = roots(17);
  spec.element = Element::F64;
  first->reserve(first->entry("hash"));
  EXPECT_TRUE(isTableHeld(spec));
  second->reserve(second->entry("hash"));
  EXPECT_EQ(acquireTable(spec, 1).use_count(), 3); // two programs and this
}

} // namespace
} // namespace spherical::runtime
