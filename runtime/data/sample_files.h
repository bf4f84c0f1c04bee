//===- sample_files.h - data sets in files, and in numbers ------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SAMPLE_FILES_H
#define SPHERICAL_RUNTIME_DATA_SAMPLE_FILES_H

#include "runtime/data/generator.h"

#include <string>
#include <vector>

namespace spherical::runtime {

/// Writes all samples: x f32 [count][channels][2b][2b], the values that enter a network, and labels
/// i32 [count] or [count][2b][2b]. Made and written in pieces, so that memory does not grow with
/// `count`; `threads` of them at once, or 0 for one for each core.
///   NAME.safetensors  holds both
///   NAME.npy          holds x, NAME.labels.npy the labels
/// Throws std::invalid_argument for other names and std::runtime_error if a file cannot be written.
void writeSamples(const SampleSource &samples, const std::string &path, int threads = 0);

/// Whether `writeSamples` knows the ending of `path`.
bool isSampleFile(const std::string &path);

/// What a generated data set is like.
struct SampleStatistics {
  int64_t count = 0;
  double mean = 0.0;                ///< of the values that enter a network
  double deviation = 0.0;           ///< their standard deviation
  double largest = 0.0;             ///< value
  std::vector<int64_t> classItems;  ///< items of each class
  std::vector<int64_t> classPoints; ///< points of each class, 0 the background; if segmented
  int64_t differentItems = 0;       ///< distinct items among all samples
  int64_t overlapping = 0;          ///< samples with items whose boxes overlap
  int64_t rotations = 0;            ///< distinct rotations
  double seconds = 0.0;             ///< to make them all
};

/// Makes every sample once and looks at it. The numbers do not depend on `threads`.
SampleStatistics measureSamples(const SphereGenerator &samples, int threads = 0);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SAMPLE_FILES_H
