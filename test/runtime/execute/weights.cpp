// Weights from and to tensors: conversion, completeness, nothing bound after a failure.

#include "runtime/execute/weights.h"

#include "runtime/data/model_record.h"
#include "test/runtime/execute/fake_program.h"

#include "gtest/gtest.h"

#include <cmath>

namespace spherical::runtime {
namespace {

using fake::failure;

TEST(Weights, ConvertFloatsAndComeBack) {
  const auto program = fake::load();
  TensorFile file;
  file.tensors["w"] = Tensor::of<double>({3}, std::vector<double>{1, 2, 3});
  file.tensors["s"] = Tensor::scalar<float>(7);
  file.tensors["step"] = Tensor::scalar<int64_t>(5);
  bindWeights(*program, file, "w.safetensors");
  const TensorFile back = readWeights(*program, true);
  EXPECT_EQ(back.tensors.size(), 4u); // w, s, m, step
  EXPECT_EQ(back.at("w").as<float>()[2], 3.0f);
  EXPECT_EQ(back.at("s").as<float>()[0], 7.0f);
  EXPECT_EQ(back.at("step").as<int64_t>()[0], 5);
  EXPECT_EQ(readWeights(*program, false).tensors.size(), 2u);
}

// Half precision as it comes from training on GPUs: 1, -2 and the largest of F16; 1, -2, 3 of BF16.
TEST(Weights, MayBeOfHalfPrecision) {
  const auto program = fake::load();
  for (const DType dtype : {DType::F16, DType::BF16}) {
    const bool half = dtype == DType::F16;
    const uint16_t one = half ? 0x3c00 : 0x3f80, last = half ? 0x7bff : 0x4040;
    const uint16_t bits[] = {one, 0xc000, last};
    TensorFile file;
    file.tensors["w"] = Tensor::zeros(dtype, {3});
    std::memcpy(file.tensors["w"].bytes.data(), bits, sizeof(bits));
    bindWeights(*program, file, "w.safetensors");
    const TensorFile back = readWeights(*program, false);
    EXPECT_EQ(back.at("w").as<float>()[0], 1.0f);
    EXPECT_EQ(back.at("w").as<float>()[1], -2.0f);
    EXPECT_EQ(back.at("w").as<float>()[2], half ? 65504.0f : 3.0f);
  }
}

TEST(Weights, NameTheStatesThatStartFromScratch) {
  const auto program = fake::load();
  TensorFile file;
  file.tensors["w"] = Tensor::zeros(DType::F32, {3});
  const auto &kept = program->manifest().parameters;
  EXPECT_EQ(matchWeights(kept, file).absentStates, std::vector<std::string>{"s"}); // not moments
  file.tensors["s"] = Tensor::scalar<float>(1);
  EXPECT_TRUE(matchWeights(kept, file).absentStates.empty());
}

TEST(Weights, AreBoundCompletelyOrNotAtAll) {
  const auto program = fake::load();
  auto refusal = [&](const TensorFile &file) {
    return failure(SPH_INVALID_ARGUMENT, [&] { bindWeights(*program, file, "f"); });
  };
  TensorFile file;
  EXPECT_EQ(refusal(file), "f: expected a tensor 'w' (f32 3), got none");
  file.tensors["w"] = Tensor::zeros(DType::F32, {3});
  file.tensors["v"] = Tensor::zeros(DType::F32, {3});
  EXPECT_EQ(refusal(file), "f: the network has no value 'v' (3)");
  file.tensors.erase("v");
  file.tensors["s"] = Tensor::zeros(DType::F32, {1});
  EXPECT_EQ(refusal(file), "f: 's' expected F32 scalar, got F32 1");
  file.tensors["s"] = Tensor::scalar<int32_t>(1);
  EXPECT_EQ(refusal(file), "f: 's' expected F32, F64, F16 or BF16, got I32");
  file.tensors["s"] = Tensor::scalar<float>(std::nanf(""));
  EXPECT_EQ(refusal(file), "f: 's' expected finite values, got nan at position 0");
  file.tensors["s"] = Tensor::scalar<float>(1);
  file.tensors["w"] = Tensor::of<double>({3}, std::vector<double>{0, 0, -1e300});
  EXPECT_EQ(refusal(file), "f: 'w' expected finite values, got -1e+300 at position 2"); // in f32
  file.tensors["w"] = Tensor::zeros(DType::F32, {3});
  file.tensors["step"] = Tensor::scalar<float>(1);
  EXPECT_EQ(refusal(file), "f: 'step' expected integers, got F32");
  EXPECT_FALSE(program->isBound("w"));
}

// The same names and shapes do not make them the same network.
TEST(Weights, OfAnotherModelAreRefused) {
  nlohmann::json manifest = fake::manifest();
  manifest["graph"] = "0123456789abcdef";
  const auto program = fake::load(manifest);
  TensorFile file;
  file.tensors["w"] = Tensor::zeros(DType::F32, {3});
  setModel(file.metadata, {"other", "fedcba9876543210"});
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { bindWeights(*program, file, "f"); }),
            "f: expected weights of the model 'fake' (graph 0123456789ab), got those of 'other' "
            "(graph fedcba987654)");
  EXPECT_FALSE(program->isBound("w"));
  setModel(file.metadata, {"renamed", "0123456789abcdef"});
  bindWeights(*program, file, "f");
  EXPECT_TRUE(program->isBound("w"));
}

} // namespace
} // namespace spherical::runtime
