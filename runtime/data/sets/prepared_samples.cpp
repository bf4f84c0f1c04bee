//===- prepared_samples.cpp - a data set as networks take it ----*- C++ -*-===//

#include "runtime/data/sets/prepared_samples.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace spherical::runtime {
namespace {

SampleLayout layoutOf(const DataSet &set, bool targets, int64_t classes) {
  const FieldLayout field = set.layout();
  const TargetLayout target = targets ? set.target() : TargetLayout();
  SampleLayout shape;
  shape.channels = field.channels;
  shape.rows = field.grid.isHealpix() ? 1 : field.grid.rows; // pixels are one row
  shape.columns = field.grid.isHealpix() ? field.grid.points() : field.grid.columns;
  if (shape.rows == shape.columns && shape.rows % 2 == 0)
    shape.bandLimit = shape.rows / 2;
  shape.onSphere = field.grid.onSphere();
  shape.segmented = target.kind == TargetKind::PointClasses || target.kind == TargetKind::Field;
  shape.outputs = target.kind == TargetKind::Field ? target.channels : target.values;
  shape.classes = isNumeric(target.kind) ? 0 : classes;
  shape.targeted = target.kind != TargetKind::None;
  return shape;
}

} // namespace

PreparedSamples::PreparedSamples(std::shared_ptr<const DataSet> data,
                                 const PreparedOptions &options)
    : set(std::move(data)), options(options),
      shape(layoutOf(*set, options.targets, options.classes)) {
  if (static_cast<int64_t>(options.preparation.channels.size()) != shape.channels)
    throw std::invalid_argument("expected a preparation of " + std::to_string(shape.channels) +
                                " channels, got " +
                                std::to_string(options.preparation.channels.size()));
}

void PreparedSamples::read(int64_t index, float *x, Target target) const {
  const bool hasTarget = options.targets && set->target().kind != TargetKind::None;
  if (target.classes && !hasTarget)
    std::fill_n(target.classes, shape.labels(), missingLabel);
  set->load(index, x, hasTarget ? target : Target());
  options.preparation.apply(x, shape.points());
  const auto mapped = static_cast<int64_t>(options.classMap.size());
  for (int64_t i = 0; target.classes && mapped > 0 && i < shape.labels(); ++i)
    if (target.classes[i] >= 0 && target.classes[i] < mapped)
      target.classes[i] = options.classMap[target.classes[i]];
}

void PreparedSamples::load(int64_t index, float *x, Target target) const {
  try {
    read(index, x, target);
  } catch (const std::runtime_error &) {
    const std::lock_guard guard(lock);
    if (std::ranges::find(bad, index) == bad.end())
      bad.push_back(index);
    if (static_cast<int64_t>(bad.size()) > options.mostBad)
      throw;
    std::fill_n(x, shape.values(), 0.0f);
  }
}

bool PreparedSamples::isBad(int64_t index) const {
  const std::lock_guard guard(lock);
  return std::ranges::find(bad, index) != bad.end();
}

int64_t PreparedSamples::badCount() const {
  const std::lock_guard guard(lock);
  return static_cast<int64_t>(bad.size());
}

SphericalImages PreparedSamples::store(std::span<const int64_t> indices) const {
  return storeSamples(*this, indices);
}

SphericalImages storeSamples(const SampleSource &samples, std::span<const int64_t> indices) {
  const SampleLayout shape = samples.layout();
  if (shape.bandLimit == 0 || shape.outputs > 0)
    throw std::runtime_error("pictures of samples expected classes and 2b x 2b points, got others");
  SphericalImages images;
  images.count = static_cast<int64_t>(indices.size());
  images.channels = shape.channels;
  images.bandLimit = shape.bandLimit;
  std::vector<float> x(shape.values());
  std::vector<int32_t> labels(shape.labels());
  for (const int64_t index : indices) {
    samples.load(index, x.data(), {labels.data(), nullptr});
    for (int64_t c = 0; c < shape.channels; ++c) {
      const std::span<const float> channel =
          std::span(x).subspan(c * shape.points(), shape.points());
      const auto [low, high] = std::ranges::minmax(channel);
      const float scale = high > low ? 255.0f / (high - low) : 0.0f;
      for (const float value : channel)
        images.pixels.push_back(static_cast<uint8_t>(std::lround((value - low) * scale)));
    }
    images.labels.push_back(labels[0]);
    if (shape.segmented)
      for (const int32_t label : labels)
        images.masks.push_back(static_cast<uint8_t>(std::max(label, 0)));
  }
  return images;
}

} // namespace spherical::runtime
