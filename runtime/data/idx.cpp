//===- idx.cpp - labelled images in IDX files -------------------*- C++ -*-===//

#include "runtime/data/idx.h"

#include "runtime/data/files.h"
#include "runtime/data/foreign_files.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr uint8_t unsignedByteType = 8;
constexpr int64_t maxValues = int64_t(1) << 36;
constexpr int64_t chunkBytes = int64_t(1) << 22;

/// A file that zlib reads, compressed or not.
class Reader {
public:
  explicit Reader(const std::string &path) : path(path) {
    errno = 0;
    file.reset(gzopen(path.c_str(), "rb"));
    if (!file)
      throw std::runtime_error(
          path + ": cannot open: " + (errno ? std::strerror(errno) : "out of memory"));
    gzbuffer(file.get(), 1 << 17);
  }

  [[noreturn]] void fail(const std::string &what) const {
    throw std::runtime_error(path + ": " + what);
  }

  /// Reads up to `size` bytes; fewer only at the end of the file.
  int64_t read(uint8_t *out, int64_t size) {
    const int got = gzread(file.get(), out, static_cast<unsigned>(size));
    int code = Z_OK;
    const char *message = gzerror(file.get(), &code);
    // Z_BUF_ERROR: the compressed stream ends early.
    cut = code == Z_BUF_ERROR;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      fail(std::string("cannot read: ") + (code == Z_ERRNO ? std::strerror(errno) : message));
    return std::max(got, 0);
  }

  /// Whether the last read met the end of the file inside of the compressed stream.
  bool isCut() const { return cut; }

private:
  struct Close {
    void operator()(gzFile stream) const { gzclose(stream); }
  };
  std::string path;
  std::unique_ptr<gzFile_s, Close> file;
  bool cut = false;
};

uint32_t bigEndian(const uint8_t *bytes) {
  return uint32_t(bytes[0]) << 24 | uint32_t(bytes[1]) << 16 | uint32_t(bytes[2]) << 8 | bytes[3];
}

std::vector<int64_t> readShape(Reader &reader) {
  std::array<uint8_t, 4> magic;
  if (reader.read(magic.data(), 4) != 4)
    reader.fail("not a valid IDX file: expected a header of at least 8 bytes");
  if (magic[0] != 0 || magic[1] != 0 || magic[2] != unsignedByteType || magic[3] < 1 ||
      magic[3] > 4)
    reader.fail("expected an IDX file of unsigned bytes with 1 to 4 axes (0, 0, 8, axes), got " +
                std::to_string(magic[0]) + ", " + std::to_string(magic[1]) + ", " +
                std::to_string(magic[2]) + ", " + std::to_string(magic[3]));
  std::vector<int64_t> shape;
  int64_t count = 1;
  for (int axis = 0; axis < magic[3]; ++axis) {
    std::array<uint8_t, 4> extent;
    if (reader.read(extent.data(), 4) != 4)
      reader.fail("truncated in the header");
    shape.push_back(bigEndian(extent.data()));
    if (shape.back() > 0 && count > maxValues / shape.back())
      reader.fail("the header claims more than 2^36 values");
    count *= shape.back();
  }
  return shape;
}

/// Appends a 32-bit number, most significant byte first.
void appendBigEndian(std::vector<uint8_t> &out, int64_t value) {
  if (value < 0 || value > UINT32_MAX)
    throw std::invalid_argument("expected an extent below 2^32, got " + std::to_string(value));
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<uint8_t>(value >> shift));
}

/// A gzip file of `plain`: highest compression, no name and no time, so equal input gives equal
/// bytes.
std::vector<uint8_t> gzip(std::span<const uint8_t> plain) {
  z_stream stream = {};
  constexpr int gzipWindow = 15 + 16;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzipWindow, 9, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::runtime_error("cannot compress: out of memory");
  std::vector<uint8_t> out(deflateBound(&stream, plain.size()));
  stream.next_in = const_cast<uint8_t *>(plain.data());
  stream.avail_in = static_cast<unsigned>(plain.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<unsigned>(out.size());
  const int code = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END)
    throw std::runtime_error("cannot compress: zlib error " + std::to_string(code));
  return out;
}

