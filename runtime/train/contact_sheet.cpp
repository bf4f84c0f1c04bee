//===- contact_sheet.cpp - samples with their predictions -------*- C++ -*-===//

#include "runtime/train/contact_sheet.h"

#include "runtime/data/sphere_view.h"
#include "runtime/train/text.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace spherical::runtime {
namespace {

constexpr Color paper = {255, 255, 255};
constexpr Color ink = {40, 40, 40};
constexpr Color right = {0, 120, 40};
constexpr Color wrong = {200, 20, 20};
constexpr int64_t gap = 8;
constexpr int64_t smallestSide = 120; // of a picture, so that there is room for its text
constexpr int64_t usualWidth = 1032;  // of a sheet

/// The sheet as it is drawn.
class Sheet {
public:
  Sheet(const SphericalImages &images, std::span<const int32_t> predictions, int64_t count,
        const std::string &title, const SheetOptions &options);

  void drawSample(int64_t place, int64_t index);

  Picture take() { return std::move(picture); }

private:
  bool segmented() const { return !images.masks.empty(); }
  int64_t points() const { return segmented() ? images.points() : 1; }
  int64_t tileSize() const { return side * scale; }
  void drawTile(int64_t x, int64_t y, std::span<const uint8_t> values, bool classes,
                const SphereView &view);
  void drawCaption(int64_t x, int64_t y, int64_t index, std::span<const int32_t> predicted);

  const SphericalImages &images;
  std::span<const int32_t> predictions;
  const bool spheres;
  const int64_t side = 2 * images.bandLimit;
  const int64_t scale = std::max<int64_t>(1, (smallestSide + side - 1) / side);
  const int64_t tiles = segmented() ? (predictions.empty() ? 2 : 3) : 1; // side by side
  const int64_t cellWidth = tiles * (tileSize() + gap / 2) + gap / 2;
  const int64_t cellHeight =
      (spheres ? 2 : 1) * tileSize() + Picture::characterHeight + 2 * gap + (spheres ? gap / 2 : 0);
  const int64_t titleHeight = 2 * Picture::characterHeight + 2 * gap;
  int64_t columns;
  Picture picture;
};

Sheet::Sheet(const SphericalImages &images, std::span<const int32_t> predictions, int64_t count,
             const std::string &title, const SheetOptions &options)
    : images(images), predictions(predictions), spheres(options.spheres),
      columns(std::min(count, options.columns > 0 ? options.columns
                                                  : std::max<int64_t>(1, usualWidth / cellWidth))),
      picture(std::max(columns * cellWidth,
                       2 * Picture::characterWidth * static_cast<int64_t>(title.size())) +
                  gap,
              titleHeight + (count + columns - 1) / columns * cellHeight, paper) {
  picture.drawText(gap, gap, title, ink, 2);
}

void Sheet::drawTile(int64_t x, int64_t y, std::span<const uint8_t> values, bool classes,
                     const SphereView &view) {
  const int64_t below = y + tileSize() + gap / 2;
  if (classes)
    drawClasses(picture, x, y, values, side, scale);
  else
    picture.drawGrey(x, y, values, side, scale);
  if (spheres && classes)
    drawClassesOnSphere(picture, x, below, tileSize(), values, images.bandLimit, images.grid, view);
  else if (spheres)
    drawOnSphere(picture, x, below, tileSize(), values, images.bandLimit, images.grid, view);
}

void Sheet::drawCaption(int64_t x, int64_t y, int64_t index, std::span<const int32_t> predicted) {
  if (!segmented()) {
    std::string text = "label " + std::to_string(images.labels[index]);
    if (!predicted.empty())
      text += ", predicted " + std::to_string(predicted[0]);
    const bool agree = !predicted.empty() && images.labels[index] == predicted[0];
    picture.drawText(x, y, text, predicted.empty() ? ink : agree ? right : wrong);
    return;
  }
  const std::span<const uint8_t> mask = images.mask(index);
  auto write = [&](const std::string &text, Color color) {
    picture.drawText(x, y, text, color);
    x += Picture::characterWidth * static_cast<int64_t>(text.size());
  };
  write("items of class", ink);
  for (int value = 1; value < 256; ++value) // 0 is the background, class + 1 an item
    if (std::find(mask.begin(), mask.end(), value) != mask.end())
      write(" " + std::to_string(value - 1), classColor(value));
  if (predicted.empty())
    return;
  const auto agreeing = std::inner_product(mask.begin(), mask.end(), predicted.begin(), int64_t(0),
                                           std::plus<>(), std::equal_to<>());
  write(", " +
            fixedText(100.0 * static_cast<double>(agreeing) / static_cast<double>(mask.size()), 1) +
            " % of points right",
        ink);
}

void Sheet::drawSample(int64_t place, int64_t index) {
  const int64_t x = gap + place % columns * cellWidth;
  const int64_t y = titleHeight + place / columns * cellHeight;
  const std::span<const uint8_t> values = images.sample(index).first(side * side);
  const SphereView view = viewOfContents(values, images.bandLimit, images.grid);
  const std::span<const int32_t> predicted =
      predictions.empty() ? predictions : predictions.subspan(index * points(), points());
  drawTile(x, y, values, false, view);
  if (segmented())
    drawTile(x + tileSize() + gap / 2, y, images.mask(index), true, view);
  if (segmented() && !predicted.empty()) {
    const std::vector<uint8_t> classes(predicted.begin(), predicted.end());
    drawTile(x + 2 * (tileSize() + gap / 2), y, classes, true, view);
  }
  drawCaption(x, y + cellHeight - Picture::characterHeight - 3 * gap / 2, index, predicted);
}

} // namespace

Picture drawContactSheet(const SphericalImages &images, std::span<const int32_t> predictions,
                         std::span<const int64_t> indices, const std::string &title,
                         const SheetOptions &options) {
  const auto count = static_cast<int64_t>(indices.size());
  if (count < 1 || options.columns < 0)
    throw std::invalid_argument("expected at least one sample and one column");
  const int64_t points = images.masks.empty() ? 1 : images.points();
  const int64_t predicted = static_cast<int64_t>(predictions.size()) / points;
  for (const int64_t index : indices)
    if (index < 0 || index >= images.count || (!predictions.empty() && index >= predicted))
      throw std::invalid_argument("expected samples of 0 to " + std::to_string(images.count - 1) +
                                  ", got " + std::to_string(index));
  Sheet sheet(images, predictions, count, title, options);
  for (int64_t place = 0; place < count; ++place)
    sheet.drawSample(place, indices[place]);
  return sheet.take();
}

} // namespace spherical::runtime
