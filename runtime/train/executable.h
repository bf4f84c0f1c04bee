//===- executable.h - what the training loop needs of a model ---*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_EXECUTABLE_H
#define SPHERICAL_RUNTIME_TRAIN_EXECUTABLE_H

#include "runtime/data/target.h"
#include "runtime/execute/manifest.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace spherical::runtime {

/// How large a layer's values are, and what is passed back to it: sums of squares over all values
/// of the valid samples. Not finite where a value is not.
struct LayerNorm {
  /// A layer's place in the model, as timings name it, or the name of a parameter.
  std::string name;
  /// Of a layer: of its output and of the gradient in that; of a parameter: of its values and of
  /// their gradient.
  double outputSquares = 0, gradientSquares = 0;
};

/// A network that gives classes or values for samples, or for the points of samples, and can be
/// trained, whatever runs it. All failures are std::runtime_error.
class Executable {
public:
  virtual ~Executable() = default;

  /// The most samples that one call takes.
  virtual int64_t capacity() const = 0;

  /// Extents of one input sample: (channels, 2b, 2b).
  virtual std::vector<int64_t> sampleShape() const = 0;

  /// Numbers that the network gives for one sample, or for one point of a sample: logits of as many
  /// classes, or values.
  virtual int64_t classes() const = 0;

  /// Points of a sample that have a target and outputs each, in the order of its grid; 1 for
  /// networks that tell of whole samples.
  virtual int64_t points() const { return 1; }

  /// What the network is compared with.
  virtual TargetKind target() const {
    return points() > 1 ? TargetKind::PointClasses : TargetKind::Class;
  }

  /// The values that live from step to step, by role: parameters; moments, with the numbers of
  /// steps and the sums of gradients; states; and averages, `average.<parameter>`, the moving
  /// averages of parameters, which every optimizer step updates.
  virtual const std::vector<ParameterSpec> &kept() const = 0;

  /// Copies the kept value at `index` of `kept()` to `out`, or sets it; dense, C order,
  /// kept()[index].bytes() bytes.
  virtual void read(size_t index, std::span<std::byte> out) const = 0;
  virtual void write(size_t index, std::span<const std::byte> values) = 0;

  /// One optimizer step on `count` samples, 1 <= count <= capacity: x [count][sample], targets
  /// labels [count][points] or values [count][classes][points]; those that are missing (target.h)
  /// count for nothing. Writes the outputs before the step, [count][classes][points], and returns
  /// the mean loss, 0 if all targets are missing.
  virtual float trainStep(const float *x, const Targets &targets, int64_t count, float learningRate,
                          float *outputs) = 0;

  /// Whether a step is made of the gradients of several batches: then `accumulate` and `update`
  /// take the place of `trainStep`.
  virtual bool accumulates() const { return false; }

  /// Adds count times the gradients of the mean loss over `count` samples to the sums of gradients,
  /// and updates states. Arguments and result are those of `trainStep`.
  virtual float accumulate(const float *, const Targets &, int64_t, float *) {
    throw notCompiled("accumulate_step");
  }

  /// One optimizer step with the mean of the gradients over all samples since the last one; clears
  /// the sums. Without samples the gradient is 0.
  virtual void update(float) { throw notCompiled("update_step"); }

  /// The norms of a training pass over `count` samples, which changes nothing: in the order of the
  /// model, each layer's, then each parameter's.
  virtual std::vector<LayerNorm> probe(const float *, const Targets &, int64_t) {
    throw notCompiled("probe");
  }

  /// Inference on `count` samples, 1 <= count <= capacity: writes the outputs,
  /// [count][classes][points].
  virtual void forward(const float *x, int64_t count, float *outputs) = 0;

protected:
  static std::runtime_error notCompiled(const std::string &entry) {
    return std::runtime_error("the network has no entry '" + entry + "'; compile it for that");
  }
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_EXECUTABLE_H
