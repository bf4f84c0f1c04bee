//===- samples.cpp - samples with labels and predictions --------*- C++ -*-===//

#include "runtime/pictures/figures.h"
#include "runtime/pictures/plot.h"
#include "runtime/pictures/sphere_view.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr double tileHeight = 62.0, widestTile = 150.0, narrowestWithBars = 104.0;
constexpr double tileGap = 4.0, cellGap = 10.0;
constexpr double linePitch = 8.0, barPitch = 8.5;
constexpr double usualWidth = 560.0; // of a sheet
constexpr Color unlabelled = {0, 0, 0}, otherBar = {150, 150, 150};

/// The sheet as it is drawn; all cells have one size.
class Sheet {
public:
  explicit Sheet(const SampleSheet &sheet);

  double width() const;
  double height() const { return grid.pageHeight(); }
  void paint(Page &page) const;

private:
  int64_t tilesOf(const SampleView &view) const {
    return 1 + !view.labels.empty() + !view.predictions.empty();
  }
  void check(const SampleView &view) const;
  void measure(const SampleView &view);
  void makeLegend();
  const PointFinder *finderOf(const SampleGrid &grid) const;
  double bodyHeight() const {
    return tileHeight + (spheres && !areBeside ? tileGap + tileHeight : 0);
  }
  Color colorOf(int64_t index) const;

  void paintSample(Page &page, Point corner, const SampleView &view) const;
  void paintCaption(Page &page, Point corner, const SampleView &view) const;
  void paintBars(Page &page, Point corner, const SampleView &view) const;
  /// One picture with its sphere, if that is drawn; `color` of each point, `between` of any place.
  void paintTile(Page &page, Point corner, const SampleGrid &tileGrid, const SphereView &from,
                 const std::function<Color(int64_t)> &color, const ColorAt &between) const;

  const SampleSheet sheet;
  std::vector<LegendEntry> legend;
  PanelGrid grid;
  double tileWidth = 0.0, bodyWidth = 0.0;
  size_t lines = 0, bars = 0;
  bool spheres = false;
  bool areBeside = false; ///< the spheres, where bars are wider than one picture
  std::vector<std::pair<SampleGrid, std::unique_ptr<const PointFinder>>> finders;
};

/// Width of a tile: planar grids as they are, soft ones square like their arrays, maps twice as
/// wide.
double widthOf(const SampleGrid &grid) {
  if (grid.isHealpix())
    return 2 * tileHeight;
  return std::clamp(tileHeight * static_cast<double>(grid.columns) / static_cast<double>(grid.rows),
                    tileHeight / 2, widestTile);
}

void Sheet::check(const SampleView &view) const {
  const int64_t points = view.grid.points();
  const auto fits = [&](const std::vector<int32_t> &classes) {
    return classes.empty() || std::ssize(classes) == points;
  };
  if (points < 1 || view.channels < 1 || std::ssize(view.pixels) != view.channels * points ||
      !fits(view.labels) || !fits(view.predictions))
    throw std::invalid_argument(
        "expected pixels, and classes if any, for each point of " + gridText(view.grid) + ", got " +
        std::to_string(view.pixels.size()) + ", " + std::to_string(view.labels.size()) + " and " +
        std::to_string(view.predictions.size()));
}

void Sheet::measure(const SampleView &view) {
  check(view);
  tileWidth = std::max(tileWidth, widthOf(view.grid));
  const auto tiles = static_cast<double>(tilesOf(view));
  bodyWidth = std::max(bodyWidth, tiles * (tileWidth + tileGap) - tileGap);
  if (!view.probabilities.empty())
    bodyWidth = std::max(bodyWidth, narrowestWithBars);
  for (const std::string &line : view.caption)
    bodyWidth = std::max(bodyWidth, std::min(textWidth(line, kSmallSize) + 8, 2 * tileHeight));
  lines = std::max(lines, view.caption.size());
  bars = std::max(bars, view.probabilities.size());
  spheres |= sheet.spheres && view.grid.onSphere();
  const bool isFound = (sheet.spheres || view.grid.isHealpix()) && view.grid.onSphere();
  if (isFound && finderOf(view.grid) == nullptr)
    finders.emplace_back(view.grid, std::make_unique<const PointFinder>(view.grid));
}

const PointFinder *Sheet::finderOf(const SampleGrid &grid) const {
  for (const auto &[known, finder] : finders)
    if (known == grid)
      return finder.get();
  return nullptr;
}

