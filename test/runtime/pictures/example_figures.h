//===- example_figures.h - a figure of each kind, for tests -----*- C++ -*-===//

#ifndef SPHERICAL_TEST_RUNTIME_PICTURES_EXAMPLE_FIGURES_H
#define SPHERICAL_TEST_RUNTIME_PICTURES_EXAMPLE_FIGURES_H

#include "runtime/pictures/figures.h"

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace spherical::runtime {

/// A smooth field, asymmetric in both angles.
inline std::vector<float> exampleField(const SampleGrid &grid) {
  std::vector<float> values;
  for (const SpherePoint &point : gridPoints(grid))
    values.push_back(static_cast<float>(std::sin(point.beta) * std::cos(point.alpha) +
                                        0.3 * std::cos(2 * point.beta)));
  return values;
}

/// counts[label][prediction], most of them right, one class without labels.
inline ConfusionMatrix exampleConfusion(int64_t classes, const std::string &name) {
  ConfusionMatrix matrix{"Confusion of " + std::to_string(classes) + " classes", {}, {}};
  for (int64_t row = 0; row < classes; ++row) {
    matrix.classes.push_back(name + " " + std::to_string(row));
    for (int64_t column = 0; column < classes; ++column)
      matrix.counts.push_back(row == 1        ? 0
                              : row == column ? 1900 + 31 * row
                                              : (row * 7 + column * 5) % 4 * (row + 2 * column));
  }
  return matrix;
}

inline std::vector<CurvePanel> exampleCurves() {
  CurvePanel loss{"Loss", "step", "cross-entropy", {}, {{60, "best"}, {62, "resumed"}},
                  false,  true};
  Curve training{"training", {}, {}}, validation{"validation & test", {}, {}};
  for (int step = 1; step <= 100; ++step) {
    training.x.push_back(step);
    training.y.push_back(2.3 * std::exp(-step / 20.0) + 0.03);
    validation.x.push_back(step);
    validation.y.push_back(step == 50 ? std::nan("") : 2.3 * std::exp(-step / 25.0) + 0.1);
  }
  loss.curves = {training, validation};
  CurvePanel runs{"Eleven runs", "step", "accuracy in %", {}};
  for (int k = 0; k < 11; ++k)
    runs.curves.push_back({"runs/s2cnn-" + std::to_string(k), {0, 50000}, {10.0 + k, 90.0 + k}});
  return {loss, runs};
}

inline Reliability exampleReliability() {
  Reliability reliability{"Reliability over 3,000 samples", {}, 0.0312};
  for (int k = 0; k < 15; ++k)
    reliability.bins.push_back(
        {k / 15.0, (k + 1) / 15.0, k < 3 ? 0 : 4 * k * k, (k + 0.5) / 15, k / 15.0});
  return reliability;
}

inline std::vector<BarPanel> exampleBars() {
  std::vector<BarPanel> panels;
  for (const char *title : {"classification, paper protocol", "segmentation, paper protocol"}) {
    BarPanel panel{title, "accuracy in %", {}, 100};
    for (int k = 0; k < 4; ++k) {
      const double value = 97 - 21 * k;
      panel.bars.push_back({{k < 2 ? "S2CNN" : "CNN", "unrotated", "→ rotated"},
                            value,
                            2.5,
                            {value - 2, value + 1, value + 2},
                            k / 2});
    }
    panels.push_back(panel);
  }
  return panels;
}

inline LayerErrors exampleLayers() {
  return {"Equivariance error by layer",
          "|f(R x) − R f(x)| / |f(x)|",
          {{"input", 0.0, ""},
           {"conv1", 3e-7, ""},
           {"relu1", 2.1e-2, "aliasing of ReLU at b = 10"},
           {"a layer whose name is too long for the room that there is", 0.4, "rows dropped", true},
           {"head", std::nan(""), "", true}},
          1e-5,
          "rounding in single precision"};
}

inline std::vector<ScatterPanel> exampleScatter() {
  ScatterPanel few{"temperature", {}, {}}, many{"humidity", {}, {}};
  for (int k = 0; k < 300; ++k) {
    few.truth.push_back(280.0F + static_cast<float>(k % 37));
    few.predicted.push_back(281.0F + static_cast<float>(k % 37) +
                            0.1F * static_cast<float>(k % 11));
  }
  few.truth[7] = NAN;
  for (int k = 0; k < 5000; ++k) {
    many.truth.push_back(std::sin(0.1F * static_cast<float>(k)));
    many.predicted.push_back(many.truth.back() + 0.2F * std::cos(static_cast<float>(k)));
  }
  return {few, many};
}

inline SampleSheet exampleSamples(int64_t count, bool spheres) {
  SampleSheet sheet;
  sheet.title = "Label and prediction";
  sheet.spheres = spheres;
  for (int64_t k = 0; k < count; ++k) {
    SampleView view;
    view.grid = {GridKind::Soft, 8, 8};
    for (const float value : exampleField(view.grid))
      view.pixels.push_back(static_cast<uint8_t>(std::abs(value) * 150));
    view.caption = {"digit " + std::to_string(k)};
    view.agreement = k == 2 ? Agreement::Wrong : Agreement::Right;
    if (k == 2)
      view.caption.push_back("predicted digit 9");
    sheet.samples.push_back(view);
  }
  return sheet;
}

inline SampleSheet exampleWorst() {
  SampleSheet sheet = exampleSamples(5, true);
  sheet.title = "The worst 5 of 1,000 samples, by loss";
  for (SampleView &view : sheet.samples)
    view.probabilities = {
        {"digit 3", 0.981, false}, {"digit <8>", 0.012}, {"digit 7", 0.007, true}};
  return sheet;
}

inline SampleSheet exampleSegments() {
  SampleSheet sheet = exampleSamples(3, true);
  sheet.classes = {"background", "land", "sea & ice"};
  for (SampleView &view : sheet.samples) {
    view.agreement = Agreement::Unknown;
    view.caption = {"92.1 % of points right"};
    for (const uint8_t pixel : view.pixels) {
      view.labels.push_back(pixel > 100 ? 2 : pixel > 50 ? 1 : 0);
      view.predictions.push_back(pixel > 110 ? 2 : pixel > 40 ? 1 : 0);
    }
    view.labels[3] = -1;
  }
  return sheet;
}

inline std::vector<FieldRow> exampleFields() {
  const SampleGrid soft{GridKind::Soft, 10, 10}, ring{GridKind::HealpixRing, 0, 0, 4};
  const SampleGrid plane{GridKind::Planar, 5, 9};
  std::vector<float> holed = exampleField(ring);
  holed[10] = NAN;
  const std::vector<float> values(45, 0.25F);
  return {{"conv1",
           {{"x", soft, exampleField(soft)},
            {"R x", ring, holed},
            {"f(R x) − R f(x)", soft, exampleField(soft), 1, true}}},
          {"planar", {{"x", plane, values}, {"output", plane, values, 1}}}};
}

/// One of each kind, by name.
inline std::map<std::string, Figure> exampleFigures() {
  const std::vector<std::string> groups = {"S2CNN", "CNN"};
  const SampleGrid map{GridKind::Equirectangular, 6, 12}, ring{GridKind::HealpixRing, 0, 0, 4};
  return {{"bars", drawBars(exampleBars(), 2, "Trained → tested", groups)},
          {"confusion2", drawConfusion(exampleConfusion(2, "class"))},
          {"confusion11", drawConfusion(exampleConfusion(11, "digit"))},
          {"confusion20", drawConfusion(exampleConfusion(20, "land cover"))},
          {"confusion60", drawConfusion(exampleConfusion(60, "coarse category"))},
          {"curves", drawCurves(exampleCurves(), "s2cnn-small")},
          {"fields", drawFields(exampleFields(), "One rotation", FieldView::Hemispheres)},
          {"fields_both", drawFields(exampleFields(), "One rotation", FieldView::Both)},
          {"fields_map", drawFields(exampleFields(), "", FieldView::Map)},
          {"layers", drawLayerErrors(exampleLayers())},
          {"orientation", drawOrientation(map, exampleField(map), "first field of a.npy")},
          {"orientation_ring", drawOrientation(ring, exampleField(ring), "first field of b.npy")},
          {"reliability", drawReliability(exampleReliability())},
          {"roofline", drawRoofline({"154 GFLOP/s, 35 GB/s",
                                     154,
                                     35,
                                     {{"s2_ft", 3, 40}, {"relu", 0.12, 3}, {"add", 0.121, 3.01}}})},
          {"samples", drawSamples(exampleSamples(9, false))},
          {"scatter", drawScatter(exampleScatter(), "Predicted against true values")},
          {"segments", drawSamples(exampleSegments())},
          {"worst", drawSamples(exampleWorst())}};
}

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_PICTURES_EXAMPLE_FIGURES_H
