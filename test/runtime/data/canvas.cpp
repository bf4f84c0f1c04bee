//===- canvas.cpp -----------------------------------------------*- C++ -*-===//

#include "runtime/data/canvas.h"

#include "test/runtime/data/item_images.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

TEST(BoundingBox, IsTight) {
  std::vector<uint8_t> image(5 * 7);
  image[1 * 7 + 4] = 1;
  image[3 * 7 + 2] = 255;
  const Box box = boundingBox(image, 5, 7);
  EXPECT_EQ(box.row, 1);
  EXPECT_EQ(box.column, 2);
  EXPECT_EQ(box.rows, 3);
  EXPECT_EQ(box.columns, 3);
  const Box none = boundingBox(std::vector<uint8_t>(35), 5, 7);
  EXPECT_EQ(none.rows * none.columns, 1);
}

TEST(Canvas, PastesPixelsAndClassesAboveTheThreshold) {
  const std::vector<uint8_t> image = {0, 9,   150, //
                                      7, 151, 255};
  Canvas canvas;
  canvas.clear(4, 5);
  canvas.paste(image, 3, {0, 1, 2, 2}, 6, 150, 2, 3);
  EXPECT_EQ(canvas.pixels, (std::vector<uint8_t>{0, 0, 0, 0,   0,   //
                                                 0, 0, 0, 0,   0,   //
                                                 0, 0, 0, 9,   150, //
                                                 0, 0, 0, 151, 255}));
  EXPECT_EQ(canvas.mask, (std::vector<uint8_t>{0, 0, 0, 0, 0, //
                                               0, 0, 0, 0, 0, //
                                               0, 0, 0, 0, 0, //
                                               0, 0, 0, 7, 7}));
  EXPECT_FALSE(canvas.overlapping);
  // A later item lies on top; the brighter pixel stays.
  canvas.paste(image, 3, {0, 1, 2, 2}, 1, 8, 2, 2);
  EXPECT_TRUE(canvas.overlapping);
  EXPECT_EQ(canvas.pixels[2 * 5 + 3], 150);
  EXPECT_EQ(canvas.pixels[3 * 5 + 3], 255);
  EXPECT_EQ(canvas.mask[2 * 5 + 3], 2);
  EXPECT_EQ(canvas.mask[3 * 5 + 4], 7);
}

TEST(FillCanvas, KeepsItemsApartAndComplete) {
  const LabelledImages images = rampItems(12);
  const RandomNumbers numbers(4, RandomStream::Place);
  const std::vector<int64_t> items = {3, 0, 7, 10};
  Canvas canvas;
  for (int64_t sample = 0; sample < 200; ++sample) {
    fillCanvas(canvas, 60, images, items, 150, numbers, sample);
    ASSERT_EQ(canvas.boxes.size(), 4u);
    ASSERT_FALSE(canvas.overlapping);
    int64_t sum = 0, expected = 0;
    for (const uint8_t pixel : canvas.pixels)
      sum += pixel;
    for (const int64_t item : items)
      for (const uint8_t pixel : images.image(item))
        expected += pixel;
    ASSERT_EQ(sum, expected) << "sample " << sample;
    for (size_t k = 0; k < canvas.pixels.size(); ++k)
      ASSERT_EQ(canvas.mask[k] > 0, canvas.pixels[k] > 150);
  }
}

// Corners are uniform on 0 ... n - 1, n places: mean (n - 1)/2, variance (n^2 - 1)/12.
TEST(FillCanvas, PlacesAreUniform) {
  const LabelledImages images = rampItems(1);
  const RandomNumbers numbers(0, RandomStream::Place);
  const Box box = boundingBox(images.image(0), 28, 28);
  constexpr int count = 4000, side = 40;
  Canvas canvas;
  double row = 0, column = 0;
  int64_t lowest = side, highest = 0;
  for (int64_t sample = 0; sample < count; ++sample) {
    fillCanvas(canvas, side, images, std::vector<int64_t>{0}, 150, numbers, sample);
    row += static_cast<double>(canvas.boxes[0].row) / count;
    column += static_cast<double>(canvas.boxes[0].column) / count;
    lowest = std::min(lowest, canvas.boxes[0].row);
    highest = std::max(highest, canvas.boxes[0].row);
  }
  const double rows = side - box.rows + 1, columns = side - box.columns + 1;
  EXPECT_NEAR(row, (rows - 1) / 2, 4 * std::sqrt((rows * rows - 1) / 12 / count));
  EXPECT_NEAR(column, (columns - 1) / 2, 4 * std::sqrt((columns * columns - 1) / 12 / count));
  EXPECT_EQ(lowest, 0);
  EXPECT_EQ(highest, side - box.rows);
}

TEST(FillCanvas, SaysWhenItemsMustOverlap) {
  const LabelledImages images = rampItems(2);
  Canvas canvas;
  fillCanvas(canvas, 12, images, std::vector<int64_t>{0, 1}, 150,
             RandomNumbers(0, RandomStream::Place), 0);
  EXPECT_TRUE(canvas.overlapping);
  EXPECT_THAT(messageOf([&] {
                fillCanvas(canvas, 5, images, std::vector<int64_t>{0}, 150,
                           RandomNumbers(0, RandomStream::Place), 0);
              }),
              HasSubstr("expected a canvas of at least 9 pixels a side"));
}

} // namespace
} // namespace spherical::runtime
