//===- sample_cache.cpp - what is made of samples, kept ---------*- C++ -*-===//

#include "runtime/data/sets/sample_cache.h"

#include "runtime/data/files.h"
#include "runtime/data/samples.h"
#include "runtime/data/sets/open_file.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace spherical::runtime {
namespace {

constexpr std::string_view magic = "spherical sample";
constexpr int64_t blockBytes = int64_t(4) << 20;
constexpr size_t numberBytes = sizeof(uint64_t);

uint64_t digestOf(std::span<const std::byte> bytes) {
  return hashBytes({reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()});
}

void addNumber(std::vector<std::byte> &bytes, uint64_t number) {
  const auto *const begin = reinterpret_cast<const std::byte *>(&number);
  bytes.insert(bytes.end(), begin, begin + numberBytes);
}

uint64_t numberAt(std::span<const std::byte> bytes, size_t at) {
  uint64_t number = 0;
  std::memcpy(&number, bytes.data() + at, numberBytes);
  return number;
}

} // namespace

SampleCache::SampleCache(SampleCacheOptions wanted, Make make)
    : options(std::move(wanted)), make(std::move(make)), kept(options.memory ? options.count : 0) {
  blockRecords = std::clamp<int64_t>(blockBytes / options.recordBytes, 1, options.count);
  if (options.folder.empty())
    return;
  const auto files = (options.count + blockRecords - 1) / blockRecords;
  const auto fileBytes =
      static_cast<int64_t>(headBytes({0, blockRecords})) + blockRecords * options.recordBytes;
  place = std::make_unique<CacheFolder>(options.folder, options.key, files * fileBytes,
                                        options.diskBytes);
  recordsOnDisk = place->room() / fileBytes * blockRecords;
}

void SampleCache::load(std::span<const int64_t> indices, std::byte *out) const {
  std::vector<int64_t> missing;
  std::vector<std::byte *> places;
  for (size_t i = 0; i < indices.size(); ++i) {
    std::byte *const record = out + static_cast<int64_t>(i) * options.recordBytes;
    if (isInMemory(indices[i], record))
      continue;
    if (indices[i] < recordsOnDisk) {
      loadFromDisk(indices[i], record);
      keepInMemory(indices[i], record);
      continue;
    }
    missing.push_back(indices[i]);
    places.push_back(record);
  }
  if (missing.empty())
    return;
  std::vector<std::byte> records(missing.size() * options.recordBytes);
  makeRecords(missing, records.data());
  for (size_t i = 0; i < missing.size(); ++i) {
    const std::byte *const record = records.data() + i * options.recordBytes;
    std::memcpy(places[i], record, options.recordBytes);
    keepInMemory(missing[i], record);
  }
}

bool SampleCache::isInMemory(int64_t index, std::byte *out) const {
  if (kept.empty())
    return false;
  const std::byte *record;
  {
    const std::lock_guard guard(lock);
    record = kept[index].get();
  }
  if (record) // it stays
    std::memcpy(out, record, options.recordBytes);
  return record != nullptr;
}

void SampleCache::keepInMemory(int64_t index, const std::byte *record) const {
  if (kept.empty() || !options.memory->take(options.recordBytes))
    return;
  auto copy = std::make_unique<std::byte[]>(options.recordBytes);
  std::memcpy(copy.get(), record, options.recordBytes);
  const std::lock_guard guard(lock);
  if (kept[index])
    options.memory->give(options.recordBytes);
  else
    kept[index] = std::move(copy);
}

void SampleCache::makeRecords(std::span<const int64_t> indices, std::byte *records) const {
  make(indices, records);
  const std::lock_guard guard(lock);
  madeCount += static_cast<int64_t>(indices.size());
}

int64_t SampleCache::made() const {
  const std::lock_guard guard(lock);
  return madeCount;
}

SampleCache::Block SampleCache::blockOf(int64_t index) const {
  const int64_t first = index / blockRecords * blockRecords;
  return {first, std::min(blockRecords, options.count - first)};
}

