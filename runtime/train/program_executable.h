//===- program_executable.h - a compiled classifier to train ----*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_PROGRAM_EXECUTABLE_H
#define SPHERICAL_RUNTIME_TRAIN_PROGRAM_EXECUTABLE_H

#include "runtime/execute/program.h"
#include "runtime/train/executable.h"

namespace spherical::runtime {

/// A loaded artifact with the entries `forward` (input -> outputs) and, if it was compiled for
/// training, `train_step` (input, targets, learning rate -> loss, outputs), or `accumulate_step`
/// (input, targets -> loss, outputs) and `update_step` (learning rate); and, if it was compiled for
/// that, `probe` (input, targets -> norms). Outputs are `logits` or, of regression, `values`:
/// [batch][classes] with labels [batch] or, for segmentation, [batch][classes][2b][2b] with labels
/// [batch][2b][2b]; targets that are values have the shape of the outputs.
class ProgramExecutable : public Executable {
public:
  /// `program` must outlive this object. Throws Error if `forward` has not one input of four axes
  /// and one batched result of two or four, or if the entry that takes targets does not fit to it.
  explicit ProgramExecutable(Program &program);

  /// Whether the artifact has the entry `train_step`, or those that take its place.
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
  bool accumulates() const override { return updateEntry >= 0; }
  float accumulate(const float *x, const Targets &targets, int64_t count, float *outputs) override;
  void update(float learningRate) override;
  std::vector<LayerNorm> probe(const float *x, const Targets &targets, int64_t count) override;
  void forward(const float *x, int64_t count, float *outputs) override;

private:
  BufferView keptView(size_t index, void *data) const;
  void openTraining();
  BufferView targetView(const Targets &targets) const;
  float run(const float *x, const Targets &targets, int64_t count, const float *learningRate,
            float *outputs);

  Program &program;
  int64_t forwardEntry;
  /// `train_step` or `accumulate_step`, `update_step` beside the latter, and `probe`; -1: none.
  int64_t trainEntry = -1, updateEntry = -1, probeEntry = -1;
  /// Copies of the manifest's declarations of what the entries take and give.
  ValueSpec input, outputResult, targetInput, rateInput;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_PROGRAM_EXECUTABLE_H
