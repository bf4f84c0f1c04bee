//===- damage.cpp - tests of data sets with damaged files -------*- C++ -*-===//
//
// Whatever is wrong with a file, the message names it, and the sample where it is one.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/sets/image_file.h"
#include "runtime/data/sets/open_set.h"
#include "runtime/data/sets/scan.h"
#include "test/runtime/data/sets/make_files.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#include <functional>
#include <limits>

namespace spherical::runtime {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// What opening and scanning the data set at `path` says.
std::string faultOf(const std::string &path, int64_t classes = 0) {
  return messageOf([&] {
    const auto set = openSet(findSet(path, std::nullopt, Part::All), {});
    scanSet(*set, {.threads = 2, .classes = classes});
  });
}

/// Keeps the first `bytes` of a file.
void truncate(const std::string &path, size_t bytes) {
  makeFile(path, fileText(path).substr(0, bytes));
}

TEST(Damage, TruncatedArraysOfEveryForm) {
  for (const std::string &name : arrayNames()) {
    const TemporaryFolder folder;
    const std::string path = folder.file(name);
    makeArrays(path, {{"x", ramp<float>({50, 2, 8, 8})}, {"labels", ramp<int32_t>({50})}});
    const std::string whole = fileText(path);
    for (const size_t kept : {whole.size() / 2, size_t(20), size_t(0)}) {
      truncate(path, kept);
      EXPECT_THAT(faultOf(path), HasSubstr(name)) << kept;
      makeFile(path, whole);
    }
    EXPECT_EQ(faultOf(path), "") << name;
  }
}

// A byte of the values of a stored member, which nothing but its checksum tells from another.
TEST(Damage, StoredMembersWithAnotherChecksum) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.npz");
  makeArrays(path, {{"x", ramp<float>({2, 1, 8, 8})}, {"labels", ramp<int32_t>({2})}});
  std::string text = fileText(path);
  const std::string nine("\0\0\x10\x41", 4);
  text[text.find(nine)] ^= 1;
  makeFile(path, text);
  EXPECT_THAT(faultOf(path), HasSubstr("a.npz: x.npy: damaged: its bytes are not those of"));
}

#if SPHERICAL_HAS_NETCDF
/// The numbers and names of a classic NetCDF file, written by hand, as the library fills what it
/// does not find with zeros.
struct ClassicFile {
  std::string text = std::string("CDF\x01", 4);

  void word(uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
      text += static_cast<char>(value >> shift & 0xff);
  }
  void name(const std::string &letters) {
    word(static_cast<uint32_t>(letters.size()));
    text += letters + std::string((4 - letters.size() % 4) % 4, '\0');
  }
};

// Two variables of three records of 6 bytes, each with 2 of padding.
TEST(Damage, TruncatedRecordsOfNetCdf3) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.nc");
  ClassicFile file;
  file.word(3);
  file.word(10), file.word(3);
  for (const auto &[axis, extent] : {std::pair("n", 0), std::pair("h", 1), std::pair("w", 3)})
    file.name(axis), file.word(extent);
  file.word(0), file.word(0); // no attributes
  file.word(11), file.word(2);
  const auto begin = static_cast<uint32_t>(file.text.size()) + 2 * 44;
  for (const uint32_t place : {0, 1}) {
    file.name(place == 0 ? "x" : "mask"), file.word(3);
    file.word(0), file.word(1), file.word(2);
    file.word(0), file.word(0);
    file.word(3), file.word(8), file.word(begin + 8 * place);
  }
  ASSERT_EQ(file.text.size(), begin);
  const std::string whole = file.text + std::string("\0\1\0\2\0\3\0\0", 8) +
                            std::string("\0\1\0\1\0\1\0\0", 8) + std::string(32, '\1');
  makeFile(path, whole);
  EXPECT_EQ(faultOf(path), "");
  truncate(path, whole.size() - 1);
  EXPECT_THAT(faultOf(path), HasSubstr("truncated: expected " + std::to_string(whole.size()) +
                                       " bytes, got " + std::to_string(whole.size() - 1)));
}

