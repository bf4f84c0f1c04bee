//===- projected_samples.h - users' fields on a model's grid ----*- C++ -*-===//
//
// Samples of any grid on the sphere, brought to that of a model by the program
// @ingest (ingest.h), a batch at a time, and rotated there.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_PROJECTED_SAMPLES_H
#define SPHERICAL_TOOLS_SPHERICAL_PROJECTED_SAMPLES_H

#include "runtime/data/sets/prepared_samples.h"
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

  /// What least squares have left of the fields so far, of their norm (Ingest::residual).
  double residual() const { return fields->residual(); }

private:
  ProjectedSamples(const runtime::PreparedSamples &samples, int64_t bandLimit,
                   const ProjectionOptions &options);
  Result<std::unique_ptr<Ingest>> there(int64_t channels) const;
  Result<std::unique_ptr<Ingest>> program(const runtime::SampleGrid &from,
                                          const runtime::SampleGrid &to, int64_t channels,
                                          IngestMethod method, bool rotated) const;
  Status compile();
  runtime::Rotation rotationOf(int64_t index, int64_t epoch) const;
  void projectTargets(std::span<const int64_t> indices, int64_t epoch, const float *angles,
                      runtime::Target from, runtime::Target to) const;

  const runtime::PreparedSamples &samples;
  const ProjectionOptions options;
  runtime::SampleGrid grid, soft;
  runtime::SampleLayout shape;
  std::unique_ptr<runtime::NearestPoints> nearest; ///< of samples with targets of points
  std::vector<int64_t> unrotated; ///< the nearest points of samples that are not rotated
  std::unique_ptr<Ingest> fields, targets;
  mutable std::mutex lock; ///< of the programs, which run one batch at a time on all threads
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_PROJECTED_SAMPLES_H
