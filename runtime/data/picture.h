//===- picture.h - small drawings and PNG files -----------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_PICTURE_H
#define SPHERICAL_RUNTIME_DATA_PICTURE_H

#include "runtime/data/color.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::runtime {

/// A picture in 24-bit colour. Drawing outside of it has no effect.
class Picture {
public:
  /// Width and height of a character's cell at scale 1, with the gap to the next one.
  static constexpr int64_t characterWidth = 6;
  static constexpr int64_t characterHeight = 8;

  /// A picture of 1 x 1 pixels or more in one colour; std::invalid_argument for other sizes.
  Picture(int64_t width, int64_t height, Color background);

  int64_t width() const { return columns; }
  int64_t height() const { return rows; }

  /// The colour at column x and row y from the upper left corner, which must be inside.
  Color at(int64_t x, int64_t y) const;

  void set(int64_t x, int64_t y, Color color);
  void fill(int64_t x, int64_t y, int64_t width, int64_t height, Color color);

  /// Draws grey values [height][width], each as a square of `scale` x `scale` pixels.
  void drawGrey(int64_t x, int64_t y, std::span<const uint8_t> values, int64_t width,
                int64_t scale);

  /// Draws text in a font of 5 x 7 dots, each as a square of `scale` x `scale` pixels.
  /// Characters other than printable ASCII are drawn as '?'.
  void drawText(int64_t x, int64_t y, std::string_view text, Color color, int64_t scale = 1);

  /// Replaces the file `path` by this picture as PNG, in one step (files.h).
  void writePng(const std::string &path) const;

private:
  int64_t columns;
  int64_t rows;
  std::vector<uint8_t> pixels; // [row][column][rgb]
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_PICTURE_H