TEST(Damage, TruncatedNetCdf3) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.nc");
  ClassicFile classic;
  std::string &file = classic.text;
  const auto word = [&](uint32_t value) { classic.word(value); };
  const auto name = [&](const std::string &text) { classic.name(text); };
  word(0); // no records
  word(10), word(3);
  for (const auto &[axis, extent] : {std::pair("n", 40), std::pair("h", 8), std::pair("w", 8)})
    name(axis), word(extent);
  word(0), word(0); // no attributes
  word(11), word(1), name("x"), word(3), word(0), word(1), word(2), word(0), word(0);
  word(5), word(40 * 8 * 8 * 4), word(static_cast<uint32_t>(file.size()) + 4);
  file += std::string(40 * 8 * 8 * 4, '\0');
  makeFile(path, file);
  EXPECT_EQ(faultOf(path), "");
  makeFile(path, file.substr(0, file.size() / 2));
  EXPECT_THAT(faultOf(path), HasSubstr("a.nc"));
}
#endif

/// A file of arrays, and what is said of it.
struct Fault {
  const char *name;
  std::vector<NamedTensor> arrays;
  std::string expected;
};

Tensor withValue(Tensor tensor, size_t at, float value) {
  tensor.as<float>()[at] = value;
  return tensor;
}

TEST(Damage, ArraysThatDoNotFit) {
  const float infinite = std::numeric_limits<float>::infinity();
  const float missing = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = ramp<float>({3, 2, 2});
  const std::vector<Fault> faults = {
      {"no x", {{"a", x}, {"b", x}}, "expected an array 'x', got 'a', 'b'"},
      {"one axis",
       {{"x", ramp<float>({3})}},
       "x: expected [N, C, H, W], or [N, H, W], got the shape 3"},
      {"no extent", {{"x", ramp<float>({3, 0, 2, 2})}}, "x: expected one sample at least"},
      {"fewer labels",
       {{"labels", ramp<int32_t>({2})}, {"x", x}},
       "labels: expected a label for each sample (3) or each point (3x2x2), got the shape 2"},
      {"wrong target",
       {{"target", ramp<float>({2, 4})}, {"x", x}},
       "target: expected [N], [N, K] or a field like x, with N = 3, got the shape 2x4"},
      {"wrong mask",
       {{"mask", ramp<float>({3})}, {"x", x}},
       "mask: expected the shape of x (3x1x2x2)"},
      {"both",
       {{"labels", ramp<int32_t>({3})}, {"target", ramp<float>({3})}, {"x", x}},
       "expected 'labels' or 'target', got both"},
      {"infinite",
       {{"x", withValue(x, 6, infinite)}},
       "a.npz[1]: expected finite or missing values, got inf at position 2"},
      {"all missing",
       {{"x", withValue(ramp<float>({2, 1, 1}), 1, missing)}},
       "a.npz[1]: expected values, got missing ones only"},
      {"half label",
       {{"labels", ramp<float>({3}, 0.0, 0.5)}, {"x", x}},
       "a.npz[1]: expected whole numbers of 0 or more, or -1, as labels, got 0.5"},
      {"label nan",
       {{"labels", withValue(ramp<float>({3}), 2, missing)}, {"x", x}},
       "a.npz[2]: expected whole numbers of 0 or more, or -1, as labels, got nan"},
      {"negative label",
       {{"labels", ramp<int32_t>({3}, -2)}, {"x", x}},
       "a.npz[0]: expected whole"},
      {"large label",
       {{"labels", ramp<int32_t>({3}, 8)}, {"x", x}},
       "a.npz[2]: expected labels of 0 to 9, got 10"},
      {"time",
       {{"times", withValue(ramp<float>({3}), 1, missing)}, {"x", x}},
       "times[1]: expected a finite number"},
  };
  for (const Fault &fault : faults) {
    ArrayFile file{"a.npz", {}, {}, {}};
    for (const auto &[name, tensor] : fault.arrays)
      file.arrays[name] = arrayInMemory("a.npz: " + name, tensor.dtype, tensor.shape, tensor.bytes);
    EXPECT_THAT(messageOf([&] {
                  const auto set = makeArraySet(std::move(file), {});
                  scanSet(*set, {.classes = 10});
                }),
                HasSubstr(fault.expected))
        << fault.name;
  }
}

TEST(Damage, FilesThatAreNoDataSets) {
  const TemporaryFolder folder;
  EXPECT_THAT(faultOf(folder.file("none")), HasSubstr("none: cannot open: No such file"));
  EXPECT_THAT(faultOf(folder.path()), HasSubstr("expected a data set: x.npy, IDX files"));
  makeFile(folder.file("a.txt"), "hello, this is a text");
  EXPECT_THAT(faultOf(folder.file("a.txt")), HasSubstr("a.txt: expected data in .npy, .npz"));
  makeFile(folder.file("x.npy"), "\x93NUMPY\x01");
  EXPECT_THAT(faultOf(folder.file("x.npy")),
              HasSubstr("x.npy: not a valid NumPy array: it does not begin as one"));
}

