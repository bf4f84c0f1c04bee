//===- data.cpp - `spherical data` ----------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/digits.h"

#include "runtime/train/contact_sheet.h"
#include "runtime/data/safetensors.h"

#include <memory>
#include <numeric>

namespace spherical::driver {
namespace {

struct DataOptions {
  DigitOptions digits;
  std::string output;
  bool test = false;
  int64_t bandLimit = 30;
};

Status writeTensors(const runtime::SphericalImages &images, const std::string &path) {
  const int64_t side = 2 * images.bandLimit;
  runtime::TensorFile file;
  runtime::Tensor x = runtime::Tensor::zeros(runtime::DType::F32,
                                             {images.count, images.channels, side, side});
  for (int64_t i = 0; i < images.count; ++i)
    runtime::convertSample(images, i, x.as<float>().data() + i * images.sampleSize());
  file.tensors.emplace("x", std::move(x));
  file.tensors.emplace("labels",
                       runtime::Tensor::of<int32_t>({images.count}, std::span(images.labels)));
  runtime::writeSafetensors(path, file);
  return Done{};
}

Status data(const DataOptions &options) {
  const bool png = options.output.ends_with(".png");
  if (!png && !options.output.ends_with(".safetensors"))
    return commandError("expected an output that ends in .safetensors or .png, got '" +
                        options.output + "'");
  Result<runtime::SphericalImages> images = readDigits(
      options.digits, options.test ? runtime::Split::Test : runtime::Split::Train,
      options.bandLimit);
  if (!images)
    return images.error();
  try {
    if (!png)
      return writeTensors(*images, options.output);
    std::vector<int64_t> all(images->count);
    std::iota(all.begin(), all.end(), 0);
    const std::string title = std::to_string(images->count) + " digits on the sphere";
    runtime::drawContactSheet(*images, {}, all, title).writePng(options.output);
    return Done{};
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples = R"(Projects digits on the sphere: the image lies on the plane at the south pole and is projected from the
north pole. Values are bytes; in safetensors x [count, 1, 2b, 2b] holds value / 255 and labels the classes.

Examples:
  spherical data --examples 16 --rotate -o digits.png
  spherical data --test --examples 32 --bandlimit 30 --rotate --seed 1 -o batch.safetensors
)";

} // namespace

void addDataCommand(Commands &commands) {
  auto options = std::make_shared<DataOptions>();
  options->digits.examples = 16;
  CLI::App &command =
      commands.add("data", "project digits on the sphere, to safetensors or a picture", examples,
                   [options] { return data(*options); });
  command.add_option("-o,--output", options->output, "file to write: .safetensors or .png")
      ->required();
  addDigitOptions(command, options->digits);
  command.add_flag("--test", options->test, "digits of the test set, not of the training set");
  command.add_flag("--rotate", options->digits.rotate,
                   "rotate each digit by its own uniformly random rotation");
  command.add_option("--bandlimit", options->bandLimit, "2b x 2b samples")
      ->capture_default_str()
      ->check(CLI::Range(int64_t(1), int64_t(256)));
}

} // namespace spherical::driver
