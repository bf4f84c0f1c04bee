//===- image_kinds.cpp - problems of images and features ------------------===//

#include "tools/spherical/bench/kinds.h"

#include "tools/spherical/model/program_text.h"

#include <algorithm>

namespace spherical::driver {
namespace {

using Settings = ProblemSettings;

const Keys<Settings> key;

Key<Settings> sizeKey() {
  return key.integer("size", &Settings::size, 1, maxImageSize, "side of the input's images");
}

Key<Settings> paddingKey() {
  return key.word("padding", &Settings::padding, {"valid", "zero", "circular"},
                  "what is behind the border");
}

/// The side of windows, at most that of the image which they lie in, unless padding with zeros
/// allows more: the input's, or of `transposed` convolutions the result's. Stands behind the keys
/// `size`, `padding` and, if `transposed`, `stride`.
Key<Settings> kernelKey(const Keys<Settings> &from, bool transposed = false) {
  return andThen<Settings>(
      from.integer("kernel", &Settings::kernel, 1, maxImageSize, "side of a window"),
      [transposed](const YAML::Node &node, Settings &into) {
        const int64_t side = into.size * (transposed ? into.stride : 1);
        const bool any = into.padding == "zero" || (transposed && into.padding == "valid");
        if (!any && into.kernel > side)
          throw ModelFault{{},
                           "'kernel' expected at most the image's side, " + std::to_string(side) +
                               ", got " + got(node),
                           "with padding=zero windows may be larger"};
      });
}

Key<Settings> strideKey(const Keys<Settings> &from) {
  return from.integer("stride", &Settings::stride, 1, maxImageSize, "step between windows");
}

std::string image(const Settings &s, int64_t channels, int64_t side) {
  return tensorType({s.batch, channels, side, side});
}

ProblemProgram programOf(const std::vector<NamedType> &arguments, const std::string &result,
                         const std::string &op, double terms, bool gradient = false) {
  return {functionText("f", arguments, {{"y", result}}, "  %y_out = nn." + op + "\n", gradient),
          gradient ? "f_vjp" : "f", terms};
}

/// "stride [2, 2] padding zero"
std::string windowText(const Settings &s) {
  return " stride " + pairText(s.stride, s.stride) + " padding " + s.padding;
}

/// Windows along an axis of `size` positions.
int64_t windowsOf(const Settings &s) {
  return s.padding == "valid" ? (s.size - s.kernel) / s.stride + 1
                              : (s.size + s.stride - 1) / s.stride;
}

/// conv2d, or its gradient in the input or in the weight.
ProblemProgram convolution(const Problem &problem) {
  const Settings &s = problem.settings;
  const int64_t side = windowsOf(s);
  const std::string x = image(s, s.in, s.size), y = image(s, s.out, side);
  const std::string w = tensorType({s.out, s.in, s.kernel, s.kernel});
  const auto window = static_cast<double>(s.kernel * s.kernel);
  if (s.gradientIn == "input")
    return programOf({{"g", y}, {"w", w}}, x,
                     "conv_transpose2d %g, %w" + windowText(s) + " : " + y + ", " + w + " -> " + x,
                     window * static_cast<double>(s.out));
  if (s.gradientIn == "weight")
    return programOf({{"g", y}, {"x", x}}, w,
                     "conv2d_grad_weight %g, %x" + windowText(s) + " : " + y + ", " + x + " -> " +
                         w,
                     static_cast<double>(s.batch * side * side));
  return programOf({{"x", x}, {"w", w}}, y,
                   "conv2d %x, %w" + windowText(s) + " : " + x + ", " + w + " -> " + y,
                   window * static_cast<double>(s.in));
}

/// conv_transpose2d to the smallest image, or, of padded ones, to `stride` times the side.
ProblemProgram transposedConvolution(const Problem &problem) {
  const Settings &s = problem.settings;
  const int64_t side =
      s.padding == "valid" ? (s.size - 1) * s.stride + s.kernel : s.size * s.stride;
  const std::string x = image(s, s.in, s.size), y = image(s, s.out, side);
  const std::string w = tensorType({s.in, s.out, s.kernel, s.kernel});
  return programOf({{"x", x}, {"w", w}}, y,
                   "conv_transpose2d %x, %w" + windowText(s) + " : " + x + ", " + w + " -> " + y,
                   static_cast<double>(s.kernel * s.kernel * s.in));
}

/// max_pool2d, avg_pool2d
ProblemProgram pool(const Problem &problem) {
  const Settings &s = problem.settings;
  const std::string x = image(s, s.channels, s.size), y = image(s, s.channels, windowsOf(s));
  return programOf({{"x", x}}, y,
                   problem.kind + " %x window " + pairText(s.kernel, s.kernel) + " stride " +
                       pairText(s.stride, s.stride) + " : " + x + " -> " + y,
                   static_cast<double>(s.kernel * s.kernel), s.gradient);
}

/// upsample_nearest, global_avg_pool
ProblemProgram resizing(const Problem &problem) {
  const Settings &s = problem.settings;
  const bool mean = problem.kind == "global_avg_pool";
  const std::string x = image(s, s.channels, s.size);
  const std::string y =
      mean ? tensorType({s.batch, s.channels}) : image(s, s.channels, s.to > 0 ? s.to : 2 * s.size);
  return programOf({{"x", x}}, y, problem.kind + " %x : " + x + " -> " + y,
                   static_cast<double>(s.size * s.size), s.gradient);
}

/// relu, leaky_relu, gelu
ProblemProgram activation(const Problem &problem) {
  const Settings &s = problem.settings;
  const std::string x = image(s, s.channels, s.size);
  const std::string slope = problem.kind == "leaky_relu" ? " slope 0.01" : "";
  return programOf({{"x", x}}, x, problem.kind + " %x" + slope + " : " + x, 1, s.gradient);
}

ProblemProgram linear(const Problem &problem) {
  const Settings &s = problem.settings;
  const std::string x = tensorType({s.batch, s.in}), w = tensorType({s.out, s.in});
  const std::string b = tensorType({s.out}), y = tensorType({s.batch, s.out});
  return programOf({{"x", x}, {"w", w}, {"b", b}}, y,
                   "linear %x, %w, %b : " + x + ", " + w + ", " + b + " -> " + y,
                   static_cast<double>(s.gradient ? std::max(s.out, s.batch) : s.in), s.gradient);
}

std::vector<ProblemKind> convolutionKinds() {
  const Key<Settings> wanted =
      otherwise(key.word("gradient", &Settings::gradientIn, {"input", "weight"},
                         "the gradient in one of the two instead"),
                "the result by default");
  return {{"conv2d",
           "A convolution of images.",
           {},
           {sizeKey(), paddingKey(), kernelKey(key), strideKey(key), inKey(), outKey(), batchKey(),
            wanted},
           convolution},
          {"conv_transpose2d",
           "A transposed convolution of images.",
           {},
           {sizeKey(), paddingKey(), strideKey(key), kernelKey(key, true), inKey(), outKey(),
            batchKey()},
           transposedConvolution}};
}

ProblemKind poolKind(const std::string &name, const std::string &meaning) {
  Settings initial;
  initial.kernel = initial.stride = 2;
  const Keys<Settings> pools(initial);
  return {name,
          meaning,
          initial,
          {sizeKey(), kernelKey(pools), strideKey(pools), channelsKey(), batchKey(), gradientKey()},
          pool};
}

ProblemKind imageKind(const std::string &name, const std::string &meaning,
                      ProblemProgram (*program)(const Problem &)) {
  return {name, meaning, {}, {sizeKey(), channelsKey(), batchKey(), gradientKey()}, program};
}

} // namespace

std::vector<ProblemKind> imageKinds() {
  std::vector<ProblemKind> kinds = convolutionKinds();
  kinds.push_back(poolKind("max_pool2d", "The largest value of each window."));
  kinds.push_back(poolKind("avg_pool2d", "The mean of each window."));
  ProblemKind upsample = imageKind("upsample_nearest", "Images of another size.", resizing);
  upsample.keys.insert(
      upsample.keys.begin() + 1,
      otherwise(key.integer("to", &Settings::to, 1, maxImageSize, "side of the result's images"),
                "twice the size by default"));
  kinds.push_back(std::move(upsample));
  kinds.push_back(imageKind("global_avg_pool", "The mean of each channel.", resizing));
  kinds.push_back(imageKind("relu", "max(x, 0).", activation));
  kinds.push_back(imageKind("leaky_relu", "x, or 0.01 x where x is negative.", activation));
  kinds.push_back(
      imageKind("gelu", "x times the normal distribution's function at x.", activation));
  kinds.push_back({"linear",
                   "A linear layer with a bias.",
                   {},
                   {inKey(), outKey(), batchKey(), gradientKey()},
                   linear});
  return kinds;
}

} // namespace spherical::driver
