//===- data.cpp - `spherical data` ----------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/digits.h"
#include "tools/spherical/output.h"
#include "tools/spherical/pictured_data.h"
#include "tools/spherical/prediction_views.h"

#include "runtime/data/files.h"
#include "runtime/data/sample_files.h"
#include "runtime/pictures/figures.h"

#include <cstdio>
#include <memory>
#include <numeric>

namespace spherical::driver {
namespace {

constexpr int64_t mostPictured = 1000;

struct DataOptions {
  DigitOptions digits;
  std::string output, task = "classification";
  bool test = false, spheres = false, statistics = false;
  int64_t bandLimit = 30;
  int threads = 0;
};

std::string joined(const std::vector<int64_t> &numbers) {
  std::string text;
  for (const int64_t number : numbers)
    text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

void printStatistics(const DataOptions &options, const runtime::SphereGenerator &samples) {
  const runtime::SampleStatistics s = runtime::measureSamples(samples, options.threads);
  std::printf("values: mean %.4f, standard deviation %.4f, largest %g\n", s.mean, s.deviation,
              s.largest);
  std::printf("items: %lld different, by class: %s\n", static_cast<long long>(s.differentItems),
              joined(s.classItems).c_str());
  std::printf("rotations: %lld different\n", static_cast<long long>(s.rotations));
  if (!s.classPoints.empty()) {
    const auto total = std::accumulate(s.classPoints.begin(), s.classPoints.end(), int64_t(0));
    std::printf("points by class in %%:");
    for (size_t c = 0; c < s.classPoints.size(); ++c)
      std::printf("%s %s %.2f", c == 0 ? "" : ",", className(static_cast<int64_t>(c), true).c_str(),
                  100.0 * static_cast<double>(s.classPoints[c]) / static_cast<double>(total));
    std::printf("\nsamples with overlapping items: %lld\n", static_cast<long long>(s.overlapping));
  }
  std::printf("speed: %.0f samples per second\n", static_cast<double>(s.count) / s.seconds);
}

void drawSheet(const DataOptions &options, const runtime::SphereGenerator &samples) {
  const PicturedData data = picturedData(samples);
  std::vector<runtime::SampleView> views;
  for (int64_t index = 0; index < samples.count(); ++index)
    views.push_back(viewSample(data, index));
  const std::string title = std::to_string(samples.count()) + " samples on the sphere";
  runtime::SampleSheet sheet = sheetOf(data, title, std::move(views));
  sheet.spheres = options.spheres;
  drawSamples(sheet).write(options.output);
}

Status data(const DataOptions &options) {
  const bool picture = !options.output.empty() && wrongForm(options.output, pictureForms).empty();
  if (options.output.empty() && !options.statistics)
    return commandError("expected --output with a file to write or --statistics, got neither");
  const std::string wrong =
      wrongForm(options.output, {".safetensors", ".npy", ".png", ".svg", ".pdf"});
  if (!options.output.empty() && !wrong.empty())
    return commandError(wrong);
  auto samples =
      openDigits(options.digits, options.test ? runtime::Split::Test : runtime::Split::Train,
                 options.bandLimit, options.task == "segmentation");
  if (!samples)
    return samples.error();
  if (picture && (*samples)->count() > mostPictured)
    return commandError("expected at most " + std::to_string(mostPictured) +
                        " samples in a picture, got " + std::to_string((*samples)->count()));
  try {
    if (picture)
      runtime::expectDrawable();
    if (options.statistics) {
      std::printf("%s\n", describeDigits(**samples).c_str());
      printStatistics(options, **samples);
    }
    if (picture)
      drawSheet(options, **samples);
    else if (!options.output.empty())
      runtime::writeSamples(**samples, options.output, options.threads);
    return Done{};
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples =
    R"(The same seed gives the same bytes on any machine and for any number of threads. Files: x f32
[count, 1, 2b, 2b] as a network takes it and labels i32 [count] or [count, 2b, 2b]; NAME.npy puts
the labels into NAME.labels.npy.

Examples:
  spherical data --examples 16 --rotate -o digits.png
  spherical data --test --examples 32 --bandlimit 30 --rotate --seed 1 -o batch.safetensors
  spherical data --task segmentation --items 4 --rotate --bandlimit 50 --spheres -o four.png
  spherical data --task segmentation --data fashion-mnist --threshold 10 --examples 60000 --statistics
)";

} // namespace

void addDataCommand(Commands &commands) {
  auto options = std::make_shared<DataOptions>();
  options->digits.examples = 16;
  CLI::App &command =
      commands.add("data", "make images on the sphere: files, a picture or statistics", examples,
                   [options] { return data(*options); });
  command.add_option("-o,--output", options->output,
                     "file to write: .safetensors, .npy, or a picture: .png, .svg or .pdf");
  command.add_flag("--statistics", options->statistics,
                   "make all samples and print what they hold");
  command.add_option("--task", options->task, "classification or segmentation")
      ->capture_default_str()
      ->transform(oneOf({"classification", "segmentation"}));
  addDigitOptions(command, options->digits);
  command.add_flag("--test", options->test, "items of the test set, not of the training set");
  command.add_flag("--rotate", options->digits.rotate,
                   "rotate each sample by its own uniformly random rotation");
  command.add_option("--bandlimit", options->bandLimit, "2b x 2b samples")
      ->capture_default_str()
      ->transform(natural(1, 256));
  command.add_flag("--spheres", options->spheres, "in a picture, draw each sample on a sphere too");
  command.add_option("--threads", options->threads, "0: one for each core")
      ->capture_default_str()
      ->transform(natural(0, 4096));
  addDataConvertCommand(commands, command);
}

} // namespace spherical::driver
