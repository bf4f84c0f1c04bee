//===- digits.cpp - digits on the sphere, for the commands ----------------===//

#include "tools/spherical/digits.h"

#include <filesystem>
#include <numeric>

namespace spherical::driver {

void addDigitOptions(CLI::App &command, DigitOptions &options) {
  command.add_option("--data", options.folder, "folder with the IDX files of MNIST")
      ->default_str("the digits that come with Spherical");
  command.add_option("--examples", options.examples, "number of digits, 0 for all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command.add_option("--seed", options.seed, "of every random choice")->capture_default_str();
}

/// The digits of the source tree, from the working folder or beside the program in build/bin.
static std::string bundledDigits() {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = program.parent_path().parent_path().parent_path() / "examples/digits";
  if (!fs::exists("examples/digits", error) && fs::exists(beside, error))
    return beside.string();
  return "examples/digits";
}

Result<runtime::SphericalImages> readDigits(const DigitOptions &options, runtime::Split split,
                                            int64_t bandLimit) {
  const std::string folder = options.folder.empty() ? bundledDigits() : options.folder;
  try {
    runtime::LabelledImages images = runtime::readLabelledImages(folder, split);
    if (options.examples > images.count)
      return Error{folder + ": error: expected at most " + std::to_string(images.count) +
                   " examples, the digits there are, got " + std::to_string(options.examples)};
    if (options.examples > 0 && options.examples < images.count) {
      const runtime::RandomNumbers numbers(options.seed, runtime::RandomStream::Subset);
      images = images.select(runtime::randomSubset(options.examples, images.count, numbers));
    }
    std::vector<runtime::Rotation> rotations;
    if (options.rotate)
      rotations = runtime::uniformRotations(images.count, options.seed,
                                            split == runtime::Split::Test ? 1 : 0);
    return runtime::projectImages(images, rotations, {.bandLimit = bandLimit});
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

} // namespace spherical::driver
