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
      soft(softGrid(bandLimit)), shape(samples.layout()), nearest(grid, soft) {
  shape.bandLimit = bandLimit;
  shape.rows = shape.columns = 0;
  if (shape.segmented && options.turn == ProjectionOptions::Turn::None)
    unrotated = nearest.find();
}

Status ProjectedSamples::compile() {
  IngestOptions wanted{.from = grid,
                       .to = soft,
                       .channels = shape.channels,
                       .batch = ingestBatch(grid, soft, shape.channels),
                       .bandLimit = std::min(grid.bandLimit(), shape.bandLimit),
                       .method = options.method,
                       .rotated = options.turn != ProjectionOptions::Turn::None,
                       .session = options.session};
  Result<std::unique_ptr<Ingest>> program = Ingest::create(wanted);
  if (!program)
    return program.error();
  fields = std::move(*program);
  if (shape.target() != runtime::TargetKind::Field)
    return Done{};
  wanted.channels = shape.outputs;
  wanted.batch = ingestBatch(grid, soft, shape.outputs);
  program = Ingest::create(wanted);
  if (!program)
    return program.error();
  targets = std::move(*program);
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

Result<std::unique_ptr<Ingest>> ProjectedSamples::back(int64_t channels) const {
  return Ingest::create({.from = soft,
                         .to = grid,
                         .channels = channels,
                         .batch = ingestBatch(soft, grid, channels),
                         .bandLimit = std::min(grid.bandLimit(), shape.bandLimit),
                         .session = options.session});
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
  if (options.turn != ProjectionOptions::Turn::None)
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

/// The values of the nearest points, channel by channel.
template <typename T>
static void take(const std::vector<int64_t> &nearest, const T *from, int64_t fromPoints,
                 int64_t channels, T *to) {
  for (int64_t channel = 0; channel < channels; ++channel)
    for (const int64_t point : nearest)
      *to++ = from[channel * fromPoints + point];
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
        angles ? nearest.find(rotationOf(indices[i], epoch)) : std::vector<int64_t>();
    const std::vector<int64_t> &points = angles ? turned : unrotated;
    if (targets)
      take(points, numbers, source.points(), shape.outputs, to.values + i * shape.targetValues());
    else
      take(points, from.classes + i * source.labels(), source.points(), 1,
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
