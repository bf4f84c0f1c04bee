//===- record.cpp - what was trained and tested, as JSON --------*- C++ -*-===//

#include "runtime/train/record.h"

#include "runtime/train/json_fields.h"

#include <cmath>
#include <stdexcept>

namespace spherical::runtime {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char *formatKey = "format";
constexpr const char *formatName = "spherical evaluation 1";
constexpr const char *regressionTask = "regression";
constexpr const char *trainingKey = "spherical.training";
// "spherical.data" of a checkpoint is the digest of its data.
constexpr const char *formKey = "spherical.form";

/// Calls visit(key, field) for every field, to write or to read them.
template <typename Record, typename Visit> void visitData(Record &record, Visit visit) {
  visit("protocol", record.protocol);
  visit("rotated", record.rotated);
  visit("samples", record.samples);
  visit("items", record.items);
  visit("canvas", record.canvas);
  visit("seed", record.seed);
}

template <typename Record, typename Visit> void visitForm(Record &record, Visit visit) {
  visit("task", record.task);
  visit("protocol", record.protocol);
  visit("folder", record.folder);
  visit("items", record.items);
  visit("canvas", record.canvas);
  visit("threshold", record.threshold);
  visit("bandlimit", record.bandLimit);
  visit("half_width", record.halfWidth);
  visit("place", record.place);
  visit("grid", record.grid);
}

template <typename Record, typename Visit> void visitTraining(Record &record, Visit visit) {
  visit("epochs", record.epochs);
  visit("steps", record.steps);
  visit("finished", record.finished);
}

template <typename Record, typename Visit> void visitModel(Record &record, Visit visit) {
  visit("model", record.model);
  visit("architecture", record.architecture);
  visit("task", record.task);
  visit("parameters", record.parameters);
}

template <typename Record, typename Visit> void visitScores(Record &record, Visit visit) {
  visit("accuracy", record.accuracy);
  visit("loss", record.loss);
  visit("mean_iou", record.meanIoU);
  visit("non_background_iou", record.nonBackgroundIoU);
}

/// Reads fields of their own type only: JSON's numbers must not become words or the reverse.
auto reader(const Json &object) {
  return [&object](const char *key, auto &field) {
    const Json &found = fieldOf(object, key);
    const Json wanted = field;
    const bool fits = wanted.is_number_float() ? found.is_number()
                      : wanted.is_number()     ? found.is_number_unsigned()
                                               : found.type() == wanted.type();
    if (!fits)
      throw std::runtime_error(
          "'" + std::string(key) + "' expected a " +
          (wanted.is_number_integer() ? "natural number" : wanted.type_name()) + ", got " +
          found.dump());
    found.get_to(field);
  };
}

Json dataJson(const DataRecord &record) {
  Json object = Json::object();
  visitData(record, fieldWriter(object));
  return object;
}

Json trainingJson(const TrainingRecord &record) {
  Json object = Json::object();
  object["data"] = dataJson(record.data);
  visitTraining(record, fieldWriter(object));
  if (!record.validation.empty())
    object["validation"] = record.validation;
  if (!record.earlyStopping.empty())
    object["early_stopping"] = record.earlyStopping;
  return object;
}

const Json &part(const Json &object, const char *key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_object())
    throw std::runtime_error("expected an object '" + std::string(key) + "', got " +
                             (found == object.end() ? "none" : found->dump()));
  return *found;
}

DataRecord readData(const Json &object) {
  DataRecord record;
  visitData(record, reader(object));
  return record;
}

TrainingRecord readTraining(const Json &object) {
  TrainingRecord record;
  record.data = readData(part(object, "data"));
  visitTraining(record, reader(object));
  if (object.contains("validation"))
    reader(object)("validation", record.validation);
  if (object.contains("early_stopping"))
    reader(object)("early_stopping", record.earlyStopping);
  return record;
}

Json parseObject(const std::string &text, const char *what) {
  Json object = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object())
    throw std::runtime_error("expected " + std::string(what) + " in JSON, got something else");
  return object;
}

} // namespace

DataRecord describeData(const SphereGenerator &generator) {
  const GeneratorOptions &options = generator.settings();
  return {protocolName(options.protocol),
          options.rotate,
          options.count,
          options.items,
          options.canvas,
          options.seed};
}

DataForm describeForm(const SphereGenerator &generator, const std::string &folder) {
  const GeneratorOptions &options = generator.settings();
  return {.task = options.segmented ? "segmentation" : "classification",
          .protocol = protocolName(options.protocol),
          .folder = folder,
          .items = options.items,
          .canvas = options.canvas,
          .threshold = options.threshold,
          .bandLimit = options.projection.bandLimit,
          .halfWidth = options.projection.halfWidth,
          .place = projectionPointName(options.projection.point),
          .grid = sphereGridName(options.projection.grid)};
}

void setForm(Metadata &metadata, const DataForm &form) {
  Json object = Json::object();
  visitForm(form, fieldWriter(object));
  metadata[formKey] = object.dump();
}

std::optional<DataForm> formOf(const Metadata &metadata) {
  const auto found = metadata.find(formKey);
  if (found == metadata.end())
    return std::nullopt;
  const Json object = parseObject(found->second, "the form of the training's samples");
  DataForm form;
  visitForm(form, reader(object));
  return form;
}

void setTraining(TensorFile &weights, const TrainingRecord &training) {
  weights.metadata[trainingKey] = trainingJson(training).dump();
}

std::optional<TrainingRecord> trainingOf(const TensorFile &weights) {
  const auto found = weights.metadata.find(trainingKey);
  if (found == weights.metadata.end())
    return std::nullopt;
  return readTraining(parseObject(found->second, "the record of a training"));
}

std::string evaluationText(const EvaluationRecord &record) {
  Json object = Json::object();
  object[formatKey] = formatName;
  visitModel(record, fieldWriter(object));
  if (record.training)
    object["training"] = trainingJson(*record.training);
  object["test"] = dataJson(record.test);
  if (record.task != regressionTask)
    visitScores(record, fieldWriter(object));
  return object.dump(2) + "\n";
}

EvaluationRecord parseEvaluation(const std::string &text) {
  const Json object = parseObject(text, "results of 'spherical eval'");
  const auto format = object.find(formatKey);
  if (format == object.end() || *format != formatName)
    throw std::runtime_error("expected the format '" + std::string(formatName) + "', got " +
                             (format == object.end() ? "none" : format->dump()));
  EvaluationRecord record;
  visitModel(record, reader(object));
  if (record.task == regressionTask)
    throw std::runtime_error("expected results of classification or segmentation, got those of " +
                             record.task);
  if (object.contains("training"))
    record.training = readTraining(part(object, "training"));
  record.test = readData(part(object, "test"));
  visitScores(record, reader(object));
  return record;
}

} // namespace spherical::runtime