std::string SampleCache::pathOf(const Block &block) const {
  return place->path() + "/" + std::to_string(block.first / blockRecords) + cacheFileEnding;
}

size_t SampleCache::headBytes(const Block &block) const {
  return magic.size() + numberBytes + describe(block).size() + block.count * numberBytes;
}

/// What a file's head says besides digests.
std::vector<std::byte> SampleCache::describe(const Block &block) const {
  std::vector<std::byte> text;
  addNumber(text, options.key.size());
  const auto key = std::as_bytes(std::span(options.key));
  text.insert(text.end(), key.begin(), key.end());
  addNumber(text, block.first);
  addNumber(text, block.count);
  addNumber(text, options.recordBytes);
  return text;
}

std::vector<std::byte> SampleCache::headOf(const Block &block, const std::byte *records) const {
  std::vector<std::byte> rest = describe(block);
  for (int64_t i = 0; i < block.count; ++i)
    addNumber(rest, digestOf({records + i * options.recordBytes,
                              static_cast<size_t>(options.recordBytes)}));
  const auto start = std::as_bytes(std::span(magic));
  std::vector<std::byte> head(start.begin(), start.end());
  addNumber(head, digestOf(rest));
  head.insert(head.end(), rest.begin(), rest.end());
  return head;
}

/// From a file that is there. False if it is not what this cache has written.
bool SampleCache::readRecord(const Block &block, int64_t index, std::byte *out) const {
  const OpenFile file(pathOf(block));
  const auto bytes = static_cast<size_t>(options.recordBytes);
  const int64_t at = index - block.first;
  std::vector<std::byte> head(headBytes(block));
  if (file.size() != head.size() + block.count * bytes)
    return false;
  file.readAt(0, head);
  const auto start = std::as_bytes(std::span(magic));
  const std::span rest = std::span(head).subspan(magic.size() + numberBytes);
  if (!std::ranges::equal(start, std::span(head).first(magic.size())) ||
      numberAt(head, magic.size()) != digestOf(rest) ||
      !std::ranges::equal(describe(block), rest.first(rest.size() - block.count * numberBytes)))
    return false;
  file.readAt(head.size() + at * bytes, {out, bytes});
  return digestOf({out, bytes}) == numberAt(head, head.size() - (block.count - at) * numberBytes);
}

/// What there is of the record. Another process may remove the file meanwhile.
SampleCache::Found SampleCache::find(const Block &block, int64_t index, std::byte *out) const {
  std::error_code error;
  const auto isThere = [&] { return std::filesystem::exists(pathOf(block), error); };
  try {
    return !isThere()                      ? Found::Nothing
           : readRecord(block, index, out) ? Found::Record
                                           : Found::Damage;
  } catch (const std::exception &) {
    return isThere() ? Found::Damage : Found::Nothing;
  }
}

/// Makes all records of a file where one is missing: they are needed soon, too.
void SampleCache::loadFromDisk(int64_t index, std::byte *out) const {
  const Block block = blockOf(index);
  if (find(block, index, out) == Found::Record)
    return;
  const std::lock_guard guard(making[block.first / blockRecords % making.size()]);
  const Found found = find(block, index, out);
  if (found == Found::Record) // another thread has made it
    return;
  if (found == Found::Damage && options.note)
    options.note(pathOf(block) + ": damaged, made again");
  std::vector<int64_t> indices(block.count);
  for (int64_t i = 0; i < block.count; ++i)
    indices[i] = block.first + i;
  std::vector<std::byte> records(block.count * options.recordBytes);
  makeRecords(indices, records.data());
  writeBlock(block, records.data());
  std::memcpy(out, records.data() + (index - block.first) * options.recordBytes,
              options.recordBytes);
}

void SampleCache::writeBlock(const Block &block, const std::byte *records) const {
  const std::vector<std::byte> head = headOf(block, records);
  ReplacingFile file(pathOf(block));
  file.write(head);
  file.write({records, static_cast<size_t>(block.count * options.recordBytes)});
  file.commit();
}

} // namespace spherical::runtime
