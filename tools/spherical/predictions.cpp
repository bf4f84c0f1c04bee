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
  writer = runtime::createPredictions(path, form);
}

void Predictions::add(const runtime::Batch &batch, std::span<const float> outputs) {
  for (int64_t i = 0; i < batch.count; ++i) {
    const int64_t index = batch.indices[i];
    runtime::Prediction prediction{data.sampleName(index),
                                   outputs.subspan(i * sampleSize, sampleSize)};
    if (data.samples->isBad(index))
      prediction.outputs = {};
    if (withTruth)
      prediction.truth = batch.labels[i];
    writer->add(prediction);
  }
}

} // namespace spherical::driver
