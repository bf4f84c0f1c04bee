//===- contact_sheet.cpp - samples with their predictions -------*- C++ -*-===//

#include "runtime/train/contact_sheet.h"

#include <algorithm>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr Color paper = {255, 255, 255};
constexpr Color ink = {40, 40, 40};
constexpr Color right = {0, 120, 40};
constexpr Color wrong = {200, 20, 20};
constexpr int64_t gap = 8;
constexpr int64_t smallestSide = 120; // of a picture, so that there is room for its text

} // namespace

Picture drawContactSheet(const SphericalImages &images, std::span<const int32_t> predictions,
                         std::span<const int64_t> indices, const std::string &title,
                         int64_t columns) {
  const int64_t side = 2 * images.bandLimit;
  const int64_t scale = std::max<int64_t>(1, (smallestSide + side - 1) / side);
  const int64_t cellWidth = side * scale + gap;
  const int64_t cellHeight = side * scale + Picture::characterHeight + 2 * gap;
  const int64_t titleHeight = 2 * Picture::characterHeight + 2 * gap;
  const auto count = static_cast<int64_t>(indices.size());
  if (count < 1 || columns < 1)
    throw std::invalid_argument("expected at least one sample and one column");
  columns = std::min(columns, count);
  const auto titleWidth = 2 * Picture::characterWidth * static_cast<int64_t>(title.size());
  Picture picture(std::max(columns * cellWidth, titleWidth) + gap,
                  titleHeight + (count + columns - 1) / columns * cellHeight, paper);
  picture.drawText(gap, gap, title, ink, 2);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t index = indices[i];
    if (index < 0 || index >= images.count ||
        (!predictions.empty() && index >= static_cast<int64_t>(predictions.size())))
      throw std::invalid_argument("expected samples of 0 to " + std::to_string(images.count - 1) +
                                  ", got " + std::to_string(index));
    const int64_t x = gap + i % columns * cellWidth;
    const int64_t y = titleHeight + i / columns * cellHeight;
    picture.drawGrey(x, y, images.sample(index).first(side * side), side, scale);
    std::string text = "label " + std::to_string(images.labels[index]);
    Color color = ink;
    if (!predictions.empty()) {
      text += ", predicted " + std::to_string(predictions[index]);
      color = images.labels[index] == predictions[index] ? right : wrong;
    }
    picture.drawText(x, y + side * scale + gap / 2, text, color);
  }
  return picture;
}

} // namespace spherical::runtime
