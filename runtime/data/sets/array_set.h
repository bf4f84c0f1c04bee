//===- array_set.h - samples in arrays --------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_ARRAY_SET_H
#define SPHERICAL_RUNTIME_DATA_SETS_ARRAY_SET_H

#include "runtime/data/sets/array_file.h"
#include "runtime/data/sets/cache_memory.h"
#include "runtime/data/sets/data_set.h"

#include <memory>
#include <optional>

namespace spherical::runtime {

/// What the files do not say, or what holds in place of what they say.
struct SetOptions {
  /// The grid of all samples, with or without its size. Without it: what the files say, else by
  /// shape 2b x 2b soft, H x 2H equirectangular, others planar; pictures that are not square are
  /// equirectangular.
  std::optional<SampleGrid> grid = {};
  /// A label that stands for none, besides -1.
  std::optional<int32_t> ignore = {};
  /// Where decoded pictures are kept; null: each is decoded whenever it is asked for.
  std::shared_ptr<CacheMemory> memory = {};
};

/// The data set of the arrays of a file:
///   x       [N, C, H, W], [N, H, W] of one channel; on HEALPix [N, C, P] or [N, P]. U8 is
///           value / 255; F16, BF16, F32, F64 and other integers are numbers. The only array of a
///           file may have any name.
///   labels  [N], or [N, H, W] ([N, P]): whole numbers of 0 or more, -1 for none
///   target  [N] or [N, K], values; of the shape of x, but for its channels, a field
///   mask    optional, of x's shape, of it without C, or without N and C: 0 where x is missing
///   groups, times   optional, [N]
/// and the words grid and classes. NaN, HEALPix's UNSEEN (-1.6375e30) and the fill value of NetCDF
/// are missing values. Samples are read when they are asked for.
/// Throws std::runtime_error with the file's name for arrays that do not fit together.
std::unique_ptr<DataSet> makeArraySet(ArrayFile file, const SetOptions &options);

/// The grid that `options` and `text` (what the files say; may be empty) give for fields of these
/// extents: {P} or {H, W}. Throws std::runtime_error that begins with `origin` if they contradict.
SampleGrid gridOf(std::span<const int64_t> extents, const std::string &text,
                  const SetOptions &options, const std::string &origin);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_ARRAY_SET_H
