//===- array_file.cpp - tests of arrays in files of every form --*- C++ -*-===//

#include "runtime/data/sets/array_file.h"

#include "test/runtime/data/sets/make_files.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#include <zlib.h>

namespace spherical::runtime {
namespace {

using testing::ElementsAre;

std::vector<float> rows(const StoredArray &array, int64_t first, int64_t count) {
  std::vector<float> values(count * array.rowSize());
  array.read(first, count, reinterpret_cast<std::byte *>(values.data()));
  return values;
}

TEST(ArrayFile, GivesWhatEveryFormWasGiven) {
  for (const std::string &name : arrayNames()) {
    const TemporaryFolder folder;
    const std::string path = folder.file(name);
    makeArrays(path, {{"x", ramp<float>({5, 2, 3}, -4.0, 0.5)}, {"labels", ramp<int32_t>({5})}},
               {{"classes", {"cat", "dög"}}, {"grid", {"planar"}}});
    ASSERT_EQ(arrayFormOf(path), arrayFormByEnding(path)) << name;
    const ArrayFile file = openArrayFile(path, *arrayFormOf(path));
    ASSERT_TRUE(file.arrays.contains("x") && file.arrays.contains("labels")) << name;
    const StoredArray &x = *file.arrays.at("x");
    EXPECT_EQ(x.dtype, DType::F32) << name;
    EXPECT_THAT(x.shape, ElementsAre(5, 2, 3)) << name;
    EXPECT_THAT(rows(x, 3, 1), ElementsAre(5.0f, 5.5f, 6.0f, 6.5f, 7.0f, 7.5f)) << name;
    EXPECT_EQ(rows(x, 0, 5).back(), 10.5f) << name;
    EXPECT_THAT(file.words.at("classes"), ElementsAre("cat", "dög")) << name;
    EXPECT_THAT(file.words.at("grid"), ElementsAre("planar")) << name;
  }
}

TEST(ArrayFile, LeavesNothingWithoutCommit) {
  for (const std::string &name : arrayNames()) {
    const TemporaryFolder folder;
    {
      const auto writer = createArrays(folder.file(name), *arrayFormByEnding(name),
                                       {{"x", DType::F32, {2, 3}}}, {});
      const std::vector<std::byte> row(12);
      writer->write(0, row);
      EXPECT_THROW(writer->commit(), std::logic_error) << name;
    }
    EXPECT_EQ(folder.files(), 0) << name;
  }
}

/// A NumPy array with that header.
std::string npy(const std::string &type, const std::string &shape, const std::string &values,
                const char *order = "False") {
  std::string header =
      "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size());
  file += '\0';
  return file + header + values;
}

TEST(ArrayFile, ReadsBigEndianNumbers) {
  const TemporaryFolder folder;
  makeFile(folder.file("x.npy"), npy(">i2", "(2,)", std::string("\x01\x02\xff\xfe", 4)));
  const ArrayFile file = openNpyFiles(folder.file("x.npy"));
  std::array<int16_t, 2> values = {};
  file.arrays.at("x")->read(0, 2, reinterpret_cast<std::byte *>(values.data()));
  EXPECT_THAT(values, ElementsAre(258, -2));
}

TEST(ArrayFile, RefusesFortranOrder) {
  const TemporaryFolder folder;
  makeFile(folder.file("x.npy"), npy("<f4", "(1, 2)", std::string(8, '\0'), "True"));
  EXPECT_THAT(messageOf([&] { openNpyFiles(folder.file("x.npy")); }),
              testing::HasSubstr("expected values in C order, got Fortran order"));
}

TEST(ArrayFile, FindsTheFilesBesideAnArray) {
  const TemporaryFolder folder;
  makeFile(folder.file("x.npy"), npy("|u1", "(2, 1, 1)", "ab"));
  makeFile(folder.file("labels.npy"), npy("|u1", "(2,)", std::string("\x01\x00", 2)));
  makeFile(folder.file("classes.txt"), "cat\n\n dog \n");
  const ArrayFile file = openNpyFiles(folder.file("x.npy"));
  EXPECT_TRUE(file.arrays.contains("labels"));
  EXPECT_THAT(file.words.at("classes"), ElementsAre("cat", "dog"));
}

void addNumber(std::string &bytes, uint64_t value, int size) {
  for (int i = 0; i < size; ++i)
    bytes += static_cast<char>(i < 8 ? value >> 8 * i & 0xff : 0);
}

/// An archive with one deflated member, as numpy.savez_compressed writes it.
std::string deflatedArchive(const std::string &name, const std::string &content) {
  std::string packed(content.size() + 100, '\0');
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef *>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  std::string common;
  addNumber(common, 0x0008'0000'0014, 6); // version, flags, method
  addNumber(common, 0, 4);                // time and date
  addNumber(
      common,
      crc32(0, reinterpret_cast<const Bytef *>(content.data()), static_cast<uInt>(content.size())),
      4);
  addNumber(common, packed.size(), 4);
  addNumber(common, content.size(), 4);
  addNumber(common, name.size(), 2);
  addNumber(common, 0, 2);
  std::string file = "PK\x03\x04" + common + name + packed, directory = "PK\x01\x02";
  addNumber(directory, 20, 2);
  directory += common;
  addNumber(directory, 0, 14); // comment, disk, attributes, offset
  directory += name;
  const size_t at = file.size();
  file += directory + "PK\x05\x06";
  addNumber(file, 0, 4);
  addNumber(file, 0x0001'0001, 4);
  addNumber(file, directory.size(), 4);
  addNumber(file, at, 4);
  addNumber(file, 0, 2);
  return file;
}

TEST(ArrayFile, UnpacksDeflatedMembers) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.npz");
  makeFile(path, deflatedArchive("x.npy", npy("<f4", "(3,)", std::string(12, '\0'))));
  const ArrayFile file = openNpz(path);
  EXPECT_THAT(rows(*file.arrays.at("x"), 1, 2), ElementsAre(0.0f, 0.0f));
  std::string damaged = fileText(path);
  damaged[45] ^= 0x20;
  makeFile(path, damaged);
  EXPECT_THAT(messageOf([&] { openNpz(path); }),
              testing::HasSubstr("a.npz: x.npy: the compressed bytes are damaged"));
}

TEST(WordsOf, TakesLinesCommasAndLists) {
  EXPECT_THAT(wordsOf("a, b c ,d"), ElementsAre("a", "b c", "d"));
  EXPECT_THAT(wordsOf("a, b\n c\n\n"), ElementsAre("a, b", "c"));
  EXPECT_THAT(wordsOf("[\"a\", \"b,c\"]"), ElementsAre("a", "b,c"));
}

} // namespace
} // namespace spherical::runtime
