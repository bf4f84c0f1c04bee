//===- picture_set.cpp - tests of samples in pictures -----------*- C++ -*-===//

#include "runtime/data/sets/picture_set.h"

#include "runtime/data/sets/image_file.h"
#include "runtime/data/sets/open_set.h"
#include "test/runtime/data/sets/make_files.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <png.h>

namespace spherical::runtime {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

std::string folderFor(const std::string &path) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  return path;
}

std::unique_ptr<DataSet> openAll(const std::string &path, const SetOptions &options = {}) {
  return openSet(findSet(path, std::nullopt, Part::All), options);
}

/// A PNG of any kind; `interlaced` writes its pixels in seven passes.
void makePng(const std::string &path, int width, int height, int bits, int colors,
             std::vector<png_byte> bytes, bool interlaced = false) {
  std::FILE *file = std::fopen(path.c_str(), "wb");
  ASSERT_TRUE(file);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  png_set_IHDR(png, info, width, height, bits, colors,
               interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (colors == PNG_COLOR_TYPE_PALETTE) {
    const png_color palette[] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 51}};
    png_set_PLTE(png, info, palette, 3);
  }
  png_write_info(png, info);
  std::vector<png_bytep> rows;
  for (int row = 0; row < height; ++row)
    rows.push_back(bytes.data() + row * png_get_rowbytes(png, info));
  png_write_image(png, rows.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
}

TEST(PictureSet, NamesClassesByFolders) {
  const TemporaryFolder folder;
  Picture picture(4, 2, {51, 102, 255});
  picture.set(3, 1, {0, 0, 0});
  picture.writePng(folderFor(folder.file("dog/b.png")));
  picture.writePng(folderFor(folder.file("cat/a.png")));
  const auto set = openAll(folder.path());
  EXPECT_THAT(set->classNames(), ElementsAre("cat", "dog"));
  EXPECT_EQ(set->sampleName(1), "dog/b.png");
  EXPECT_THAT(classesOf(*set, 1), ElementsAre(1));
  EXPECT_EQ(gridText(set->layout().grid), "equirectangular 2x4");
  const std::vector<float> x = valuesOf(*set, 0);
  EXPECT_EQ(x.size(), 24u);
  EXPECT_EQ(x[0], 51.0f / 255);
  EXPECT_EQ(x[6], 51.0f / 255);
  EXPECT_EQ(x[7], 0.0f);
  EXPECT_EQ(x[8], 102.0f / 255);
  makeFile(folder.file("classes.txt"), "dog\ncat\n");
  makeFile(folder.file("grid.txt"), "planar\n");
  EXPECT_THAT(openAll(folder.path())->classNames(), ElementsAre("dog", "cat"));
  EXPECT_EQ(gridText(openAll(folder.path())->layout().grid), "planar 2x4");
}

TEST(PictureSet, TakesFoldersInClassesAsGroups) {
  const TemporaryFolder folder;
  for (const char *name : {"cat/home/a.png", "cat/zoo/b.png", "dog/home/c.png"})
    Picture(4, 2, {1, 2, 3}).writePng(folderFor(folder.file(name)));
  EXPECT_THAT(openAll(folder.path())->groups(), ElementsAre(0, 1, 0));
}

TEST(PictureSet, DecodesEveryKindOfPng) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.png");
  makePng(path, 4, 1, 1, PNG_COLOR_TYPE_GRAY, {0x50});
  EXPECT_THAT(valuesOf(*openAll(path), 0), ElementsAre(0.0f, 1.0f, 0.0f, 1.0f));
  makePng(path, 2, 1, 16, PNG_COLOR_TYPE_GRAY, {0x12, 0x34, 0xff, 0xff});
  EXPECT_THAT(valuesOf(*openAll(path), 0), ElementsAre(0x1234 / 65535.0f, 1.0f));
  makePng(path, 2, 1, 8, PNG_COLOR_TYPE_PALETTE, {2, 0});
  EXPECT_THAT(valuesOf(*openAll(path), 0), ElementsAre(0.0f, 1.0f, 0.0f, 0.0f, 0.2f, 0.0f));
  makePng(path, 2, 1, 8, PNG_COLOR_TYPE_GRAY_ALPHA, {51, 255, 51, 0});
  EXPECT_THAT(valuesOf(*openAll(path), 0), ElementsAre(0.2f, IsNan()));
  makePng(path, 1, 1, 8, PNG_COLOR_TYPE_GRAY_ALPHA, {51, 7});
  EXPECT_THAT(messageOf([&] { valuesOf(*openAll(path), 0); }),
              HasSubstr("expected opaque or transparent pixels, got one that shines through"));
  std::vector<png_byte> square(64);
  for (size_t i = 0; i < square.size(); ++i)
    square[i] = static_cast<png_byte>(i);
  makePng(path, 8, 8, 8, PNG_COLOR_TYPE_GRAY, square, /*interlaced=*/true);
  const std::vector<float> x = valuesOf(*openAll(path), 0);
  for (size_t i = 0; i < square.size(); ++i)
    EXPECT_EQ(x[i], static_cast<float>(i) / 255.0f);
}

