//===- scan.cpp - every sample of a data set, looked at once ----*- C++ -*-===//

#include "runtime/data/sets/scan.h"

#include "runtime/data/samples.h"
#include "runtime/math/parallel.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace spherical::runtime {

double ChannelStatistics::deviation() const {
  return count > 0 ? std::sqrt(squares / static_cast<double>(count)) : 0.0;
}

void ChannelStatistics::add(const ChannelStatistics &other) {
  missing += other.missing;
  if (other.count == 0)
    return;
  const double total = static_cast<double>(count + other.count);
  const double difference = other.mean - mean, share = static_cast<double>(other.count) / total;
  squares += other.squares + difference * difference * static_cast<double>(count) * share;
  mean += difference * share;
  count += other.count;
}

namespace {

constexpr int64_t pieceSize = 256; // samples between two looks at what was found

/// What is known of one sample.
struct Found {
  std::vector<ChannelStatistics> channels;
  int64_t largestLabel = -1, unlabelled = 0;
  uint64_t fingerprint = 0;
  std::string fault;
};

ChannelStatistics measure(std::span<const float> values) {
  ChannelStatistics result;
  double sum = 0.0;
  for (const float value : values)
    if (value == value) {
      sum += value;
      ++result.count;
    }
  result.missing = static_cast<int64_t>(values.size()) - result.count;
  if (result.count == 0)
    return result;
  result.mean = sum / static_cast<double>(result.count);
  for (const float value : values)
    if (value == value)
      result.squares += (value - result.mean) * (value - result.mean);
  return result;
}

/// Of numbers, where every NaN is the same.
template <typename T> uint64_t hashOf(std::vector<T> &numbers, uint64_t hash) {
  for (T &number : numbers)
    if (number != number)
      number = std::numeric_limits<T>::quiet_NaN();
  return hashBytes({reinterpret_cast<const uint8_t *>(numbers.data()), numbers.size() * sizeof(T)},
                   hash);
}

Found look(const DataSet &set, int64_t index, const ScanOptions &options) {
  const FieldLayout layout = set.layout();
  const TargetLayout target = set.target();
  thread_local std::vector<float> x, values;
  thread_local std::vector<int32_t> classes;
  x.resize(layout.values());
  values.resize(target.values);
  classes.resize(target.classes);
  Found found;
  try {
    set.load(index, x.data(), {classes.data(), values.data()});
  } catch (const std::exception &error) {
    found.fault = error.what();
    return found;
  }
  bool hasValues = false;
  for (int64_t c = 0; c < layout.channels; ++c) {
    found.channels.push_back(measure(std::span(x).subspan(c * layout.points(), layout.points())));
    hasValues |= found.channels.back().count > 0;
  }
  if (!hasValues)
    found.fault = set.sampleName(index) + ": expected values, got missing ones only";
  for (const int32_t label : classes) {
    found.largestLabel = std::max<int64_t>(found.largestLabel, label);
    found.unlabelled += label < 0;
  }
  if (options.classes > 0 && found.largestLabel >= options.classes)
    found.fault = set.sampleName(index) + ": expected labels of 0 to " +
                  std::to_string(options.classes - 1) + ", got " +
                  std::to_string(found.largestLabel);
  found.fingerprint = hashOf(values, hashOf(classes, hashOf(x, 0)));
  return found;
}

void addTo(SetStatistics &result, const Found &found, int64_t index) {
  if (!found.fault.empty()) {
    result.bad.push_back(found.fault);
    return;
  }
  result.good.push_back(index);
  for (size_t c = 0; c < found.channels.size(); ++c)
    result.channels[c].add(found.channels[c]);
  result.largestLabel = std::max(result.largestLabel, found.largestLabel);
  result.unlabelled += found.unlabelled;
  result.fingerprint = (result.fingerprint ^ found.fingerprint) * 1099511628211u;
}

} // namespace

SetStatistics scanSet(const DataSet &set, const ScanOptions &options) {
  SetStatistics result;
  result.channels.resize(set.layout().channels);
  std::vector<Found> found(pieceSize);
  const auto most = static_cast<size_t>(options.mostBad);
  for (int64_t begin = 0; begin < set.count(); begin += pieceSize) {
    const int64_t count = std::min(pieceSize, set.count() - begin);
    parallelFor(count, options.threads,
                [&](int64_t k) { found[k] = look(set, begin + k, options); });
    for (int64_t k = 0; k < count; ++k)
      addTo(result, found[k], begin + k);
    if (result.bad.size() > most)
      break;
    if (options.progress)
      options.progress(begin + count);
  }
  if (result.bad.size() > most || (result.good.empty() && !result.bad.empty()))
    throw std::runtime_error(result.bad.front() +
                             (most > 0 ? "; with it " + std::to_string(result.bad.size()) +
                                             " samples are bad, more "
                                             "than may be skipped or all"
                                       : ""));
  return result;
}

} // namespace spherical::runtime
