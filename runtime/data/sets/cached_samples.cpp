//===- cached_samples.cpp - samples as they are, kept -----------*- C++ -*-===//

#include "runtime/data/sets/cached_samples.h"

#include <algorithm>
#include <vector>

namespace spherical::runtime {
namespace {

SampleRecord recordOf(const SampleLayout &layout) {
  return {layout.values(), layout.targetValues(), layout.labels()};
}

SampleCacheOptions sized(SampleCacheOptions options, const PreparedSamples &samples) {
  options.count = samples.count();
  options.recordBytes = recordOf(samples.layout()).bytes();
  return options;
}

} // namespace

CachedSamples::CachedSamples(const PreparedSamples &source, SampleCacheOptions options)
    : samples(source), record(recordOf(source.layout())),
      cache(sized(std::move(options), source),
            [this](std::span<const int64_t> indices, std::byte *records) {
              for (const int64_t index : indices) {
                samples.load(index, record.valuesOf(records),
                             {record.labelsOf(records), record.numbersOf(records)});
                samples.data().forget(index);
                records += record.bytes();
              }
            }) {}

void CachedSamples::load(int64_t index, float *x, Target target) const {
  thread_local std::vector<std::byte> bytes;
  bytes.resize(record.bytes());
  cache.load({&index, 1}, bytes.data());
  std::copy_n(record.valuesOf(bytes.data()), record.values, x);
  if (target.values)
    std::copy_n(record.numbersOf(bytes.data()), record.numbers, target.values);
  if (target.classes)
    std::copy_n(record.labelsOf(bytes.data()), record.labels, target.classes);
}

} // namespace spherical::runtime
