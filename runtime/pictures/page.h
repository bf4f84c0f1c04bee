//===- page.h - what figures are painted with -------------------*- C++ -*-===//
//
// Lengths are points (1/72 inch), x to the right and y downwards from the upper left
// corner.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_PICTURES_PAGE_H
#define SPHERICAL_RUNTIME_PICTURES_PAGE_H

#include "runtime/data/color.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::runtime {

struct Point {
  double x = 0.0, y = 0.0;
};

struct Rectangle {
  double x = 0.0, y = 0.0, width = 0.0, height = 0.0;

  double right() const { return x + width; }
  double bottom() const { return y + height; }
  Point middle() const { return {x + width / 2, y + height / 2}; }
};

/// How a line looks. A pattern is the lengths of dashes and gaps in turn; none: whole.
struct Stroke {
  Color color = {};
  double width = 0.75;
  std::vector<double> pattern = {};
};

/// Which part of a text lies at the point where it is drawn: of its line, and in height the
/// baseline or the middle of the capitals.
enum class TextAnchor { Start, Middle, End };
enum class TextLevel { Baseline, Middle };

struct TextStyle {
  double size = 8.0; ///< of the font
  Color color = {};
  TextAnchor anchor = TextAnchor::Start;
  TextLevel level = TextLevel::Baseline;
  bool isBold = false;
  double turn = 0.0; ///< degrees, counter-clockwise around its point
};

/// Pixels in 24-bit colour.
struct PixelImage {
  int64_t width = 0, height = 0;
  std::vector<uint8_t> rgb; ///< [height][width][3]

  PixelImage(int64_t width, int64_t height) : width(width), height(height) {
    rgb.resize(3 * width * height);
  }
  void set(int64_t x, int64_t y, Color color) {
    for (int channel = 0; channel < 3; ++channel)
      rgb[3 * (y * width + x) + channel] = color[channel];
  }
};

/// A page that takes lines, areas, letters and pixels.
class Page {
public:
  virtual ~Page() = default;

  virtual void fill(const Rectangle &area, Color color, double opacity = 1.0) = 0;
  virtual void fillPolygon(std::span<const Point> corners, Color color, double opacity = 1.0) = 0;
  virtual void fillCircle(Point middle, double radius, Color color, double opacity = 1.0) = 0;

  /// A line through the points; one point is a dot as wide as the line.
  virtual void stroke(std::span<const Point> points, const Stroke &stroke) = 0;
  virtual void strokeCircle(Point middle, double radius, const Stroke &stroke) = 0;

  /// One line, as `readableText`. What the font lacks is drawn as its mark for that.
  virtual void text(Point place, std::string_view text, const TextStyle &style) = 0;

  /// Pixels, each a rectangle of one colour with sharp edges.
  virtual void cells(const Rectangle &area, const PixelImage &image) = 0;
  /// Pixels smoothly, cut to the circle that touches the sides of the square.
  virtual void disc(const Rectangle &square, const PixelImage &image) = 0;

  /// Nothing outside of the area is drawn until `unclip`; one area at a time.
  virtual void clip(const Rectangle &area) = 0;
  virtual void unclip() = 0;

  void outline(const Rectangle &area, const Stroke &line) {
    const Point corners[] = {{area.x, area.y},
                             {area.right(), area.y},
                             {area.right(), area.bottom()},
                             {area.x, area.bottom()},
                             {area.x, area.y}};
    stroke(corners, line);
  }
  void line(Point from, Point to, const Stroke &line) {
    const Point ends[] = {from, to};
    stroke(ends, line);
  }
};

/// `text` in UTF-8 with U+FFFD in place of bytes that are none and of control characters.
std::string readableText(std::string_view text);

/// The width of one line of text.
double textWidth(std::string_view text, double size, bool isBold = false);

/// `text`, or its beginning with an ellipsis, in at most `width` points.
std::string fittedText(const std::string &text, double size, double width);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PICTURES_PAGE_H
