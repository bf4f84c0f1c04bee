//===- projected_samples.cpp - users' fields on a model's grid ------------===//

#include "tools/spherical/projected_samples.h"

#include "runtime/data/rotation.h"
#include "tools/spherical/codegen/identity.h"

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

IngestOptions ProjectedSamples::way(int64_t channels, IngestPart part) const {
  return {.from = grid,
          .to = soft,
          .channels = channels,
          .batch = ingestBatch(grid, soft, channels),
          .bandLimit = std::min(grid.bandLimit(), shape.bandLimit),
          .method = options.method,
          .rotated = part == IngestPart::FromSpectrum,
          .part = part,
          .session = options.session};
}

Result<std::unique_ptr<Ingest>> ProjectedSamples::back(int64_t channels) const {
  IngestOptions wanted = way(channels, IngestPart::Whole);
  std::swap(wanted.from, wanted.to);
  wanted.method = IngestMethod::Exact;
  return Ingest::create(wanted);
}

Status ProjectedSamples::make(std::unique_ptr<Ingest> &program, int64_t channels,
                              IngestPart part) const {
  Result<std::unique_ptr<Ingest>> made = Ingest::create(way(channels, part));
  if (!made)
    return made.error();
  program = std::move(*made);
  return Done{};
}

Status ProjectedSamples::compile() {
  const bool hasFields = shape.target() == runtime::TargetKind::Field;
  const IngestPart first = isRotated() ? IngestPart::ToSpectrum : IngestPart::Whole;
  if (Status status = make(fields, shape.channels, first); !status)
    return status;
  if (Status status = hasFields ? make(targets, shape.outputs, first) : Done{}; !status)
    return status;
  if (!isRotated())
    return Done{};
  if (Status status = make(turnedFields, shape.channels, IngestPart::FromSpectrum); !status)
    return status;
  return hasFields ? make(turnedTargets, shape.outputs, IngestPart::FromSpectrum) : Done{};
}

/// All that the records depend on besides the samples: the way, and the code that goes it.
std::string ProjectedSamples::cacheKey() const {
  const IngestPart first = isRotated() ? IngestPart::ToSpectrum : IngestPart::Whole;
  std::string key = options.cache.key + "\n" + std::to_string(static_cast<int>(shape.target())) +
                    " " + std::to_string(shape.outputs) + "\n" +
                    ingestText(way(shape.channels, first));
  const SessionOptions &session = options.session;
  for (const std::string &text : {compilerIdentity(), session.target, session.gpu, session.cpu,
                                  session.machine, choicesText(session), fields->processor()})
    key += "\n" + text;
  return key;
}

void ProjectedSamples::openCache() {
  const SampleLayout own = samples.layout();
  const SampleLayout &kept = isRotated() ? own : shape;
  const auto spectrum = [&](int64_t channels) {
    const int64_t degrees = ingestDegrees(way(channels, IngestPart::FromSpectrum));
    return 2 * channels * degrees * degrees;
  };
  record.sample = {isRotated() ? spectrum(shape.channels) : shape.values(), kept.targetValues(),
                   kept.labels()};
  record.targetSpectrum = turnedTargets ? spectrum(shape.outputs) : 0;
  runtime::SampleCacheOptions wanted = options.cache;
  wanted.count = samples.count();
  wanted.recordBytes = record.bytes();
  if (!wanted.folder.empty())
    wanted.key = cacheKey();
  cache = std::make_unique<runtime::SampleCache>(
      std::move(wanted), [this](std::span<const int64_t> indices, std::byte *records) {
        makeRecords(indices, records);
      });
}

