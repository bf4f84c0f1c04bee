//===- checkpoint.cpp -------------------------------------------*- C++ -*-===//

#include "runtime/train/checkpoint.h"

#include "runtime/train/initialize.h"
#include "test/runtime/data/temporary_folder.h"
#include "test/runtime/train/fake_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

RunPosition examplePosition() {
  RunPosition position;
  position.step = 1234567890123;
  position.epoch = 3;
  position.batch = 7;
  position.seed = ~0ull;
  position.batchSize = 32;
  position.data = 0x8000000000000001;
  position.epochMetrics = Metrics(2);
  position.epochMetrics.count = 224;
  position.epochMetrics.correct = 200;
  position.epochMetrics.lossSum = 0.1 + 1e-13;
  position.epochMetrics.confusion = {100, 14, 10, 100};
  position.windowMetrics.absoluteSum = -0.0;
  position.learningRate = 0.1f;
  position.settings = {{"epochs", "4"}, {"loss", "\"cross\" entropy"}};
  return position;
}

TEST(Checkpoint, ReadsBackEveryBit) {
  const TemporaryFolder folder;
  FakeNetwork saved(2, 3), loaded(2, 3);
  initializeParameters(saved, 4);
  saved.steps = 99;
  saved.momentum[5] = 0.125f;
  saveCheckpoint(folder.file("run"), saved, examplePosition());
  EXPECT_EQ(loadCheckpoint(folder.file("run"), loaded), examplePosition());
  EXPECT_EQ(loaded.weights, saved.weights);
  EXPECT_EQ(loaded.momentum, saved.momentum);
  EXPECT_EQ(loaded.steps, 99);
}

TEST(Checkpoint, AFileThatDoesNotFitChangesNothing) {
  const TemporaryFolder folder;
  FakeNetwork saved(2, 3), other(3, 3);
  initializeParameters(saved, 4);
  saveCheckpoint(folder.file("run"), saved, examplePosition());
  const std::vector<float> before = other.weights;
  EXPECT_EQ(messageOf([&] { loadCheckpoint(folder.file("run"), other); }),
            folder.file("run") + ": 'head.weight' expected F32 3x36, got F32 3x16");
  EXPECT_EQ(other.weights, before);
}

TEST(Checkpoint, EachPartIsNeeded) {
  const TemporaryFolder folder;
  const std::string path = folder.file("run");
  FakeNetwork network(2, 3);
  saveCheckpoint(path, network, examplePosition());
  const TensorFile whole = readSafetensors(path);
  auto errorOf = [&](const TensorFile &file) {
    writeSafetensors(path, file);
    return messageOf([&] { loadCheckpoint(path, network); });
  };
  for (const auto &[key, value] : whole.metadata) {
    TensorFile file = whole;
    file.metadata.erase(key);
    EXPECT_NE(errorOf(file), "") << key;
    file.metadata[key] = "12x";
    EXPECT_NE(errorOf(file), "") << key;
  }
  for (const auto &[name, tensor] : whole.tensors) {
    TensorFile file = whole;
    file.tensors.erase(name);
    EXPECT_THAT(errorOf(file), HasSubstr("expected a tensor '" + name + "'"));
  }
  TensorFile more = whole;
  more.tensors["head.bias"] = Tensor::zeros(DType::F32, {3});
  EXPECT_THAT(errorOf(more), HasSubstr("the network has no value 'head.bias' (3)"));
  EXPECT_EQ(errorOf(whole), "");
}

// A page that never reached the disk: the file has its length, and zeros.
TEST(Checkpoint, ADamagedOneGivesWayToTheOneBefore) {
  const TemporaryFolder folder;
  const std::string path = folder.file("run.safetensors");
  FakeNetwork network(2, 3), loaded(2, 3);
  initializeParameters(network, 4);
  RunPosition position = examplePosition();
  saveCheckpoint(path, network, position, {}, /*keepPrevious=*/true);
  position.step = 5;
  network.momentum[5] = 1.0f;
  saveCheckpoint(path, network, position, {}, /*keepPrevious=*/true);
  std::string note;
  EXPECT_EQ(loadLastCheckpoint(path, loaded, note).step, 5);
  EXPECT_EQ(note, "");
  std::string bytes = fileText(path);
  std::fill(bytes.end() - 256, bytes.end(), '\0');
  makeFile(path, bytes);
  EXPECT_THAT(messageOf([&] { loadCheckpoint(path, loaded); }),
              HasSubstr("the checkpoint is damaged: expected the digest"));
  EXPECT_EQ(loaded.momentum[5], 1.0f);
  EXPECT_EQ(loadLastCheckpoint(path, loaded, note), examplePosition());
  EXPECT_EQ(loaded.momentum[5], 0.0f);
  EXPECT_THAT(note, HasSubstr("is damaged"));
  EXPECT_EQ(loadCheckpoint(path, loaded), examplePosition()); // it took the place
  makeFile(path, bytes.substr(0, bytes.size() / 2));
  EXPECT_THAT(messageOf([&] { loadLastCheckpoint(path, loaded, note); }), HasSubstr("truncated"));
}

TEST(Weights, NeedTheParametersOnly) {
  FakeNetwork trained(2, 3), fresh(2, 3);
  initializeParameters(trained, 4);
  const TensorFile weights = keptValues(trained, /*parametersOnly=*/true);
  EXPECT_EQ(weights.tensors.size(), 1u);
  EXPECT_TRUE(setKeptValues(fresh, weights).empty()); // it has no states
  EXPECT_EQ(fresh.weights, trained.weights);
  TensorFile wide = weights;
  wide.tensors["head.weight"].dtype = DType::I32;
  EXPECT_THAT(messageOf([&] { setKeptValues(fresh, wide); }),
              HasSubstr("'head.weight' expected F32, F64, F16 or BF16, got I32"));
  TensorFile damaged = weights;
  damaged.tensors["head.weight"].as<float>()[4] = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(messageOf([&] { setKeptValues(fresh, damaged); }),
            "'head.weight' expected finite values, got -inf at position 4");
  EXPECT_EQ(fresh.weights, trained.weights);
}

} // namespace
} // namespace spherical::runtime
