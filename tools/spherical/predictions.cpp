//===- predictions.cpp - what a network says of data in files -------------===//

#include "tools/spherical/predictions.h"

namespace spherical::driver {

Predictions::Predictions(const std::string &path, const runtime::Executable &network,
                         const OwnData &data, bool withTruth)
    : data(data), sampleSize(network.classes() * network.points()),
      withTruth(withTruth && network.target() == runtime::TargetKind::Class) {
  runtime::PredictionForm form;
  form.kind = network.target();
  form.count = data.samples->count();
  form.outputs = network.classes();
  form.grid = data.samples->data().layout().grid;
  form.palette = data.record.palette;
  form.withTruth = this->withTruth;
  if (!isNumeric(form.kind) && !data.record.classes.empty())
    for (int64_t c = 0; c < form.outputs; ++c)
      form.classes.push_back(ownClassName(data.record, c));
  if (data.projected && network.points() > 1)
    prepareBack(network);
  writer = runtime::createPredictions(path, form);
}

/// Points of the model's grid are not those of the data.
void Predictions::prepareBack(const runtime::Executable &network) {
  if (data.projected->isRotated())
    throw std::runtime_error("predictions of points expected samples as they are, got --rotate");
  modelPoints = network.points();
  if (!isNumeric(network.target())) {
    nearest = data.projected->nearestBack();
    return;
  }
  Result<std::unique_ptr<Ingest>> program = data.projected->back(network.classes());
  if (!program)
    throw std::runtime_error(program.error().message);
  values = std::move(*program);
}

/// What the network gives for a sample, on the grid of the data.
std::span<const float> Predictions::onOwnGrid(std::span<const float> outputs) {
  if (modelPoints == 0)
    return outputs;
  const int64_t channels = static_cast<int64_t>(outputs.size()) / modelPoints;
  const int64_t points = data.samples->data().layout().points();
  own.resize(channels * points);
  if (values)
    values->run(outputs.data(), nullptr, 1, own.data());
  else
    takeNearest(nearest, modelPoints, channels, outputs.data(), own.data());
  return own;
}

void Predictions::add(const runtime::Batch &batch, std::span<const float> outputs) {
  for (int64_t i = 0; i < batch.count; ++i) {
    const int64_t index = batch.indices[i];
    runtime::Prediction prediction{data.sampleName(index),
                                   onOwnGrid(outputs.subspan(i * sampleSize, sampleSize))};
    if (data.samples->isBad(index))
      prediction.outputs = {};
    if (withTruth)
      prediction.truth = batch.labels[i];
    writer->add(prediction);
  }
}

} // namespace spherical::driver
