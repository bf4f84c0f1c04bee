//===- correlation_case.cpp - convolutions by an algorithm of tiles -------===//

#include "test/execute/correlation_case.h"

namespace spherical {

std::string CorrelationCase::by(const std::string &algorithm) const {
  const std::string split = radices.empty() ? "" : "radices = [" + radices + "], ";
  return " stride [" + std::to_string(stride[0]) + ", " + std::to_string(stride[1]) + "] padding " +
         padding +
         " {spherical.choice = #spherical.choice<algorithm = \"" + algorithm + "\", " + split +
         "reason = \"\">} : ";
}

void expectConvolutions(const CorrelationCase &shape, const std::string &algorithm,
                        double tolerance, bool emulated) {
  const std::string relu = "  %y_out = nn.relu %0 : $y\n", rest = shape.by(algorithm);
  const std::vector<Named> forward = {shape.image(), shape.weight(), {"b", {shape.out}, false}};
  expectDefinitions(
      caseText(forward, {"y", shape.windows().shape},
               "  %0 = nn.conv2d %x, %w bias(%b : $b)" + rest + "$x, $w -> $y\n" + relu, false,
               true),
      forward, tolerance, emulated);
  const std::vector<Named> back = {shape.windows(), shape.weight(), {"b", {shape.in}, false}};
  expectDefinitions(
      caseText(back, {"y", shape.image().shape},
               "  %0 = nn.conv_transpose2d %x, %w bias(%b : $b)" + rest + "$x, $w -> $y\n" + relu,
               false, true),
      back, tolerance, emulated);
}

void expectGradient(const CorrelationCase &shape, const std::string &algorithm, double tolerance,
                    bool emulated) {
  Named windows = shape.windows();
  windows.name = "g";
  const std::vector<Named> gradient = {windows, shape.image()};
  expectDefinitions(
      caseText(gradient, {"y", shape.weight().shape, false},
               "  %y_out = nn.conv2d_grad_weight %g, %x" + shape.by(algorithm) + "$g, $x -> $y\n",
               false, true),
      gradient, tolerance, emulated);
}

} // namespace spherical
