//===- sample_cache.h - what is made of samples, kept -----------*- C++ -*-===//
//
// Records of one size, one for each sample, that are costly to make: decoded and
// projected once, then kept in memory and, if asked, on disk. An epoch takes each
// sample once, so that of a set that does not fit any fixed part is as good as
// another, and throwing out what was not used for longest keeps nothing: what came
// first stays.
//
// On disk a folder for each key holds files of consecutive records, 4 MiB or one
// record each:
//   magic (16 bytes), digest of the head that follows
//   length of the key, key, number of the first record, records, bytes of a record,
//   digest of each record
//   the records
// Numbers have 8 bytes, little-endian; digests are those of hashBytes (samples.h).
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_SAMPLE_CACHE_H
#define SPHERICAL_RUNTIME_DATA_SETS_SAMPLE_CACHE_H

#include "runtime/data/sets/cache_folder.h"
#include "runtime/data/sets/cache_memory.h"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

struct SampleCacheOptions {
  int64_t count = 0;       ///< records
  int64_t recordBytes = 0; ///< of each, at least 1
  /// Where records in memory come from; null: none are kept there.
  std::shared_ptr<CacheMemory> memory = {};
  /// The folder of caches; empty: none on disk.
  std::string folder = {};
  /// All that the records depend on: another text, other records.
  std::string key = {};
  /// Bytes of all caches in the folder. To stay within, those of other keys that were not used for
  /// longest, and that nobody uses, are removed; records beyond are not written.
  int64_t diskBytes = 0;
  /// Is told of each damaged file, which is made anew: "FILE: damaged, made again". May be empty.
  std::function<void(const std::string &)> note = {};
};

/// Several threads, and several processes with the same folder, may use caches at once: a record is
/// the same whoever makes it, and files appear complete (files.h).
class SampleCache {
public:
  /// Writes the records with these indices one behind the other. Called by several threads.
  using Make = std::function<void(std::span<const int64_t> indices, std::byte *records)>;

  /// Throws std::runtime_error with the path if the folder cannot be used.
  SampleCache(SampleCacheOptions options, Make make);

  /// Writes the records with these indices to `out`, made now or before. Throws what `make` throws,
  /// and std::runtime_error with the path if a file cannot be written.
  void load(std::span<const int64_t> indices, std::byte *out) const;

  /// Records made so far; one that was not kept counts each time.
  int64_t made() const;

private:
  struct Block {
    int64_t first, count;
  };
  enum class Found { Nothing, Damage, Record };

  bool isInMemory(int64_t index, std::byte *out) const;
  void keepInMemory(int64_t index, const std::byte *record) const;
  void makeRecords(std::span<const int64_t> indices, std::byte *records) const;
  Block blockOf(int64_t index) const;
  std::string pathOf(const Block &block) const;
  std::vector<std::byte> describe(const Block &block) const;
  std::vector<std::byte> headOf(const Block &block, const std::byte *records) const;
  size_t headBytes(const Block &block) const;
  Found find(const Block &block, int64_t index, std::byte *out) const;
  bool readRecord(const Block &block, int64_t index, std::byte *out) const;
  void loadFromDisk(int64_t index, std::byte *out) const;
  void writeBlock(const Block &block, const std::byte *records) const;

  const SampleCacheOptions options;
  const Make make;
  std::unique_ptr<CacheFolder> place; // of the key; null: none on disk
  int64_t blockRecords = 0;           // of a file
  int64_t recordsOnDisk = 0;          // so many, from the first on, may be written
  mutable std::mutex lock;            // of the two that follow
  mutable std::vector<std::unique_ptr<std::byte[]>> kept;
  mutable int64_t madeCount = 0;
  mutable std::array<std::mutex, 16> making; // a file is made by one thread
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_SAMPLE_CACHE_H
