//===- check.cpp - `spherical check` --------------------------------------===//
//
// Whether a network is equivariant and what is in the way, layer by layer; or whether
// a compiled library computes as it should.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/check/artifact.h"
#include "tools/spherical/check/model_check.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/output.h"
#include "tools/spherical/parameters.h"

#include "runtime/pictures/figure.h"

#include <memory>

namespace spherical::driver {
namespace {

Status check(const CheckOptions &options) {
  try {
    expectWritable({options.result, options.picture, options.layerPicture});
    if (!options.picture.empty() || !options.layerPicture.empty())
      runtime::expectDrawable();
    if (options.file.ends_with(".so") || options.file.find(".so.") != std::string::npos)
      return checkArtifact(options.file, options.session, options.result);
    return checkNetwork(options);
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples =
    R"(Layers are run one at a time on what they get in the network, for one random function x and several random
rotations, by the definitions in fp64. Layers that commute with rotations do so up to rounding. Of the others
the cause is found by changing them: a pointwise layer on a finer grid (aliasing), zeros for the degrees that a
growing band-limit adds (the up-sampling rule), means weighted by area (grid statistics). 'share' is what part
of the error at the end comes from a layer; all together are 100 %. Between layers a function is what its
spectrum below its band-limit says.

Gradients are compared with central differences in a random direction of the input and of each parameter, and
on the target with the layers themselves (adjoint); what layers give there with the definitions (agreement).

The exit code is 1, and each fault named with its cause, if a layer that could commute with rotations is above
--layer-limit, if the network is above --limit at its end because of pointwise layers, if a kernel's points
are not told apart, and if gradients or results are off by more than rounding.

Data, of --data or what weights were trained on, gives x, and says whether running statistics of batch_norm are
those of the layers before: if not, weights are tried with axes and points in the orders of other programs.

Of a library that 'spherical compile' wrote, the results of a seed's arguments are compared with those that it
holds: it needs neither weights nor a compiler. sph_self_check of spherical_runtime.h does the same.

Examples:
  spherical check model.yaml
  spherical check model.yaml --weights weights.safetensors --result check.json
  spherical check model.yaml --without-relu --target=reference
  spherical check model.yaml --picture rotated.png --layer-picture layers.png
  spherical check libmodel.so
)";

} // namespace

void addCheckCommand(Commands &commands) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App &command =
      commands.add("check", "whether a network is equivariant, and what is in the way", examples,
                   [options] { return check(*options); });
  command
      .add_option("FILE", options->file,
                  "model: .yaml, or .mlir of the phase graph; or a compiled library, .so")
      ->required();
  command.add_option("--weights", options->weights, "safetensors of 'spherical train'")
      ->default_str("those that training starts from");
  addAnyModelOption(command, options->anyModel);
  addDigitOptions(command, options->digits);
  addOwnDataOptions(command, options->own, DataUse::Test);
  command.add_flag("--without-relu", options->withoutRelu, "remove every ReLU");
  command.add_option("--rotations", options->rotations, "how many")
      ->capture_default_str()
      ->transform(natural(1, 10000));
  command.add_option("--degrees", options->degrees, "the network's input has degrees below this")
      ->default_str("the band-limit")
      ->transform(natural(2, 256));
  command
      .add_option("--limit", options->limits.end,
                  "largest error at the end that pointwise layers may make")
      ->capture_default_str()
      ->transform(number(positive));
  command
      .add_option("--layer-limit", options->limits.layer,
                  "largest error of a layer that could commute with rotations")
      ->capture_default_str()
      ->transform(number(positive));
  command
      .add_option("--picture", options->picture,
                  "PNG, SVG or PDF with x, the rotated x and what the network makes of them")
      ->check(pictureFile());
  command
      .add_option("--layer-picture", options->layerPicture,
                  "PNG, SVG or PDF with the errors by layer, and their causes")
      ->check(pictureFile());
  command.add_option("--result", options->result, "JSON with all that was measured and found")
      ->check(endsIn({".json"}));
  addTargetOption(command, options->session, true);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
