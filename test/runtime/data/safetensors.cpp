//===- safetensors.cpp ------------------------------------------*- C++ -*-===//

#include "runtime/data/safetensors.h"

#include "runtime/data/files.h"
#include "runtime/data/random.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sys/resource.h>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

/// A file's bytes from its header and data.
std::string encode(const std::string &header, const std::string &data) {
  const uint64_t length = header.size();
  std::string bytes(reinterpret_cast<const char *>(&length), 8);
  return bytes + header + data;
}

TensorFile parse(const std::string &bytes) {
  return parseSafetensors(std::as_bytes(std::span(bytes)), "a.safetensors");
}

std::string parseError(const std::string &header, const std::string &data) {
  return messageOf([&] { parse(encode(header, data)); });
}

TensorFile example() {
  TensorFile file;
  const std::vector<float> weights = {1.5f, -2.25f, 3.0f, 0.1f, -0.0f, 7.0f};
  const std::vector<double> wide = {0.1, -1e300};
  const std::vector<int32_t> labels = {3, -1, 9};
  const std::vector<uint8_t> pixels = {0, 255, 7};
  file.tensors["weights"] = Tensor::of<float>({2, 3}, weights);
  file.tensors["wide"] = Tensor::of<double>({2}, wide);
  file.tensors["labels"] = Tensor::of<int32_t>({3}, labels);
  file.tensors["pixels"] = Tensor::of<uint8_t>({1, 3, 1}, pixels);
  file.tensors["step"] = Tensor::scalar<int64_t>(-5);
  file.tensors["empty"] = Tensor::zeros(DType::I8, {4, 0});
  file.metadata["seed"] = "12 \"quoted\" \u00e4";
  return file;
}

TEST(Safetensors, ReadsBackWhatItWrote) {
  const TemporaryFolder folder;
  const std::string path = folder.file("t.safetensors");
  const TensorFile written = example();
  writeSafetensors(path, written);
  const TensorFile read = readSafetensors(path);
  EXPECT_EQ(read.metadata, written.metadata);
  ASSERT_EQ(read.tensors.size(), written.tensors.size());
  for (const auto &[name, tensor] : written.tensors) {
    EXPECT_EQ(read.at(name).dtype, tensor.dtype) << name;
    EXPECT_EQ(read.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(read.at(name).bytes, tensor.bytes) << name;
  }
  EXPECT_EQ(read.at("step").as<int64_t>()[0], -5);
  EXPECT_EQ(folder.files(), 1);
}

TEST(Safetensors, EqualContentsGiveEqualBytes) {
  const TemporaryFolder folder;
  writeSafetensors(folder.file("a"), example());
  writeSafetensors(folder.file("b"), readSafetensors(folder.file("a")));
  EXPECT_EQ(fileText(folder.file("a")), fileText(folder.file("b")));
}

TEST(Safetensors, AccessWithAnotherTypeIsRefused) {
  const Tensor tensor = Tensor::scalar(1.0f);
  EXPECT_THAT(messageOf([&] { tensor.as<double>(); }),
              HasSubstr("expected a tensor of F64, got F32"));
  EXPECT_THAT(messageOf([&] { example().at("absent"); }), HasSubstr("'absent', got 'empty', "));
}

TEST(Safetensors, ReadsAFileOfAnotherTool) {
  const TensorFile file = parse(encode(
      R"({ "b":{"shape":[2],"data_offsets":[4,8],"dtype":"BF16"},"a":{"dtype":"F16","shape":[1],"data_offsets":[2,4]},)"
      R"("c":{"dtype":"U16","shape":[],"data_offsets":[0,2]}} )",
      "\x01\x02\x03\x04\x05\x06\x07\x08"));
  EXPECT_EQ(file.at("a").bytes, (std::vector<std::byte>{std::byte{3}, std::byte{4}}));
  EXPECT_EQ(file.at("b").dtype, DType::BF16);
  EXPECT_EQ(file.at("b").bytes[3], std::byte{8});
  EXPECT_TRUE(file.at("c").shape.empty());
}

TEST(Safetensors, RejectsEachViolation) {
  const std::string one = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const std::string data(8, '\1');
  EXPECT_EQ(parseError(one, data), "");
  EXPECT_THAT(parseError(one, data.substr(1)),
              HasSubstr("truncated data: tensor 'a' ends at byte 8, got 7"));
  EXPECT_THAT(parseError(one, data + "x"), HasSubstr("expected 8 bytes of data, got 9"));
  EXPECT_THAT(messageOf([&] { parse("\x01\x02\x03"); }),
              HasSubstr("expected at least 8 bytes, got 3"));
  EXPECT_THAT(messageOf([&] { parse(encode(one, data).substr(0, 20)); }),
              HasSubstr("truncated header"));
  const std::string huge(8, '\xff');
  EXPECT_THAT(messageOf([&] { parse(huge); }), HasSubstr("header of at most 100000000 bytes"));
  EXPECT_THAT(parseError("[1, 2]", ""), HasSubstr("not a JSON object"));
  EXPECT_THAT(parseError("{\"a\"", ""), HasSubstr("not a JSON object"));
  EXPECT_THAT(parseError(R"({"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}})", data),
              HasSubstr("type 'F31', which is not supported"));
  EXPECT_THAT(parseError(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", data),
              HasSubstr("expected 3 elements of F32 (3), got 8 bytes"));
  EXPECT_THAT(parseError(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", data),
              HasSubstr("not a whole number"));
  EXPECT_THAT(parseError(R"({"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})", data),
              HasSubstr("not a whole number"));
  EXPECT_THAT(
      parseError(R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,8]}})",
                 data),
      HasSubstr("shape that is too large"));
  EXPECT_THAT(parseError(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[8,0]}})", data),
              HasSubstr("run backwards"));
  EXPECT_THAT(parseError(R"({"a":{"dtype":"F32","shape":[2]}})", data),
              HasSubstr("expected exactly dtype, shape and data_offsets"));
  EXPECT_THAT(parseError(R"({"__metadata__":{"a":1}})", ""), HasSubstr("not a string at 'a'"));
}

