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
  EXPECT_THAT(readError("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("git lfs pull"));
  EXPECT_THAT(readError("\n<!DOCTYPE html>\n<html>"), HasSubstr("this is a web page"));
}

// 0x280 is a header's length that begins as a pickle does: the header decides.
TEST(ForeignFiles, AHeaderThatReadsIsNoOtherForm) {
  std::string header = R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})";
  header.resize(0x280, ' ');
  EXPECT_EQ(readError("\x80\x02\x00\x00\x00\x00\x00\x00"s + header), "");
}

TEST(ForeignFiles, NothingIsSaidOfOtherBytes) {
  EXPECT_EQ(foreignForm({}), "");
  EXPECT_THAT(readError("abc"), HasSubstr("expected at least 8 bytes, got 3"));
  EXPECT_THAT(readError(archive("readme.txt")), HasSubstr("truncated header: expected"));
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
