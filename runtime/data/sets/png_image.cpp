//===- png_image.cpp - pictures in PNG --------------------------*- C++ -*-===//
//
// By libpng, whose errors jump: between setjmp and the jump no object with a
// destructor is made. (http://www.libpng.org/pub/png/libpng-manual.txt)
//
//===----------------------------------------------------------------------===//

#include "runtime/data/files.h"
#include "runtime/data/sets/image_file.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <stdexcept>

namespace spherical::runtime {
namespace {

/// Bytes to read from, bytes written, and what went wrong.
struct Stream {
  std::span<const std::byte> left;
  std::vector<std::byte> written;
  std::string fault;
};

void onError(png_structp png, png_const_charp message) {
  static_cast<Stream *>(png_get_error_ptr(png))->fault = message;
  png_longjmp(png, 1);
}

void onWarning(png_structp, png_const_charp) {}

void readBytes(png_structp png, png_bytep out, size_t count) {
  auto &stream = *static_cast<Stream *>(png_get_io_ptr(png));
  if (stream.left.size() < count)
    png_error(png, "the file is truncated");
  std::memcpy(out, stream.left.data(), count);
  stream.left = stream.left.subspan(count);
}

/// A reader that is destroyed at the end of its scope.
struct Reader {
  png_structp png = nullptr;
  png_infop info = nullptr;

  explicit Reader(Stream &stream)
      : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &stream, onError, onWarning)) {
    info = png ? png_create_info_struct(png) : nullptr;
    if (!info)
      throw std::bad_alloc();
    png_set_read_fn(png, &stream, readBytes);
  }
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader &) = delete;
  Reader &operator=(const Reader &) = delete;
};

/// False after an error.
bool readInfo(Reader &reader) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  png_read_info(reader.png, reader.info);
  return true;
}

/// What comes out: indices or grey values for classes; else grey or RGB, perhaps with alpha.
bool transform(Reader &reader, bool labels) {
  png_structp png = reader.png;
  const png_byte color = png_get_color_type(png, reader.info);
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_set_packing(png);
  if (!labels)
    png_set_expand(png);
  else if (color & PNG_COLOR_MASK_ALPHA)
    png_set_strip_alpha(png);
  if (png_get_bit_depth(png, reader.info) == 16)
    png_set_swap(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, reader.info);
  return true;
}

bool readRows(Reader &reader, png_bytepp rows) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  png_read_image(reader.png, rows);
  png_read_end(reader.png, nullptr);
  return true;
}

ImageHeader headerOf(Reader &reader, bool labels) {
  ImageHeader header;
  header.rows = png_get_image_height(reader.png, reader.info);
  header.columns = png_get_image_width(reader.png, reader.info);
  const png_byte color = png_get_color_type(reader.png, reader.info);
  const bool indexed = color == PNG_COLOR_TYPE_PALETTE;
  header.channels = (color & PNG_COLOR_MASK_COLOR) && !(labels && indexed) ? 3 : 1;
  header.bits = png_get_bit_depth(reader.png, reader.info) == 16 ? 16 : 8;
  header.hasAlpha = !labels && ((color & PNG_COLOR_MASK_ALPHA) ||
                                png_get_valid(reader.png, reader.info, PNG_INFO_tRNS));
  png_colorp colors = nullptr;
  int count = 0;
  if (indexed && png_get_PLTE(reader.png, reader.info, &colors, &count))
    for (int i = 0; i < count; ++i)
      header.palette.push_back({colors[i].red, colors[i].green, colors[i].blue});
  return header;
}

/// Takes alpha, the last of `channels + 1` values of a pixel, apart from the others.
void splitAlpha(Image &image, const std::string &path) {
  const int64_t size = image.header.bits / 8, color = image.header.channels * size;
  const int64_t pixels = image.header.rows * image.header.columns;
  image.opaque.resize(pixels);
  for (int64_t i = 0; i < pixels; ++i) {
    const uint8_t *pixel = image.bytes.data() + i * (color + size);
    const uint8_t *alpha = pixel + color;
    const bool isOpaque = std::all_of(alpha, alpha + size, [](uint8_t a) { return a == 255; });
    if (!isOpaque && !std::all_of(alpha, alpha + size, [](uint8_t a) { return a == 0; }))
      throw std::runtime_error(path +
                               ": expected opaque or transparent pixels, got one that "
                               "shines through in row " +
                               std::to_string(i / image.header.columns) + ", column " +
                               std::to_string(i % image.header.columns));
    image.opaque[i] = isOpaque;
    std::memmove(image.bytes.data() + i * color, pixel, color);
  }
  image.bytes.resize(pixels * color);
}

} // namespace

Image decodePng(std::span<const std::byte> bytes, ImagePart part, const std::string &path) {
  const auto fail = [&](const Stream &stream) {
    throw std::runtime_error(path + ": not a valid PNG: " + stream.fault);
  };
  Stream stream{bytes, {}, {}};
  Reader reader(stream);
  png_set_user_limits(reader.png, 1 << 20, 1 << 20);
  if (!readInfo(reader))
    fail(stream);
  const bool labels = part == ImagePart::Labels;
  Image image{headerOf(reader, labels), {}, {}};
  checkImageSize(image.header, path);
  if (part == ImagePart::Header)
    return image;
  if (!transform(reader, labels))
    fail(stream);
  const size_t rowBytes = png_get_rowbytes(reader.png, reader.info);
  image.bytes.resize(rowBytes * image.header.rows);
  std::vector<png_bytep> rows;
  for (int64_t row = 0; row < image.header.rows; ++row)
    rows.push_back(image.bytes.data() + row * rowBytes);
  if (!readRows(reader, rows.data()))
    fail(stream);
  if (image.header.hasAlpha)
    splitAlpha(image, path);
  return image;
}

namespace {

void writeBytes(png_structp png, png_bytep bytes, size_t count) {
  auto &stream = *static_cast<Stream *>(png_get_io_ptr(png));
  const auto *begin = reinterpret_cast<const std::byte *>(bytes);
  stream.written.insert(stream.written.end(), begin, begin + count);
}

void flushBytes(png_structp) {}

bool encode(png_structp png, png_infop info, int64_t rows, int64_t columns, png_bytepp lines,
            png_const_colorp palette, int colors) {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_set_IHDR(png, info, static_cast<png_uint_32>(columns), static_cast<png_uint_32>(rows), 8,
               PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_PLTE(png, info, palette, colors);
  png_write_info(png, info);
  png_write_image(png, lines);
  png_write_end(png, nullptr);
  return true;
}

} // namespace

void writeIndexedPng(const std::string &path, int64_t rows, int64_t columns,
                     std::span<const uint8_t> indices, std::span<const Color> palette) {
  Stream stream;
  std::vector<png_color> colors;
  for (const Color &color : palette)
    colors.push_back({color[0], color[1], color[2]});
  std::vector<png_bytep> lines;
  for (int64_t row = 0; row < rows; ++row)
    lines.push_back(const_cast<png_bytep>(indices.data() + row * columns)); // only read
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &stream, onError, onWarning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (!info)
    throw std::bad_alloc();
  png_set_write_fn(png, &stream, writeBytes, flushBytes);
  const bool done = encode(png, info, rows, columns, lines.data(), colors.data(),
                           static_cast<int>(colors.size()));
  png_destroy_write_struct(&png, &info);
  if (!done)
    throw std::runtime_error(path + ": cannot write PNG: " + stream.fault);
  replaceFile(path, stream.written);
}

} // namespace spherical::runtime
