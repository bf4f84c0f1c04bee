//===- foreign_files.cpp ----------------------------------------*- C++ -*-===//

#include "runtime/data/foreign_files.h"

#include "runtime/data/safetensors.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

std::string readError(const std::string &bytes) {
  return messageOf([&] { parseSafetensors(std::as_bytes(std::span(bytes)), "a.pth"); });
}

/// A zip archive with a file of that name and no more.
std::string archive(const std::string &name) {
  return "PK\x03\x04\x00\x00"s + std::string(24, '\0') + name + std::string(40, '\x01');
}

// A9: what torch.save writes, as an archive, as the pickles of its first versions, and pickles of
// every protocol.
TEST(ForeignFiles, FilesOfPyTorchAreNamedWithTheRemedy) {
  const std::string all[] = {archive("archive/data.pkl"),
                             "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s +
                                 std::string(200, '\x02'),
                             "\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00}."s,
                             "\x80\x03}q\x00."s,
                             "(dp0\nVa\np1\nI1\ns."s,
                             "}q\x00X\x01\x00\x00\x00\x61q\x01K\x01s."s};
  for (const std::string &bytes : all)
    EXPECT_EQ(readError(bytes),
              "a.pth: not a valid safetensors file: this is a PyTorch file; save it with "
              "safetensors.torch.save_file(model.state_dict(), \"state.safetensors\")");
}

TEST(ForeignFiles, OtherFormsAreNamed) {
  EXPECT_THAT(readError(archive("x.npy")), HasSubstr("this is a NumPy file; save it with"));
  EXPECT_THAT(readError("\x93NUMPY\x01\x00"s), HasSubstr("this is a NumPy file"));
  EXPECT_THAT(readError("\x89HDF\r\n\x1a\n"s), HasSubstr("this is an HDF5 file"));
  EXPECT_THAT(readError("version https://git-lfs.github.com/spec/v1\n"),
              HasSubstr("itself; 'git lfs pull' fetches it"));
  EXPECT_THAT(readError("\n<!DOCTYPE html>\n<html>"), HasSubstr("this is a web page"));
}

// 0x280 is a header's length that begins as a pickle does: the header decides.
TEST(ForeignFiles, AHeaderThatReadsIsNoOtherForm) {
  std::string header = R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})";
  header.resize(0x280, ' ');
  EXPECT_EQ(readError("\x80\x02\x00\x00\x00\x00\x00\x00"s + header), "");
}

std::string formOf(const std::string &bytes, const std::string &path = "file") {
  return fileForm(std::as_bytes(std::span(bytes)), path).name;
}

TEST(ForeignFiles, WhatCommandsReadIsNamed) {
  EXPECT_EQ(formOf(""), "an empty file");
  EXPECT_EQ(formOf("# A model.\ninput: {bandlimit: 8}\nlayers: [integrate]\n"), "a model in YAML");
  EXPECT_EQ(formOf("batch: 8\n", "model.YML"), "a model in YAML");
  EXPECT_EQ(formOf("# comment.", "model.yaml"), "a model in YAML");
  EXPECT_EQ(formOf("module {\n  func.func @f() { return }\n}\n"), "a model in MLIR");
  EXPECT_EQ(formOf("module {\n}\n", "model.mlir"), "a model in MLIR");
  EXPECT_EQ(formOf("ML\xefR\x0d"), "a model in MLIR bytecode");
  EXPECT_EQ(formOf("\x02\0\0\0\0\0\0\0{}"s), "a safetensors file");
  EXPECT_EQ(formOf("\0\0\x08\x03\0\0\0\x01\0\0\0\x02"s), "an IDX file");
  EXPECT_EQ(formOf("\177ELF\x02"),
            "a compiled library or program");
  EXPECT_EQ(formOf("\x89PNG\r\n\x1a\n"), "a picture (PNG)");
  EXPECT_EQ(formOf("\x1f\x8b\x08\0"s), "a gzip file");
  EXPECT_EQ(formOf(archive("readme.txt")), "a zip archive");
  EXPECT_EQ(formOf("\n{\"format\": 1}"), "JSON");
  EXPECT_EQ(formOf("# Spherical\n\nüber\n\ninput: 3\nlayers: 2\n"), "text");
  EXPECT_EQ(formOf("# one\n\n# two"), "text");
}

// The ending of a text tells models from pickles that are text as well.
TEST(ForeignFiles, ModelsAreNoPickles) {
  EXPECT_EQ(formOf("channels: 3."), "a PyTorch file");
  EXPECT_EQ(formOf("channels: 3.", "model.yaml"), "a model in YAML");
}

TEST(ForeignFiles, NothingIsSaidOfOtherBytes) {
  EXPECT_EQ(formOf("\x01\x02\x03"), "");
  EXPECT_THAT(readError("\x01\x02\x03"), HasSubstr("expected at least 8 bytes, got 3"));
  EXPECT_THAT(readError("\xff\0\0\0\0\0\0\0{}"s), HasSubstr("truncated header: expected 255"));
}

// What helps stands behind the form.
TEST(ForeignFiles, TheRemedyIsSaid) {
  EXPECT_EQ(
      readError("input: 8\nlayers: []\n"),
      "a.pth: not a valid safetensors file: this is a model in YAML; 'spherical train' writes "
      "the weights of a model");
}

TensorFile namesOnly(const std::vector<std::string> &names) {
  TensorFile file;
  for (const std::string &name : names)
    file.tensors[name] = Tensor::scalar(1.0f);
  return file;
}

// A10.
TEST(ForeignFiles, PrefixesOfAllNamesAreFound) {
  const TensorFile module = namesOnly({"module.conv1.bias", "module.conv1.kernel"});
  EXPECT_EQ(foreignPrefix(module, {"conv1.kernel", "conv1.bias"}), "module.");
  EXPECT_EQ(foreignPrefix(module, {"kernel"}), "module.conv1.");
  EXPECT_EQ(foreignPrefix(module, {"input_layer.kernel"}), "module.conv1.");
  EXPECT_EQ(foreignPrefix(module, {"module.conv1.scale"}), "");
  EXPECT_EQ(foreignPrefix(namesOnly({"conv1.kernel", "conv2.kernel"}), {"kernel"}), "");
  EXPECT_EQ(foreignPrefix(namesOnly({"module.kernel"}), {"kernel"}), "");
  EXPECT_EQ(foreignPrefix({}, {"kernel"}), "");
}

} // namespace
} // namespace spherical::runtime
