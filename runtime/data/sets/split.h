//===- split.h - parts for training, validation and test --------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_SPLIT_H
#define SPHERICAL_RUNTIME_DATA_SETS_SPLIT_H

#include "runtime/data/sets/data_set.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::runtime {

enum class Part { All, Train, Validation, Test };

/// "all", "train", "validation", "test".
const char *partName(Part part);
std::optional<Part> parsePart(std::string_view name);

/// What goes to one part together: single samples, in a random order; whole groups, in a random
/// order; or samples of one time, the earliest to train and the latest to test.
enum class SplitKind { Sample, Group, Time };

/// How a data set is divided. Shares are of the samples, in the order train, validation, test.
struct Split3 {
  SplitKind kind = SplitKind::Sample;
  std::array<int64_t, 3> shares = {80, 10, 10};
  uint64_t seed = 0;
};

/// The split of a text "sample", "group:70/15/15" or "time:90/0/10"; nothing for any other text.
/// Shares add up to 100.
std::optional<Split3> parseSplit(std::string_view text);
std::string splitText(const Split3 &split);

/// The samples of a part, ascending; parts are disjoint and together all. A function of the
/// arguments, and of `set.groups()` and `set.times()` if the kind needs them. Throws
/// std::runtime_error if the set has none.
std::vector<int64_t> samplesOf(const DataSet &set, const Split3 &split, Part part);

/// The samples of `set` with these indices.
std::unique_ptr<DataSet> selectSamples(std::unique_ptr<DataSet> set, std::vector<int64_t> indices);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_SPLIT_H
