//===- numbers_report.cpp - gradients and targets in words ----------------===//

#include "tools/spherical/check/numbers_report.h"

#include "tools/spherical/output.h"
#include "tools/spherical/text_table.h"

#include "runtime/train/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace spherical::driver {
namespace {

/// Slopes by central differences of step h = 1e-5 in fp64 are off by h^2 and eps / h; sums of some
/// thousand terms in fp32 by 8 eps sqrt(1000). Where a layer bends, some values cross the kink on
/// the way, or round to its other side: one of some thousand at most.
constexpr double targetTolerance = 2e-5, bentTolerance = 1e-3;

double toleranceOf(const LayerProgram &layer) {
  const bool bends = layer.pointwise || layer.layer.op.ends_with("relu") ||
                     layer.layer.op.starts_with("max_pool") || layer.planar;
  return bends ? bentTolerance : targetTolerance;
}

std::string errorText(double error) {
  char text[24];
  std::snprintf(text, sizeof text, "%.1e", error);
  return text;
}

const GradientError *worstOf(const std::vector<GradientError> &errors) {
  const auto worst = std::ranges::max_element(errors, {}, [](const GradientError &error) {
    return std::isnan(error.error) ? INFINITY : error.error;
  });
  return worst == errors.end() ? nullptr : &*worst;
}

std::string worstText(const std::vector<GradientError> &errors) {
  const GradientError *worst = worstOf(errors);
  return worst ? errorText(worst->error) : "-";
}

std::string text(const std::optional<double> &error) { return error ? errorText(*error) : "-"; }

/// "the gradient in 'x'" with the error, if one of the errors is above the tolerance.
void addWrongGradient(Findings &findings, const LayerProgram &layer,
                      const std::vector<GradientError> &errors, double tolerance,
                      const std::string &where) {
  const GradientError *worst = worstOf(errors);
  if (!worst || worst->error <= tolerance)
    return;
  findings.push_back({"gradient", layer.layer.name, layer.layer.place, "wrong gradient",
                      "wrong gradient in '" + worst->of + "' " + where +
                          ": it differs from central differences by " + errorText(worst->error) +
                          " of their norm, expected at most " + errorText(tolerance),
                      ""});
}

} // namespace

void printNumbers(const std::vector<LayerProgram> &layers, const std::vector<LayerNumbers> &numbers,
                  const std::string &target) {
  TextTable::Row head = {"line", "layer", "gradient"};
  if (!target.empty())
    head.insert(head.end(), {"on " + target, "adjoint", "agreement"});
  head.emplace_back("");
  TextTable table(head, 2);
  std::vector<std::string> places;
  for (const LayerProgram &layer : layers)
    places.push_back(layer.layer.place);
  places = runtime::withoutFile(std::move(places));
  for (size_t i = 0; i < numbers.size(); ++i) {
    TextTable::Row row = {places[i], layers[i].layer.op, worstText(numbers[i].definition)};
    if (!target.empty())
      row.insert(row.end(), {worstText(numbers[i].target), text(numbers[i].adjoint),
                             text(numbers[i].agreement)});
    row.emplace_back(numbers[i].inexactByRule ? "'high: truncated' has no exact gradient in x"
                                              : "");
    table.add(row);
  }
  std::printf("%s", table.text(lineWidth()).c_str());
}

Findings findNumberFaults(const std::vector<LayerProgram> &layers,
                          const std::vector<LayerNumbers> &numbers, const std::string &target,
                          double rounding) {
  Findings findings;
  const double agreement = std::max(targetTolerance, rounding);
  for (size_t i = 0; i < numbers.size(); ++i) {
    const LayerProgram &layer = layers[i];
    const LayerNumbers &own = numbers[i];
    const double byDefinition = toleranceOf(layer), tolerance = std::max(byDefinition, rounding);
    addWrongGradient(findings, layer, own.definition, byDefinition, "by the definitions");
    addWrongGradient(findings, layer, own.target, tolerance, "on " + target);
    if (own.adjoint && !(*own.adjoint <= tolerance))
      findings.push_back({"adjoint", layer.layer.name, layer.layer.place, "wrong gradient",
                          "its gradient on " + target +
                              " is not its adjoint: <A x, y> and <x, A* y> differ by " +
                              errorText(*own.adjoint),
                          ""});
    if (own.agreement && !(*own.agreement <= agreement))
      findings.push_back({"target", layer.layer.name, layer.layer.place, "target",
                          target + " differs from the definitions by " + errorText(*own.agreement) +
                              ", expected at most " + errorText(agreement),
                          ""});
  }
  return findings;
}

nlohmann::ordered_json numbersRecord(const std::vector<LayerProgram> &layers,
                                     const std::vector<LayerNumbers> &numbers) {
  using Json = nlohmann::ordered_json;
  const auto gradients = [](const std::vector<GradientError> &errors) {
    Json object = Json::object();
    for (const GradientError &error : errors)
      object[error.of] = error.error;
    return object;
  };
  const auto optional = [](const std::optional<double> &error) {
    return error ? Json(*error) : Json();
  };
  Json list = Json::array();
  for (size_t i = 0; i < numbers.size(); ++i)
    list.push_back({{"name", layers[i].layer.name},
                    {"gradient", gradients(numbers[i].definition)},
                    {"gradient_on_target", gradients(numbers[i].target)},
                    {"adjoint", optional(numbers[i].adjoint)},
                    {"agreement", optional(numbers[i].agreement)}});
  return list;
}

} // namespace spherical::driver