TEST(Damage, Pictures) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.file("set/cat"));
  Picture picture(8, 4, {10, 20, 30});
  for (const char *name : {"set/cat/a.png", "set/cat/b.png", "set/cat/c.png"})
    picture.writePng(folder.file(name));
  const std::string path = folder.file("set"), odd = folder.file("set/cat/b.png");
  EXPECT_EQ(faultOf(path), "");
  const std::string whole = fileText(odd);

  Picture(8, 5, {0, 0, 0}).writePng(odd);
  EXPECT_THAT(faultOf(path), AllOf(HasSubstr("cat/b.png: expected 4 x 8 pixels, RGB, as most"),
                                   HasSubstr("got 5 x 8 pixels, RGB")));
  truncate(odd, whole.size() - 20);
  EXPECT_THAT(faultOf(path), HasSubstr("cat/b.png: not a valid PNG"));
  std::string damaged = whole;
  damaged[damaged.size() - 24] ^= 1; // in the data
  makeFile(odd, damaged);
  EXPECT_THAT(faultOf(path), HasSubstr("cat/b.png: not a valid PNG"));
  makeFile(odd, "");
  EXPECT_THAT(faultOf(path),
              HasSubstr("cat/b.png: expected a picture in PNG or JPEG, got an empty"));
  makeFile(odd, "GIF89a, of which there is no more");
  EXPECT_THAT(faultOf(path), HasSubstr("cat/b.png: expected a picture in PNG or JPEG"));

  std::filesystem::create_directories(folder.file("set/dog"));
  EXPECT_THAT(faultOf(path),
              HasSubstr("expected pictures (.png, .jpg) of the class 'dog', got none"));
}

TEST(Damage, LabelPictures) {
  const TemporaryFolder folder;
  const std::string path = folder.file("set");
  std::filesystem::create_directories(path + "/images");
  std::filesystem::create_directories(path + "/labels");
  Picture(4, 4, {1, 2, 3}).writePng(path + "/images/a.png");
  EXPECT_THAT(faultOf(path), HasSubstr("expected labels/a.png for images/a.png, got none"));
  Picture(4, 4, {1, 2, 3}).writePng(path + "/labels/a.png");
  EXPECT_THAT(faultOf(path),
              HasSubstr("labels/a.png: expected an indexed or grey PNG, or a palette"));
  makeFile(path + "/palette.txt", "0 0 0 sky\n1 2 4 sea\n");
  EXPECT_THAT(faultOf(path),
              HasSubstr("labels/a.png: expected colours of the palette, got 1 2 3 in row 0"));
  makeFile(path + "/palette.txt", "0 0 0 sky\n1 2 sea\n");
  EXPECT_THAT(faultOf(path), HasSubstr("palette.txt:2: expected red, green, blue"));
  makeFile(path + "/palette.txt", "0 0 0 sky\n1 2 3 sea\n");
  EXPECT_EQ(faultOf(path), "");
  EXPECT_THAT(faultOf(path, 1), HasSubstr("images/a.png: expected labels of 0 to 0, got 1"));
  const std::vector<uint8_t> few(2);
  writeIndexedPng(path + "/labels/a.png", 1, 2, few, std::vector<Color>{{0, 0, 0}});
  EXPECT_THAT(faultOf(path),
              HasSubstr("labels/a.png: expected the size of its picture, 4 x 4, got 1 x 2"));
}

TEST(Damage, SomeSamplesMayBeSkipped) {
  const Tensor x = withValue(withValue(ramp<float>({600, 1, 1}), 7, INFINITY), 599, INFINITY);
  const auto scan = [&](int64_t mostBad) {
    ArrayFile file{"a.npz", {}, {}, {}};
    file.arrays["x"] = arrayInMemory("a.npz: x", x.dtype, x.shape, x.bytes);
    return scanSet(*makeArraySet(std::move(file), {}), {.threads = 3, .mostBad = mostBad});
  };
  const SetStatistics statistics = scan(2);
  EXPECT_EQ(statistics.good.size(), 598u);
  EXPECT_EQ(statistics.good[7], 8);
  EXPECT_EQ(statistics.bad.size(), 2u);
  EXPECT_THAT(messageOf([&] { scan(1); }), AllOf(HasSubstr("a.npz[7]"), HasSubstr("2 samples")));
}

} // namespace
} // namespace spherical::runtime