Sheet::Sheet(const SampleSheet &sheet) : sheet(sheet) {
  if (sheet.samples.empty() || sheet.columns < 0)
    throw std::invalid_argument("expected at least one sample and no negative columns");
  for (const SampleView &view : sheet.samples)
    measure(view);
  areBeside = spheres && bars > 0 &&
              std::ranges::all_of(sheet.samples,
                                  [&](const SampleView &view) { return tilesOf(view) == 1; });
  if (areBeside)
    bodyWidth = std::max(bodyWidth, tileWidth + tileGap + tileHeight);
  grid.count = std::ssize(sheet.samples);
  grid.width = bodyWidth + cellGap;
  grid.height = bodyHeight() + static_cast<double>(lines) * linePitch +
                static_cast<double>(bars) * barPitch + (bars > 0 ? 3.0 : 0.0) + cellGap + 2;
  // As many as fit in a row, or if there are many so many that the page is about square.
  const double square = std::sqrt(static_cast<double>(grid.count) * grid.height / grid.width);
  const auto fitting = static_cast<int64_t>(std::max(usualWidth / grid.width, square));
  grid.columns =
      std::min(grid.count, sheet.columns > 0 ? sheet.columns : std::max<int64_t>(1, fitting));
  makeLegend();
  const double above = legendRowsHeight(legend, width() - 2 * kMargin);
  grid.top = kMargin + titleHeight(sheet.title) + (above > 0 ? above + 4 : 0.0);
}

double Sheet::width() const {
  return std::max(grid.pageWidth(), 2 * kMargin + textWidth(sheet.title, kTitleSize, true));
}

Color Sheet::colorOf(int64_t index) const {
  if (index < 0)
    return unlabelled;
  return index < std::ssize(sheet.palette) ? sheet.palette[index] : classColor(index, true);
}

/// Of the classes that occur.
void Sheet::makeLegend() {
  std::set<int64_t> classes;
  for (const SampleView &view : sheet.samples) {
    classes.insert(view.labels.begin(), view.labels.end());
    classes.insert(view.predictions.begin(), view.predictions.end());
  }
  for (const int64_t index : classes) {
    const bool isNamed = index >= 0 && index < std::ssize(sheet.classes);
    legend.push_back({isNamed     ? sheet.classes[index]
                      : index < 0 ? "no label"
                                  : "class " + std::to_string(index),
                      {colorOf(index)},
                      true});
  }
}

void Sheet::paintTile(Page &page, Point corner, const SampleGrid &tileGrid, const SphereView &from,
                      const std::function<Color(int64_t)> &color, const ColorAt &between) const {
  const Rectangle area = {corner.x, corner.y, widthOf(tileGrid), tileHeight};
  const PointFinder *finder = finderOf(tileGrid);
  if (tileGrid.isHealpix()) {
    page.cells(area, mapImage(static_cast<int64_t>(3 * tileHeight), [&](const SpherePoint &place) {
                 return color(finder->nearest(place));
               }));
  } else {
    PixelImage image(tileGrid.columns, tileGrid.rows);
    for (int64_t k = 0; k < tileGrid.points(); ++k)
      image.set(k % image.width, k / image.width, color(k));
    page.cells(area, image);
  }
  page.outline(area, {kSoftInk, 0.4});
  if (!spheres || !tileGrid.onSphere())
    return;
  Rectangle square = {area.middle().x - tileHeight / 2, area.bottom() + tileGap, tileHeight,
                      tileHeight};
  if (areBeside)
    square = {area.right() + tileGap, area.y, tileHeight, tileHeight};
  paintSphere(page, square, from, between);
}

/// The picture's own colours, or its first channel in grey.
Color pixelOf(const SampleView &view, int64_t point) {
  const int64_t points = view.grid.points();
  Color color;
  for (int channel = 0; channel < 3; ++channel)
    color[channel] = view.pixels[(view.channels == 3 ? channel * points : 0) + point];
  return color;
}

/// The same between the points.
Color pixelAround(const SampleView &view, const PointFinder::Neighbours &around) {
  std::array<double, 3> sum = {};
  for (int k = 0; k < 4; ++k) {
    const Color color = pixelOf(view, around.points[k]);
    for (int channel = 0; channel < 3; ++channel)
      sum[channel] += around.weights[k] * color[channel];
  }
  Color color;
  for (int channel = 0; channel < 3; ++channel)
    color[channel] = static_cast<uint8_t>(std::lround(sum[channel]));
  return color;
}

