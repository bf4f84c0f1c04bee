//===- equivariance_report.cpp - errors under rotation in words -----------===//

#include "tools/spherical/check/equivariance_report.h"

#include "tools/spherical/check/kernel_points.h"
#include "tools/spherical/output.h"
#include "tools/spherical/text_table.h"

#include "runtime/train/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace spherical::driver {

using runtime::fixedText;

namespace {

std::string errorText(double error) {
  char text[24];
  std::snprintf(text, sizeof text, "%.1e", error);
  return text;
}

std::string errorText(const std::optional<ErrorSummary> &errors) {
  return errors ? errorText(errors->median) : "-";
}

std::string bandLimits(const GraphLayer &layer) {
  if (!layer.input.isFunction())
    return "";
  const std::string in = std::to_string(layer.input.bandLimit);
  const bool same = layer.output.bandLimit == layer.input.bandLimit;
  return layer.output.isFunction() && !same ? in + " -> " + std::to_string(layer.output.bandLimit)
                                            : in;
}

/// The word of a cause.
std::string nameOf(Cause cause) {
  switch (cause) {
  case Cause::None:
    return "";
  case Cause::Aliasing:
    return "aliasing";
  case Cause::Upsampling:
    return "up-sampling rule";
  case Cause::Statistics:
    return "grid statistics";
  case Cause::Planar:
    return "planar layer";
  case Cause::Rotation:
    return "fixed rotation";
  case Cause::Unknown:
    return "unknown";
  }
  return "";
}

/// Of contributions that cancel others, "-0 %" is none.
std::string percent(double share) {
  return fixedText(std::abs(share) < 5e-3 ? 0 : 100 * share, 0) + " %";
}

/// The error of the layer by itself, or of its training if that is larger.
double ownError(const LayerErrors &errors) {
  const double alone = errors.alone ? errors.alone->median : 0;
  return std::max(alone, errors.training ? errors.training->median : 0);
}

std::string hintFor(const LayerProgram &layer, const LayerErrors &errors) {
  switch (errors.cause) {
  case Cause::Aliasing:
    return "a 'resample' to a larger band-limit before it leaves room for the degrees that it "
           "makes, of which 'raising band-limits' above tells";
  case Cause::Upsampling:
    return "'high: zero' is the rule that commutes with rotations";
  case Cause::Statistics:
    return "'statistics: area' weighs points as their area";
  case Cause::Planar:
    return "s2_conv and so3_conv are the convolutions that commute with rotations";
  default:
    return layer.layer.op == "rotate" ? "remove it, or rotate the data" : "";
  }
}

Finding findingOf(const LayerProgram &layer, const LayerErrors &errors) {
  return {"equivariance",       layer.layer.name,         layer.layer.place,
          nameOf(errors.cause), causeText(layer, errors), hintFor(layer, errors)};
}

/// What each larger band-limit would give, a line for each pointwise layer.
void printRaises(const std::vector<LayerProgram> &layers, const NetworkErrors &errors) {
  TextTable table({"line", "layer", "band-limit", "alone", "at the end", "cost", ""}, 2);
  std::vector<std::string> places;
  for (const LayerProgram &layer : layers)
    places.push_back(layer.layer.place);
  places = runtime::withoutFile(std::move(places));
  bool any = false;
  for (size_t i = 0; i < layers.size(); ++i)
    for (const Raise &raise : errors.layers[i].raises) {
      any = true;
      const bool first = raise.bandLimit == errors.layers[i].raises.front().bandLimit;
      table.add({first ? places[i] : "", first ? layers[i].layer.op : "",
                 std::to_string(raise.bandLimit), errorText(raise.error), errorText(raise.atEnd),
                 fixedText(raise.cost, 2), first ? "as it is" : ""});
    }
  if (any)
    std::printf("\nraising band-limits before pointwise layers ('resample'): error alone, in the "
                "degrees that the\nnext layer takes; predicted at the end; cost of the transforms "
                "beside\n%s",
                table.text(lineWidth()).c_str());
}

} // namespace

std::string causeText(const LayerProgram &layer, const LayerErrors &errors) {
  const GraphLayer &own = layer.layer;
  const std::string measured = errorText(ownError(errors));
  switch (errors.cause) {
  case Cause::None:
    return "";
  case Cause::Aliasing:
    return "aliasing: the grid of b = " + std::to_string(own.input.bandLimit) +
           " folds back degrees that " + own.op +
           " makes; with b = " + std::to_string(errors.raises.back().bandLimit) +
           " the next layer gets " + percent(errors.remedied / errors.raises.front().error) +
           " of the error";
  case Cause::Upsampling:
    return "up-sampling rule: 'high: " + own.high + "' fills degrees " +
           std::to_string(own.input.bandLimit) + " and up with aliases, error " + measured +
           "; with zeros it is " + errorText(errors.remedied);
  case Cause::Statistics:
    return "grid statistics: in training, means over samples weigh the poles too much, error " +
           measured + "; weighted by area it is " + errorText(errors.remedied);
  case Cause::Planar:
    return "planar layer: the image of the samples does not move as the sphere is rotated, error " +
           measured;
  case Cause::Rotation:
    return "fixed rotation: it commutes with rotations about its own axis only, error " + measured;
  case Cause::Unknown:
    return "unknown: error " + measured + ", and none of the usual causes explains it";
  }
  return "";
}

