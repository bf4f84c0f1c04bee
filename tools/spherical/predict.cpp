//===- predict.cpp - `spherical predict` ----------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/driver/artifact.h"
#include "tools/spherical/driver/execute.h"
#include "tools/spherical/output.h"
#include "tools/spherical/parameters.h"
#include "tools/spherical/predictions.h"

#include "runtime/train/checkpoint.h"
#include "runtime/train/program_executable.h"
#include "runtime/train/progress.h"

#include <chrono>
#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

struct PredictOptions {
  std::string file, weights, input, output;
  bool anyModel = false;
  OwnDataOptions own;
  SessionOptions session;
};

/// The network on all samples, a batch at a time.
void predictAll(const PredictOptions &options, runtime::Executable &network, const OwnData &data) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  Predictions predictions(options.output, network, data, /*withTruth=*/false);
  std::vector<float> outputs(network.capacity() * network.classes() * network.points());
  runtime::ProgressLine progress;
  runtime::BatchLoader loader(data.source(), {.batchSize = network.capacity(),
                                              .shuffle = false,
                                              .lastEpoch = 0,
                                              .workers = static_cast<int>(options.own.workers)});
  int64_t done = 0;
  while (const runtime::Batch *batch = loader.next()) {
    network.forward(batch->x.data(), batch->count, outputs.data());
    predictions.add(*batch, outputs);
    done += batch->count;
    if (progress.due() && done < data.samples->count())
      progress.show("predicted " + std::to_string(done) + " of " +
                    std::to_string(data.samples->count()) + " samples");
  }
  progress.clear();
  predictions.commit();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (const int64_t bad = data.samples->badCount(); bad > 0)
    std::fprintf(stderr, "spherical: note: %lld samples could not be read and have no prediction\n",
                 static_cast<long long>(bad));
  std::printf("predictions: %s (%lld in %.1f s)\n", options.output.c_str(),
              static_cast<long long>(done), seconds);
  printResidual(data);
}

/// Whether samples are of the shape that the compiled network takes.
Status checkShape(const runtime::Executable &network, const runtime::SampleLayout &layout) {
  const std::vector<int64_t> got = {layout.channels, layout.height(), layout.width()};
  if (got == network.sampleShape())
    return Done{};
  return commandError("the network expected samples of " +
                      runtime::shapeText(network.sampleShape()) + ", got " +
                      runtime::shapeText(got));
}

Status predict(const PredictOptions &options) {
  for (const NamedFile &input :
       {NamedFile("--weights", options.weights), NamedFile("--input", options.input)})
    if (Status status = expectDifferent(input, {"--output", options.output}); !status)
      return status;
  const Result<TrainedModel> trained =
      loadTrained(options.file, options.session, options.weights, options.anyModel);
  if (!trained)
    return trained.error();
  const runtime::TensorFile &weights = trained->weights;
  try {
    const Result<std::optional<ModelInterface>> model = modelInterface(*trained->session);
    if (!model)
      return model.error();
    Result<OwnData> data = openPredictionData(options.input, options.own, *model, weights.metadata);
    if (!data)
      return data.error();
    if (Status projected = project(*data, options.own, *model, options.session, 0); !projected)
      return projected;
    Result<std::unique_ptr<LoadedProgram>> loaded = LoadedProgram::load(*trained->session);
    if (!loaded)
      return loaded.error();
    runtime::ProgramExecutable network((*loaded)->program());
    if (Status fit = checkShape(network, data->source().layout()); !fit)
      return fit;
    noteAbsentStates(options.weights, runtime::setKeptValues(network, weights));
    std::printf("data: %s\n", data->text.c_str());
    std::fflush(stdout);
    predictAll(options, network, *data);
    return Done{};
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples =
    R"(Takes what 'spherical train' takes, and single pictures or folders of them of which nothing is known.
Values are normalised as in the training. Output by its ending:
  .csv .json .jsonl              a line a sample: class, name, probabilities; or values
  .npz .npy .safetensors .h5 .nc arrays: labels and probabilities, labels of points, or values
  none                           a folder of indexed PNG with the palette, of classes of points
Samples are read, computed and written a batch at a time, so that any number of them takes the same
memory. With --skip-bad N up to N samples that cannot be read have no prediction.

Examples:
  spherical predict model.yaml --weights weights.safetensors --input panorama.png --output p.json
  spherical predict model.yaml --weights weights.safetensors --input fields.nc --output p.csv
  spherical predict segmenter.yaml --weights weights.safetensors --input pictures --output masks
)";

} // namespace

void addPredictCommand(Commands &commands) {
  auto options = std::make_shared<PredictOptions>();
  options->session.entries = {"forward"};
  CLI::App &command = commands.add("predict", "write what a trained model says of your data",
                                   examples, [options] { return predict(*options); });
  command.add_option("FILE", options->file, "model: .yaml or .mlir")->required();
  command.add_option("--weights", options->weights, "safetensors of 'spherical train'")->required();
  command.add_option("--input", options->input, "data: a file or a folder")->required();
  command.add_option("--output", options->output, "file or folder for the predictions")->required();
  addAnyModelOption(command, options->anyModel);
  addOwnDataOptions(command, options->own, DataUse::Prediction);
  addTargetOption(command, options->session, false);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