SphereView viewOf(const SampleView &view) {
  if (!view.grid.onSphere())
    return viewFrom({-1, 0, 0});
  const auto first = view.pixels.begin();
  return viewOfContents(view.grid, std::vector<double>(first, first + view.grid.points()));
}

void Sheet::paintSample(Page &page, Point corner, const SampleView &view) const {
  const SphereView from = viewOf(view);
  const double pitch = widthOf(view.grid) + tileGap;
  const PointFinder *finder = finderOf(view.grid);
  paintTile(
      page, corner, view.grid, from, [&](int64_t point) { return pixelOf(view, point); },
      [&](const SpherePoint &place) { return pixelAround(view, finder->around(place)); });
  double x = corner.x + pitch;
  for (const std::vector<int32_t> *classes : {&view.labels, &view.predictions}) {
    if (classes->empty())
      continue;
    const auto color = [&](int64_t point) { return colorOf((*classes)[point]); };
    paintTile(page, {x, corner.y}, view.grid, from, color,
              [&](const SpherePoint &place) { return color(finder->nearest(place)); });
    x += pitch;
  }
  const double below = corner.y + bodyHeight();
  paintCaption(page, {corner.x, below}, view);
  paintBars(page, {corner.x, below + static_cast<double>(lines) * linePitch + 3}, view);
}

/// The caption's lines, the first after a mark of agreement.
void Sheet::paintCaption(Page &page, Point corner, const SampleView &view) const {
  const bool isKnown = view.agreement != Agreement::Unknown;
  const bool isRight = view.agreement == Agreement::Right;
  const Color color = !isKnown ? kInk : isRight ? kRight : kWrong;
  double row = corner.y + linePitch - 0.5;
  if (isKnown && !view.caption.empty())
    page.text({corner.x, row}, isRight ? "✓" : "✗",
              {.size = kSmallSize, .color = color, .isBold = true});
  for (const std::string &line : view.caption) {
    const double indent = isKnown ? 7.0 : 0.0;
    page.text({corner.x + indent, row}, fittedText(line, kSmallSize, bodyWidth - indent),
              {.size = kSmallSize, .color = color});
    row += linePitch;
  }
}

void Sheet::paintBars(Page &page, Point corner, const SampleView &view) const {
  const double nameWidth = 0.46 * bodyWidth, numberWidth = 15.0;
  const double full = bodyWidth - nameWidth - numberWidth - 5;
  for (size_t k = 0; k < view.probabilities.size(); ++k) {
    const ClassProbability &item = view.probabilities[k];
    const double middle = corner.y + (static_cast<double>(k) + 0.5) * barPitch;
    const TextStyle style = {.size = kSmallSize,
                             .color = item.isLabel ? kRight : kInk,
                             .level = TextLevel::Middle,
                             .isBold = item.isLabel};
    page.text({corner.x, middle}, fittedText(item.name, 1.1 * kSmallSize, nameWidth), style);
    const double share =
        std::isfinite(item.probability) ? std::clamp(item.probability, 0.0, 1.0) : 0.0;
    const Rectangle bar = {corner.x + nameWidth + 3, middle - 2.5, full, 5.0};
    page.fill(bar, {238, 238, 238});
    page.fill({bar.x, bar.y, share * full, bar.height}, item.isLabel ? kRight : otherBar);
    page.text({corner.x + bodyWidth - numberWidth, middle}, fixedNumber(item.probability, 2),
              {.size = kSmallSize, .color = kInk, .level = TextLevel::Middle});
  }
}

void Sheet::paint(Page &page) const {
  paintTitle(page, sheet.title);
  paintLegendRows(page, {kMargin, kMargin + titleHeight(sheet.title)}, legend,
                  width() - 2 * kMargin);
  for (int64_t k = 0; k < grid.count; ++k)
    paintSample(page, grid.corner(k), sheet.samples[k]);
}

} // namespace

Figure drawSamples(const SampleSheet &sheet) {
  auto drawn = std::make_shared<Sheet>(sheet);
  return Figure(drawn->width(), drawn->height(), [drawn](Page &page) { drawn->paint(page); });
}

} // namespace spherical::runtime
