//===- figures.h - the kinds of figures -------------------------*- C++ -*-===//
//
// Each kind is a function of plain values: what a training, a test or a check has
// found. All throw std::invalid_argument for values that cannot be drawn (nothing to
// draw, lengths that do not agree) and std::runtime_error where the build cannot draw
// (figure.h). Texts are UTF-8; empty ones take no room.
//
// Colours can be told apart by the colour-blind: curves, bars and classes in those of
// Okabe and Ito (2008) and Tol (2021), magnitudes in viridis (Smith and van der Walt
// 2015), which is perceptually uniform, signed values in the diverging red and blue of
// ColorBrewer, white at 0. What is not a number is left out or grey,
// as said.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_PICTURES_FIGURES_H
#define SPHERICAL_RUNTIME_PICTURES_FIGURES_H

#include "runtime/data/color.h"
#include "runtime/data/sample_grid.h"
#include "runtime/pictures/figure.h"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

//===--- Curves -----------------------------------------------------------===//

/// One line: y over x, of equal lengths. Where y is not finite the line is interrupted; on a
/// logarithmic axis also where it is not above 0. A single point is drawn as a dot.
struct Curve {
  std::string name; ///< in the legend; "" stands in none
  std::vector<double> x, y;
};

/// A place on the x axis that is worth a line and a word: the best epoch, a resumption.
struct CurveMark {
  double x = 0.0;
  std::string text;
};

/// Curves on common axes, whose ticks are round numbers (1, 2 or 5 times a power of 10; on
/// logarithmic axes powers of 10, between them 2 and 5 where there are few).
struct CurvePanel {
  std::string title, xLabel, yLabel;
  std::vector<Curve> curves;
  std::vector<CurveMark> marks = {};
  bool logX = false, logY = false;
};

/// Panels side by side, `columns` in a row (0: at most two), under a common title. A panel without
/// a value to draw is an error.
Figure drawCurves(std::span<const CurvePanel> panels, const std::string &title = "",
                  int64_t columns = 0);

//===--- Classes ----------------------------------------------------------===//

/// counts[label][prediction] over the classes, as many squared as `classes` has names.
struct ConfusionMatrix {
  std::string title;
  std::vector<std::string> classes;
  std::vector<int64_t> counts;
};

/// A row for each label, coloured by each prediction's share of the row, with the share in % and
/// the count (where up to 60 classes leave room), the row's total on its right and the column's
/// below. A class that no label has is a row without colour. At most 1000 classes.
Figure drawConfusion(const ConfusionMatrix &matrix);

/// Predictions of a confidence in (low, high].
struct ReliabilityBin {
  double low = 0.0, high = 1.0;
  int64_t count = 0;
  double confidence = 0.0; ///< its mean; anything if count is 0
  double accuracy = 0.0;   ///< the share that is right; anything if count is 0
};

/// What probabilities are worth: confidence and accuracy by bins.
struct Reliability {
  std::string title;
  std::vector<ReliabilityBin> bins; ///< from 0 to 1
  double error = 0.0;               ///< the expected calibration error, 0 to 1
};

/// Accuracy over confidence (the diagonal is what calibrated probabilities give) with a bar of the
/// standard error sqrt(p (1 - p) / count), and below it the share of predictions in each bin with
/// its count.
Figure drawReliability(const Reliability &reliability);

//===--- Samples ----------------------------------------------------------===//

/// Whether a prediction agrees with the label; Unknown if there is none of either.
enum class Agreement { Unknown, Right, Wrong };

struct ClassProbability {
  std::string name;
  double probability = 0.0;
  bool isLabel = false; ///< the true class, which is marked
};

/// A sample as it is shown: its picture, and where each point has a class of its own, beside it the
/// labels and the predictions of the points.
struct SampleView {
  SampleGrid grid;             ///< planar ones are drawn as they are, HEALPix as a map
  int64_t channels = 1;        ///< of `pixels`; 3 are red, green and blue, else the first is grey
  std::vector<uint8_t> pixels; ///< [channels][points]
  std::vector<int32_t> labels = {};      ///< [points] or none; missing: below 0
  std::vector<int32_t> predictions = {}; ///< [points] or none
  std::vector<std::string> caption;      ///< lines below: "label 3", "predicted 5, loss 4.12"
  Agreement agreement = Agreement::Unknown;
  /// Drawn as bars under the sample, in this order; or none.
  std::vector<ClassProbability> probabilities = {};
};

struct SampleSheet {
  std::string title;
  std::vector<SampleView> samples;
  std::vector<std::string> classes = {}; ///< names of the points' classes, for the legend
  std::vector<Color> palette = {};       ///< their colours; empty: those of classColor
  int64_t columns = 0;                   ///< samples in a row; 0: as many as fit on a page
  /// Draw each picture on the sphere, too: seen from far (orthographically) with its contents in
  /// the middle, and meridians and parallels every 30 degrees. Not for planar grids.
  bool spheres = false;
};

