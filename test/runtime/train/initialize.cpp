//===- initialize.cpp -------------------------------------------*- C++ -*-===//

#include "runtime/train/initialize.h"

#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace spherical::runtime {
namespace {

/// Keeps values and nothing else.
class Store : public Executable {
public:
  void declare(const char *name, Element element, int64_t size, const char *kind, double scale) {
    ParameterSpec spec;
    spec.name = name;
    spec.element = element;
    spec.shape = {size};
    spec.initKind = kind;
    spec.initScale = scale;
    specs.push_back(spec);
    bytes.emplace_back(spec.bytes());
  }
  template <typename T> std::vector<T> values(size_t index) const {
    std::vector<T> result(bytes[index].size() / sizeof(T));
    std::memcpy(result.data(), bytes[index].data(), bytes[index].size());
    return result;
  }
  int64_t capacity() const override { return 1; }
  std::vector<int64_t> sampleShape() const override { return {}; }
  int64_t classes() const override { return 1; }
  const std::vector<ParameterSpec> &kept() const override { return specs; }
  void read(size_t index, std::span<std::byte> out) const override {
    std::copy(bytes[index].begin(), bytes[index].end(), out.begin());
  }
  void write(size_t index, std::span<const std::byte> values) override {
    bytes[index].assign(values.begin(), values.end());
  }
  float trainStep(const float *, const Targets &, int64_t, float, float *) override { return 0; }
  void forward(const float *, int64_t, float *) override {}

private:
  std::vector<ParameterSpec> specs;
  std::vector<std::vector<std::byte>> bytes;
};

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