Result<std::unique_ptr<ProjectedSamples>>
ProjectedSamples::create(const runtime::PreparedSamples &samples, int64_t bandLimit,
                         const ProjectionOptions &options) {
  std::unique_ptr<ProjectedSamples> made(new ProjectedSamples(samples, bandLimit, options));
  if (Status status = made->compile(); !status)
    return status.error();
  made->openCache();
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

ProjectedSamples::Loaded ProjectedSamples::loadSamples(std::span<const int64_t> indices) const {
  const SampleLayout from = samples.layout();
  const size_t count = indices.size();
  Loaded loaded{std::vector<float>(count * from.values()),
                std::vector<float>(count * from.targetValues()),
                std::vector<int32_t>(count * from.labels())};
  for (size_t i = 0; i < count; ++i)
    samples.load(indices[i], loaded.values.data() + i * from.values(),
                 {loaded.labels.data() + i * from.labels(),
                  loaded.numbers.data() + i * from.targetValues()});
  return loaded;
}

void ProjectedSamples::makeRecords(std::span<const int64_t> indices, std::byte *records) const {
  const auto count = static_cast<int64_t>(indices.size());
  const Loaded loaded = loadSamples(indices);
  std::vector<float> values(count * record.sample.values);
  IngestResidual left;
  {
    const std::lock_guard guard(lock);
    const IngestResidual before = fields->residual();
    fields->run(loaded.values.data(), nullptr, count, values.data());
    left = fields->residual().since(before);
  }
  for (int64_t i = 0; i < count; ++i, records += record.bytes()) {
    std::copy_n(values.data() + i * record.sample.values, record.sample.values,
                record.sample.valuesOf(records));
    makeTarget(loaded, i, records);
    float *const residual = record.residualOf(records);
    residual[0] = static_cast<float>(left.left / static_cast<double>(count));
    residual[1] = static_cast<float>(left.all / static_cast<double>(count));
    samples.data().forget(indices[i]);
  }
}

static bool isWhole(std::span<const float> numbers) {
  return std::ranges::none_of(numbers, [](float value) { return std::isnan(value); });
}

/// The target of the i-th sample, on the model's grid unless it is rotated.
void ProjectedSamples::makeTarget(const Loaded &loaded, int64_t i, std::byte *out) const {
  const SampleLayout from = samples.layout();
  const std::span numbers =
      std::span(loaded.numbers).subspan(i * from.targetValues(), from.targetValues());
  const std::span labels = std::span(loaded.labels).subspan(i * from.labels(), from.labels());
  float *const ownNumbers = record.sample.numbersOf(out);
  int32_t *const ownLabels = record.sample.labelsOf(out);
  const bool bySpectrum = targets && isWhole(numbers);
  if (isRotated() || !shape.segmented) {
    std::ranges::copy(numbers, ownNumbers);
    std::ranges::copy(labels, ownLabels);
    std::fill_n(record.spectrumOf(out), record.targetSpectrum, 0.0F);
  }
  if (bySpectrum) {
    const std::lock_guard guard(lock);
    targets->run(numbers.data(), nullptr, 1, isRotated() ? record.spectrumOf(out) : ownNumbers);
  } else if (shape.segmented && !isRotated()) {
    takeNearest(unrotated, from.points(), numbers.empty() ? 0 : shape.outputs, numbers.data(),
                ownNumbers);
    takeNearest(unrotated, from.points(), labels.empty() ? 0 : 1, labels.data(), ownLabels);
  }
}

void ProjectedSamples::loadAll(std::span<const int64_t> indices, int64_t epoch, float *x,
                               Target target) const {
  std::vector<std::byte> records(indices.size() * record.bytes());
  cache->load(indices, records.data());
  {
    const std::lock_guard guard(lock);
    for (size_t i = 0; i < indices.size(); ++i) {
      const float *const left = record.residualOf(records.data() + i * record.bytes());
      residuals.add({left[0], left[1]});
    }
  }
  if (isRotated())
    return turn(indices, epoch, records.data(), x, target);
  for (size_t i = 0; i < indices.size(); ++i)
    takeRecord(records.data() + i * record.bytes(), static_cast<int64_t>(i), x, target);
}

/// A record's values, and its target, as the i-th of a batch.
void ProjectedSamples::takeRecord(std::byte *from, int64_t i, float *x, Target target) const {
  const runtime::SampleRecord &own = record.sample;
  std::copy_n(own.valuesOf(from), own.values, x + i * own.values);
  if (target.values)
    std::copy_n(own.numbersOf(from), own.numbers, target.values + i * own.numbers);
  if (target.classes)
    std::copy_n(own.labelsOf(from), own.labels, target.classes + i * own.labels);
}

void ProjectedSamples::turn(std::span<const int64_t> indices, int64_t epoch, std::byte *records,
                            float *x, Target target) const {
  const auto count = static_cast<int64_t>(indices.size());
  std::vector<float> spectra(count * record.sample.values), angles;
  for (int64_t i = 0; i < count; ++i) {
    std::byte *const from = records + i * record.bytes();
    const runtime::Rotation rotation = rotationOf(indices[i], epoch);
    const runtime::EulerAngles turn = rotation.eulerAngles();
    for (const double angle : {turn.alpha, turn.beta, turn.gamma})
      angles.push_back(static_cast<float>(angle));
    takeRecord(from, i, spectra.data(), shape.segmented ? Target() : target);
    if (shape.segmented)
      turnTarget(rotation, angles.data() + 3 * i, from,
                 {target.classes ? target.classes + i * shape.labels() : nullptr,
                  target.values ? target.values + i * shape.targetValues() : nullptr});
  }
  const std::lock_guard guard(lock);
  turnedFields->run(spectra.data(), angles.data(), count, x);
}

void ProjectedSamples::turnTarget(const runtime::Rotation &rotation, const float *angles,
                                  std::byte *from, Target to) const {
  const SampleLayout own = samples.layout();
  const float *const numbers = record.sample.numbersOf(from);
  if (own.target() == runtime::TargetKind::None)
    return;
  if (turnedTargets && isWhole({numbers, static_cast<size_t>(own.targetValues())})) {
    const std::lock_guard guard(lock);
    turnedTargets->run(record.spectrumOf(from), angles, 1, to.values);
    return;
  }
  const std::vector<int64_t> points = nearest->find(rotation);
  if (to.values)
    takeNearest(points, own.points(), shape.outputs, numbers, to.values);
  if (to.classes)
    takeNearest(points, own.points(), own.labels() / own.points(), record.sample.labelsOf(from),
                to.classes);
}

double ProjectedSamples::residual() const {
  const std::lock_guard guard(lock);
  return residuals.relative();
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
