//===- canvas.h - several images on one plane -------------------*- C++ -*-===//
//
// Gerken et al. 2022, appendix C.1: images are pasted at random places on a canvas;
// the pixels of each above a threshold belong to its class in a canvas of classes.
// The size of the paper's canvas is not known; ours is the caller's choice.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_CANVAS_H
#define SPHERICAL_RUNTIME_DATA_CANVAS_H

#include "runtime/data/idx.h"
#include "runtime/data/random.h"

#include <cstdint>
#include <span>
#include <vector>

namespace spherical::runtime {

/// The most items on one canvas.
constexpr int64_t maxItems = 16;

/// A rectangle of pixels.
struct Box {
  int64_t row = 0;
  int64_t column = 0;
  int64_t rows = 0;
  int64_t columns = 0;

  bool overlaps(const Box &other) const {
    return row < other.row + other.rows && other.row < row + rows &&
           column < other.column + other.columns && other.column < column + columns;
  }
};

/// The smallest box around the pixels above 0; one pixel in the middle if there are none.
Box boundingBox(std::span<const uint8_t> image, int64_t rows, int64_t columns);

/// Images on a plane, with the classes of its pixels.
struct Canvas {
  int64_t rows = 0;
  int64_t columns = 0;
  std::vector<uint8_t> pixels; ///< [rows][columns]
  std::vector<uint8_t> mask;   ///< [rows][columns], 0 is background
  std::vector<Box> boxes;      ///< of the items so far
  bool overlapping = false;    ///< whether two items' boxes overlap

  /// Empties the canvas.
  void clear(int64_t newRows, int64_t newColumns);

  /// Adds `box` of an image, whose rows are `stride` pixels apart, with its upper left corner at
  /// (row, column), inside the canvas. Where items meet, the brighter pixel stays, and the class
  /// of the later item. Pixels above `threshold` get the class label + 1.
  void paste(std::span<const uint8_t> image, int64_t stride, const Box &box, uint8_t label,
             int threshold, int64_t row, int64_t column);
};

/// Pastes items[k] of `images` on an empty `canvas` of side x side pixels, each item's bounding
/// box at a uniformly random place. A place whose box meets an earlier item's is drawn again, at
/// most 64 times; then the items overlap. The random numbers are those of `sample`.
/// Throws std::invalid_argument for more than maxItems items or one that does not fit.
void fillCanvas(Canvas &canvas, int64_t side, const LabelledImages &images,
                std::span<const int64_t> items, int threshold, const RandomNumbers &numbers,
                int64_t sample);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_CANVAS_H