void printEquivariance(const std::vector<LayerProgram> &layers, const NetworkErrors &errors) {
  TextTable table({"line", "layer", "band-limit", "alone", "up to here", "share", "cause"}, 2);
  std::vector<std::string> places;
  for (const LayerProgram &layer : layers)
    places.push_back(layer.layer.place);
  places = runtime::withoutFile(std::move(places));
  for (size_t i = 0; i < layers.size(); ++i) {
    const LayerErrors &own = errors.layers[i];
    table.add({places[i], layers[i].layer.op, bandLimits(layers[i].layer), errorText(own.alone),
               errorText(own.network), own.part == 0 ? "" : percent(own.share),
               causeText(layers[i], own)});
  }
  std::printf("%s\n", table.text(lineWidth()).c_str());
  if (std::isnan(errors.end.median))
    std::printf("at the end: an image of odd sides, on which rotations do not act\n");
  else
    std::printf("at the end: median %s, largest %s; the layers' parts, as if independent: %s\n",
                errorText(errors.end.median).c_str(), errorText(errors.end.largest).c_str(),
                errorText(errors.sumOfParts).c_str());
  printRaises(layers, errors);
}

Findings findFaults(const std::vector<LayerProgram> &layers, const NetworkErrors &errors,
                    const EquivarianceLimits &limits) {
  constexpr double large = 0.1; // of all that the error at the end comes from
  Findings findings;
  const bool far = errors.end.median > limits.end;
  for (size_t i = 0; i < layers.size(); ++i) {
    const LayerErrors &own = errors.layers[i];
    const bool fault =
        own.cause == Cause::Aliasing ? far && own.share > large : !(ownError(own) <= limits.layer);
    if (own.cause != Cause::None && fault)
      findings.push_back(findingOf(layers[i], own));
  }
  return findings;
}

Findings findKernelFaults(const std::vector<LayerProgram> &layers) {
  constexpr double nothing = 1e-3;
  Findings findings;
  for (const LayerProgram &layer : layers) {
    if (layer.points.size() < 2)
      continue;
    const KernelPoints points = lookAt(layer.points, layer.layer.op != "s2_conv", layer.degrees);
    const std::string many = std::to_string(points.points);
    Finding finding{"kernel", layer.layer.name, layer.layer.place, "kernel off its grid", "", ""};
    if (points.told < nothing)
      finding.text = "kernel off its grid: its " + many + " points lie within " +
                     fixedText(points.extent, 3) + " rad, and degrees below " +
                     std::to_string(layer.degrees) + " tell " +
                     fixedText(180 / static_cast<double>(layer.degrees), 0) +
                     " degrees apart: it acts as one point";
    else if (layer.isList && points.first >= 0)
      finding.text = "kernel off its grid: points " + std::to_string(points.first + 1) + " and " +
                     std::to_string(points.second + 1) + " of its " + many + " are the same";
    if (finding.text.empty())
      continue;
    finding.hint = "angles are in radians, rows of points [beta, alpha, gamma]";
    findings.push_back(std::move(finding));
  }
  return findings;
}

nlohmann::ordered_json equivarianceRecord(const std::vector<LayerProgram> &layers,
                                          const NetworkErrors &errors) {
  using Json = nlohmann::ordered_json; // writes null for NaN
  const auto summary = [](const std::optional<ErrorSummary> &one) {
    return one ? Json{{"median", one->median}, {"largest", one->largest}} : Json();
  };
  Json list = Json::array();
  for (size_t i = 0; i < layers.size(); ++i) {
    const LayerErrors &own = errors.layers[i];
    Json raises = Json::array();
    for (const Raise &raise : own.raises)
      raises.push_back({{"band_limit", raise.bandLimit},
                        {"error", raise.error},
                        {"at_end", raise.atEnd},
                        {"cost", raise.cost}});
    list.push_back({{"name", layers[i].layer.name},
                    {"op", layers[i].layer.op},
                    {"place", layers[i].layer.place},
                    {"alone", summary(own.alone)},
                    {"in_training", summary(own.training)},
                    {"network", summary(own.network)},
                    {"part", own.part},
                    {"share", own.share},
                    {"cause", nameOf(own.cause)},
                    {"without_cause", own.remedied},
                    {"raises", raises}});
  }
  return {{"end", summary(errors.end)}, {"sum_of_parts", errors.sumOfParts}, {"layers", list}};
}

} // namespace spherical::driver
