//===- jpeg_image.cpp - tests of pictures in JPEG ---------------*- C++ -*-===//

#include "runtime/data/sets/image_file.h"

#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#include <cstdio>

#if SPHERICAL_HAS_JPEG
#include <jpeglib.h>
#endif

namespace spherical::runtime {
namespace {

using testing::HasSubstr;

#if SPHERICAL_HAS_JPEG

/// A JPEG of 16 x 8 pixels of one value in each of its components.
void makeJpeg(const std::string &path, J_COLOR_SPACE space, std::vector<unsigned char> pixel) {
  std::FILE *file = std::fopen(path.c_str(), "wb");
  ASSERT_TRUE(file);
  jpeg_error_mgr errors;
  jpeg_compress_struct jpeg;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  jpeg_stdio_dest(&jpeg, file);
  jpeg.image_width = 16;
  jpeg.image_height = 8;
  jpeg.input_components = static_cast<int>(pixel.size());
  jpeg.in_color_space = space;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<unsigned char> row;
  for (int i = 0; i < 16; ++i)
    row.insert(row.end(), pixel.begin(), pixel.end());
  for (int i = 0; i < 8; ++i) {
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&jpeg, &rows, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::fclose(file);
}

TEST(ReadImage, DecodesJpeg) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.jpg");
  makeJpeg(path, JCS_GRAYSCALE, {77});
  const Image grey = readImage(path);
  EXPECT_EQ(grey.header.channels, 1);
  EXPECT_EQ(grey.header.rows, 8);
  EXPECT_EQ(grey.bytes.size(), 128u);
  EXPECT_EQ(grey.bytes[100], 77);
  makeJpeg(path, JCS_RGB, {200, 100, 50});
  const Image color = readImage(path);
  EXPECT_EQ(color.header.channels, 3);
  // The transform to luma and chroma rounds each value once, and back once more.
  EXPECT_NEAR(color.bytes[3 * 100], 200, 2);
  EXPECT_NEAR(color.bytes[3 * 100 + 2], 50, 2);
}

TEST(ReadImage, NamesJpegsThatAreNone) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.jpg");
  makeJpeg(path, JCS_CMYK, {1, 2, 3, 4});
  EXPECT_THAT(messageOf([&] { readImage(path); }),
              HasSubstr("a.jpg: expected grey or RGB, got a JPEG of 4 components (CMYK)"));
  makeJpeg(path, JCS_RGB, {200, 100, 50});
  EXPECT_THAT(messageOf([&] { readLabelImage(path); }),
              HasSubstr("a.jpg: expected classes in PNG, got JPEG"));
  const std::string whole = fileText(path);
  for (const size_t kept : {whole.size() - 20, whole.size() / 2, size_t(30), size_t(3)}) {
    makeFile(path, whole.substr(0, kept));
    EXPECT_THAT(messageOf([&] { readImage(path); }), HasSubstr("a.jpg: not a valid JPEG")) << kept;
  }
}

#else

TEST(ReadImage, SaysThatJpegIsMissing) {
  const TemporaryFolder folder;
  makeFile(folder.file("a.jpg"), "\xff\xd8\xff");
  EXPECT_THAT(messageOf([&] { readImage(folder.file("a.jpg")); }),
              HasSubstr("this build of Spherical has no JPEG"));
}

#endif

} // namespace
} // namespace spherical::runtime