TEST(PictureSet, TakesGreyForRgb) {
  const TemporaryFolder folder;
  Picture(2, 1, {51, 0, 0}).writePng(folderFor(folder.file("a/1.png")));
  Picture(2, 1, {51, 0, 0}).writePng(folderFor(folder.file("a/2.png")));
  makePng(folder.file("a/3.png"), 2, 1, 8, PNG_COLOR_TYPE_GRAY, {51, 51});
  EXPECT_THAT(valuesOf(*openAll(folder.path()), 2), Each(0.2f));
}

TEST(PictureSet, ReadsIndicesAndColoursAsClasses) {
  const TemporaryFolder folder;
  const std::string path = folder.path();
  Picture(2, 1, {1, 2, 3}).writePng(folderFor(folder.file("images/a.png")));
  makePng(folderFor(folder.file("labels/a.png")), 2, 1, 8, PNG_COLOR_TYPE_PALETTE, {2, 1});
  const auto indexed = openAll(path);
  EXPECT_THAT(classesOf(*indexed, 0), ElementsAre(2, 1));
  EXPECT_THAT(indexed->palette(), ElementsAre(Color{255, 0, 0}, Color{0, 255, 0}, Color{0, 0, 51}));
  EXPECT_THAT(classesOf(*openAll(path, {.ignore = 1}), 0), ElementsAre(2, -1));
  // Colours decide where a palette is given, whatever the order of the file's own.
  makeFile(folder.file("palette.txt"), "0 0 51 sea\n0 255 0 ignore\n255 0 0 land\n");
  const auto named = openAll(path);
  EXPECT_THAT(classesOf(*named, 0), ElementsAre(0, -1));
  EXPECT_THAT(named->classNames(), ElementsAre("sea", "land"));
  Picture labels(2, 1, {255, 0, 0});
  labels.set(1, 0, {0, 0, 51});
  labels.writePng(folder.file("labels/a.png"));
  EXPECT_THAT(classesOf(*openAll(path), 0), ElementsAre(1, 0));
}

// Two pictures of 24 bytes and memory for one: the first is kept, until it is forgotten.
TEST(PictureSet, GivesTheSameWithAndWithoutItsCache) {
  const TemporaryFolder folder;
  Picture(4, 2, {1, 2, 3}).writePng(folderFor(folder.file("a/1.png")));
  Picture(4, 2, {4, 5, 6}).writePng(folderFor(folder.file("a/2.png")));
  const auto memory = std::make_shared<CacheMemory>(30);
  const auto cached = openAll(folder.path(), {.memory = memory}), fresh = openAll(folder.path());
  const std::vector<float> first = valuesOf(*cached, 0), second = valuesOf(*cached, 1);
  EXPECT_EQ(valuesOf(*fresh, 0), first);
  EXPECT_EQ(valuesOf(*fresh, 1), second);
  std::filesystem::remove(folder.file("a/1.png"));
  std::filesystem::remove(folder.file("a/2.png"));
  EXPECT_EQ(valuesOf(*cached, 0), first);
  EXPECT_THAT(messageOf([&] { valuesOf(*cached, 1); }), HasSubstr("2.png"));
  EXPECT_FALSE(memory->take(7));
  cached->forget(0);
  cached->forget(0);
  EXPECT_THAT(messageOf([&] { valuesOf(*cached, 0); }), HasSubstr("1.png"));
  EXPECT_TRUE(memory->take(30));
}

TEST(WriteIndexedPng, GivesIndicesAndPaletteBack) {
  const TemporaryFolder folder;
  const std::vector<uint8_t> indices = {0, 1, 1, 0, 0, 1};
  const std::vector<Color> palette = {{9, 8, 7}, {1, 2, 3}};
  writeIndexedPng(folder.file("a.png"), 2, 3, indices, palette);
  const Image image = readLabelImage(folder.file("a.png"));
  EXPECT_EQ(image.bytes, indices);
  EXPECT_EQ(image.header.palette, palette);
  EXPECT_EQ(image.header.rows, 2);
}

} // namespace
} // namespace spherical::runtime
