//===- samples.h - a data set, stored or made on demand ---------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SAMPLES_H
#define SPHERICAL_RUNTIME_DATA_SAMPLES_H

#include "runtime/data/projection.h"
#include "runtime/data/target.h"

#include <cstdint>
#include <span>

namespace spherical::runtime {

/// What all samples of a data set have in common.
struct SampleLayout {
  int64_t channels = 1;
  int64_t bandLimit = 0;
  /// One target for each point of the grid, [2b beta][2b alpha], rather than one for the sample.
  bool segmented = false;
  /// Labels are 0 <= label < classes, or missing (target.h).
  int64_t classes = 0;
  /// Numbers that are the target of a sample, or of each of its points, in place of a label; 0:
  /// labels.
  int64_t outputs = 0;
  /// Whether samples have a target at all.
  bool targeted = true;
  /// Extents of images that have no band-limit.
  int64_t rows = 0, columns = 0;
  /// Whether points lie on the sphere, where they stand for areas.
  bool onSphere = true;

  TargetKind target() const {
    if (!targeted)
      return TargetKind::None;
    if (outputs > 0)
      return segmented ? TargetKind::Field : TargetKind::Values;
    return segmented ? TargetKind::PointClasses : TargetKind::Class;
  }
  int64_t height() const { return bandLimit > 0 ? 2 * bandLimit : rows; }
  int64_t width() const { return bandLimit > 0 ? 2 * bandLimit : columns; }
  int64_t points() const { return height() * width(); }
  int64_t values() const { return channels * points(); }
  /// Points with a target of their own, 1 if that is the sample's.
  int64_t targetPoints() const { return segmented ? points() : 1; }
  /// Labels of a sample, and numbers of its target: one of them is 0, or both are.
  int64_t labels() const { return !targeted || outputs > 0 ? 0 : targetPoints(); }
  int64_t targetValues() const { return targeted ? outputs * targetPoints() : 0; }
};

/// Numbered samples; sample `index` is the same whenever and by whomever it is asked for.
class SampleSource {
public:
  virtual ~SampleSource() = default;

  virtual int64_t count() const = 0;
  virtual SampleLayout layout() const = 0;

  /// Writes the values that enter a network, [channels][2b][2b], and the target of sample
  /// 0 <= index < count: its labels, [points], or numbers, [outputs][points]. What is missing is -1
  /// or NaN. Several threads may call it at once.
  virtual void load(int64_t index, float *x, Target target) const = 0;

  /// The same for each of `indices`, one behind the other, in an epoch: what is drawn anew in each
  /// may depend on it.
  virtual void loadAll(std::span<const int64_t> indices, int64_t epoch, float *x,
                       Target target) const;

  /// A hash of all that the samples depend on, to notice that a run goes on with other data.
  virtual uint64_t fingerprint() const = 0;

  /// The samples with these indices, in 8 bit, to look at.
  virtual SphericalImages store(std::span<const int64_t> indices) const = 0;
};

/// The data set of `images`, which must outlive this object. Segmented if they have masks.
class StoredSamples : public SampleSource {
public:
  explicit StoredSamples(const SphericalImages &images);

  int64_t count() const override { return images.count; }
  SampleLayout layout() const override { return shape; }
  void load(int64_t index, float *x, Target target) const override;
  uint64_t fingerprint() const override;
  SphericalImages store(std::span<const int64_t> indices) const override;

private:
  const SphericalImages &images;
  SampleLayout shape;
};

/// The value in a network of a stored pixel where pixel `unit` is 1: pixel / 255 lies in [0, 1].
/// Networks and their weights depend on this range.
float pixelValue(uint8_t pixel, float unit = 255.0f);

/// Writes the values of sample `index` of `images` to `out`, sampleSize() numbers.
void convertSample(const SphericalImages &images, int64_t index, float *out);

/// A hash of bytes (FNV-1a over 64-bit words), continued from `hash`.
uint64_t hashBytes(std::span<const uint8_t> bytes, uint64_t hash = 1469598103934665603u);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SAMPLES_H
