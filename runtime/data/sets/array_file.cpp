//===- array_file.cpp - named arrays in files of any form -------*- C++ -*-===//

#include "runtime/data/sets/array_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace spherical::runtime {
namespace {

struct FormRecord {
  const char *name;
  std::vector<const char *> endings;
};

const std::array<FormRecord, 5> &forms() {
  static const std::array<FormRecord, 5> records = {{{"npy", {".npy"}},
                                                     {"npz", {".npz"}},
                                                     {"safetensors", {".safetensors"}},
                                                     {"hdf5", {".h5", ".hdf5"}},
                                                     {"netcdf", {".nc", ".nc4"}}}};
  return records;
}

/// Reverses the bytes of each element.
void swapBytes(std::byte *bytes, int64_t count, int64_t size) {
  for (int64_t i = 0; i < count; ++i)
    std::reverse(bytes + i * size, bytes + (i + 1) * size);
}

class FileArray : public StoredArray {
public:
  FileArray(std::shared_ptr<const OpenFile> file, std::string name, DType dtype,
            std::vector<int64_t> shape, uint64_t offset, bool swapped)
      : StoredArray(std::move(name), dtype, std::move(shape)), file(std::move(file)), begin(offset),
        swapped(swapped) {}

  void read(int64_t first, int64_t count, std::byte *out) const override {
    const int64_t size = dtypeBytes(dtype), values = count * rowSize();
    file->readAt(begin + first * rowSize() * size, {out, static_cast<size_t>(values * size)});
    if (swapped)
      swapBytes(out, values, size);
  }

private:
  std::shared_ptr<const OpenFile> file;
  uint64_t begin;
  bool swapped;
};

class MemoryArray : public StoredArray {
public:
  MemoryArray(std::string name, DType dtype, std::vector<int64_t> shape,
              std::vector<std::byte> bytes)
      : StoredArray(std::move(name), dtype, std::move(shape)), bytes(std::move(bytes)) {}

  void read(int64_t first, int64_t count, std::byte *out) const override {
    const int64_t row = rowSize() * dtypeBytes(dtype);
    if (count * row > 0)
      std::memcpy(out, bytes.data() + first * row, count * row);
  }

private:
  std::vector<std::byte> bytes;
};

std::string trimmed(const std::string &text) {
  const char *const blanks = " \t\r\n";
  const size_t first = text.find_first_not_of(blanks);
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

void expectBytes(const std::string &name, uint64_t expected, uint64_t got) {
  if (got < expected)
    throw std::runtime_error(name + ": truncated: expected " + std::to_string(expected) +
                             " bytes of values, got " + std::to_string(got));
}

} // namespace

int64_t StoredArray::rowSize() const {
  return shape.empty() ? 1 : elementCount(std::span(shape).subspan(1));
}

const char *arrayFormName(ArrayForm form) { return forms()[static_cast<size_t>(form)].name; }

std::optional<ArrayForm> arrayFormByEnding(const std::string &path) {
  const std::string ending = endingOf(path);
  for (size_t form = 0; form < forms().size(); ++form)
    if (std::ranges::find(forms()[form].endings, ending) != forms()[form].endings.end())
      return static_cast<ArrayForm>(form);
  return std::nullopt;
}

std::optional<ArrayForm> arrayFormOf(const std::string &path) {
  const OpenFile file(path);
  std::array<char, 9> head = {};
  file.readAt(0, std::as_writable_bytes(
                     std::span(head).first(std::min<uint64_t>(head.size(), file.size()))));
  const std::string_view start(head.data(), head.size());
  const std::optional<ArrayForm> promised = arrayFormByEnding(path);
  if (start.starts_with("\x93NUMPY"))
    return ArrayForm::Npy;
  if (start.starts_with("PK\x03\x04") && promised == ArrayForm::Npz)
    return ArrayForm::Npz;
  if (start.starts_with("CDF"))
    return ArrayForm::NetCdf;
  if (start.starts_with("\x89HDF\r\n\x1a\n"))
    return promised == ArrayForm::NetCdf ? ArrayForm::NetCdf : ArrayForm::Hdf5;
  if (start[8] == '{') // after the header's length
    return ArrayForm::Safetensors;
  return promised; // damaged, which its reader says
}

ArrayFile openArrayFile(const std::string &path, ArrayForm form) {
  switch (form) {
  case ArrayForm::Npy:
    return openNpyFiles(path);
  case ArrayForm::Npz:
    return openNpz(path);
  case ArrayForm::Safetensors:
    return openSafetensors(path);
  case ArrayForm::Hdf5:
    return openHdf5(path);
  case ArrayForm::NetCdf:
    return openNetCdf(path);
  }
  throw std::logic_error("unknown form of arrays");
}

bool hasArrayForm(ArrayForm form) {
  return (form != ArrayForm::Hdf5 || SPHERICAL_HAS_HDF5) &&
         (form != ArrayForm::NetCdf || SPHERICAL_HAS_NETCDF);
}

std::string missingFormText(ArrayForm form) {
  const bool netCdf = form == ArrayForm::NetCdf;
  return std::string("this build of Spherical has no ") + (netCdf ? "NetCDF" : "HDF5") +
         "; it is built with it where " + (netCdf ? "libnetcdf-dev" : "libhdf5-dev") +
         " is installed";
}

std::unique_ptr<StoredArray> arrayInFile(std::shared_ptr<const OpenFile> file, std::string name,
                                         DType dtype, std::vector<int64_t> shape, uint64_t offset,
                                         bool swapped) {
  expectBytes(name, elementCount(shape) * dtypeBytes(dtype),
              file->size() - std::min(offset, file->size()));
  return std::make_unique<FileArray>(std::move(file), std::move(name), dtype, std::move(shape),
                                     offset, swapped);
}

std::unique_ptr<StoredArray> arrayInMemory(std::string name, DType dtype,
                                           std::vector<int64_t> shape, std::vector<std::byte> bytes,
                                           bool swapped) {
  const int64_t count = elementCount(shape);
  expectBytes(name, count * dtypeBytes(dtype), bytes.size());
  if (swapped)
    swapBytes(bytes.data(), count, dtypeBytes(dtype));
  return std::make_unique<MemoryArray>(std::move(name), dtype, std::move(shape), std::move(bytes));
}

ArrayFile openSafetensors(const std::string &path) {
  auto file = std::make_shared<const OpenFile>(path);
  std::vector<std::byte> start(std::min<uint64_t>(8, file->size()));
  file->readAt(0, start);
  start.resize(safetensorsHeaderBytes(start, file->size()));
  file->readAt(0, start);
  const SafetensorsLayout layout = parseSafetensorsHeader(start, file->size(), path);
  ArrayFile result{path, {}, {}, {}};
  for (const TensorPlace &place : layout.tensors)
    result.arrays[place.spec.name] = arrayInFile(file, path + ": " + place.spec.name,
                                                 place.spec.dtype, place.spec.shape, place.offset);
  for (const auto &[name, text] : layout.metadata)
    result.words[name] = wordsOf(text);
  return result;
}

std::vector<std::string> wordsOf(const std::string &text) {
  if (text.starts_with('[')) {
    const auto list = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (list.is_array() && std::ranges::all_of(list, [](auto &item) { return item.is_string(); }))
      return list.get<std::vector<std::string>>();
  }
  const char separator = trimmed(text).find('\n') != text.npos ? '\n' : ',';
  std::vector<std::string> words;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    if (const std::string word = trimmed(text.substr(begin, end - begin)); !word.empty())
      words.push_back(word);
    begin = end + 1;
  }
  return words;
}

} // namespace spherical::runtime
