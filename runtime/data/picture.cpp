//===- picture.cpp - small drawings and PNG files ---------------*- C++ -*-===//

#include "runtime/data/picture.h"

#include "runtime/data/files.h"

#include <png.h>

#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr int glyphColumns = 5;
constexpr int glyphRows = 7;
constexpr int64_t maxSide = 65535;

/// ' ' to '~'. Byte c from the right is column c, its bit r row r from the top.
constexpr std::array<uint64_t, 95> glyphs = {
    0x0000000000, 0x00005f0000, 0x0007000700, 0x147f147f14, 0x122a7f2a24, 0x6264081323,
    0x5022554936, 0x0000030500, 0x0041221c00, 0x001c224100, 0x14083e0814, 0x08083e0808,
    0x0000305000, 0x0808080808, 0x0000606000, 0x0204081020, 0x3e4549513e, 0x00407f4200,
    0x4649516142, 0x314b454121, 0x107f121418, 0x3945454527, 0x3049494a3c, 0x0305097101,
    0x3649494936, 0x1e29494906, 0x0000363600, 0x0000365600, 0x0041221408, 0x1414141414,
    0x0814224100, 0x0609510102, 0x3e41794932, 0x7e1111117e, 0x364949497f, 0x224141413e,
    0x1c2241417f, 0x414949497f, 0x010909097f, 0x7a4949413e, 0x7f0808087f, 0x00417f4100,
    0x013f414020, 0x412214087f, 0x404040407f, 0x7f020c027f, 0x7f1008047f, 0x3e4141413e,
    0x060909097f, 0x5e2151413e, 0x462919097f, 0x3149494946, 0x01017f0101, 0x3f4040403f,
    0x1f2040201f, 0x3f4038403f, 0x6314081463, 0x0708700807, 0x4345495161, 0x0041417f00,
    0x2010080402, 0x007f414100, 0x0402010204, 0x4040404040, 0x0004020100, 0x7854545420,
    0x384444487f, 0x2044444438, 0x7f48444438, 0x1854545438, 0x0201097e08, 0x3e5252520c,
    0x780404087f, 0x00407d4400, 0x003d444020, 0x004428107f, 0x00407f4100, 0x780418047c,
    0x780404087c, 0x3844444438, 0x081414147c, 0x7c18141408, 0x080404087c, 0x2054545448,
    0x2040443f04, 0x7c2040403c, 0x1c2040201c, 0x3c4030403c, 0x4428102844, 0x3c5050500c,
    0x444c546444, 0x0041360800, 0x00007f0000, 0x0008364100, 0x0810080810,
};

} // namespace

Picture::Picture(int64_t width, int64_t height, Color background) : columns(width), rows(height) {
  if (width < 1 || height < 1 || width > maxSide || height > maxSide)
    throw std::invalid_argument("expected a picture of 1 to 65535 pixels a side, got " +
                                std::to_string(width) + " x " + std::to_string(height));
  pixels.resize(columns * rows * 3);
  fill(0, 0, columns, rows, background);
}

Color Picture::at(int64_t x, int64_t y) const {
  const uint8_t *pixel = pixels.data() + 3 * (y * columns + x);
  return {pixel[0], pixel[1], pixel[2]};
}

void Picture::set(int64_t x, int64_t y, Color color) {
  if (x < 0 || y < 0 || x >= columns || y >= rows)
    return;
  uint8_t *pixel = pixels.data() + 3 * (y * columns + x);
  for (int channel = 0; channel < 3; ++channel)
    pixel[channel] = color[channel];
}

void Picture::fill(int64_t x, int64_t y, int64_t width, int64_t height, Color color) {
  for (int64_t row = y; row < y + height; ++row)
    for (int64_t column = x; column < x + width; ++column)
      set(column, row, color);
}

void Picture::drawGrey(int64_t x, int64_t y, std::span<const uint8_t> values, int64_t width,
                       int64_t scale) {
  for (int64_t i = 0; i < static_cast<int64_t>(values.size()); ++i) {
    const uint8_t grey = values[i];
    fill(x + i % width * scale, y + i / width * scale, scale, scale, {grey, grey, grey});
  }
}

void Picture::drawText(int64_t x, int64_t y, std::string_view text, Color color, int64_t scale) {
  for (const char character : text) {
    const bool printable = character >= ' ' && character <= '~';
    const uint64_t glyph = glyphs[(printable ? character : '?') - ' '];
    for (int column = 0; column < glyphColumns; ++column)
      for (int row = 0; row < glyphRows; ++row)
        if (glyph >> (8 * column + row) & 1)
          fill(x + column * scale, y + row * scale, scale, scale, color);
    x += characterWidth * scale;
  }
}

void Picture::writePng(const std::string &path) const {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(columns);
  image.height = static_cast<png_uint_32>(rows);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  const bool sized = png_image_write_get_memory_size(image, size, 0, pixels.data(), 0, nullptr);
  std::vector<std::byte> bytes(size);
  if (!sized ||
      !png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr))
    throw std::runtime_error(path + ": cannot encode the picture: " + image.message);
  bytes.resize(size);
  replaceFile(path, bytes);
}

} // namespace spherical::runtime
