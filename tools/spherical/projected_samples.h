//===- projected_samples.h - users' fields on a model's grid ----*- C++ -*-===//
//
// Samples of any grid on the sphere, brought to that of a model by the program
// @ingest (ingest.h), a batch at a time, and rotated there. What does not depend on
// the rotation is made once and kept: without one the values on the model's grid,
// else the spectrum that is rotated. It is what the first half of the way gives,
// so that keeping it changes no bit; it has d^2 complex numbers where the grid has
// (2b)^2 real ones, d <= b; and from it on no field is expanded again, which takes
// the most time where that is by least squares. Labels and numbers of points that
// are taken from the nearest ones stay on their own grid then.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_PROJECTED_SAMPLES_H
#define SPHERICAL_TOOLS_SPHERICAL_PROJECTED_SAMPLES_H

#include "runtime/data/sets/cached_samples.h"
#include "tools/spherical/ingest.h"

#include <mutex>

namespace spherical::driver {

/// How samples get to the grid of a model.
struct ProjectionOptions {
  IngestMethod method = IngestMethod::Exact;
  /// Whether each sample is rotated by a rotation of its own, another one in each epoch: uniform
  /// ones, or such about the polar axis alone.
  enum class Turn { None, All, Polar } turn = Turn::None;
  uint64_t seed = 0; ///< of the rotations
  /// Target, processor and threads of the program.
  SessionOptions session = {};
  /// Where what is made once is kept; its key stands for the samples alone.
  runtime::SampleCacheOptions cache = {};
};

/// The samples of another source on the soft grid of band-limit b. Values go by their spectrum, or
/// as the method says; labels of points are those of the nearest points. So are numbers of points
/// of samples where any of these is missing; of others, they go as values do.
class ProjectedSamples : public runtime::SampleSource {
public:
  /// Compiles the programs; `samples`, on a grid of the sphere, outlive the object.
  static Result<std::unique_ptr<ProjectedSamples>> create(const runtime::PreparedSamples &samples,
                                                          int64_t bandLimit,
                                                          const ProjectionOptions &options);

  int64_t count() const override { return samples.count(); }
  runtime::SampleLayout layout() const override { return shape; }
  void load(int64_t index, float *x, runtime::Target target) const override {
    loadAll({&index, 1}, 0, x, target);
  }
  void loadAll(std::span<const int64_t> indices, int64_t epoch, float *x,
               runtime::Target target) const override;
  uint64_t fingerprint() const override;
  runtime::SphericalImages store(std::span<const int64_t> indices) const override;

  bool isRotated() const { return options.turn != ProjectionOptions::Turn::None; }
  /// The way back for numbers at points, and for what has no degrees: for each point of the users'
  /// grid the nearest one of the model's.
  Result<std::unique_ptr<Ingest>> back(int64_t channels) const;
  std::vector<int64_t> nearestBack() const { return runtime::NearestPoints(soft, grid).find(); }

  /// What least squares have left of the fields so far, of their norm; 0 for grids with quadrature.
  double residual() const;

private:
  /// What is kept of a sample. Rotated, values are a spectrum, and numbers and labels those of the
  /// sample; the spectrum of a field to compare with follows, then what least squares left.
  struct Record {
    runtime::SampleRecord sample;
    int64_t targetSpectrum = 0;

    static constexpr int64_t residualNumbers = 2;
    int64_t bytes() const { return sample.bytes() + 4 * (targetSpectrum + residualNumbers); }
    float *spectrumOf(std::byte *record) const {
      return reinterpret_cast<float *>(record + sample.bytes());
    }
    float *residualOf(std::byte *record) const { return spectrumOf(record) + targetSpectrum; }
  };
  /// Samples of the source, one behind the other.
  struct Loaded {
    std::vector<float> values, numbers;
    std::vector<int32_t> labels;
  };

  ProjectedSamples(const runtime::PreparedSamples &samples, int64_t bandLimit,
                   const ProjectionOptions &options);
  IngestOptions way(int64_t channels, IngestPart part) const;
  Status compile();
  Status make(std::unique_ptr<Ingest> &program, int64_t channels, IngestPart part) const;
  void openCache();
  std::string cacheKey() const;
  runtime::Rotation rotationOf(int64_t index, int64_t epoch) const;

  Loaded loadSamples(std::span<const int64_t> indices) const;
  void makeRecords(std::span<const int64_t> indices, std::byte *records) const;
  void makeTarget(const Loaded &loaded, int64_t i, std::byte *out) const;
  void takeRecord(std::byte *from, int64_t i, float *x, runtime::Target target) const;
  void turn(std::span<const int64_t> indices, int64_t epoch, std::byte *records, float *x,
            runtime::Target target) const;
  void turnTarget(const runtime::Rotation &rotation, const float *angles, std::byte *from,
                  runtime::Target to) const;

  const runtime::PreparedSamples &samples;
  const ProjectionOptions options;
  runtime::SampleGrid grid, soft;
  runtime::SampleLayout shape;
  std::unique_ptr<runtime::NearestPoints> nearest; ///< of samples with targets of points
  std::vector<int64_t> unrotated; ///< the nearest points of samples that are not rotated
  /// From the samples' grid on, of samples and of fields to compare with, and from spectra on.
  std::unique_ptr<Ingest> fields, targets, turnedFields, turnedTargets;
  Record record;
  std::unique_ptr<runtime::SampleCache> cache;
  mutable std::mutex lock; ///< of the programs, which run one batch at a time on all threads
  mutable IngestResidual residuals; ///< of all samples that were asked for
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_PROJECTED_SAMPLES_H
