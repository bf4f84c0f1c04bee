//===- predictions.h - what a network says of data in files -----*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_PREDICTIONS_H
#define SPHERICAL_TOOLS_SPHERICAL_PREDICTIONS_H

#include "runtime/data/batches.h"
#include "runtime/data/sets/prediction_writer.h"
#include "runtime/train/executable.h"
#include "tools/spherical/own_data.h"

#include <memory>
#include <span>
#include <string>

namespace spherical::driver {

/// Writes what a network gives for the samples of `data`, batch by batch, in their order; of
/// points, on the grid of the data.
class Predictions {
public:
  /// Starts the file or folder `path`; `withTruth` writes labels of samples, too. Throws
  /// std::runtime_error if `path` does not suit what the network gives or cannot be written.
  Predictions(const std::string &path, const runtime::Executable &network, const OwnData &data,
              bool withTruth);

  /// Adds the samples of a batch, outputs [count][classes][points].
  void add(const runtime::Batch &batch, std::span<const float> outputs);

  /// Completes the file.
  void commit() { writer->commit(); }

private:
  void prepareBack(const runtime::Executable &network);
  std::span<const float> onOwnGrid(std::span<const float> outputs);

  const OwnData &data;
  int64_t sampleSize;
  bool withTruth;
  std::unique_ptr<runtime::PredictionWriter> writer;

  int64_t modelPoints = 0; ///< of the model's grid, where that is another one
  std::vector<int64_t> nearest;
  std::unique_ptr<Ingest> values;
  std::vector<float> own; ///< of one sample
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_PREDICTIONS_H
