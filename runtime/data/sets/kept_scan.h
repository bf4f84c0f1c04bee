//===- kept_scan.h - what a look at all samples found, kept -----*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_KEPT_SCAN_H
#define SPHERICAL_RUNTIME_DATA_SETS_KEPT_SCAN_H

#include "runtime/data/sets/sample_cache.h"
#include "runtime/data/sets/scan.h"

namespace spherical::runtime {

/// What `scanSet` gives, or gave in an earlier run for the same files (DataSet::stamp): pictures
/// that were looked at and projected need not be decoded again. Sets without a stamp, and such with
/// bad samples, are looked at each time. `cache` is that of a folder; empty: nothing is kept.
SetStatistics keptScan(const DataSet &set, const ScanOptions &options, SampleCacheOptions cache);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_KEPT_SCAN_H
