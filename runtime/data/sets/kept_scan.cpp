//===- kept_scan.cpp - what a look at all samples found, kept ---*- C++ -*-===//

#include "runtime/data/sets/kept_scan.h"

#include <cstring>
#include <numeric>
#include <optional>

namespace spherical::runtime {
namespace {

/// What stands in the record before the channels.
struct Head {
  int64_t good = 0, bad = 0, largestLabel = 0, unlabelled = 0;
  uint64_t fingerprint = 0;
};

int64_t recordBytes(const DataSet &set) {
  return static_cast<int64_t>(sizeof(Head) + set.layout().channels * sizeof(ChannelStatistics));
}

void write(const SetStatistics &found, std::byte *record) {
  const Head head = {static_cast<int64_t>(found.good.size()),
                     static_cast<int64_t>(found.bad.size()), found.largestLabel, found.unlabelled,
                     found.fingerprint};
  std::memcpy(record, &head, sizeof(head));
  std::memcpy(record + sizeof(head), found.channels.data(),
              found.channels.size() * sizeof(ChannelStatistics));
}

SetStatistics read(const DataSet &set, const std::byte *record, Head &head) {
  std::memcpy(&head, record, sizeof(head));
  SetStatistics found;
  found.largestLabel = head.largestLabel;
  found.unlabelled = head.unlabelled;
  found.fingerprint = head.fingerprint;
  found.channels.resize(set.layout().channels);
  std::memcpy(found.channels.data(), record + sizeof(head),
              found.channels.size() * sizeof(ChannelStatistics));
  found.good.resize(head.good);
  std::iota(found.good.begin(), found.good.end(), int64_t(0));
  return found;
}

} // namespace

SetStatistics keptScan(const DataSet &set, const ScanOptions &options, SampleCacheOptions cache) {
  const std::string stamp = set.stamp();
  if (stamp.empty() || cache.folder.empty())
    return scanSet(set, options);
  cache.count = 1;
  cache.recordBytes = recordBytes(set);
  cache.key = "scan 1\n" + stamp + "\n" + std::to_string(options.classes);
  std::optional<SetStatistics> fresh;
  const SampleCache kept(std::move(cache), [&](std::span<const int64_t>, std::byte *record) {
    fresh = scanSet(set, options);
    write(*fresh, record);
  });
  std::vector<std::byte> record(recordBytes(set));
  const int64_t only = 0;
  kept.load({&only, 1}, record.data());
  if (fresh)
    return std::move(*fresh);
  Head head;
  SetStatistics found = read(set, record.data(), head);
  return head.bad == 0 ? found : scanSet(set, options); // which says what is bad
}

} // namespace spherical::runtime
