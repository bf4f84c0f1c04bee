//===- pictures.cpp - what a check found, drawn ---------------------------===//

#include "tools/spherical/check/pictures.h"

#include "tools/spherical/check/equivariance_report.h"

#include "runtime/pictures/figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spherical::driver {
namespace {

using runtime::Tensor;

/// The band-limit whose grid pictures have: functions of few degrees look smooth.
constexpr int64_t drawn = 32;

/// The first channel of a function as a panel; `scale` as in FieldPanel.
runtime::FieldPanel panelOf(const std::string &title, const FlowType &type, const Tensor &spectra,
                            int scale) {
  const FlowType sphere = {false, type.channels, type.bandLimit};
  const int64_t fine = std::max(drawn, type.bandLimit);
  const Tensor one = withBandLimit(sphere, onSphere(type, spectra), fine, 1);
  const Tensor values = functionsOf({false, 1, fine}, one);
  const std::string side = std::to_string(2 * fine);
  runtime::FieldPanel panel{
      title, *runtime::parseGrid("soft " + side + "x" + side), {}, scale, true};
  panel.values.assign(values.as<double>().begin(), values.as<double>().end());
  return panel;
}

} // namespace

runtime::Figure drawRotated(const std::vector<LayerProgram> &layers, const NetworkErrors &errors) {
  const FlowType &input = layers.front().layer.input;
  std::vector<runtime::FieldRow> rows = {
      {"input", {panelOf("x", input, errors.x, 0), panelOf("R x", input, errors.rotatedX, 0)}}};
  if (errors.shown >= 0) {
    const LayerProgram &layer = layers[errors.shown];
    const FlowType &type = layer.layer.output;
    rows.push_back(
        {layer.layer.op,
         {panelOf("f(x)", type, errors.y, 0), panelOf("R f(x)", type, errors.rotatedY, 0),
          panelOf("f(R x)", type, errors.yOfRotated, 0),
          panelOf("f(R x) - R f(x)", type, difference(errors.yOfRotated, errors.rotatedY), 1)}});
  }
  return runtime::drawFields(rows, "A rotated input, and what the network makes of it");
}

runtime::Figure drawErrors(const std::string &model, const std::vector<LayerProgram> &layers,
                           const NetworkErrors &errors, const std::vector<std::string> &faults) {
  runtime::LayerErrors picture;
  picture.title = model + ": errors under rotation";
  picture.errorLabel = "|f(R x) - R f(x)| / |f(x) - mean f(x)| up to the layer";
  for (size_t i = 0; i < layers.size(); ++i) {
    const LayerErrors &own = errors.layers[i];
    const std::string cause = causeText(layers[i], own);
    picture.layers.push_back(
        {layers[i].layer.op,
         own.network ? own.network->median : std::numeric_limits<double>::quiet_NaN(),
         cause.substr(0, cause.find(':')), std::ranges::count(faults, layers[i].layer.name) > 0});
  }
  return runtime::drawLayerErrors(picture);
}

} // namespace spherical::driver
