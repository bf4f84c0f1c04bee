//===- scan.h - every sample of a data set, looked at once ------*- C++ -*-===//
//
// Before a training begins: what is damaged is found, and what normalisation needs is
// measured. The numbers do not depend on the number of threads.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_SCAN_H
#define SPHERICAL_RUNTIME_DATA_SETS_SCAN_H

#include "runtime/data/sets/data_set.h"

#include <functional>
#include <string>
#include <vector>

namespace spherical::runtime {

/// Of the values of one channel that are not missing.
struct ChannelStatistics {
  int64_t count = 0, missing = 0;
  double mean = 0.0;
  double squares = 0.0; ///< sum of the squares of the differences from the mean

  /// The standard deviation, 0 without values.
  double deviation() const;
  /// Takes in the values of another one (Chan et al. 1979).
  void add(const ChannelStatistics &other);
};

struct SetStatistics {
  std::vector<ChannelStatistics> channels;
  int64_t largestLabel = -1;    ///< of all samples and points
  int64_t unlabelled = 0;       ///< samples or points without a class
  uint64_t fingerprint = 0;     ///< hash of all values and targets
  std::vector<int64_t> good;    ///< samples that could be read, ascending
  std::vector<std::string> bad; ///< why the others could not
};

struct ScanOptions {
  int threads = 1;
  int64_t mostBad = 0; ///< samples that may be bad
  /// Labels must be below it; 0: any.
  int64_t classes = 0;
  std::function<void(int64_t)> progress = {}; ///< takes the number of samples done; may be empty
};

/// Loads every sample. A sample is bad if `load` throws, a label is not below the classes, or all
/// its values are missing. Throws std::runtime_error with the first reason, and the number of bad
/// samples if some are allowed, if more than that are bad, or all.
SetStatistics scanSet(const DataSet &set, const ScanOptions &options);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_SCAN_H
