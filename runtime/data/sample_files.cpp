//===- sample_files.cpp - data sets in files, and in numbers ----*- C++ -*-===//

#include "runtime/data/sample_files.h"

#include "runtime/data/files.h"
#include "runtime/data/npy.h"
#include "runtime/data/safetensors.h"
#include "runtime/math/parallel.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr int64_t pieceSize = 256; // samples made at once

int threadCount(int threads) {
  return threads > 0 ? threads
                     : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

std::vector<int64_t> shapeOf(const SampleSource &samples, bool labels) {
  const SampleLayout layout = samples.layout();
  const int64_t side = 2 * layout.bandLimit;
  if (!labels)
    return {samples.count(), layout.channels, side, side};
  if (layout.segmented)
    return {samples.count(), side, side};
  return {samples.count()};
}

/// Makes all samples, piece by piece, and passes on x or the labels of each piece.
template <typename Writer>
void writeAll(const SampleSource &samples, bool labels, int threads, Writer &writer) {
  const SampleLayout layout = samples.layout();
  std::vector<float> x(pieceSize * layout.values());
  std::vector<int32_t> classes(pieceSize * layout.labels());
  for (int64_t begin = 0; begin < samples.count(); begin += pieceSize) {
    const int64_t count = std::min(pieceSize, samples.count() - begin);
    parallelFor(count, threads, [&](int64_t k) {
      samples.load(begin + k, x.data() + k * layout.values(),
                   {.classes = classes.data() + k * layout.labels()});
    });
    if (labels)
      writer.write(std::as_bytes(std::span(classes).first(count * layout.labels())));
    else
      writer.write(std::as_bytes(std::span(x).first(count * layout.values())));
  }
}

void writeNpy(const SampleSource &samples, bool labels, const std::string &path, int threads) {
  NpyWriter writer(path, labels ? DType::I32 : DType::F32, shapeOf(samples, labels));
  writeAll(samples, labels, threads, writer);
  writer.commit();
}

} // namespace

bool isSampleFile(const std::string &path) {
  const std::string ending = endingOf(path);
  return ending == ".safetensors" || ending == ".npy";
}

void writeSamples(const SampleSource &samples, const std::string &path, int threads) {
  if (!isSampleFile(path))
    throw std::invalid_argument("expected a file that ends in .safetensors or .npy, got '" + path +
                                "'");
  if (samples.layout().labels() == 0)
    throw std::invalid_argument(std::string("expected samples with labels, got ") +
                                targetName(samples.layout().target()));
  if (endingOf(path) == ".npy") {
    writeNpy(samples, false, path, threadCount(threads));
    writeNpy(samples, true, path.substr(0, path.size() - 3) + "labels.npy", threadCount(threads));
    return;
  }
  SafetensorsWriter writer(path, {{"x", DType::F32, shapeOf(samples, false)},
                                  {"labels", DType::I32, shapeOf(samples, true)}});
  for (const TensorSpec &tensor : writer.order())
    writeAll(samples, tensor.name == "labels", threadCount(threads), writer);
  writer.commit();
}

SampleStatistics measureSamples(const SphereGenerator &samples, int threads) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  const SampleLayout layout = samples.layout();
  std::vector<uint8_t> pixels(pieceSize * layout.points()), masks(pieceSize * layout.points());
  std::vector<SampleContents> contents(pieceSize);
  std::array<int64_t, 256> histogram = {};
  std::set<int64_t> items;
  std::set<std::array<double, 4>> rotations;
  SampleStatistics result;
  result.count = samples.count();
  const int64_t itemClasses = layout.classes - (layout.segmented ? 1 : 0);
  result.classItems.resize(itemClasses);
  result.classPoints.resize(layout.segmented ? layout.classes : 0);
  for (int64_t begin = 0; begin < result.count; begin += pieceSize) {
    const int64_t count = std::min(pieceSize, result.count - begin);
    parallelFor(count, threadCount(threads), [&](int64_t k) {
      contents[k] = samples.make(begin + k, pixels.data() + k * layout.points(),
                                 masks.data() + k * layout.points());
    });
    for (int64_t k = 0; k < count * layout.points(); ++k) {
      ++histogram[pixels[k]];
      if (layout.segmented)
        ++result.classPoints[masks[k]];
    }
    for (int64_t k = 0; k < count; ++k) {
      const Rotation &rotation = contents[k].rotation;
      rotations.insert({rotation.w, rotation.x, rotation.y, rotation.z});
      items.insert(contents[k].items.begin(), contents[k].items.end());
      result.overlapping += contents[k].overlapping;
      for (const int64_t item : contents[k].items)
        ++result.classItems[samples.itemLabel(item)];
    }
  }
  double sum = 0.0, squares = 0.0;
  for (int pixel = 0; pixel < 256; ++pixel) {
    const double value = pixelValue(static_cast<uint8_t>(pixel), samples.unit());
    sum += static_cast<double>(histogram[pixel]) * value;
    squares += static_cast<double>(histogram[pixel]) * value * value;
    if (histogram[pixel] > 0)
      result.largest = value;
  }
  const auto total = static_cast<double>(result.count * layout.points());
  result.mean = sum / total;
  result.deviation = std::sqrt(std::max(0.0, squares / total - result.mean * result.mean));
  result.differentItems = static_cast<int64_t>(items.size());
  result.rotations = static_cast<int64_t>(rotations.size());
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return result;
}

} // namespace spherical::runtime
