//===- evaluation_result.cpp - all that an evaluation found -----*- C++ -*-===//

#include "runtime/train/evaluation_result.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace spherical::runtime {
namespace {

using Json = nlohmann::ordered_json; // writes null for NaN

double ratio(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole)
                   : std::numeric_limits<double>::quiet_NaN();
}

Json classMetrics(const Evaluation &result) {
  const Metrics &metrics = result.metrics;
  Json object = {{"samples", result.samples},
                 {"labels", metrics.count},
                 {"accuracy", ratio(metrics.correct, metrics.count)},
                 {"loss", metrics.loss()},
                 {"expected_calibration_error", result.calibration.error()},
                 {"calibration_bins", Calibration::bins},
                 {"mean_iou", metrics.meanIntersectionOverUnion(0)}};
  if (result.target != TargetKind::PointClasses)
    return object;
  object["non_background_iou"] = metrics.meanIntersectionOverUnion(1);
  if (result.area.intersectionOverUnion().empty())
    return object; // images, whose points are no areas
  object["area_accuracy"] = result.area.accuracy();
  object["area_mean_iou"] = result.area.meanIntersectionOverUnion(0);
  object["area_non_background_iou"] = result.area.meanIntersectionOverUnion(1);
  return object;
}

/// Precision and recall are those of the class against all others.
Json classFigures(const Evaluation &result, std::span<const std::string> names) {
  const Metrics &metrics = result.metrics;
  const std::vector<double> each = metrics.intersectionOverUnion();
  const std::vector<double> area = result.area.intersectionOverUnion();
  Json list = Json::array();
  for (int64_t c = 0; c < metrics.classes; ++c) {
    int64_t labels = 0, predictions = 0;
    for (int64_t other = 0; other < metrics.classes; ++other) {
      labels += metrics.confusion[c * metrics.classes + other];
      predictions += metrics.confusion[other * metrics.classes + c];
    }
    const int64_t right = metrics.confusion[c * metrics.classes + c];
    Json object = {{"name", names[c]},
                   {"labels", labels},
                   {"predictions", predictions},
                   {"precision", ratio(right, predictions)},
                   {"recall", ratio(right, labels)},
                   {"iou", each[c]}};
    if (!area.empty())
      object["area_iou"] = area[c];
    list.push_back(object);
  }
  return list;
}

Json confusionRows(const Metrics &metrics) {
  Json rows = Json::array();
  for (int64_t c = 0; c < metrics.classes; ++c) {
    const auto first = metrics.confusion.begin() + c * metrics.classes;
    rows.push_back(std::vector<int64_t>(first, first + metrics.classes));
  }
  return rows;
}

/// The figures of an output, or of all together.
template <typename Errors>
void addErrors(Json &object, const std::string &prefix, const Errors &errors) {
  object[prefix + "mean_absolute_error"] = errors.meanAbsoluteError();
  object[prefix + "root_mean_square_error"] = errors.rootMeanSquareError();
  object[prefix + "r2"] = errors.determination();
}

Json valueMetrics(const Evaluation &result) {
  Json object = {{"samples", result.samples}, {"targets", result.errors.count()}};
  addErrors(object, "", result.errors);
  if (!result.areaErrors.outputs.empty())
    addErrors(object, "area_", result.areaErrors);
  return object;
}

Json outputFigures(const Evaluation &result) {
  Json list = Json::array();
  for (size_t output = 0; output < result.errors.outputs.size(); ++output) {
    Json object = {{"output", output}, {"targets", result.errors.outputs[output].count}};
    addErrors(object, "", result.errors.outputs[output]);
    if (!result.areaErrors.outputs.empty())
      addErrors(object, "area_", result.areaErrors.outputs[output]);
    list.push_back(object);
  }
  return list;
}

} // namespace

std::string resultText(const EvaluationRecord &record, const Evaluation &result,
                       std::span<const std::string> names, const RotationErrors &errors,
                       const Metadata &data) {
  Json object = Json::parse(evaluationText(record));
  if (!data.empty())
    object["data"] = data;
  if (isNumeric(result.target)) {
    object["metrics"] = valueMetrics(result);
    object["outputs"] = outputFigures(result);
  } else {
    object["metrics"] = classMetrics(result);
    object["classes"] = classFigures(result, names);
    object["confusion"] = confusionRows(result.metrics);
  }
  if (!std::isnan(errors.equivariance) || !std::isnan(errors.change))
    object["rotation"] = {{"rotations", errors.rotations},
                          {"equivariance_error", errors.equivariance},
                          {"change", errors.change}};
  return object.dump(2) + "\n";
}

} // namespace spherical::runtime
