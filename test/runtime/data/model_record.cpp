//===- model_record.cpp -----------------------------------------*- C++ -*-===//

#include "runtime/data/model_record.h"

#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

TEST(ModelRecord, OtherModelsAreNamed) {
  Metadata metadata;
  EXPECT_EQ(recordedModel(metadata), std::nullopt);
  EXPECT_EQ(otherModel(metadata, {"net", "0123456789abcdef"}), "");
  const ModelRecord record = {"net", "0123456789abcdef"};
  setModel(metadata, record);
  EXPECT_EQ(recordedModel(metadata), record);
  EXPECT_EQ(otherModel(metadata, record), "");
  EXPECT_EQ(otherModel(metadata, {"renamed", record.graph}), "");
  EXPECT_EQ(otherModel(metadata, {"net", ""}), "");
  EXPECT_EQ(otherModel(metadata, {"more", "fedcba9876543210"}),
            "expected weights of the model 'more' (graph fedcba987654), got those of 'net' (graph "
            "0123456789ab)");
}

TEST(ModelRecord, AModelWithoutADigestIsNotRecorded) {
  Metadata metadata;
  setModel(metadata, {"net", ""});
  EXPECT_TRUE(metadata.empty());
}

} // namespace
} // namespace spherical::runtime
