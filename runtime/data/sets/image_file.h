//===- image_file.h - pictures in PNG and JPEG files ------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_IMAGE_FILE_H
#define SPHERICAL_RUNTIME_DATA_SETS_IMAGE_FILE_H

#include "runtime/data/color.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

/// What a picture is like.
struct ImageHeader {
  int64_t rows = 0, columns = 0;
  int64_t channels = 1;       ///< 1 grey, 3 RGB
  int64_t bits = 8;           ///< of a value: 8 or 16
  bool hasAlpha = false;      ///< some pixels may be transparent
  std::vector<Color> palette; ///< of an indexed picture

  int64_t values() const { return rows * columns * channels; }
};

/// A decoded picture.
struct Image {
  ImageHeader header;
  /// [row][column][channel], of 16 bits little-endian.
  std::vector<uint8_t> bytes;
  /// [row][column]: whether the pixel is there; empty if all are.
  std::vector<uint8_t> opaque;
};

/// Whether the ending of a name is that of a picture: .png, .jpg or .jpeg.
bool isImageName(const std::string &path);

/// What the file says of itself, without its pixels. As all calls below, throws std::runtime_error
/// that begins with the path: for files that are damaged or no pictures, CMYK, more than 2^28
/// values, and JPEG in a build without it.
ImageHeader readImageHeader(const std::string &path);

/// Decodes a picture: indexed ones become RGB, grey of fewer bits 8. Transparent pixels are not
/// there; those that shine through are an error, as values of both sides would mix.
Image readImage(const std::string &path);

/// Decodes a picture of classes: the indices of an indexed PNG or the values of a grey one as they
/// are, [row][column], or RGB. Its header says which (an indexed one has a palette and 1 channel).
Image readLabelImage(const std::string &path);

/// An indexed PNG of 8 bits, in one step (files.h): `indices` [row][column] into `palette`.
void writeIndexedPng(const std::string &path, int64_t rows, int64_t columns,
                     std::span<const uint8_t> indices, std::span<const Color> palette);

/// How bytes become pictures.
enum class ImagePart { Header, Picture, Labels };

/// The readers of the two forms, on the bytes of a file; `path` begins messages.
Image decodePng(std::span<const std::byte> bytes, ImagePart part, const std::string &path);
Image decodeJpeg(std::span<const std::byte> bytes, ImagePart part, const std::string &path);

/// Throws unless the picture has 1 to 2^28 values.
void checkImageSize(const ImageHeader &header, const std::string &path);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_IMAGE_FILE_H
