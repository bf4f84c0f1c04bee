//===- raw_picture.h - RGB pictures for tests of data sets ------*- C++ -*-===//

#ifndef SPHERICAL_TEST_RUNTIME_DATA_SETS_RAW_PICTURE_H
#define SPHERICAL_TEST_RUNTIME_DATA_SETS_RAW_PICTURE_H

#include "runtime/data/color.h"

#include <png.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace spherical::runtime {

/// Pixels of one colour, of which some are set to others.
class Picture {
public:
  Picture(int64_t width, int64_t height, Color color) : width(width), height(height) {
    for (int64_t k = 0; k < width * height; ++k)
      pixels.insert(pixels.end(), color.begin(), color.end());
  }

  void set(int64_t x, int64_t y, Color color) {
    for (int channel = 0; channel < 3; ++channel)
      pixels[3 * (y * width + x) + channel] = color[channel];
  }

  void writePng(const std::string &path) const {
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = PNG_FORMAT_RGB;
    if (!png_image_write_to_file(&image, path.c_str(), 0, pixels.data(), 0, nullptr))
      throw std::runtime_error(path + ": cannot write the picture of the test");
  }

private:
  int64_t width, height;
  std::vector<uint8_t> pixels;
};

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_DATA_SETS_RAW_PICTURE_H
