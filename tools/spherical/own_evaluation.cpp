//===- own_evaluation.cpp - `spherical eval` on data in files -------------===//

#include "tools/spherical/own_evaluation.h"

#include "tools/spherical/driver/execute.h"
#include "tools/spherical/evaluation_pictures.h"
#include "tools/spherical/network_equivariance.h"
#include "tools/spherical/output.h"
#include "tools/spherical/pictured_data.h"
#include "tools/spherical/predictions.h"
#include "tools/spherical/scores.h"

#include "runtime/data/files.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/equivariance.h"
#include "runtime/train/evaluate.h"
#include "runtime/train/evaluation_result.h"
#include "runtime/train/program_executable.h"
#include "runtime/train/record.h"
#include "runtime/train/text.h"

#include <cmath>
#include <cstdio>

namespace spherical::driver {
namespace {

void printIntersections(const runtime::Metrics &metrics, const runtime::SetRecord &record) {
  std::printf("mIoU: %.2f %%\nIoU by class in %%:", 100 * metrics.meanIntersectionOverUnion(0));
  const std::vector<double> each = metrics.intersectionOverUnion();
  for (size_t c = 0; c < each.size(); ++c)
    std::printf("%s %s %s", c == 0 ? "" : ",",
                ownClassName(record, static_cast<int64_t>(c)).c_str(),
                std::isnan(each[c]) ? "-" : runtime::fixedText(100 * each[c], 2).c_str());
  std::printf("\n");
}

std::vector<std::string> classNames(const OwnData &data, const runtime::Metrics &metrics) {
  std::vector<std::string> names;
  for (int64_t c = 0; c < metrics.classes; ++c)
    names.push_back(ownClassName(data.record, c));
  return names;
}

/// How much rotations change what the network gives for the data, and the error of a spherical
/// network on random inputs; if they are asked for.
Result<runtime::RotationErrors> printRotationErrors(const OwnEvaluation &options,
                                                    const OwnData &data,
                                                    runtime::Executable &network) {
  runtime::RotationErrors errors{.rotations = options.rotations};
  if (!options.equivariance)
    return errors;
  const runtime::SampleLayout layout = data.source().layout();
  if (network.points() == 1 && layout.onSphere && layout.bandLimit > 0) {
    errors.change =
        runtime::equivarianceError(network, data.source(),
                                   {.rotations = options.rotations, .seed = options.seed})
            .median;
    std::printf("change under rotation: %.2e (median of %lld rotations)\n", errors.change,
                static_cast<long long>(options.rotations));
  }
  if (!options.facts.spherical)
    return errors;
  const Result<double> error = printNetworkEquivariance(
      {options.file, options.rotations, options.seed}, options.session, options.weights);
  if (!error)
    return error.error();
  errors.equivariance = *error;
  return errors;
}

void printScores(const OwnEvaluation &options, const runtime::Evaluation &result,
                 const OwnData &data) {
  const runtime::Metrics &metrics = result.metrics;
  const auto samples = static_cast<long long>(result.samples);
  if (isNumeric(result.target)) {
    printErrors(result);
    return;
  }
  const bool segments = result.target == runtime::TargetKind::PointClasses;
  std::printf("%s on %lld samples: %.2f %%\n", segments ? "points right" : "accuracy", samples,
              100 * metrics.accuracy());
  if (segments)
    printIntersections(metrics, data.record);
  std::printf("loss: %.4f\n", metrics.loss());
  if (options.confusion)
    std::printf("%s", metrics.confusionTable(classNames(data, metrics)).c_str());
}

/// What the files are, and which part of them was tested.
runtime::Metadata dataFacts(const OwnData &data) {
  const runtime::SetRecord &record = data.record;
  return {{"path", record.path},   {"kind", record.kind},
          {"grid", record.grid},   {"part", runtime::partName(data.part)},
          {"split", record.split}, {"fingerprint", record.fingerprint},
          {"text", data.text}};
}

void writeResult(const OwnEvaluation &options, const runtime::TensorFile &weights,
                 const OwnData &data, const runtime::Evaluation &result,
                 const runtime::RotationErrors &errors) {
  const bool segments = result.target == runtime::TargetKind::PointClasses;
  runtime::EvaluationRecord record;
  record.model = options.facts.name;
  record.architecture = options.facts.spherical ? "S2CNN" : "CNN";
  record.task = isNumeric(result.target) ? "regression"
                : segments               ? "segmentation"
                                         : "classification";
  record.parameters = options.facts.parameters;
  record.training = runtime::trainingOf(weights);
  record.test = ownDataRecord(data, options.seed);
  record.accuracy = result.metrics.accuracy();
  record.loss = result.metrics.loss();
  if (segments) {
    record.meanIoU = result.metrics.meanIntersectionOverUnion(0);
    record.nonBackgroundIoU = result.metrics.meanIntersectionOverUnion(1);
  }
  runtime::replaceFile(options.result,
                       runtime::resultText(record, result, classNames(data, result.metrics), errors,
                                           dataFacts(data)));
  std::printf("result: %s\n", options.result.c_str());
}

} // namespace

Status evaluateOwnData(const OwnEvaluation &options, const OwnData &data,
                       const runtime::TensorFile &weights, runtime::Program &program) {
  runtime::ProgramExecutable network(program);
  noteAbsentStates(options.weights, runtime::setKeptValues(network, weights));
  for (const NamedFile &input :
       {NamedFile("--weights", options.weights), NamedFile("--data", data.record.path)})
    if (Status status = expectDifferent(input, {"--predictions", options.predictions}); !status)
      return status;
  expectWritable({options.result, options.pictures.picture});
  std::printf("data: %s\n", data.text.c_str());
  std::fflush(stdout);
  std::optional<Predictions> predictions;
  if (!options.predictions.empty())
    predictions.emplace(options.predictions, network, data, /*withTruth=*/true);
  program.setTimers(options.timings.has_value());
  std::optional<EvaluationPictures> pictures;
  if (options.pictures.any())
    pictures.emplace(options.pictures, network, picturedData(data));
  runtime::EvaluateOptions wanted{.predictions = 0, .workers = static_cast<int>(options.workers)};
  if (predictions || pictures)
    wanted.onBatch = [&](const runtime::Batch &batch, std::span<const float> outputs) {
      if (predictions)
        predictions->add(batch, outputs);
      if (pictures)
        pictures->add(batch, outputs);
    };
  const runtime::Evaluation result = runtime::evaluate(network, data.source(), wanted);
  printScores(options, result, data);
  printResidual(data);
  const Result<runtime::RotationErrors> errors = printRotationErrors(options, data, network);
  if (!errors)
    return errors.error();
  if (options.timings)
    printTimings(program, "forward", *options.timings);
  if (predictions) {
    predictions->commit();
    std::printf("predictions: %s\n", options.predictions.c_str());
  }
  if (!options.result.empty())
    writeResult(options, weights, data, result, *errors);
  if (pictures)
    pictures->write(result);
  return Done{};
}

} // namespace spherical::driver
