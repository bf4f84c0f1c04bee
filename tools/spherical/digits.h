//===- digits.h - digits on the sphere, for the commands --------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DIGITS_H
#define SPHERICAL_TOOLS_SPHERICAL_DIGITS_H

#include "runtime/data/generator.h"
#include "runtime/train/record.h"
#include "tools/spherical/commands.h"

#include <memory>

namespace spherical::driver {

/// Which digits (or items of another set of that form), and how.
struct DigitOptions {
  /// Folder with the four IDX files; empty: the digits that come with the project.
  std::string folder;
  /// How many samples; 0: one for each item there is.
  int64_t examples = 0;
  uint64_t seed = 0;
  /// Whether each sample gets its own uniformly random rotation.
  bool rotate = false;
  /// Whether items twice as wide as high are flat pictures, too, rather than panoramas.
  bool flat = false;
  int64_t items = 1, canvas = 0;
  int threshold = runtime::mnistThreshold;
  double halfWidth = 1.5;
  /// The share of the training's digits that validate it, and whether these are meant or the
  /// others.
  double heldOut = 0;
  bool validates = false;
  std::string protocol = "paper", place = "south-pole", grid = "soft", draw;
  /// Tells which of these the command line gave.
  const CLI::App *command = nullptr;
};

/// How samples are made, and what the protocols are.
extern const char *const sampleText;

/// Adds --data, --examples and --seed, and the options of the generator, and to the end of the help
/// what they mean.
void addDigitOptions(CLI::App &command, DigitOptions &options);

/// Reads the items of a split; samples are made of them on demand. With `segmented`, labels are
/// grids: 0 background, class + 1 the items. Says on standard error if more samples are asked for
/// than there are items, unless --draw says how to draw them.
Result<std::unique_ptr<runtime::SphereGenerator>>
openDigits(const DigitOptions &options, runtime::Split split, int64_t bandLimit, bool segmented);

/// Whether a network of so many classes has one for each label; if not, an error at `place`, where
/// the model's last layer stands.
Status checkClasses(const runtime::SampleSource &samples, int64_t classes,
                    const std::string &place);

/// Takes the form of the samples that weights were trained with for what the command line leaves
/// open. Options that contradict it hold, and are named on standard error; another protocol leaves
/// all of the form aside.
void adoptForm(const runtime::DataForm &form, DigitOptions &options);

/// "60000 samples of 1 item, paper protocol, ..." : what `samples` are, in one line.
std::string describeDigits(const runtime::SphereGenerator &samples);

/// What a class is called: "digit 3", and in segmentation, where it comes first, "background".
std::string className(int64_t index, bool segmented);

/// The first `count` samples, or all if there are fewer.
runtime::SphericalImages firstSamples(const runtime::SampleSource &samples, int64_t count);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DIGITS_H
