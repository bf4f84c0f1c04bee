//===- jpeg_image.cpp - pictures in JPEG ------------------------*- C++ -*-===//
//
// By libjpeg-turbo, whose errors jump: between setjmp and the jump no object with a
// destructor is made. What it only warns of, as a file that ends too early, is an
// error here. (https://libjpeg-turbo.org, libjpeg.txt)
//
//===----------------------------------------------------------------------===//

#include "runtime/data/sets/image_file.h"

#include <cstdio>

#include <jpeglib.h>

#include <jerror.h>

#include <array>
#include <csetjmp>
#include <stdexcept>

namespace spherical::runtime {
namespace {

/// Where errors go; the library knows its first member.
struct Faults {
  jpeg_error_mgr manager;
  std::jmp_buf place;
  std::array<char, JMSG_LENGTH_MAX> text;
};

Faults &faultsOf(j_common_ptr common) { return *reinterpret_cast<Faults *>(common->err); }

[[noreturn]] void onError(j_common_ptr common) {
  Faults &faults = faultsOf(common);
  (*common->err->format_message)(common, faults.text.data());
  std::longjmp(faults.place, 1);
}

void onMessage(j_common_ptr common, int level) {
  if (level < 0 && common->err->msg_code != JWRN_EXTRANEOUS_DATA)
    onError(common);
}

struct Decoder {
  Faults faults = {};
  jpeg_decompress_struct jpeg = {};

  Decoder() {
    jpeg.err = jpeg_std_error(&faults.manager);
    faults.manager.error_exit = onError;
    faults.manager.emit_message = onMessage;
    jpeg_create_decompress(&jpeg);
  }
  ~Decoder() { jpeg_destroy_decompress(&jpeg); }
  Decoder(const Decoder &) = delete;
  Decoder &operator=(const Decoder &) = delete;
};

/// False after an error.
bool readHeader(Decoder &decoder, std::span<const std::byte> bytes) {
  if (setjmp(decoder.faults.place))
    return false;
  jpeg_mem_src(&decoder.jpeg, reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size());
  jpeg_read_header(&decoder.jpeg, TRUE);
  return true;
}

bool readRows(Decoder &decoder, unsigned char *out, int64_t rowBytes) {
  if (setjmp(decoder.faults.place))
    return false;
  decoder.jpeg.out_color_space = decoder.jpeg.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&decoder.jpeg);
  while (decoder.jpeg.output_scanline < decoder.jpeg.output_height) {
    JSAMPROW row = out + decoder.jpeg.output_scanline * rowBytes;
    jpeg_read_scanlines(&decoder.jpeg, &row, 1);
  }
  jpeg_finish_decompress(&decoder.jpeg);
  return true;
}

} // namespace

Image decodeJpeg(std::span<const std::byte> bytes, ImagePart part, const std::string &path) {
  if (part == ImagePart::Labels)
    throw std::runtime_error(path + ": expected classes in PNG, got JPEG, which changes values");
  Decoder decoder;
  const auto fail = [&] {
    throw std::runtime_error(path + ": not a valid JPEG: " + decoder.faults.text.data());
  };
  if (!readHeader(decoder, bytes))
    fail();
  if (decoder.jpeg.num_components != 1 && decoder.jpeg.num_components != 3)
    throw std::runtime_error(path + ": expected grey or RGB, got a JPEG of " +
                             std::to_string(decoder.jpeg.num_components) +
                             " components (CMYK), which has no colours of its own");
  Image image;
  image.header.rows = decoder.jpeg.image_height;
  image.header.columns = decoder.jpeg.image_width;
  image.header.channels = decoder.jpeg.num_components;
  checkImageSize(image.header, path);
  if (part == ImagePart::Header)
    return image;
  image.bytes.resize(image.header.values());
  if (!readRows(decoder, image.bytes.data(), image.header.columns * image.header.channels))
    fail();
  return image;
}

} // namespace spherical::runtime
