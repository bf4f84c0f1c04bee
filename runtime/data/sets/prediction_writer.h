//===- prediction_writer.h - what a network says, in files ------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_PREDICTION_WRITER_H
#define SPHERICAL_RUNTIME_DATA_SETS_PREDICTION_WRITER_H

#include "runtime/data/sets/data_set.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

/// What is predicted for each of `count` samples.
struct PredictionForm {
  TargetKind kind = TargetKind::Class;
  int64_t count = 0;
  int64_t outputs = 0;                   ///< classes, or values of a sample or point
  SampleGrid grid = {};                  ///< of predictions for each point
  std::vector<std::string> classes = {}; ///< names, as many as outputs, or empty
  std::vector<Color> palette = {};       ///< of the classes; those that lack one get another
  bool withTruth = false;                ///< whether samples have a label to compare with
};

/// One sample.
struct Prediction {
  std::string name;
  /// Logits or values, [outputs][points]; empty if the sample could not be read.
  std::span<const float> outputs;
  /// The right class, of kind Class and forms with truth.
  int32_t truth = missingLabel;
};

/// Takes predictions in the order of the samples. Nothing is at the path before `commit`; if the
/// object goes away before, nothing stays.
class PredictionWriter {
public:
  virtual ~PredictionWriter() = default;
  virtual void add(const Prediction &prediction) = 0;
  virtual void commit() = 0;
};

/// The writer for a path:
///   .csv .json .jsonl  a line or object a sample: its name, class, probability of that and of each
///                      class (softmax of the logits, in fp64), or values; not for points
///   .npy .npz .safetensors .h5 .hdf5 .nc
///                      arrays: labels [N] i32 and probabilities [N, K]; labels [N, H, W] u8 (i32
///                      of more than 255 classes); values [N, K] or [N, C, H, W]; -1 (255 of u8) or
///                      NaN of samples that could not be read
///   a name without an ending   a new folder with an indexed PNG a sample, of classes of points
/// Throws std::runtime_error for other names, kinds that do not go into such a file, and files that
/// cannot be written.
std::unique_ptr<PredictionWriter> createPredictions(const std::string &path,
                                                    const PredictionForm &form);

/// The writers of each kind of file.
std::unique_ptr<PredictionWriter> createPredictionTable(const std::string &path,
                                                        const PredictionForm &form);
std::unique_ptr<PredictionWriter> createPredictionFolder(const std::string &path,
                                                         const PredictionForm &form);

/// The class of the largest logit of point `point`, the first of equals.
int32_t classOfPoint(std::span<const float> logits, int64_t classes, int64_t point);

/// Softmax of the logits of one sample, in fp64.
std::vector<double> probabilitiesOf(std::span<const float> logits);

/// Colours for `count` classes: those given, and further ones that differ.
std::vector<Color> paletteOf(std::span<const Color> given, int64_t count);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_PREDICTION_WRITER_H
