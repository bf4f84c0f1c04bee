//===- picture.cpp ----------------------------------------------*- C++ -*-===//

#include "runtime/data/picture.h"

#include "test/runtime/data/temporary_folder.h"

#include <gtest/gtest.h>
#include <png.h>

namespace spherical::runtime {
namespace {

TEST(Picture, WritesWhatWasDrawn) {
  const TemporaryFolder folder;
  Picture picture(7, 4, {10, 20, 30});
  picture.set(6, 3, {1, 2, 3});
  picture.fill(-5, -5, 6, 6, {200, 0, 0}); // only (0, 0) is inside
  const std::vector<uint8_t> grey = {50, 60};
  picture.drawGrey(2, 1, grey, 2, 2);
  picture.writePng(folder.file("p.png"));

  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_TRUE(png_image_begin_read_from_file(&image, folder.file("p.png").c_str()));
  ASSERT_EQ(image.width, 7u);
  ASSERT_EQ(image.height, 4u);
  image.format = PNG_FORMAT_RGB;
  std::vector<uint8_t> pixels(7 * 4 * 3);
  ASSERT_TRUE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr));
  auto at = [&](int x, int y) {
    return Color{pixels[3 * (7 * y + x)], pixels[3 * (7 * y + x) + 1], pixels[3 * (7 * y + x) + 2]};
  };
  EXPECT_EQ(at(0, 0), (Color{200, 0, 0}));
  EXPECT_EQ(at(1, 0), (Color{10, 20, 30}));
  EXPECT_EQ(at(3, 2), (Color{50, 50, 50}));
  EXPECT_EQ(at(4, 1), (Color{60, 60, 60}));
  EXPECT_EQ(at(6, 3), (Color{1, 2, 3}));
  EXPECT_EQ(folder.files(), 1);
}

TEST(Picture, DrawsLetters) {
  Picture picture(12, 7, {0, 0, 0});
  picture.drawText(0, 0, "T1", {255, 255, 255});
  auto row = [&](int y) {
    std::string text;
    for (int x = 0; x < 12; ++x)
      text += picture.at(x, y)[0] ? '#' : '.';
    return text;
  };
  EXPECT_EQ(row(0), "#####...#...");
  EXPECT_EQ(row(1), "..#....##...");
  EXPECT_EQ(row(3), "..#.....#...");
  EXPECT_EQ(row(6), "..#....###..");
}

TEST(Picture, RejectsImpossibleSizesAndFolders) {
  EXPECT_THROW(Picture(0, 5, {}), std::invalid_argument);
  EXPECT_THROW(Picture(5, 70000, {}), std::invalid_argument);
  EXPECT_EQ(messageOf([] { Picture(1, 1, {}).writePng("/nonexistent/p.png"); }),
            "/nonexistent/p.png: cannot write: No such file or directory");
}

} // namespace
} // namespace spherical::runtime
