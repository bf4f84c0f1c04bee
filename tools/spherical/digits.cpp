//===- digits.cpp - digits on the sphere, for the commands ----------------===//

#include "tools/spherical/digits.h"

#include "runtime/data/subset_samples.h"
#include "tools/spherical/output.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <stdexcept>

namespace spherical::driver {

/// With as many epochs as there may be, steps are counted in 64 bits.
constexpr uint64_t mostExamples = 1'000'000'000;
/// From a point at the place of contact to nearly the whole sphere.
constexpr Interval canvasHalfWidth = {.low = 0.01, .high = 100};

const char *const sampleText =
    R"(A digit or a canvas with several lies on a plane that touches the sphere and is
projected from the opposite point. A canvas of half-width 1.5 reaches 73.7
degrees from the point of contact.
  classification  one item; its class is the label
  segmentation    labels are grids: 0 background, class + 1 where the item's
                  pixel is above the threshold, taken from the nearest pixel
Protocols:
  paper        bilinear images, a fresh uniformly random rotation for each
               sample, values 0 ... 1
  public-code  what the generator of the public S2CNN code does: one rotation
               for every 500 samples, the Driscoll-Healy grid, its
               interpolation, each image scaled to 0 ... 255, the first digits,
               masks from the projected image
)";

void addDigitOptions(CLI::App &command, DigitOptions &options) {
  options.command = &command;
  command.footer("\n" + std::string(sampleText) + command.get_footer());
  command.add_option("--data", options.folder, "folder with the IDX files of MNIST or alike")
      ->default_str("the digits that come with Spherical");
  command.add_option("--examples", options.examples, "number of samples, 0: one for each digit")
      ->capture_default_str()
      ->transform(natural(0, mostExamples));
  command.add_option("--seed", options.seed, "of every random choice")
      ->capture_default_str()
      ->transform(natural(0, anySeed));

  const char *const group = "What is on the sphere";
  command.add_option("--protocol", options.protocol, "paper or public-code, see below")
      ->group(group)
      ->capture_default_str()
      ->transform(oneOf({"paper", "public-code"}));
  command.add_option("--items", options.items, "on each sphere; more than 1 to be segmented")
      ->group(group)
      ->capture_default_str()
      ->transform(natural(1, runtime::maxItems));
  command
      .add_option("--draw", options.draw,
                  "each: an item at most once; replacement: from all; first: in their order")
      ->group(group)
      ->default_str("each, with replacement if there are not enough")
      ->transform(oneOf({"each", "replacement", "first"}));
  command.add_option("--canvas", options.canvas, "pixels a side; items lie at random places on it")
      ->group(group)
      ->default_str("60 in segmentation, else the digit itself")
      ->transform(natural(1, 4096));
  command.add_option("--half-width", options.halfWidth, "of the canvas, on a sphere of radius 1")
      ->group(group)
      ->capture_default_str()
      ->transform(number(canvasHalfWidth));
  command
      .add_option("--place", options.place,
                  "of the canvas: south-pole (its hemisphere), north-pole, grid-centre")
      ->group(group)
      ->capture_default_str()
      ->transform(oneOf({"south-pole", "north-pole", "grid-centre"}));
  command
      .add_option("--threshold", options.threshold,
                  "pixels above it belong to the item: 150 for MNIST, 10 for Fashion-MNIST")
      ->group(group)
      ->capture_default_str()
      ->transform(natural(0, 254));
  command.add_option("--grid", options.grid, "soft, or driscoll-healy: half a step off")
      ->group(group)
      ->capture_default_str()
      ->transform(oneOf({"soft", "driscoll-healy"}));
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

static std::string folderOf(const std::string &folder) {
  return folder.empty() ? bundledDigits() : folder;
}

/// The digits that validate a training, or the others; with the number of samples in proportion.
static void divideItems(const DigitOptions &options, runtime::LabelledImages &images,
                        runtime::GeneratorOptions &wanted) {
  const auto part = [&](int64_t count) {
    const auto held = std::llround(options.heldOut * static_cast<double>(count));
    return std::clamp<int64_t>(held, 1, std::max<int64_t>(1, count - 1));
  };
  if (images.count < 2)
    throw std::runtime_error("expected at least two digits to hold some out of the training, got " +
                             std::to_string(images.count));
  const runtime::HeldOut items = runtime::holdOut(part(images.count), images.count, options.seed);
  images = images.select(options.validates ? items.held : items.others);
  if (!options.validates)
    return;
  wanted.set = 2;
  wanted.count = options.examples > 0 ? part(options.examples) : images.count;
}

Result<std::unique_ptr<runtime::SphereGenerator>>
openDigits(const DigitOptions &options, runtime::Split split, int64_t bandLimit, bool segmented) {
  const std::string folder = folderOf(options.folder);
  if (std::error_code error; options.folder.empty() && !std::filesystem::exists(folder, error))
    return commandError("expected the digits that come with Spherical in " + folder +
                            ", here or in the source tree of the program, got none",
                        "--data takes a folder with the IDX files of MNIST or alike");
  runtime::GeneratorOptions wanted;
  wanted.protocol = *runtime::parseProtocol(options.protocol);
  wanted.count = options.examples;
  wanted.items = options.items;
  wanted.segmented = segmented;
  wanted.rotate = options.rotate;
  if (!options.draw.empty())
    wanted.draw = *runtime::parseDraw(options.draw);
  wanted.canvas = options.canvas;
  wanted.projection.bandLimit = bandLimit;
  wanted.projection.halfWidth = options.halfWidth;
  wanted.projection.grid = *runtime::parseSphereGrid(options.grid);
  wanted.projection.point = *runtime::parseProjectionPoint(options.place);
  wanted.threshold = options.threshold;
  wanted.seed = options.seed;
  wanted.set = split == runtime::Split::Test ? 1 : 0;
  try {
    runtime::LabelledImages images = runtime::readLabelledImages(folder, split);
    if (!options.folder.empty() && !options.flat && images.columns == 2 * images.rows)
      return commandError("expected flat pictures in the IDX files of '" + folder + "', got " +
                              std::to_string(images.rows) + " x " + std::to_string(images.columns) +
                              " pixels, the shape of panoramas of the whole sphere",
                          "write panoramas as arrays, as in numpy.savez('panoramas.npz', x=..., "
                          "labels=...); --data-kind idx takes them as flat pictures");
    if (options.heldOut > 0)
      divideItems(options, images, wanted);
    const int64_t count = images.count;
    auto samples = std::make_unique<runtime::SphereGenerator>(std::move(images), wanted);
    if (options.draw.empty() && wanted.count > count)
      std::fprintf(
          stderr,
          "spherical: note: --examples %lld is more than the %lld items of '%s', which are "
          "taken several times\n",
          static_cast<long long>(wanted.count), static_cast<long long>(count), folder.c_str());
    return samples;
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

Status checkClasses(const runtime::SampleSource &samples, int64_t classes,
                    const std::string &place) {
  const runtime::SampleLayout layout = samples.layout();
  if (layout.classes <= classes)
    return Done{};
  const std::string wanted = std::to_string(layout.classes);
  return Error{place + ": error: expected a class for each of the labels 0 to " +
               std::to_string(layout.classes - 1) + " of the data, got " + std::to_string(classes) +
               (classes == 1 ? " class" : " classes") + "\n" + place + ": note: end with " +
               (layout.segmented ? wanted + " channels: the background and one for each digit"
                                 : "'linear: " + wanted + "'")};
}

namespace {

/// Compares options with a recorded form, one after the other.
class FormReader {
public:
  explicit FormReader(const CLI::App &command) : command(command) {}

  /// Whether the option holds the recorded value, or may take it; if not, that is said.
  template <typename T> bool agrees(const char *name, const T &option, const T &recorded) const {
    if (command.count(name) == 0 || option == recorded)
      return true;
    std::fprintf(stderr, "spherical: note: %s %s holds, though the weights were trained with %s\n",
                 name, text(option).c_str(), text(recorded).c_str());
    return false;
  }

  template <typename T> void take(const char *name, T &option, const T &recorded) const {
    if (agrees(name, option, recorded))
      option = recorded;
  }

private:
  static std::string text(const std::string &value) {
    return value.empty() ? "the digits that come along" : value;
  }
  static std::string text(double value) { return printNumber(value); }
  static std::string text(int64_t value) { return std::to_string(value); }

  const CLI::App &command;
};

} // namespace

void adoptForm(const runtime::DataForm &form, DigitOptions &options) {
  const FormReader reader(*options.command);
  if (!reader.agrees("--protocol", options.protocol, form.protocol))
    return;
  options.protocol = form.protocol;
  int64_t threshold = options.threshold;
  reader.take("--items", options.items, form.items);
  reader.take("--canvas", options.canvas, form.canvas);
  reader.take("--threshold", threshold, form.threshold);
  reader.take("--half-width", options.halfWidth, form.halfWidth);
  reader.take("--place", options.place, form.place);
  reader.take("--grid", options.grid, form.grid);
  options.threshold = static_cast<int>(threshold);
  if (!isSameFile(folderOf(options.folder), folderOf(form.folder)))
    reader.take("--data", options.folder, form.folder);
}

std::string describeDigits(const runtime::SphereGenerator &samples) {
  const runtime::GeneratorOptions &options = samples.settings();
  std::string text = std::to_string(options.count) + " samples of " +
                     std::to_string(options.items) + (options.items == 1 ? " item" : " items") +
                     ", " + runtime::protocolName(options.protocol) + " protocol, draw " +
                     runtime::drawName(*options.draw) + ", " +
                     (options.rotate ? "rotated" : "not rotated") + ", at the " +
                     runtime::projectionPointName(options.projection.point) + ", grid " +
                     runtime::sphereGridName(options.projection.grid) + ", canvas ";
  text += options.canvas > 0 ? std::to_string(options.canvas) + " pixels" : "the item";
  if (options.segmented)
    text += ", mask above " + std::to_string(options.threshold);
  return text + ", seed " + std::to_string(options.seed);
}

std::string className(int64_t index, bool segmented) {
  if (segmented && index == 0)
    return "background";
  return "digit " + std::to_string(index - (segmented ? 1 : 0));
}

runtime::SphericalImages firstSamples(const runtime::SampleSource &samples, int64_t count) {
  std::vector<int64_t> indices(std::min(count, samples.count()));
  std::iota(indices.begin(), indices.end(), int64_t(0));
  return samples.store(indices);
}

} // namespace spherical::driver
