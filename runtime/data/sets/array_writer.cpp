//===- array_writer.cpp - named arrays into files of any form ---*- C++ -*-===//

#include "runtime/data/sets/array_writer.h"

#include "runtime/data/files.h"
#include "runtime/data/npy.h"
#include "runtime/data/parts.h"
#include "runtime/data/sets/zip_file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace spherical::runtime {
namespace {

[[noreturn]] void failToWrite(const std::string &path) {
  throw std::system_error(errno, std::generic_category(), path + ": cannot write");
}

/// Rows of an array on the disk, in a file without a name, until its turn comes.
class Spool {
public:
  explicit Spool(const std::string &path) : path(path) {
    std::string name = path + ".spool-XXXXXX";
    descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0)
      failToWrite(path);
    ::unlink(name.c_str());
  }
  ~Spool() {
    if (descriptor >= 0)
      ::close(descriptor);
  }
  Spool(Spool &&other) noexcept
      : path(std::move(other.path)), descriptor(std::exchange(other.descriptor, -1)) {}

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR)
        continue;
      if (put < 0)
        failToWrite(path);
      bytes = bytes.subspan(static_cast<size_t>(put));
    }
  }

  /// Passes on all bytes from the first.
  template <typename Writer> void copyTo(Writer &writer) {
    std::vector<std::byte> piece(1 << 20);
    if (::lseek(descriptor, 0, SEEK_SET) < 0)
      failToWrite(path);
    while (true) {
      const ssize_t got = ::read(descriptor, piece.data(), piece.size());
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        throw std::system_error(errno, std::generic_category(), path + ": cannot read");
      if (got == 0)
        return;
      writer.write(std::span(piece).first(static_cast<size_t>(got)));
    }
  }

private:
  std::string path;
  int descriptor;
};

std::map<std::string, std::string> metadataOf(const Words &words) {
  std::map<std::string, std::string> metadata;
  for (const auto &[name, texts] : words)
    metadata[name] = joinedWords(texts);
  return metadata;
}

/// The forms whose arrays stand one after the other: rows wait in spools.
class SpooledWriter : public ArrayWriter {
public:
  SpooledWriter(std::string path, ArrayForm form, const std::vector<TensorSpec> &arrays,
                Words words)
      : path(std::move(path)), form(form), arrays(arrays), words(std::move(words)), rows(arrays) {
    for (size_t i = 0; i < arrays.size(); ++i)
      spools.emplace_back(this->path);
  }

  void write(size_t index, std::span<const std::byte> bytes) override {
    rows.take(index, bytes.size());
    spools[index].write(bytes);
  }

  void commit() override {
    rows.expectComplete();
    if (form == ArrayForm::Npy)
      commitNpy();
    else if (form == ArrayForm::Npz)
      commitNpz();
    else
      commitSafetensors();
  }

private:
  void commitNpy() {
    const std::string stem = path.substr(0, path.size() - endingOf(path).size());
    std::vector<std::unique_ptr<NpyWriter>> files;
    for (size_t i = 0; i < arrays.size(); ++i) {
      files.push_back(std::make_unique<NpyWriter>(
          i == 0 ? path : stem + "." + arrays[i].name + ".npy", arrays[i].dtype, arrays[i].shape));
      spools[i].copyTo(*files.back());
    }
    for (const auto &file : files)
      file->commit();
    for (const auto &[name, texts] : words)
      replaceFile(stem + "." + name + ".txt", joinedWords(texts) + "\n");
  }

  void commitNpz() {
    ZipWriter file(path);
    for (size_t i = 0; i < arrays.size(); ++i) {
      const std::string header = npyHeaderText(arrays[i].dtype, arrays[i].shape);
      file.begin(arrays[i].name + ".npy",
                 header.size() + elementCount(arrays[i].shape) * dtypeBytes(arrays[i].dtype));
      file.write(std::as_bytes(std::span(header)));
      spools[i].copyTo(file);
    }
    for (const auto &[name, texts] : words) {
      const std::string strings = npyStringArray(texts);
      file.begin(name + ".npy", strings.size());
      file.write(std::as_bytes(std::span(strings)));
    }
    file.commit();
  }

  void commitSafetensors() {
    SafetensorsWriter file(path, arrays, metadataOf(words));
    for (const TensorSpec &next : file.order()) {
      const auto found = std::ranges::find(arrays, next.name, &TensorSpec::name);
      spools[found - arrays.begin()].copyTo(file);
    }
    file.commit();
  }

  std::string path;
  ArrayForm form;
  const std::vector<TensorSpec> arrays;
  Words words;
  RowCount rows;
  std::vector<Spool> spools;
};

} // namespace

std::unique_ptr<ArrayWriter> createArrays(const std::string &path, ArrayForm form,
                                          const std::vector<TensorSpec> &arrays,
                                          const Words &words) {
  if (form == ArrayForm::Hdf5)
    return writeHdf5(path, arrays, words);
  if (form == ArrayForm::NetCdf)
    return writeNetCdf(path, arrays, words);
  return std::make_unique<SpooledWriter>(path, form, arrays, words);
}

NamedPart::NamedPart(std::string target) : path(std::move(target)), part(freshPartName(path)) {
  const int made = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (made < 0) {
    part.clear();
    failToWrite(path);
  }
  ::close(made);
}

NamedPart::~NamedPart() {
  if (!part.empty())
    ::unlink(part.c_str());
}

void NamedPart::commit() {
  const int written = ::open(part.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = written >= 0 && ::fsync(written) == 0;
  if (written >= 0)
    ::close(written);
  if (!flushed || std::rename(part.c_str(), path.c_str()) != 0)
    failToWrite(path);
  part.clear();
}

RowCount::RowCount(const std::vector<TensorSpec> &arrays) : arrays(arrays), rows(arrays.size()) {}

int64_t RowCount::rowBytes(size_t index) const {
  return elementCount(std::span(arrays[index].shape).subspan(1)) * dtypeBytes(arrays[index].dtype);
}

int64_t RowCount::take(size_t index, uint64_t bytes) {
  const int64_t row = rowBytes(index), first = rows[index];
  if (row == 0)
    throw std::logic_error("expected rows with values in the array '" + arrays[index].name + "'");
  rows[index] += static_cast<int64_t>(bytes) / row;
  if (static_cast<int64_t>(bytes) % row != 0 || rows[index] > arrays[index].shape[0])
    throw std::logic_error("expected whole rows of the array '" + arrays[index].name +
                           "', and as many as it has");
  return first;
}

void RowCount::expectComplete() const {
  for (size_t i = 0; i < arrays.size(); ++i)
    if (rows[i] != arrays[i].shape[0])
      throw std::logic_error("expected " + std::to_string(arrays[i].shape[0]) +
                             " rows of the array '" + arrays[i].name + "', got " +
                             std::to_string(rows[i]));
}

std::string joinedWords(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : "\n") + word;
  return text;
}

} // namespace spherical::runtime
