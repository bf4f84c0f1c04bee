//===- initialize.cpp -------------------------------------------*- C++ -*-===//

#include "runtime/train/initialize.h"

#include "test/runtime/data/temporary_folder.h"
#include "test/runtime/train/value_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spherical::runtime {
namespace {

TEST(InitializeParameters, FollowsTheDeclarations) {
  constexpr int64_t count = 20000;
  Store store;
  store.declare("a", Element::F32, count, "normal", 0.5);
  store.declare("b", Element::F64, count, "uniform", 3.0);
  store.declare("c", Element::F32, 4, "ones", 2.0);
  store.declare("d", Element::I64, 2, "zeros", 1.0);
  initializeParameters(store, 1);
  double sum = 0, squares = 0, least = 0, most = 0;
  for (const float x : store.values<float>(0)) {
    sum += x / count;
    squares += double(x) * x / count;
  }
  EXPECT_NEAR(sum, 0.0, 4 * 0.5 / std::sqrt(count));
  EXPECT_NEAR(squares, 0.25, 4 * 0.25 * std::sqrt(2.0 / count));
  sum = 0;
  for (const double x : store.values<double>(1)) {
    sum += x / count;
    least = std::min(least, x);
    most = std::max(most, x);
  }
  EXPECT_NEAR(sum, 0.0, 4 * std::sqrt(3.0 / count)); // variance 3^2 / 3
  EXPECT_GE(least, -3.0);
  EXPECT_LT(least, -2.99);
  EXPECT_LT(most, 3.0);
  EXPECT_EQ(store.values<float>(2), (std::vector<float>{2, 2, 2, 2}));
  EXPECT_EQ(store.values<int64_t>(3), (std::vector<int64_t>{0, 0}));
}

// An average starts as its parameter, whatever its own name is, and can be made to do so again.
TEST(InitializeParameters, StartsAveragesAsTheirParameters) {
  Store store;
  store.declare("layer.w", Element::F32, 5, "normal", 1.0);
  store.declare("average.layer.w", Element::F32, 5, "normal", 1.0, "average");
  initializeParameters(store, 1);
  EXPECT_EQ(store.values<float>(0), store.values<float>(1));
  EXPECT_NE(store.values<float>(0), std::vector<float>(5));
  const std::vector<float> other = {1, 2, 3, 4, 5};
  store.write(0, std::as_bytes(std::span(other)));
  EXPECT_NE(store.values<float>(1), other);
  restartAverages(store);
  EXPECT_EQ(store.values<float>(1), other);
}

TEST(InitializeParameters, DependsOnSeedAndNameOnly) {
  Store one, two, three;
  one.declare("a", Element::F32, 5, "normal", 1.0);
  one.declare("b", Element::F32, 5, "normal", 1.0);
  two.declare("b", Element::F32, 5, "normal", 1.0);
  three.declare("b", Element::F32, 5, "normal", 1.0);
  initializeParameters(one, 1);
  initializeParameters(two, 1);
  initializeParameters(three, 2);
  EXPECT_NE(one.values<float>(0), one.values<float>(1));
  EXPECT_EQ(one.values<float>(1), two.values<float>(0));
  EXPECT_NE(two.values<float>(0), three.values<float>(0));
}

TEST(InitializeParameters, RefusesOtherKinds) {
  using ::testing::HasSubstr;
  Store other, integer;
  other.declare("a", Element::F32, 5, "orthogonal", 1.0);
  integer.declare("n", Element::I32, 5, "normal", 1.0);
  EXPECT_THAT(messageOf([&] { initializeParameters(other, 0); }),
              HasSubstr("zeros, ones, normal or uniform, got 'orthogonal'"));
  EXPECT_THAT(messageOf([&] { initializeParameters(integer, 0); }),
              HasSubstr("'n' of i32 expected the initial values zeros or ones, got 'normal'"));
}

} // namespace
} // namespace spherical::runtime