/// The first of the usual spellings that exists in `directory`; otherwise adds all to `missing`.
std::string findFile(const std::string &directory, const std::string &stem,
                     const std::string &suffix, std::vector<std::string> &missing) {
  std::vector<std::string> tried;
  for (const char *separator : {"-", "."})
    for (const char *compression : {"", ".gz"}) {
      const std::string name = stem + separator + suffix + compression;
      const std::filesystem::path path = std::filesystem::path(directory) / name;
      std::error_code ignored;
      if (std::filesystem::exists(path, ignored))
        return path.string();
      tried.push_back(name);
    }
  missing.insert(missing.end(), tried.begin(), tried.end());
  return {};
}

} // namespace

IdxArray readIdx(const std::string &path) {
  Reader reader(path);
  IdxArray array{readShape(reader), {}};
  int64_t count = 1;
  for (const int64_t extent : array.shape)
    count *= extent;
  int64_t done = 0;
  while (done < count) {
    const int64_t wanted = std::min(count - done, chunkBytes);
    array.values.resize(done + wanted);
    const int64_t got = reader.read(array.values.data() + done, wanted);
    done += got;
    if (got < wanted)
      reader.fail("truncated: expected " + std::to_string(count) + " values, got " +
                  std::to_string(done));
  }
  uint8_t extra;
  if (reader.read(&extra, 1) != 0)
    reader.fail("expected " + std::to_string(count) + " values, got more");
  if (reader.isCut())
    reader.fail("truncated: the compressed data lack their end");
  return array;
}

void writeIdx(const std::string &path, const IdxArray &array) {
  std::vector<uint8_t> bytes = {0, 0, unsignedByteType, static_cast<uint8_t>(array.shape.size())};
  int64_t count = 1;
  for (const int64_t extent : array.shape) {
    appendBigEndian(bytes, extent);
    count *= extent;
  }
  if (count != static_cast<int64_t>(array.values.size()))
    throw std::invalid_argument("expected " + std::to_string(count) + " values, got " +
                                std::to_string(array.values.size()));
  bytes.insert(bytes.end(), array.values.begin(), array.values.end());
  if (path.ends_with(".gz"))
    bytes = gzip(bytes);
  replaceFile(path, std::as_bytes(std::span(bytes)));
}

LabelledImages LabelledImages::select(std::span<const int64_t> indices) const {
  LabelledImages chosen{static_cast<int64_t>(indices.size()), rows, columns, {}, {}};
  chosen.pixels.reserve(indices.size() * rows * columns);
  chosen.labels.reserve(indices.size());
  for (const int64_t index : indices) {
    const std::span<const uint8_t> source = image(index);
    chosen.pixels.insert(chosen.pixels.end(), source.begin(), source.end());
    chosen.labels.push_back(labels[index]);
  }
  return chosen;
}

/// A file in place of the folder that it may lie in.
static void expectFolder(const std::string &directory) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(directory, ignored))
    return;
  const std::string form = fileForm(directory).name;
  const bool isData = form == "an IDX file" || form == "a gzip file";
  throw std::runtime_error("'" + directory + "': expected a folder with IDX files, got " +
                           (form.empty() ? "a file" : form) +
                           (isData ? " (name the folder that it lies in)" : ""));
}

LabelledImages readLabelledImages(const std::string &directory, Split split) {
  expectFolder(directory);
  const std::string prefix = split == Split::Train ? "train" : "t10k";
  std::vector<std::string> missing;
  const std::string imageFile = findFile(directory, prefix + "-images", "idx3-ubyte", missing);
  const std::string labelFile = findFile(directory, prefix + "-labels", "idx1-ubyte", missing);
  if (!missing.empty()) {
    std::string names;
    for (const std::string &name : missing)
      names += (names.empty() ? "" : ", ") + name;
    throw std::runtime_error("no data in '" + directory + "': looked for " + names);
  }
  IdxArray images = readIdx(imageFile);
  IdxArray labels = readIdx(labelFile);
  if (images.shape.size() != 3)
    throw std::runtime_error(imageFile + ": expected 3 axes (image, row, column), got " +
                             std::to_string(images.shape.size()));
  if (labels.shape.size() != 1)
    throw std::runtime_error(labelFile + ": expected 1 axis, got " +
                             std::to_string(labels.shape.size()));
  if (images.shape[0] != labels.shape[0])
    throw std::runtime_error(labelFile + ": expected one label for each of " +
                             std::to_string(images.shape[0]) + " images, got " +
                             std::to_string(labels.shape[0]));
  return {images.shape[0], images.shape[1], images.shape[2], std::move(images.values),
          std::move(labels.values)};
}

} // namespace spherical::runtime
