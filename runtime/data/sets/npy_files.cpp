//===- npy_files.cpp - arrays of NumPy, alone and in archives ---*- C++ -*-===//

#include "runtime/data/sets/array_file.h"
#include "runtime/data/sets/npy_header.h"
#include "runtime/data/sets/zip_file.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace spherical::runtime {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t mostTextBytes = 1 << 24;

/// Where the values of an array lie: in a file from an offset on, or in memory.
struct NpyBytes {
  std::shared_ptr<const OpenFile> file;
  uint64_t offset = 0, size = 0;
  std::vector<std::byte> memory; // if there is no file

  std::vector<std::byte> part(uint64_t begin, uint64_t count) const {
    std::vector<std::byte> bytes(count);
    if (file)
      file->readAt(offset + begin, bytes);
    else
      std::copy_n(memory.begin() + begin, count, bytes.begin());
    return bytes;
  }
};

/// Adds the array `name`, whatever its type.
void addArray(ArrayFile &result, const std::string &name, NpyBytes source,
              const std::string &origin) {
  const NpyHeader header =
      parseNpyHeader(source.part(0, std::min(source.size, mostNpyHeaderBytes)), origin);
  const int64_t element = header.kind == 'n'   ? dtypeBytes(header.dtype)
                          : header.kind == 'U' ? 4 * header.width
                                               : header.width;
  const uint64_t held = source.size - header.bytes;
  if (header.kind == '?') {
    result.unreadable[name] = "expected numbers, got values of the type '" + header.type + "'";
    return;
  }
  const auto count = static_cast<uint64_t>(elementCount(header.shape));
  if (element > 0 && held / element < count)
    throw std::runtime_error(origin + ": truncated: expected " + std::to_string(count) +
                             " values (" + shapeText(header.shape) + "), got " +
                             std::to_string(held / element));
  if (header.kind != 'n') {
    if (held > mostTextBytes)
      throw std::runtime_error(origin + ": expected at most 16 MiB of strings");
    result.words[name] = npyStrings(header, source.part(header.bytes, held));
    return;
  }
  if (source.file) {
    result.arrays[name] = arrayInFile(source.file, origin, header.dtype, header.shape,
                                      source.offset + header.bytes, header.swapped);
    return;
  }
  source.memory.erase(source.memory.begin(),
                      source.memory.begin() + static_cast<int64_t>(header.bytes));
  result.arrays[name] =
      arrayInMemory(origin, header.dtype, header.shape, std::move(source.memory), header.swapped);
}

void addNpy(ArrayFile &result, const std::string &name, const std::string &path) {
  auto file = std::make_shared<const OpenFile>(path);
  const uint64_t size = file->size();
  addArray(result, name, {std::move(file), 0, size, {}}, path);
}

std::string textOf(const fs::path &path) {
  const std::vector<std::byte> bytes = readFile(path.string());
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

/// The text files `prefix`grid.txt and `prefix`classes.txt.
void addTexts(ArrayFile &result, const std::string &prefix) {
  for (const char *name : {"grid", "classes"}) {
    const std::string path = prefix + name + ".txt";
    if (std::error_code error; fs::exists(path, error))
      result.words[name] = wordsOf(textOf(path));
  }
}

} // namespace

ArrayFile openNpyFiles(const std::string &path) {
  ArrayFile result{path, {}, {}, {}};
  addNpy(result, "x", path);
  const fs::path file(path);
  // x.npy is one of its folder's files; NAME.npy has files of its name.
  const bool isFolder = file.filename() == "x.npy";
  const std::string prefix = isFolder ? (file.parent_path() / "").string()
                                      : path.substr(0, path.size() - endingOf(path).size()) + ".";
  for (const char *name : {"labels", "target", "mask", "groups", "times", "classes"}) {
    const std::string other = prefix + name + ".npy";
    if (std::error_code error; fs::exists(other, error))
      addNpy(result, name, other);
  }
  addTexts(result, prefix);
  return result;
}

ArrayFile openNpz(const std::string &path) {
  ArrayFile result{path, {}, {}, {}};
  auto file = std::make_shared<const OpenFile>(path);
  for (const ZipMember &member : zipMembers(*file)) {
    const fs::path name(member.name);
    if (name.extension() != ".npy")
      continue;
    const std::string stem = member.name.substr(0, member.name.size() - 4);
    NpyBytes source;
    if (member.isStored) {
      checkStoredMember(*file, member);
      source = {file, member.offset, member.size, {}};
    } else {
      source = {nullptr, 0, member.size, inflateMember(*file, member)};
    }
    addArray(result, stem, std::move(source), path + ": " + stem);
  }
  return result;
}

} // namespace spherical::runtime
