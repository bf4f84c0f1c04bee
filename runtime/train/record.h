//===- record.h - what was trained and tested, as JSON ----------*- C++ -*-===//
//
// A file of weights says how they were trained, in its metadata; a file of results
// says that again with what the weights were worth on which test. Reports are made
// from such files alone (comparison.h).
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_TRAIN_RECORD_H
#define SPHERICAL_RUNTIME_TRAIN_RECORD_H

#include "runtime/data/generator.h"
#include "runtime/data/model_record.h"
#include "runtime/data/safetensors.h"

#include <cstdint>
#include <optional>
#include <string>

namespace spherical::runtime {

/// Samples of one generator.
struct DataRecord {
  std::string protocol; ///< paper or public-code
  bool rotated = false;
  int64_t samples = 0;
  int64_t items = 1;
  int64_t canvas = 0; ///< pixels a side; 0: the item itself
  uint64_t seed = 0;

  bool operator==(const DataRecord &) const = default;
};

/// How samples are made of items, whatever their number, rotations and seed: a test on samples of
/// another form than those of the training gives numbers that mean nothing.
struct DataForm {
  std::string task; ///< classification or segmentation
  std::string protocol;
  std::string folder; ///< of the items, as it was given; empty: the digits that come along
  int64_t items = 1;
  int64_t canvas = 0; ///< pixels a side; 0: the item itself
  int64_t threshold = 0;
  int64_t bandLimit = 0;
  double halfWidth = 0.0;
  std::string place;
  std::string grid;

  bool operator==(const DataForm &) const = default;
};

/// What made a set of weights.
struct TrainingRecord {
  DataRecord data;
  int64_t epochs = 0; ///< that were asked for
  int64_t steps = 0;  ///< that were done
  bool finished = false;
  std::string validation{};    ///< what it was validated with; empty: nothing
  std::string earlyStopping{}; ///< the metric that ended it or could have; empty: none

  bool operator==(const TrainingRecord &) const = default;
};

/// What a network made of a test set.
struct EvaluationRecord {
  std::string model;        ///< its name in the model file
  std::string architecture; ///< S2CNN or CNN
  std::string task;         ///< classification, segmentation or regression
  int64_t parameters = 0;
  std::optional<TrainingRecord> training; ///< nothing if the weights do not say
  DataRecord test;
  // Of classes; a regression's record has none of these.
  double accuracy = 0.0; ///< 0 to 1, of samples or of all their points
  double loss = 0.0;
  double meanIoU = 0.0; ///< of segmentation (metrics.h), 0 to 1; 0 if no class has a label
  double nonBackgroundIoU = 0.0;

  bool operator==(const EvaluationRecord &) const = default;
};

/// The record of the samples that `generator` makes.
DataRecord describeData(const SphereGenerator &generator);

/// The form of the samples that `generator` makes of the items in `folder`.
DataForm describeForm(const SphereGenerator &generator, const std::string &folder);

/// Puts the form of the training's samples in the metadata of a file of weights; that form, or
/// nothing if there is none. `formOf` throws std::runtime_error for one that cannot be read.
void setForm(Metadata &metadata, const DataForm &form);
std::optional<DataForm> formOf(const Metadata &metadata);

/// Puts the record in the metadata of a file of weights.
void setTraining(TensorFile &weights, const TrainingRecord &training);

/// The record in the metadata; nothing if there is none. Throws std::runtime_error for one that
/// cannot be read.
std::optional<TrainingRecord> trainingOf(const TensorFile &weights);

/// The record as a JSON object, and back. `parseEvaluation` throws std::runtime_error with the
/// reason for text that is no such record of classes.
std::string evaluationText(const EvaluationRecord &record);
EvaluationRecord parseEvaluation(const std::string &text);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_RECORD_H
