//===- canvas.cpp - several images on one plane -----------------*- C++ -*-===//

#include "runtime/data/canvas.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace spherical::runtime {
namespace {

constexpr int64_t attempts = 64; // to find a free place; a part of what a seed means

/// Random number k of `bound` from one word.
int64_t scaled(uint64_t word, int64_t bound) {
  return static_cast<int64_t>((word >> 32) * static_cast<uint64_t>(bound) >> 32);
}

} // namespace

Box boundingBox(std::span<const uint8_t> image, int64_t rows, int64_t columns) {
  int64_t top = rows, bottom = -1, left = columns, right = -1;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      if (image[row * columns + column] > 0) {
        top = std::min(top, row);
        bottom = row;
        left = std::min(left, column);
        right = std::max(right, column);
      }
  if (bottom < 0)
    return {rows / 2, columns / 2, 1, 1};
  return {top, left, bottom - top + 1, right - left + 1};
}

void Canvas::clear(int64_t newRows, int64_t newColumns) {
  rows = newRows;
  columns = newColumns;
  pixels.assign(rows * columns, 0);
  mask.assign(rows * columns, 0);
  boxes.clear();
  overlapping = false;
}

void Canvas::paste(std::span<const uint8_t> image, int64_t stride, const Box &box, uint8_t label,
                   int threshold, int64_t row, int64_t column) {
  const Box placed = {row, column, box.rows, box.columns};
  for (const Box &other : boxes)
    overlapping |= placed.overlaps(other);
  boxes.push_back(placed);
  for (int64_t i = 0; i < box.rows; ++i)
    for (int64_t j = 0; j < box.columns; ++j) {
      const uint8_t pixel = image[(box.row + i) * stride + box.column + j];
      const int64_t at = (row + i) * columns + column + j;
      pixels[at] = std::max(pixels[at], pixel);
      if (pixel > threshold)
        mask[at] = static_cast<uint8_t>(label + 1);
    }
}

void fillCanvas(Canvas &canvas, int64_t side, const LabelledImages &images,
                std::span<const int64_t> items, int threshold, const RandomNumbers &numbers,
                int64_t sample) {
  if (static_cast<int64_t>(items.size()) > maxItems)
    throw std::invalid_argument("expected at most " + std::to_string(maxItems) + " items, got " +
                                std::to_string(items.size()));
  canvas.clear(side, side);
  for (size_t k = 0; k < items.size(); ++k) {
    const std::span<const uint8_t> image = images.image(items[k]);
    const Box box = boundingBox(image, images.rows, images.columns);
    if (box.rows > side || box.columns > side)
      throw std::invalid_argument(
          "expected a canvas of at least " + std::to_string(std::max(box.rows, box.columns)) +
          " pixels a side, the size of an item, got " + std::to_string(side));
    Box place = box;
    bool free = false;
    for (int64_t attempt = 0; attempt < attempts && !free; ++attempt) {
      const auto word =
          numbers.words((sample * maxItems + static_cast<int64_t>(k)) * attempts + attempt);
      place.row = scaled(word[0], side - box.rows + 1);
      place.column = scaled(word[1], side - box.columns + 1);
      free = std::none_of(canvas.boxes.begin(), canvas.boxes.end(),
                          [&](const Box &other) { return place.overlaps(other); });
    }
    canvas.paste(image, images.columns, box, images.labels[items[k]], threshold, place.row,
                 place.column);
  }
}

} // namespace spherical::runtime
