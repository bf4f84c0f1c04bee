//===- prediction_views.h - samples and predictions to look at --*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_PREDICTION_VIEWS_H
#define SPHERICAL_TOOLS_SPHERICAL_PREDICTION_VIEWS_H

#include "runtime/data/projection.h"
#include "runtime/data/samples.h"
#include "runtime/pictures/figures.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace spherical::driver {

/// Samples that are drawn, and what they and their classes are called.
struct PicturedData {
  const runtime::SampleSource *samples = nullptr;       ///< must outlive what is made of this
  runtime::SphereGrid grid = runtime::SphereGrid::Soft; ///< of samples that have a band-limit
  std::function<std::string(int64_t)> className;
  std::function<std::string(int64_t)> sampleName;
  std::vector<runtime::Color> palette = {}; ///< of the classes of points; empty: the usual one
};

/// Where the points of the samples lie.
runtime::SampleGrid gridOf(const PicturedData &data);

/// A sample as it enters a network, with its label: values from 0 to 1 as they are, of other ranges
/// from the least to the largest of their channel. Not finite ones are black.
runtime::SampleView viewSample(const PicturedData &data, int64_t index);

/// The same with the classes that a network predicts, from its outputs [classes][points]: under a
/// sample of one class the label and, where it is another, the prediction; under one with a class
/// for each point the share that is right.
runtime::SampleView viewPrediction(const PicturedData &data, int64_t index,
                                   std::span<const float> outputs);

/// Adds the probabilities of the likeliest classes and of the label to the view of a sample of one
/// class. `outputs` are the logits.
void addProbabilities(const PicturedData &data, int64_t label, std::span<const float> outputs,
                      runtime::SampleView &view);

/// Truth, prediction and their difference, a row for each output of a network that gives values for
/// points, outputs [output][points].
std::vector<runtime::FieldRow> fieldRows(const PicturedData &data, int64_t index,
                                         std::span<const float> outputs);

/// A sheet of these samples with the names and colours of the data.
runtime::SampleSheet sheetOf(const PicturedData &data, const std::string &title,
                             std::vector<runtime::SampleView> views);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_PREDICTION_VIEWS_H
