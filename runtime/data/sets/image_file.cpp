//===- image_file.cpp - pictures in PNG and JPEG files ----------*- C++ -*-===//

#include "runtime/data/sets/image_file.h"

#include "runtime/data/files.h"
#include "runtime/data/foreign_files.h"

#include <stdexcept>
#include <string_view>

namespace spherical::runtime {
namespace {

Image decode(const std::string &path, ImagePart part) {
  const std::vector<std::byte> bytes = readFile(path);
  const std::string_view start(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  if (start.starts_with("\x89PNG\r\n\x1a\n"))
    return decodePng(bytes, part, path);
  if (start.starts_with("\xff\xd8"))
    return decodeJpeg(bytes, part, path);
  const FileForm form = fileForm(bytes, path);
  throw std::runtime_error(path + ": expected a picture in PNG or JPEG, got " +
                           (bytes.empty()       ? "an empty file"
                            : form.name.empty() ? "something else"
                                                : form.name));
}

} // namespace

bool isImageName(const std::string &path) {
  const std::string ending = endingOf(path);
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

void checkImageSize(const ImageHeader &header, const std::string &path) {
  constexpr int64_t mostValues = int64_t(1) << 28, mostSide = int64_t(1) << 20;
  if (header.rows < 1 || header.columns < 1 || header.rows > mostSide ||
      header.columns > mostSide || header.values() > mostValues)
    throw std::runtime_error(path + ": expected a picture of 1 to 2^28 values, got " +
                             std::to_string(header.rows) + " x " + std::to_string(header.columns) +
                             " pixels");
}

ImageHeader readImageHeader(const std::string &path) {
  return decode(path, ImagePart::Header).header;
}

Image readImage(const std::string &path) { return decode(path, ImagePart::Picture); }

Image readLabelImage(const std::string &path) { return decode(path, ImagePart::Labels); }

} // namespace spherical::runtime
