//===- evaluate.cpp - a classifier on a test set ----------------*- C++ -*-===//

#include "runtime/train/evaluate.h"

#include "runtime/data/batches.h"
#include "runtime/data/safetensors.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace spherical::runtime {

void checkSamples(const Executable &executable, const SphericalImages &images) {
  const std::vector<int64_t> got = {images.channels, 2 * images.bandLimit, 2 * images.bandLimit};
  const std::vector<int64_t> expected = executable.sampleShape();
  if (got != expected)
    throw std::runtime_error("the network expected samples of " + shapeText(expected) +
                             " (channels, beta, alpha), got " + shapeText(got));
  if (images.count < 1)
    throw std::runtime_error("expected at least one sample, got none");
  const auto [least, most] = std::minmax_element(images.labels.begin(), images.labels.end());
  if (*least < 0 || *most >= executable.classes())
    throw std::runtime_error("the network expected labels of 0 to " +
                             std::to_string(executable.classes() - 1) + ", got " +
                             std::to_string(*least < 0 ? *least : *most));
}

Evaluation evaluate(Executable &executable, const SphericalImages &images,
                    const std::function<bool(int64_t)> &keepGoing) {
  using Clock = std::chrono::steady_clock;
  checkSamples(executable, images);
  const int64_t classes = executable.classes();
  Evaluation result{Metrics(classes), {}, 0.0};
  std::vector<float> logits(executable.capacity() * classes);
  BatchLoader loader(images,
                     {.batchSize = executable.capacity(), .shuffle = false, .lastEpoch = 0});
  while (const Batch *batch = loader.next()) {
    const Clock::time_point start = Clock::now();
    executable.forward(batch->x.data(), batch->count, logits.data());
    result.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    for (int64_t i = 0; i < batch->count; ++i) {
      const std::span<const float> sample(logits.data() + i * classes, classes);
      result.predictions.push_back(predictedClass(sample));
      result.metrics.add(batch->labels[i], result.predictions.back(),
                         crossEntropy(sample, batch->labels[i]));
    }
    if (keepGoing && !keepGoing(result.metrics.count))
      break;
  }
  return result;
}

} // namespace spherical::runtime
