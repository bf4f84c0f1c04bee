//===- cairo_page.cpp - pages by Cairo --------------------------*- C++ -*-===//

#include "runtime/pictures/encode.h"
#include "runtime/pictures/font.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <stdexcept>
#include <utility>

namespace spherical::runtime {
namespace {

constexpr double pixelsPerPoint = 2.0;
constexpr double capitalHeight = 0.729; // of DejaVu Sans, in its size

struct FreeSurface {
  void operator()(cairo_surface_t *surface) const { cairo_surface_destroy(surface); }
};
using Surface = std::unique_ptr<cairo_surface_t, FreeSurface>;
struct FreeContext {
  void operator()(cairo_t *context) const { cairo_destroy(context); }
};
using Context = std::unique_ptr<cairo_t, FreeContext>;

void check(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS)
    throw std::runtime_error(std::string("cannot draw the picture: ") +
                             cairo_status_to_string(status));
}

/// The image with each pixel repeated `times` in both directions.
Surface surfaceOf(const PixelImage &image, int64_t times) {
  const int64_t width = image.width * times, height = image.height * times;
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width),
                                             static_cast<int>(height)));
  check(cairo_surface_status(surface.get()));
  cairo_surface_flush(surface.get());
  unsigned char *const bytes = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (int64_t y = 0; y < height; ++y) {
    auto *const row = reinterpret_cast<uint32_t *>(bytes + y * stride);
    for (int64_t x = 0; x < width; ++x) {
      const uint8_t *rgb = image.rgb.data() + 3 * (y / times * image.width + x / times);
      row[x] = uint32_t(rgb[0]) << 16 | uint32_t(rgb[1]) << 8 | rgb[2];
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

class CairoPage final : public Page {
public:
  explicit CairoPage(cairo_surface_t *surface) : context(cairo_create(surface)) {
    cairo_set_line_join(get(), CAIRO_LINE_JOIN_ROUND);
    cairo_set_font_options(get(), fontOptions());
  }

  void fill(const Rectangle &area, Color color, double opacity) override {
    setColor(color, opacity);
    cairo_rectangle(get(), area.x, area.y, area.width, area.height);
    cairo_fill(get());
  }
  void fillPolygon(std::span<const Point> corners, Color color, double opacity) override {
    setColor(color, opacity);
    trace(corners);
    cairo_fill(get());
  }
  void fillCircle(Point middle, double radius, Color color, double opacity) override {
    setColor(color, opacity);
    traceCircle(middle, radius);
    cairo_fill(get());
  }
  void stroke(std::span<const Point> points, const Stroke &stroke) override {
    setStroke(stroke);
    trace(points);
    if (points.size() == 1)
      cairo_close_path(get());
    cairo_stroke(get());
  }
  void strokeCircle(Point middle, double radius, const Stroke &stroke) override {
    setStroke(stroke);
    traceCircle(middle, radius);
    cairo_stroke(get());
  }
  void text(Point place, std::string_view text, const TextStyle &style) override;
  void cells(const Rectangle &area, const PixelImage &image) override;
  void disc(const Rectangle &square, const PixelImage &image) override;
  void clip(const Rectangle &area) override {
    cairo_save(get());
    cairo_rectangle(get(), area.x, area.y, area.width, area.height);
    cairo_clip(get());
  }
  void unclip() override { cairo_restore(get()); }

  /// Throws if anything has failed so far.
  void finish() {
    cairo_show_page(get());
    check(cairo_status(get()));
  }

  std::vector<PlacedText> texts;

private:
  cairo_t *get() const { return context.get(); }
  void setColor(Color color, double opacity = 1.0) {
    cairo_set_source_rgba(get(), color[0] / 255.0, color[1] / 255.0, color[2] / 255.0, opacity);
  }
  void setStroke(const Stroke &stroke) {
    setColor(stroke.color);
    cairo_set_line_width(get(), stroke.width);
    cairo_set_line_cap(get(), stroke.pattern.empty() ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
    cairo_set_dash(get(), stroke.pattern.data(), static_cast<int>(stroke.pattern.size()), 0.0);
  }
  void trace(std::span<const Point> points) {
    cairo_new_path(get());
    for (const Point &point : points)
      cairo_line_to(get(), point.x, point.y);
  }
  void traceCircle(Point middle, double radius) {
    cairo_new_path(get());
    cairo_arc(get(), middle.x, middle.y, radius, 0.0, 2 * std::numbers::pi);
    cairo_close_path(get());
  }
  void place(const Rectangle &area, const PixelImage &image, int64_t times, cairo_filter_t filter);

  Context context;
};

void CairoPage::text(Point place, std::string_view text, const TextStyle &style) {
  const double width = textWidth(text, style.size, style.isBold);
  const double turn = style.turn * std::numbers::pi / 180;
  const double back = style.anchor == TextAnchor::Start    ? 0.0
                      : style.anchor == TextAnchor::Middle ? width / 2
                                                           : width;
  const double down = style.level == TextLevel::Middle ? capitalHeight / 2 * style.size : 0.0;
  const Point start = {place.x - back * std::cos(turn) + down * std::sin(turn),
                       place.y + back * std::sin(turn) + down * std::cos(turn)};
  const std::string line = readableText(text);
  setColor(style.color);
  cairo_save(get());
  cairo_translate(get(), start.x, start.y);
  cairo_rotate(get(), -turn);
  cairo_set_font_face(get(), fontFace(style.isBold));
  cairo_set_font_size(get(), style.size);
  cairo_move_to(get(), 0.0, 0.0);
  cairo_show_text(get(), line.c_str());
  cairo_restore(get());
  texts.push_back({start, style.size, width, style.turn, line});
}

void CairoPage::place(const Rectangle &area, const PixelImage &image, int64_t times,
                      cairo_filter_t filter) {
  const Surface surface = surfaceOf(image, times);
  cairo_save(get());
  cairo_translate(get(), area.x, area.y);
  cairo_scale(get(), area.width / static_cast<double>(image.width * times),
              area.height / static_cast<double>(image.height * times));
  cairo_set_source_surface(get(), surface.get(), 0.0, 0.0);
  cairo_pattern_set_filter(cairo_get_source(get()), filter);
  cairo_pattern_set_extend(cairo_get_source(get()), CAIRO_EXTEND_PAD);
  cairo_rectangle(get(), 0.0, 0.0, static_cast<double>(image.width * times),
                  static_cast<double>(image.height * times));
  cairo_fill(get());
  cairo_restore(get());
}

void CairoPage::cells(const Rectangle &area, const PixelImage &image) {
  // Viewers of SVG and PDF smooth pixels that they enlarge: they get none to enlarge much.
  constexpr double enough = 4.0; // pixels a point
  const double side = std::max(area.width / static_cast<double>(image.width),
                               area.height / static_cast<double>(image.height));
  place(area, image, std::max<int64_t>(1, std::llround(std::ceil(enough * side))),
        CAIRO_FILTER_NEAREST);
}

void CairoPage::disc(const Rectangle &square, const PixelImage &image) {
  cairo_save(get());
  traceCircle(square.middle(), square.width / 2);
  cairo_clip(get());
  place(square, image, 1, CAIRO_FILTER_GOOD);
  cairo_restore(get());
}

cairo_status_t append(void *bytes, const unsigned char *data, unsigned int length) {
  const auto *from = reinterpret_cast<const std::byte *>(data);
  static_cast<std::vector<std::byte> *>(bytes)->insert(
      static_cast<std::vector<std::byte> *>(bytes)->end(), from, from + length);
  return CAIRO_STATUS_SUCCESS;
}

Surface surfaceFor(PictureForm form, double width, double height, std::vector<std::byte> &bytes) {
  switch (form) {
  case PictureForm::Png: {
    Surface surface(cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, static_cast<int>(std::ceil(width * pixelsPerPoint)),
        static_cast<int>(std::ceil(height * pixelsPerPoint))));
    cairo_surface_set_device_scale(surface.get(), pixelsPerPoint, pixelsPerPoint);
    return surface;
  }
  case PictureForm::Svg:
    return Surface(cairo_svg_surface_create_for_stream(append, &bytes, width, height));
  case PictureForm::Pdf:
    break;
  }
  Surface surface(cairo_pdf_surface_create_for_stream(append, &bytes, width, height));
  // The time of drawing would make each file another.
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                 "1970-01-01T00:00:00Z");
  return surface;
}

} // namespace

void expectDrawable() { fontFace(false); }

std::vector<std::byte> encodePage(PictureForm form, double width, double height,
                                  const std::function<void(Page &)> &paint) {
  std::vector<std::byte> bytes;
  const Surface surface = surfaceFor(form, width, height, bytes);
  check(cairo_surface_status(surface.get()));
  CairoPage page(surface.get());
  page.fill({0, 0, width + 1, height + 1}, {255, 255, 255}, 1.0);
  paint(page);
  page.finish();
  if (form == PictureForm::Png)
    check(cairo_surface_write_to_png_stream(surface.get(), append, &bytes));
  cairo_surface_finish(surface.get());
  check(cairo_surface_status(surface.get()));
  if (form != PictureForm::Svg)
    return bytes;
  const std::string svg = completeSvg(
      std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size()), page.texts);
  const auto *text = reinterpret_cast<const std::byte *>(svg.data());
  return std::vector<std::byte>(text, text + svg.size());
}

} // namespace spherical::runtime
