//===- own_data_checks.cpp - whether data fits a model --------------------===//

#include "tools/spherical/own_data_checks.h"

namespace spherical::driver {
namespace {

Error misfit(const std::string &place, const std::string &expected, const std::string &got,
             const std::string &note) {
  return Error{place + ": error: expected " + expected + ", got " + got + "\n" + place +
               ": note: " + note};
}

std::string channelText(int64_t channels) {
  return std::to_string(channels) + (channels == 1 ? " channel" : " channels");
}

runtime::SampleGrid gridOf(const ModelInterface &model) {
  return {model.spherical ? runtime::GridKind::Soft : runtime::GridKind::Planar, model.input[1],
          model.input[2], 0};
}

} // namespace

Status checkFields(const runtime::FieldLayout &data, const ModelInterface &model,
                   const std::string &path) {
  if (data.channels != model.input[0])
    return misfit(model.inputPlace, "data of " + channelText(model.input[0]) + " a sample",
                  channelText(data.channels) + " in '" + path + "'",
                  "the model says 'input: {channels: " + std::to_string(model.input[0]) + "}'; " +
                      std::to_string(data.channels) + " would take this data");
  const runtime::SampleGrid wanted = gridOf(model);
  const bool sameSize = data.grid.rows == wanted.rows && data.grid.columns == wanted.columns;
  const std::string got = "the grid " + gridText(data.grid) + " in '" + path + "'";
  if (!model.spherical && data.grid.rows > 0)
    return sameSize ? Status(Done{})
                    : misfit(model.inputPlace,
                             "data of " + std::to_string(wanted.rows) + " x " +
                                 std::to_string(wanted.columns) + " values a channel",
                             got, "'size' of the model's input says its extents");
  if (model.spherical && data.grid.onSphere())
    return Done{};
  return misfit(model.inputPlace, "data on the grid " + gridText(wanted), got,
                model.spherical ? "--data-grid says on which grid of the sphere the values lie"
                                : "'spherical data convert' brings data to another grid");
}

Status checkDigitInput(const ModelInterface &model) {
  const int64_t channels = model.input[0], rows = model.input[1], columns = model.input[2];
  if (channels == 1 && rows == columns && rows % 2 == 0)
    return Done{};
  return misfit(model.inputPlace, "1 channel of 2 b x 2 b values for digits",
                channelText(channels) + " of " + std::to_string(rows) + " x " +
                    std::to_string(columns),
                "--data names other samples");
}

Status checkTarget(const runtime::TargetLayout &data, const ModelInterface &model,
                   const std::string &path) {
  using runtime::TargetKind;
  const bool perPoint = model.output.size() > 1;
  const TargetKind wanted = model.values
                                ? (perPoint ? TargetKind::Field : TargetKind::Values)
                                : (perPoint ? TargetKind::PointClasses : TargetKind::Class);
  if (data.kind != wanted) {
    const std::string task = data.kind == TargetKind::Class          ? "classification"
                             : data.kind == TargetKind::PointClasses ? "segmentation"
                                                                     : "regression";
    return misfit(model.endPlace,
                  "data with " + std::string(targetName(wanted)) + " as target of each sample",
                  std::string(targetName(data.kind)) + " in '" + path + "'",
                  data.kind == TargetKind::None
                      ? "arrays 'labels' or 'target', or folders, say what is known of samples; "
                        "'spherical predict' needs nothing"
                      : "this data is for a model with 'task: " + task + "'");
  }
  const int64_t values = data.kind == TargetKind::Field ? data.channels : data.values;
  if (model.values && values != model.output[0])
    return misfit(model.endPlace, "targets of " + std::to_string(model.output[0]) + " values",
                  std::to_string(values) + " in '" + path + "'",
                  "end with " + std::to_string(values) + " channels to give as many");
  return Done{};
}

Status checkClassCount(int64_t classes, const ModelInterface &model) {
  if (classes <= model.output[0])
    return Done{};
  const std::string wanted = std::to_string(classes);
  return misfit(
      model.endPlace,
      "a class for each of the labels 0 to " + std::to_string(classes - 1) + " of the data",
      std::to_string(model.output[0]) + (model.output[0] == 1 ? " class" : " classes"),
      "end with " + (model.output.size() > 1 ? wanted + " channels" : "'linear: " + wanted + "'"));
}

} // namespace spherical::driver