TEST(Safetensors, RejectsOverlapsGapsAndRepeatedNames) {
  auto pair = [](const char *name1, const char *range1, const char *name2, const char *range2) {
    return std::string("{\"") + name1 + R"(":{"dtype":"U8","shape":[4],"data_offsets":)" + range1 +
           "},\"" + name2 + R"(":{"dtype":"U8","shape":[4],"data_offsets":)" + range2 + "}}";
  };
  const std::string data(8, '\1');
  EXPECT_EQ(parseError(pair("a", "[4,8]", "b", "[0,4]"), data), "");
  EXPECT_THAT(parseError(pair("a", "[0,4]", "b", "[3,7]"), data),
              HasSubstr("tensor 'b' overlaps another one"));
  EXPECT_THAT(parseError(pair("a", "[0,4]", "b", "[5,9]"), data + "x"),
              HasSubstr("unused bytes before tensor 'b'"));
  EXPECT_THAT(parseError(pair("a", "[0,4]", "a", "[4,8]"), data), HasSubstr("a name stands twice"));
}

// A small file may not claim the same bytes again and again.
TEST(Safetensors, OverlapsAreFoundBeforeTheirValuesAreCopied) {
  std::string header = "{";
  for (int i = 0; i < 200000; ++i)
    header += (i ? ",\"" : "\"") + std::to_string(i) +
              R"(":{"dtype":"U8","shape":[1000000],"data_offsets":[0,1000000]})";
  EXPECT_THAT(parseError(header + "}", std::string(1000000, 'x')), HasSubstr("overlaps"));
}

// Any bytes give a file or an error: mutations of a valid file, and noise. Run under the address
// sanitizer this also shows that nothing outside the bytes is read.
TEST(Safetensors, ArbitraryBytesNeverCrash) {
  const TemporaryFolder folder;
  writeSafetensors(folder.file("t"), example());
  const std::string valid = fileText(folder.file("t"));
  const RandomNumbers random(7, RandomStream::Subset);
  int accepted = 0;
  for (uint64_t round = 0; round < 20000; ++round) {
    std::string bytes = valid;
    const uint64_t edits = 1 + random.below(100 * round, 4);
    for (uint64_t edit = 0; edit < edits; ++edit) {
      const auto word = random.words(100 * round + 1 + edit);
      const size_t at = word[0] % bytes.size();
      switch (word[1] % 4) {
      case 0:
        bytes[at] = static_cast<char>(word[1] >> 8);
        break;
      case 1:
        bytes.resize(at + 1);
        break;
      case 2:
        bytes.insert(at, 1, "0129[]{}\",:-"[(word[1] >> 8) % 12]);
        break;
      default:
        bytes.erase(at, 1 + (word[1] >> 8) % 3);
        bytes += ' ';
      }
    }
    accepted += messageOf([&] { parse(bytes); }).empty();
  }
  EXPECT_GT(accepted, 0); // changed values and names are valid
  EXPECT_LT(accepted, 20000);
}

TEST(Safetensors, DeeplyNestedHeaderIsAnError) {
  EXPECT_NE(parseError(std::string(1000000, '['), ""), "");
  EXPECT_NE(parseError("{\"a\":" + std::string(1000000, '[') + std::string(1000000, ']') + "}", ""),
            "");
}

TEST(ReplacingFile, KeepsTheOldFileIfTheNewOneIsNotCommitted) {
  const TemporaryFolder folder;
  const std::string path = folder.file("f");
  replaceFile(path, "old");
  {
    ReplacingFile file(path);
    file.write(std::as_bytes(std::span("new", 3)));
  }
  EXPECT_EQ(fileText(path), "old");
  EXPECT_EQ(folder.files(), 1);
}

// A limit on the size of files fails in the same calls as a full disk.
TEST(ReplacingFile, KeepsTheOldFileIfTheDiskIsFull) {
  const TemporaryFolder folder;
  const std::string path = folder.file("f");
  replaceFile(path, "old");
  rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small = {1 << 16, limit.rlim_max};
  const auto previous = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  TensorFile file;
  file.tensors["big"] = Tensor::zeros(DType::F32, {100000});
  const std::string message = messageOf([&] { writeSafetensors(path, file); });
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, previous);
  EXPECT_EQ(message, path + ": cannot write: File too large");
  EXPECT_EQ(fileText(path), "old");
  EXPECT_EQ(folder.files(), 1);
}

TEST(ReplacingFile, NamesTheReasonIfTheFolderIsMissing) {
  EXPECT_EQ(messageOf([] { replaceFile("/nonexistent/f", "x"); }),
            "/nonexistent/f: cannot write: No such file or directory");
  EXPECT_THAT(messageOf([] { readFile("/nonexistent/f"); }), HasSubstr("No such file"));
  EXPECT_THAT(messageOf([] { readFile("/"); }), HasSubstr("expected a regular file"));
}

} // namespace
} // namespace spherical::runtime
