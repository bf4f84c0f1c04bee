//===- jpeg_absent.cpp - a build without JPEG -------------------*- C++ -*-===//

#include "runtime/data/sets/image_file.h"

#include <stdexcept>

namespace spherical::runtime {

Image decodeJpeg(std::span<const std::byte>, ImagePart, const std::string &path) {
  throw std::runtime_error(path +
                           ": this build of Spherical has no JPEG; it is built with it where "
                           "libjpeg62-turbo-dev is installed");
}

} // namespace spherical::runtime
