//===- divergence.cpp - back to the last good step --------------*- C++ -*-===//

#include "runtime/train/divergence.h"

#include <cmath>
#include <stdexcept>

namespace spherical::runtime {
namespace {

/// Outputs come before the gradients that they lead to, which run the other way.
std::string firstNotFinite(const std::vector<LayerNorm> &layers) {
  for (const LayerNorm &layer : layers)
    if (!std::isfinite(layer.outputSquares))
      return ", first at " + layer.name;
  for (size_t i = layers.size(); i-- > 0;)
    if (!std::isfinite(layers[i].gradientSquares))
      return ", first in the gradient at " + layers[i].name;
  return ", at the loss itself";
}

std::string probed(Executable &executable, const TrainOptions &options, const Batch &batch) {
  try {
    const float *x = batch.x.data();
    return firstNotFinite(options.probe ? options.probe(x, batch.targets(), batch.count)
                                        : executable.probe(x, batch.targets(), batch.count));
  } catch (const std::exception &error) {
    return std::string(", at a layer that is not known: ") + error.what();
  }
}

} // namespace

Divergence goBack(Executable &executable, const SampleSource &samples, const TrainOptions &options,
                  const RunExtent &extent, const RunSnapshot &snapshot, const Batch &bad,
                  const RunPosition &position, int64_t planned) {
  RunPosition again = snapshot.position;
  KeptCopy good = snapshot.kept;
  Divergence result{again.step, ""};
  good.restore(executable);
  BatchLoader loader(samples, {.batchSize = options.batchSize,
                               .seed = options.seed,
                               .firstEpoch = again.epoch,
                               .firstNumber = again.batch,
                               .lastEpoch = again.epoch,
                               .workers = options.workers});
  Stepper stepper(executable, options, extent);
  while (again.batch < position.batch) {
    if (!stepper.take(*loader.next(), again, planned))
      throw std::logic_error("expected the loss of a step that comes again to be finite as before");
    if (!stepper.hasStepped())
      continue;
    KeptCopy kept(executable);
    if (!kept.isFinite())
      break;
    good = std::move(kept);
    result.goodStep = again.step;
  }
  result.where = probed(executable, options, bad);
  good.restore(executable);
  return result;
}

} // namespace spherical::runtime
