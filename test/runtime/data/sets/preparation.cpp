//===- preparation.cpp - tests of normalisation and filling -----*- C++ -*-===//

#include "runtime/data/sets/preparation.h"

#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#include <limits>

namespace spherical::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Two channels: mean 2, deviation 4; mean 10, constant.
SetStatistics statistics() {
  SetStatistics result;
  result.channels = {{5, 1, 2.0, 80.0}, {5, 0, 10.0, 0.0}};
  return result;
}

std::vector<float> applied(const Preparation &preparation) {
  std::vector<float> x = {6.0f, std::numeric_limits<float>::quiet_NaN(), 10.0f,
                          std::numeric_limits<float>::quiet_NaN()};
  preparation.apply(x.data(), 2);
  return x;
}

TEST(MakePreparation, NormalisesEachChannelAndFills) {
  EXPECT_THAT(applied(makePreparation(statistics(), {})), ElementsAre(1.0f, 0.0f, 0.0f, 0.0f));
  EXPECT_THAT(applied(makePreparation(statistics(), {"measured", "zero"})),
              ElementsAre(1.0f, -0.5f, 0.0f, -10.0f));
  EXPECT_THAT(applied(makePreparation(statistics(), {"none", "mean"})),
              ElementsAre(6.0f, 2.0f, 10.0f, 10.0f));
  EXPECT_THAT(applied(makePreparation(statistics(), {"4/2,10/5", "-1.5"})),
              ElementsAre(1.0f, -2.75f, 0.0f, -2.3f));
}

TEST(MakePreparation, SaysWhatItExpects) {
  const auto fault = [](const PreparationOptions &options) {
    return messageOf([&] { makePreparation(statistics(), options); });
  };
  EXPECT_THAT(fault({"some", "mean"}),
              HasSubstr("--normalize expected 'measured', 'none' or MEAN"));
  EXPECT_THAT(fault({"1/0,1/1", "mean"}), HasSubstr("--normalize expected"));
  EXPECT_THAT(fault({"1/2", "mean"}), HasSubstr("of each of 2 channels, got 1"));
  EXPECT_THAT(fault({"none", "nan"}), HasSubstr("--fill expected 'mean', 'zero' or a number"));
}

TEST(Preparation, ComesBackFromMetadata) {
  Metadata metadata;
  EXPECT_FALSE(preparationOf(metadata));
  const Preparation preparation{{{1.0 / 3.0, 0.1, -2.0}, {280.15, 7.0, 0.0}}};
  setPreparation(metadata, preparation);
  EXPECT_EQ(preparationOf(metadata), preparation);
  metadata.begin()->second = "[{\"mean\": 1}]";
  EXPECT_THAT(messageOf([&] { preparationOf(metadata); }),
              HasSubstr("expected the mean, deviation"));
}

} // namespace
} // namespace spherical::runtime
