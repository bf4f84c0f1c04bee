//===- program_executable.h - a compiled classifier to train ----*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_PROGRAM_EXECUTABLE_H
#define SPHERICAL_RUNTIME_TRAIN_PROGRAM_EXECUTABLE_H

#include "runtime/execute/program.h"
#include "runtime/train/executable.h"

namespace spherical::runtime {

/// A loaded artifact with the entries `forward` (input -> outputs) and, if it was compiled for
/// training, `train_step` (input, targets, learning rate -> loss, outputs). Outputs are `logits`
/// or, of regression, `values`: [batch][classes] with labels [batch] or, for segmentation,
/// [batch][classes][2b][2b] with labels [batch][2b][2b]; targets that are values have the shape of
/// the outputs.
class ProgramExecutable : public Executable {
public:
  /// `program` must outlive this object. Throws Error if `forward` has not one input of four axes
  /// and one batched result of two or four, or if `train_step` does not fit to it.
  explicit ProgramExecutable(Program &program);

  /// Whether the artifact has the entry `train_step`.
  bool canTrain() const { return trainEntry >= 0; }

  int64_t capacity() const override;
  std::vector<int64_t> sampleShape() const override;
  int64_t classes() const override;
  int64_t points() const override;
  TargetKind target() const override;
  const std::vector<ParameterSpec> &kept() const override;
  void read(size_t index, std::span<std::byte> out) const override;
  void write(size_t index, std::span<const std::byte> values) override;
  float trainStep(const float *x, const Targets &targets, int64_t count, float learningRate,
                  float *outputs) override;
  void forward(const float *x, int64_t count, float *outputs) override;

private:
  BufferView keptView(size_t index, void *data) const;
  void openTraining();

  Program &program;
  int64_t forwardEntry;
  int64_t trainEntry = -1;
  /// Copies of the manifest's declarations of what `forward` and `train_step` take and give.
  ValueSpec input, outputResult, targetInput, rateInput;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_PROGRAM_EXECUTABLE_H
