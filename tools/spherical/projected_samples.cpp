//===- projected_samples.cpp - users' fields on a model's grid ------------===//

#include "tools/spherical/projected_samples.h"

#include "runtime/data/rotation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spherical::driver {

using runtime::SampleLayout;
using runtime::Target;

/// Rotations of digits are sets 0 and 1 of a seed; those of users' samples follow, one an epoch.
constexpr uint32_t firstRotationSet = 2;

ProjectedSamples::ProjectedSamples(const runtime::PreparedSamples &samples, int64_t bandLimit,
                                   const ProjectionOptions &options)
    : samples(samples), options(options), grid(samples.data().layout().grid),
      soft(softGrid(bandLimit)), shape(samples.layout()) {
  shape.bandLimit = bandLimit;
  shape.rows = shape.columns = 0;
  if (!shape.segmented)
    return;
  nearest = std::make_unique<runtime::NearestPoints>(grid, soft);
  if (!isRotated())
    unrotated = nearest->find();
}

Result<std::unique_ptr<Ingest>> ProjectedSamples::there(int64_t channels) const {
  return program(grid, soft, channels, options.method, isRotated());
}

Result<std::unique_ptr<Ingest>> ProjectedSamples::back(int64_t channels) const {
  return program(soft, grid, channels, IngestMethod::Exact, /*rotated=*/false);
}

Result<std::unique_ptr<Ingest>> ProjectedSamples::program(const runtime::SampleGrid &from,
                                                          const runtime::SampleGrid &to,
                                                          int64_t channels, IngestMethod method,
                                                          bool rotated) const {
  return Ingest::create({.from = from,
                         .to = to,
                         .channels = channels,
                         .batch = ingestBatch(from, to, channels),
                         .bandLimit = std::min(grid.bandLimit(), shape.bandLimit),
                         .method = method,
                         .rotated = rotated,
                         .session = options.session});
}

Status ProjectedSamples::compile() {
  Result<std::unique_ptr<Ingest>> made = there(shape.channels);
  if (!made)
    return made.error();
  fields = std::move(*made);
  if (shape.target() != runtime::TargetKind::Field)
    return Done{};
  made = there(shape.outputs);
  if (!made)
    return made.error();
  targets = std::move(*made);
  return Done{};
}

Result<std::unique_ptr<ProjectedSamples>>
ProjectedSamples::create(const runtime::PreparedSamples &samples, int64_t bandLimit,
                         const ProjectionOptions &options) {
  std::unique_ptr<ProjectedSamples> made(new ProjectedSamples(samples, bandLimit, options));
  if (Status status = made->compile(); !status)
    return status.error();
  return made;
}

runtime::Rotation ProjectedSamples::rotationOf(int64_t index, int64_t epoch) const {
  const runtime::RandomNumbers numbers(options.seed, runtime::RandomStream::Rotation,
                                       firstRotationSet + static_cast<uint32_t>(epoch));
  if (options.turn == ProjectionOptions::Turn::All)
    return runtime::uniformRotation(numbers, index);
  const double half = std::numbers::pi * numbers.uniforms(index)[0];
  return {std::cos(half), 0.0, 0.0, std::sin(half)};
}

void ProjectedSamples::loadAll(std::span<const int64_t> indices, int64_t epoch, float *x,
                               Target target) const {
  const SampleLayout from = samples.layout();
  const auto count = static_cast<int64_t>(indices.size());
  std::vector<float> values(count * from.values()), numbers(count * from.targetValues()), angles;
  std::vector<int32_t> labels(count * from.labels());
  const bool perPoint = shape.segmented;
  const Target own = perPoint ? Target{labels.data(), numbers.data()} : target;
  for (int64_t i = 0; i < count; ++i)
    samples.load(indices[i], values.data() + i * from.values(),
                 {own.classes + i * from.labels(), own.values + i * from.targetValues()});
  if (isRotated())
    for (const int64_t index : indices) {
      const runtime::EulerAngles turn = rotationOf(index, epoch).eulerAngles();
      for (const double angle : {turn.alpha, turn.beta, turn.gamma})
        angles.push_back(static_cast<float>(angle));
    }
  const float *turns = angles.empty() ? nullptr : angles.data();
  {
    const std::lock_guard guard(lock);
    fields->run(values.data(), turns, count, x);
  }
  if (perPoint && from.target() != runtime::TargetKind::None)
    projectTargets(indices, epoch, turns, own, target);
}

void ProjectedSamples::projectTargets(std::span<const int64_t> indices, int64_t epoch,
                                      const float *angles, Target from, Target to) const {
  const SampleLayout source = samples.layout();
  for (size_t i = 0; i < indices.size(); ++i) {
    const float *numbers = from.values + i * source.targetValues();
    const bool isWhole = std::none_of(numbers, numbers + source.targetValues(),
                                      [](float value) { return std::isnan(value); });
    if (targets && isWhole) {
      const std::lock_guard guard(lock);
      targets->run(numbers, angles ? angles + 3 * i : nullptr, 1,
                   to.values + i * shape.targetValues());
      continue;
    }
    const std::vector<int64_t> turned =
        angles ? nearest->find(rotationOf(indices[i], epoch)) : std::vector<int64_t>();
    const std::vector<int64_t> &points = angles ? turned : unrotated;
    if (targets)
      takeNearest(points, source.points(), shape.outputs, numbers,
                  to.values + i * shape.targetValues());
    else
      takeNearest(points, source.points(), 1, from.classes + i * source.labels(),
                  to.classes + i * shape.labels());
  }
}

uint64_t ProjectedSamples::fingerprint() const {
  const std::string how = gridText(soft) + " " + std::to_string(static_cast<int>(options.method)) +
                          " " + std::to_string(static_cast<int>(options.turn)) + " " +
                          std::to_string(options.seed);
  return runtime::hashBytes({reinterpret_cast<const uint8_t *>(how.data()), how.size()},
                            samples.fingerprint());
}

runtime::SphericalImages ProjectedSamples::store(std::span<const int64_t> indices) const {
  return runtime::storeSamples(*this, indices);
}

} // namespace spherical::driver
