//===- samples.cpp - a data set, stored or made on demand -------*- C++ -*-===//

#include "runtime/data/samples.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string>

namespace spherical::runtime {

const char *targetName(TargetKind kind) {
  switch (kind) {
  case TargetKind::None:
    return "no target";
  case TargetKind::Class:
    return "a class";
  case TargetKind::PointClasses:
    return "a class for each point";
  case TargetKind::Values:
    return "values";
  case TargetKind::Field:
    return "values for each point";
  }
  return "";
}

float pixelValue(uint8_t pixel, float unit) { return static_cast<float>(pixel) / unit; }

void convertSample(const SphericalImages &images, int64_t index, float *out) {
  std::array<float, 256> values;
  for (int pixel = 0; pixel < 256; ++pixel)
    values[pixel] = pixelValue(static_cast<uint8_t>(pixel), images.unit);
  for (const uint8_t pixel : images.sample(index))
    *out++ = values[pixel];
}

uint64_t hashBytes(std::span<const uint8_t> bytes, uint64_t hash) {
  auto add = [&hash](uint64_t word) { hash = (hash ^ word) * 1099511628211u; };
  size_t i = 0;
  for (uint64_t word; i + sizeof(word) <= bytes.size(); i += sizeof(word)) {
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    add(word);
  }
  for (; i < bytes.size(); ++i)
    add(bytes[i]);
  return hash;
}

void SampleSource::loadAll(std::span<const int64_t> indices, int64_t, float *x,
                           Target target) const {
  const SampleLayout shape = layout();
  for (size_t i = 0; i < indices.size(); ++i)
    load(indices[i], x + i * shape.values(),
         {.classes = target.classes + i * shape.labels(),
          .values = target.values + i * shape.targetValues()});
}

StoredSamples::StoredSamples(const SphericalImages &images)
    : images(images), shape{images.channels, images.bandLimit, !images.masks.empty(), 0} {
  if (shape.segmented && static_cast<int64_t>(images.masks.size()) != images.count * shape.points())
    throw std::invalid_argument("expected a mask of " + std::to_string(shape.points()) +
                                " points for each of " + std::to_string(images.count) +
                                " samples, got " + std::to_string(images.masks.size()));
  if (images.count < 1)
    return;
  if (!shape.segmented && *std::min_element(images.labels.begin(), images.labels.end()) < 0)
    throw std::invalid_argument("expected labels of 0 or more");
  shape.classes =
      1 + (shape.segmented ? *std::max_element(images.masks.begin(), images.masks.end())
                           : *std::max_element(images.labels.begin(), images.labels.end()));
}

void StoredSamples::load(int64_t index, float *x, Target target) const {
  convertSample(images, index, x);
  if (shape.segmented)
    std::ranges::copy(images.mask(index), target.classes);
  else
    *target.classes = images.labels[index];
}

uint64_t StoredSamples::fingerprint() const {
  uint64_t hash = hashBytes(images.pixels);
  hash = hashBytes(images.masks, hash);
  for (const uint64_t number :
       {static_cast<uint64_t>(images.bandLimit), static_cast<uint64_t>(images.unit)})
    hash = (hash ^ number) * 1099511628211u;
  for (const int32_t label : images.labels)
    hash = (hash ^ static_cast<uint32_t>(label)) * 1099511628211u;
  return hash;
}

SphericalImages StoredSamples::store(std::span<const int64_t> indices) const {
  SphericalImages result = {static_cast<int64_t>(indices.size()),
                            images.channels,
                            images.bandLimit,
                            {},
                            {},
                            {},
                            images.grid,
                            images.unit};
  for (const int64_t index : indices) {
    const std::span<const uint8_t> pixels = images.sample(index);
    result.pixels.insert(result.pixels.end(), pixels.begin(), pixels.end());
    result.labels.push_back(images.labels[index]);
    if (!shape.segmented)
      continue;
    const std::span<const uint8_t> mask = images.mask(index);
    result.masks.insert(result.masks.end(), mask.begin(), mask.end());
  }
  return result;
}

} // namespace spherical::runtime
