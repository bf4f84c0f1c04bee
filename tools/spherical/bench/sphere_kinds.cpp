//===- sphere_kinds.cpp - problems on S2 and SO(3) ------------------------===//

#include "tools/spherical/bench/kinds.h"

#include "tools/spherical/model/program_text.h"
#include "tools/spherical/model/schema.h"

#include <algorithm>
#include <cstdio>

namespace spherical::driver {
namespace {

using Settings = ProblemSettings;

const Keys<Settings> key;

Key<Settings> bandLimitKey(const std::string &name = "b") {
  return key.integer(name, &Settings::b, 1, maxBandLimit,
                     name == "b" ? "band-limit of the input" : "degrees of the spectra");
}

Key<Settings> toKey() {
  return otherwise(key.integer("to", &Settings::to, 1, maxBandLimit, "band-limit of the result"),
                   "that of the input by default");
}

Key<Settings> onKey() {
  return key.word("on", &Settings::on, {"s2", "so3"}, "where the function or spectrum lives");
}

Key<Settings> highKey() {
  return key.word("high", &Settings::high, {"zero", "quadrature", "truncated"},
                  "degrees that a smaller band-limit lacks");
}

Key<Settings> adjointKey() {
  return key.flag("adjoint", &Settings::adjoint, "the adjoint: from the other side");
}

/// grid=kind:key=value:key=value, in place of the map of model files.
Key<Settings> gridKey() {
  return {{"grid", "KIND:key=value:key=value as in 'spherical help model'",
           byDefault("near_identity"), "the points of the kernel"},
          [](const YAML::Node &node, Settings &into) {
            const std::string text = node.Scalar();
            YAML::Node map(YAML::NodeType::Map);
            for (size_t start = 0; start <= text.size();) {
              const size_t end = std::min(text.find(':', start), text.size());
              const std::string part = text.substr(start, end - start);
              const size_t sign = std::min(part.find('='), part.size());
              map.force_insert(start == 0 ? "kind" : part.substr(0, sign),
                               start == 0 ? part : part.substr(std::min(sign + 1, part.size())));
              start = end + 1;
            }
            Layer layer;
            driver::gridKey(into.on == "so3").read(map, layer);
            into.grid = layer.grid;
          }};
}

/// A decimal that MLIR reads as a number of a floating-point type.
std::string decimal(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.17f", value);
  return text;
}

std::string coordinates(const KernelGrid &grid) {
  std::string text;
  for (const std::vector<double> &point : grid.points) {
    text += text.empty() ? "[" : ", [";
    for (size_t i = 0; i < point.size(); ++i)
      text += (i == 0 ? "" : ", ") + decimal(point[i]);
    text += "]";
  }
  return text;
}

/// The attribute of a kernel grid, without `#spherical.grid`.
std::string gridText(const KernelGrid &grid, const std::string &on) {
  if (grid.kind == "points")
    return "<points<" + on + ", [" + coordinates(grid) + "]>>";
  if (grid.kind == "soft")
    return "<" + on + "_soft<" + std::to_string(grid.bandLimit) + ">>";
  const bool onSO3 = on == "so3";
  return "<" + on + "_" + grid.kind + "<beta = " + std::to_string(grid.beta) +
         ", alpha = " + std::to_string(grid.alpha) +
         (onSO3 ? ", gamma = " + std::to_string(grid.gamma) : "") +
         ", max_beta = " + decimal(grid.maxBeta) +
         (onSO3 ? ", max_gamma = " + decimal(grid.maxGamma) : "") + ">>";
}

std::string opText(const std::string &op, const std::string &operands, const std::string &types) {
  return "  %y_out = spherical." + op + " " + operands + " : " + types + "\n";
}

/// A function of the arguments with the result y, or its gradient.
ProblemProgram programOf(const std::vector<NamedType> &arguments, const std::string &result,
                         const std::string &body, double terms, bool gradient = false) {
  return {functionText("f", arguments, {{"y", result}}, body, gradient), gradient ? "f_vjp" : "f",
          terms};
}

bool isOnSO3(const Problem &problem) { return problem.kind.starts_with("so3"); }

/// s2_ft, so3_ft, s2_ift and so3_ift, which go from a function to a spectrum or back.
ProblemProgram transform(const Problem &problem) {
  const Settings &s = problem.settings;
  const bool analysis = !problem.kind.ends_with("ift");
  const std::string domain = isOnSO3(problem) ? "so3" : "s2", spectrum = domain + "_spectrum";
  const bool takesFunction = analysis != s.adjoint;
  const int64_t to = s.bandLimitOut();
  const std::string x = signalType(takesFunction ? domain : spectrum, s.batch, s.channels, s.b);
  const std::string y = signalType(takesFunction ? spectrum : domain, s.batch, s.channels, to);
  const std::string adjoint = s.adjoint ? " {adjoint}" : "", types = x + " -> " + y;
  const double terms =
      (isOnSO3(problem) ? 3.0 : 2.0) * 2.0 * static_cast<double>(std::max(s.b, to));
  const bool grows = s.adjoint ? s.b > to : to > s.b;
  if (analysis)
    return programOf({{"x", x}}, y,
                     opText(problem.kind, "%x" + (grows ? " high " + s.high : "") + adjoint, types),
                     terms);
  if (!s.relu)
    return programOf({{"x", x}}, y, opText(problem.kind, "%x" + adjoint, types), terms);
  if (s.adjoint)
    return programOf({{"x", x}, {"r", x}}, y,
                     "  %g = nn.relu_grad %x, %r : " + x + ", " + x + "\n" +
                         opText(problem.kind, "%g" + adjoint, types),
                     terms);
  return programOf({{"x", x}}, y,
                   "  %z = spherical." + problem.kind + " %x : " + types +
                       "\n  %y_out = nn.relu %z : " + y + "\n",
                   terms);
}

/// kernel_ft
ProblemProgram kernelTransform(const Problem &problem) {
  const Settings &s = problem.settings;
  const int64_t points = gridPoints(s.grid, s.on == "so3");
  const std::string kernel = tensorType({s.in, s.out, points});
  const std::string spectrum = signalType(s.on + "_spectrum", s.in, s.out, s.b);
  const std::string &x = s.adjoint ? spectrum : kernel, &y = s.adjoint ? kernel : spectrum;
  return programOf(
      {{"x", x}}, y,
      opText("kernel_ft",
             "%x grid " + gridText(s.grid, s.on) + " scale 1.0" + (s.adjoint ? " {adjoint}" : ""),
             x + " -> " + y),
      static_cast<double>(std::max(points, 4 * s.b * s.b)));
}

/// The product x y = z of spectra, or of the gradients in x or y.
ProblemProgram productOf(const std::string &op, const std::string &x, const std::string &y,
                         const std::string &z, const Settings &s) {
  const bool forward = s.form == "forward", inKernel = s.form == "grad_kernel";
  const std::string &left = forward ? x : z, &right = inKernel ? x : y;
  const std::string &result = forward ? z : inKernel ? y : x;
  const double terms = 2.0 * static_cast<double>(s.b * std::max({s.in, s.out, s.batch}));
  return programOf(
      {{"left", left}, {"right", right}}, result,
      opText(op, "%left, %right form " + s.form, left + ", " + right + " -> " + result), terms);
}

/// spectral_matmul
ProblemProgram product(const Problem &problem) {
  const Settings &s = problem.settings;
  const std::string kind = s.on + "_spectrum";
  return productOf("spectral_matmul", signalType(kind, s.batch, s.in, s.b),
                   signalType(kind, s.in, s.out, s.b),
                   signalType("so3_spectrum", s.batch, s.out, s.b), s);
}

/// thin_matmul
ProblemProgram thinProduct(const Problem &problem) {
  const Settings &s = problem.settings;
  return productOf("thin_matmul", signalType("so3_spectrum", s.batch, s.in, s.b),
                   signalType("s2_spectrum", s.in, s.out, s.b),
                   signalType("s2_spectrum", s.batch, s.out, s.b), s);
}

/// s2_conv, so3_conv, so3_to_s2 and so3_shortcut.
ProblemProgram convolution(const Problem &problem) {
  const Settings &s = problem.settings;
  const std::string &op = problem.kind;
  const bool shortcut = op == "so3_shortcut", toS2 = op == "so3_to_s2";
  const int64_t to = s.bandLimitOut(), points = shortcut ? 1 : gridPoints(s.grid, op != "s2_conv");
  const std::string x = signalType(isOnSO3(problem) ? "so3" : "s2", s.batch, s.in, s.b);
  const std::string kernel = tensorType({s.in, s.out, points});
  const std::string y = signalType(toS2 ? "s2" : "so3", s.batch, s.out, to);
  const std::string operands = "%x, %kernel" + (shortcut ? "" : " grid " + gridText(s.grid, s.on)) +
                               (to > s.b ? " high " + s.high : "") +
                               (toS2 ? " projection " + s.projection : "");
  // Transform, product, transform back; gradients sum over the batch too.
  const double terms = static_cast<double>(12 * std::max(s.b, to) + 2 * to * s.in + points +
                                           (s.gradient ? 2 * to * (s.out + s.batch) : 0));
  return programOf({{"x", x}, {"kernel", kernel}}, y,
                   opText(op, operands, x + (shortcut ? ", " + kernel : "") + " -> " + y), terms,
                   s.gradient);
}

/// resample, so3_orbit_mean and so3_integrate.
ProblemProgram projection(const Problem &problem) {
  const Settings &s = problem.settings;
  const std::string on = problem.kind == "resample" ? s.on : "so3";
  const std::string x = signalType(on, s.batch, s.channels, s.b);
  const std::string y = problem.kind == "so3_integrate" ? tensorType({s.batch, s.channels})
                        : problem.kind == "resample"
                            ? signalType(on, s.batch, s.channels, s.bandLimitOut())
                            : signalType("s2", s.batch, s.channels, s.b);
  return programOf({{"x", x}}, y, opText(problem.kind, "%x", x + " -> " + y),
                   12.0 * static_cast<double>(std::max(s.b, s.to)), s.gradient);
}

ProblemKind transformKind(const std::string &name) {
  const bool analysis = !name.ends_with("ift");
  const std::string on = name.starts_with("so3") ? "SO(3)" : "S2";
  std::vector<Key<Settings>> keys = {bandLimitKey(), toKey(), batchKey(), channelsKey(),
                                     adjointKey()};
  if (analysis)
    keys.push_back(highKey());
  else
    keys.push_back(key.flag("relu", &Settings::relu,
                            "negative values of the result become 0; with adjoint, those of the "
                            "input where another function is not above 0"));
  return {name,
          (analysis ? "The Fourier transform on " : "The inverse Fourier transform on ") + on +
              ": from " + (analysis ? "functions to spectra." : "spectra to functions."),
          {},
          keys,
          transform};
}

/// Grids lie on S2 or SO(3), so `initial.on` says which.
ProblemKind convolutionKind(const std::string &name, const std::string &meaning) {
  Settings initial;
  initial.on = name == "s2_conv" ? "s2" : "so3";
  initial.grid = defaultGrid("near_identity", initial.on == "so3");
  Key<Settings> to = toKey();
  if (name == "s2_conv")
    to = andThen<Settings>(to, [](const YAML::Node &node, Settings &into) {
      if (into.to > into.b)
        throw ModelFault{
            {}, "'to' expected at most b, " + std::to_string(into.b) + ", got " + got(node), ""};
    });
  std::vector<Key<Settings>> keys = {bandLimitKey(), to, inKey(), outKey(), batchKey()};
  if (name != "so3_shortcut")
    keys.push_back(gridKey());
  if (name != "s2_conv")
    keys.push_back(highKey());
  if (name == "so3_to_s2")
    keys.push_back(key.word("projection", &Settings::projection,
                            {"sum_n", "orbit_mean", "invariant"}, "how the result comes to S2"));
  keys.push_back(gradientKey());
  return {name, meaning, initial, keys, convolution};
}

ProblemKind kernelKind() {
  Settings initial;
  initial.grid = defaultGrid("near_identity", true);
  const Key<Settings> on = andThen<Settings>(onKey(), [](const YAML::Node &, Settings &into) {
    into.grid = defaultGrid("near_identity", into.on == "so3");
  });
  return {"kernel_ft",
          "The spectrum of a kernel of weights at the points of a grid.",
          initial,
          {on, bandLimitKey("degrees"), inKey(), outKey(), gridKey(), adjointKey()},
          kernelTransform};
}

ProblemKind productKind(const std::string &name, const std::string &meaning) {
  std::vector<Key<Settings>> keys = {bandLimitKey("degrees"), inKey(), outKey(), batchKey(),
                                     key.word("form", &Settings::form,
                                              {"forward", "grad_input", "grad_kernel"},
                                              "the product, or its gradient")};
  if (name == "thin_matmul")
    return {name, meaning, {}, keys, thinProduct};
  keys.insert(keys.begin(), onKey());
  return {name, meaning, {}, keys, product};
}

} // namespace

std::vector<ProblemKind> sphereKinds() {
  return {transformKind("s2_ft"),
          transformKind("s2_ift"),
          transformKind("so3_ft"),
          transformKind("so3_ift"),
          kernelKind(),
          productKind("spectral_matmul", "The product of spectra with those of kernels."),
          productKind("product", "Another name of spectral_matmul."),
          productKind("thin_matmul", "The product of spectra on SO(3) with columns, to S2."),
          convolutionKind("s2_conv", "A convolution from S2 to SO(3)."),
          convolutionKind("so3_conv", "A convolution on SO(3)."),
          convolutionKind("so3_to_s2", "A convolution from SO(3) to S2."),
          convolutionKind("so3_shortcut", "A shortcut on SO(3): a kernel of one point."),
          {"resample",
           "A change of the band-limit.",
           {},
           {onKey(), bandLimitKey(), toKey(), batchKey(), channelsKey(), gradientKey()},
           projection},
          {"so3_orbit_mean",
           "The mean over gamma, from SO(3) to S2.",
           {},
           {bandLimitKey(), batchKey(), channelsKey(), gradientKey()},
           projection},
          {"so3_integrate",
           "The integral over SO(3).",
           {},
           {bandLimitKey(), batchKey(), channelsKey(), gradientKey()},
           projection}};
}

} // namespace spherical::driver