/// Samples in rows: predictions beside truth, or the worst ones with their probabilities.
Figure drawSamples(const SampleSheet &sheet);

/// The colour of a class: light grey for 0 where `background` says so; further ones repeat with
/// other lightness after ten.
Color classColor(int64_t index, bool background);

//===--- Values -----------------------------------------------------------===//

/// Predicted values over true ones, of equal lengths; pairs that are not finite are left out and
/// counted below the panel.
struct ScatterPanel {
  std::string title; ///< the name of the output
  std::vector<float> truth, predicted;
};

/// A panel for each output with equal axes, the line where both agree, and the number of pairs,
/// mean absolute error and coefficient of determination of what is drawn. Few pairs are dots, more
/// than 2000 the number of pairs in each of 64 x 64 cells. `columns` in a row; 0: at most three.
Figure drawScatter(std::span<const ScatterPanel> panels, const std::string &title = "",
                   int64_t columns = 0);

/// A field on a grid of the sphere or a plane.
struct FieldPanel {
  std::string title; ///< "x", "R x", "output", ...
  SampleGrid grid;
  std::vector<float> values; ///< [points]; not finite: grey, which is said below
  /// Panels of a row with the same number share one range of colours; a bar of it stands beside
  /// the last of them.
  int scale = 0;
  bool isSigned = false; ///< in diverging colours around 0
};

/// How fields on the sphere are shown; planar ones always as they are.
enum class FieldView {
  Map,         ///< longitudes 0 to 2 pi to the right, north on top
  Hemispheres, ///< seen orthographically from alpha = 0 (left) and from alpha = pi (right)
  Both         ///< the map above the hemispheres
};

struct FieldRow {
  std::string title; ///< on the left: the layer, the sample
  std::vector<FieldPanel> panels;
};

/// Rows of fields: "x, rotated x, output, rotated output, difference", or truth, prediction and
/// difference.
Figure drawFields(std::span<const FieldRow> rows, const std::string &title = "",
                  FieldView view = FieldView::Hemispheres);

/// One field on a grid of the sphere, to see where north is, which way longitudes run, where they
/// begin, and the first three values: a map of all longitudes, alpha from 0 at its left edge (the
/// seam) to 2 pi, the north pole on top, with the meridians and parallels of a quarter turn; below
/// it `title`. Each place of the map has the value of the grid's nearest point. Throws
/// std::invalid_argument unless there is one value for each point of a grid on the sphere.
Figure drawOrientation(const SampleGrid &grid, std::span<const float> field,
                       const std::string &title);

//===--- Comparisons ------------------------------------------------------===//

/// A value with what it is the mean of.
struct Bar {
  std::vector<std::string> lines; ///< below the bar
  double value = 0.0;
  /// Drawn on either side of the value; none if it is NaN.
  double deviation = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> samples = {}; ///< drawn as dots
  int64_t group = 0;                ///< bars of a group have one colour
};

/// Bars beside each other on one axis from 0.
struct BarPanel {
  std::string title, valueLabel;
  std::vector<Bar> bars;
  double high = 0.0; ///< the end of the axis; 0: a round number above all that is drawn
};

/// Panels side by side, `columns` in a row, at least 1. `groups` are the names of the bars' groups
/// for the legend; it may be empty.
Figure drawBars(std::span<const BarPanel> panels, int64_t columns, const std::string &title,
                std::span<const std::string> groups = {});

/// The error of one layer.
struct LayerError {
  std::string layer;    ///< its name or place
  double error = 0.0;   ///< at least 0; 0 and what is not finite are written, not drawn
  std::string cause;    ///< on its right: "aliasing of ReLU at b = 6"; may be empty
  bool isFault = false; ///< drawn in the colour of faults
};

/// Errors by layer, from the input (top) to the output, on a logarithmic axis.
struct LayerErrors {
  std::string title, errorLabel;
  std::vector<LayerError> layers;
  /// A line across all layers: what rounding allows, for example; none if it is NaN.
  double bound = std::numeric_limits<double>::quiet_NaN();
  std::string boundName;
};

Figure drawLayerErrors(const LayerErrors &errors);

/// A program that was measured.
struct RooflinePoint {
  std::string name;
  double intensity = 0.0; ///< operations a byte, above 0
  double rate = 0.0;      ///< GFLOP/s, above 0
};

/// What a machine reaches at most, min(gigaflop, intensity * gigabytes), and what programs reach
/// of it. (Williams, Waterman and Patterson 2009.)
struct RooflinePlot {
  std::string title;
  double gigaflop = 0.0, gigabytes = 0.0; ///< a second
  std::vector<RooflinePoint> points;
};

/// Both axes logarithmic; points are numbered, their names stand below.
Figure drawRoofline(const RooflinePlot &plot);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PICTURES_FIGURES_H
