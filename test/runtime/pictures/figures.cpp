//===- figures.cpp - tests of the kinds of figures --------------*- C++ -*-===//

#include "runtime/pictures/figures.h"

#include "runtime/pictures/page.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#if SPHERICAL_HAS_CAIRO
#include "test/runtime/pictures/example_figures.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace spherical::runtime {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

/// Where a text lies, and what it says.
struct TextBox {
  Rectangle area;
  std::string text;
};

/// A page that notes what is painted on it.
class NotingPage : public Page {
public:
  explicit NotingPage(const Figure &figure) { figure.paintOn(*this); }

  void fill(const Rectangle &area, Color color, double opacity) override {
    if (opacity == 1.0)
      fills.emplace_back(area, color);
  }
  void fillPolygon(std::span<const Point>, Color, double) override {}
  void fillCircle(Point middle, double, Color color, double) override {
    circles.emplace_back(middle, color);
  }
  void stroke(std::span<const Point> points, const Stroke &stroke) override {
    lines.emplace_back(std::vector<Point>(points.begin(), points.end()), stroke);
  }
  void strokeCircle(Point, double, const Stroke &) override {}
  void text(Point place, std::string_view text, const TextStyle &style) override;
  void cells(const Rectangle &area, const PixelImage &image) override {
    images.emplace_back(area, image);
  }
  void disc(const Rectangle &square, const PixelImage &image) override {
    images.emplace_back(square, image);
    ++discs;
  }
  void clip(const Rectangle &) override {}
  void unclip() override {}

  std::vector<std::string> words() const {
    std::vector<std::string> result;
    for (const TextBox &box : texts)
      result.push_back(box.text);
    return result;
  }
  /// The box of the first such text.
  Rectangle boxOf(const std::string &text) const {
    for (const TextBox &box : texts)
      if (box.text == text)
        return box.area;
    ADD_FAILURE() << "no text '" << text << "'";
    return {};
  }
  int64_t fillsOf(Color color) const {
    return std::ranges::count_if(fills, [&](const auto &fill) { return fill.second == color; });
  }

  std::vector<TextBox> texts;
  std::vector<std::pair<Rectangle, Color>> fills;
  std::vector<std::pair<Point, Color>> circles;
  std::vector<std::pair<std::vector<Point>, Stroke>> lines;
  std::vector<std::pair<Rectangle, PixelImage>> images;
  int discs = 0;
};

/// Letters reach from the baseline to 0.73 of their size.
void NotingPage::text(Point place, std::string_view text, const TextStyle &style) {
  if (text.empty())
    return;
  const double width = textWidth(text, style.size, style.isBold), height = 0.73 * style.size;
  const double back = style.anchor == TextAnchor::Start    ? 0
                      : style.anchor == TextAnchor::Middle ? width / 2
                                                           : width;
  const double down = style.level == TextLevel::Middle ? height / 2 : 0;
  ASSERT_TRUE(style.turn == 0 || style.turn == 90);
  const Rectangle flat = {place.x - back, place.y + down - height, width, height};
  const Rectangle turned = {place.x + down - height, place.y + back - width, height, width};
  texts.push_back({style.turn == 0 ? flat : turned, std::string(text)});
}

double overlap(const Rectangle &a, const Rectangle &b) {
  const double width = std::min(a.right(), b.right()) - std::max(a.x, b.x);
  const double height = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  return std::max(0.0, width) * std::max(0.0, height);
}

TEST(Figures, TextsLieOnThePageAndNotOnEachOther) {
  for (const auto &[name, figure] : exampleFigures()) {
    const NotingPage page(figure);
    for (size_t i = 0; i < page.texts.size(); ++i) {
      const TextBox &box = page.texts[i];
      EXPECT_GE(box.area.x, 0) << name << ": " << box.text;
      EXPECT_GE(box.area.y, 0) << name << ": " << box.text;
      EXPECT_LE(box.area.right(), figure.width()) << name << ": " << box.text;
      EXPECT_LE(box.area.bottom(), figure.height()) << name << ": " << box.text;
      for (size_t k = 0; k < i; ++k)
        EXPECT_EQ(overlap(box.area, page.texts[k].area), 0)
            << name << ": '" << box.text << "' and '" << page.texts[k].text << "'";
    }
  }
}

TEST(Figures, EachKindIsDrawnInEachForm) {
  for (const auto &[name, figure] : exampleFigures())
    for (const PictureForm form : {PictureForm::Png, PictureForm::Svg, PictureForm::Pdf}) {
      const std::vector<std::byte> bytes = figure.encode(form);
      EXPECT_GT(bytes.size(), 1000u) << name;
      EXPECT_TRUE(form != PictureForm::Svg || bytes == figure.encode(form)) << name;
    }
}

TEST(Curves, NameTheirAxesCurvesAndMarks) {
  const NotingPage page(drawCurves(exampleCurves(), "title"));
  EXPECT_THAT(page.words(), IsSupersetOf({"title", "Loss", "step", "cross-entropy", "training",
                                          "validation & test", "best", "resumed", "0.1", "1",
                                          "Eleven runs", "runs/s2cnn-10", "20,000"}));
}

// A gap where a value is missing; on a logarithmic axis also where it is not above 0.
TEST(Curves, AreInterruptedWhereTheyHaveNoValue) {
  const auto pieces = [](std::vector<double> y, bool logY) {
    CurvePanel panel{"", "", "", {{"curve", {0, 1, 2, 3, 4}, std::move(y)}}};
    panel.logY = logY;
    const NotingPage page(drawCurves(std::vector{panel}));
    int64_t count = 0;
    for (const auto &[points, stroke] : page.lines)
      count += stroke.width == 1.1 && points.size() > 1;
    return std::pair(count - 1, page.circles.size()); // without the legend's
  };
  EXPECT_EQ(pieces({1, 2, 3, 4, 5}, false), std::pair(int64_t(1), size_t(0)));
  EXPECT_EQ(pieces({1, 2, NAN, 4, 5}, false), std::pair(int64_t(2), size_t(0)));
  EXPECT_EQ(pieces({1, NAN, 3, NAN, 5}, false), std::pair(int64_t(0), size_t(3)));
  EXPECT_EQ(pieces({1, 2, 0, 4, 5}, true), std::pair(int64_t(2), size_t(0)));
}

// A million steps cost no more than the pixels that they cover, and keep their extremes.
TEST(Curves, AreThinnedButKeepTheirExtremes) {
  Curve curve{"noise", {}, {}};
  for (int k = 0; k < 100000; ++k) {
    curve.x.push_back(k);
    curve.y.push_back(k == 54321 ? 9 : (k * 7919) % 1000 / 1000.0);
  }
  const NotingPage page(drawCurves(std::vector{CurvePanel{"", "", "", {curve}}}));
  size_t most = 0;
  double top = 1e9, bottom = 0;
  for (const auto &[points, stroke] : page.lines)
    if (points.size() > most) {
      most = points.size();
      top = std::ranges::min(points, {}, &Point::y).y;
      bottom = std::ranges::max(points, {}, &Point::y).y;
    }
  EXPECT_LT(most, 2500u);
  EXPECT_GT(most, 1000u);
  EXPECT_GT(bottom - top, 140); // of 160, without the margins
}

TEST(Curves, RefuseWhatCannotBeDrawn) {
  const Curve uneven{"a", {1, 2}, {1}}, empty{"b", {1}, {NAN}};
  EXPECT_THAT(messageOf([] { drawCurves({}); }), HasSubstr("at least one panel"));
  EXPECT_EQ(messageOf([&] {
              drawCurves(std::vector{CurvePanel{"p", "", "", {uneven}}});
            }),
            "curve 'a': expected as many y as x, 2, got 1");
  EXPECT_EQ(messageOf([&] {
              drawCurves(std::vector{CurvePanel{"p", "", "", {empty}}});
            }),
            "panel 'p': expected a value to draw, got none");
}

TEST(Confusion, ShowsSharesCountsAndTotals) {
  const NotingPage page(drawConfusion({"t", {"cat", "dog"}, {30, 10, 0, 1250}}));
  EXPECT_THAT(page.words(), IsSupersetOf({"t", "cat", "dog", "label", "prediction", "75.0", "30",
                                          "25.0", "10", "100.0", "1250", "40", "1,250", "1,260"}));
  // Rows are labels: 25 % of cats are taken for dogs, in the upper right cell.
  EXPECT_GT(page.boxOf("25.0").x, page.boxOf("75.0").right());
  EXPECT_LT(page.boxOf("25.0").bottom(), page.boxOf("100.0").y);
}

TEST(Confusion, LeavesClassesWithoutLabelsBlank) {
  const NotingPage page(drawConfusion({"", {"a", "b", "c"}, {5, 0, 0, 0, 0, 0, 1, 1, 2}}));
  EXPECT_THAT(page.words(), Contains("0")); // the total of the row
  EXPECT_THAT(page.words(), IsSupersetOf({"100.0", "25.0", "50.0"}));
}

TEST(Confusion, RefusesWhatCannotBeDrawn) {
  EXPECT_THROW(drawConfusion({"", {}, {}}), std::invalid_argument);
  EXPECT_THROW(drawConfusion({"", {"a", "b"}, {1, 2, 3}}), std::invalid_argument);
  EXPECT_THROW(drawConfusion({"", {"a"}, {0}}), std::invalid_argument);
}

TEST(ReliabilityFigure, ShowsCountsAndError) {
  const NotingPage page(drawReliability(exampleReliability()));
  EXPECT_THAT(page.words(), IsSupersetOf({"expected calibration error 3.12 %", "784", "36",
                                          "accuracy", "% of predictions"}));
  EXPECT_EQ(page.circles.size(), 12u); // bins that have predictions
  EXPECT_THROW(drawReliability({"", {}, 0}), std::invalid_argument);
  EXPECT_THROW(drawReliability({"", {{0.5, 0.4, 1, 0.5, 0.5}}, 0}), std::invalid_argument);
}

TEST(Bars, AreAsHighAsTheirValues) {
  const std::vector<Bar> bars = {{{"one"}, 80.0}, {{"two"}, 20.0, NAN, {}, 1}};
  const NotingPage page(drawBars(std::vector{BarPanel{"panel", "in %", bars, 100}}, 1, "title"));
  ASSERT_EQ(page.fills.size(), 2u);
  EXPECT_NEAR(page.fills[0].first.height, 4 * page.fills[1].first.height, 1e-9);
  EXPECT_LT(page.fills[0].first.right(), page.fills[1].first.x);
  EXPECT_NE(page.fills[0].second, page.fills[1].second);
  EXPECT_THAT(page.words(), IsSupersetOf({"80.0", "20.0", "one", "two", "panel", "in %"}));
}

// A deviation may reach above the axis; the bar stays on it.
TEST(Bars, StayWithinTheirAxis) {
  const auto height = [](double value) {
    const std::vector<Bar> bars = {{{}, value, 5.0, {value}}};
    return NotingPage(drawBars(std::vector{BarPanel{"", "", bars, 100}}, 1, ""))
        .fills[0]
        .first.height;
  };
  EXPECT_EQ(height(130), height(100));
}

TEST(Bars, RefuseWhatCannotBeDrawn) {
  const BarPanel panel{"p", "", {{{}, 1.0}}}, negative{"p", "", {{{}, -1.0}}};
  EXPECT_THROW(drawBars({}, 1, ""), std::invalid_argument);
  EXPECT_THROW(drawBars(std::vector{panel}, 0, ""), std::invalid_argument);
  EXPECT_THROW(drawBars(std::vector{BarPanel{}}, 1, ""), std::invalid_argument);
  EXPECT_THAT(messageOf([&] { drawBars(std::vector{negative}, 1, ""); }),
              HasSubstr("panel 'p': expected bars of at least 0"));
}

TEST(Layers, ShowErrorsAndCauses) {
  const NotingPage page(drawLayerErrors(exampleLayers()));
  EXPECT_THAT(page.words(), IsSupersetOf({"conv1", "3×10⁻⁷", "aliasing of ReLU at b = 10",
                                          "not finite", "0", "rounding in single precision"}));
  ASSERT_EQ(page.fills.size(), 3u); // errors above 0
  EXPECT_LT(page.fills[0].first.width, page.fills[1].first.width);
  EXPECT_NE(page.fills[1].second, page.fills[2].second); // the fault
  EXPECT_THROW(drawLayerErrors({}), std::invalid_argument);
  EXPECT_THROW(drawLayerErrors({"", "", {{"a", -1.0, ""}}, NAN, ""}), std::invalid_argument);
}

TEST(Roofline, NumbersItsPoints) {
  const NotingPage page(drawRoofline({"t", 100, 10, {{"s2_ft", 1, 5}, {"linear", 50, 90}}}));
  EXPECT_THAT(page.words(), IsSupersetOf({"s2_ft", "linear", "GFLOP/s", "operations a byte"}));
  EXPECT_EQ(page.circles.size(), 2u);
  EXPECT_THROW(drawRoofline({"t", 0, 10, {}}), std::invalid_argument);
  EXPECT_THROW(drawRoofline({"t", 1, 10, {{"a", -1, 1}}}), std::invalid_argument);
}

TEST(Scatter, SaysWhatThePairsAreWorth) {
  const ScatterPanel panel{"wind", {1, 2, 3, NAN}, {1.5F, 2, 2.5F, 1}};
  const NotingPage page(drawScatter(std::vector{panel}));
  // The mean of 0.5, 0, 0.5; 1 - (0.25 + 0.25) / (1 + 0 + 1).
  EXPECT_THAT(page.words(), IsSupersetOf({"wind", "n = 3", "mean absolute error 0.333",
                                          "R² = 0.750", "1 not finite"}));
  EXPECT_EQ(page.circles.size(), 3u);
  // The axes are equal, so that the line of agreement is a diagonal.
  EXPECT_GT(page.circles[0].first.y, page.circles[2].first.y);
  EXPECT_THROW(drawScatter({}), std::invalid_argument);
  EXPECT_THROW(drawScatter(std::vector{ScatterPanel{"", {1}, {}}}), std::invalid_argument);
  EXPECT_THROW(drawScatter(std::vector{ScatterPanel{"", {NAN}, {1}}}), std::invalid_argument);
}

TEST(Scatter, CountsManyPairsInCells) {
  const NotingPage page(drawScatter(std::vector{exampleScatter()[1]}));
  EXPECT_EQ(page.circles.size(), 0u);
  EXPECT_GT(page.fills.size(), 100u);
  EXPECT_THAT(page.words(), Contains("n = 5,000"));
  EXPECT_THAT(page.words(), Contains(HasSubstr("pairs in a cell")));
}

TEST(Samples, ShowCaptionsAndVerdicts) {
  const NotingPage page(drawSamples(exampleSamples(4, false)));
  EXPECT_THAT(page.words(), IsSupersetOf({"Label and prediction", "digit 0", "digit 3",
                                          "predicted digit 9", "✓", "✗"}));
  const std::vector<std::string> words = page.words();
  EXPECT_EQ(std::ranges::count(words, "✓"), 3);
  EXPECT_EQ(page.images.size(), 4u);
  EXPECT_EQ(page.discs, 0);
  EXPECT_EQ(NotingPage(drawSamples(exampleSamples(4, true))).discs, 4);
}

TEST(Samples, ShowPixelsAsTheyAre) {
  SampleView grey, color;
  grey.grid = color.grid = {GridKind::Planar, 2, 3};
  grey.pixels = {0, 50, 100, 150, 200, 250};
  color.channels = 3;
  color.pixels = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26};
  SampleSheet sheet;
  sheet.samples = {grey, color};
  sheet.spheres = true; // planes have none
  const NotingPage page(drawSamples(sheet));
  ASSERT_EQ(page.images.size(), 2u);
  EXPECT_EQ(page.discs, 0);
  EXPECT_EQ(page.images[0].second.width, 3);
  EXPECT_EQ(page.images[0].second.rgb[3 * 4], 200); // row 1, column 1
  EXPECT_EQ(page.images[1].second.rgb[3 * 5 + 2], 26);
}

TEST(Samples, ShowClassesBesideEachOther) {
  const SampleSheet sheet = exampleSegments();
  const NotingPage page(drawSamples(sheet));
  // A picture, labels and predictions of three samples, each with its sphere.
  EXPECT_EQ(page.images.size(), 18u);
  EXPECT_EQ(page.discs, 9);
  EXPECT_THAT(page.words(), IsSupersetOf({"background", "land", "sea & ice", "no label"}));
  const auto &labels = page.images[2].second.rgb, &predictions = page.images[4].second.rgb;
  for (size_t k = 0; k < 64; ++k) {
    const int32_t label = sheet.samples[0].labels[k];
    const Color color = label < 0 ? Color{} : classColor(label, true);
    EXPECT_EQ(labels[3 * k], color[0]) << k;
    EXPECT_EQ(predictions[3 * k + 1], classColor(sheet.samples[0].predictions[k], true)[1]) << k;
  }
}

TEST(Samples, ShowProbabilities) {
  const NotingPage page(drawSamples(exampleWorst()));
  EXPECT_THAT(page.words(), IsSupersetOf({"digit 3", "0.98", "digit <8>", "0.01", "digit 7"}));
}

// A thousand samples still make a page.
TEST(Samples, FillAPageThatIsNotMuchHigherThanWide) {
  const Figure figure = drawSamples(exampleSamples(1000, true));
  EXPECT_LT(figure.height(), 2 * figure.width());
  EXPECT_LT(figure.width(), 2 * figure.height());
}

TEST(Samples, RefuseWhatCannotBeDrawn) {
  EXPECT_THROW(drawSamples({}), std::invalid_argument);
  SampleSheet sheet = exampleSamples(1, false);
  sheet.samples[0].pixels.pop_back();
  EXPECT_THAT(messageOf([&] { drawSamples(sheet); }),
              HasSubstr("for each point of soft 8x8, got 63, 0 and 0"));
}

TEST(Fields, ShareRangesAndShowHemispheres) {
  const SampleGrid grid{GridKind::Soft, 4, 4};
  std::vector<float> low(16, -1.0F), high(16, 3.0F), difference(16, 0.5F);
  difference[0] = -2.0F;
  const std::vector<FieldRow> rows = {
      {"row", {{"a", grid, low}, {"b", grid, high}, {"c", grid, difference, 1, true}}}};
  const NotingPage page(drawFields(rows));
  EXPECT_EQ(page.discs, 6);
  // -1 and 3 are the ends of one range; 0.5 lies above the middle of -2 ... 2.
  const auto middleOf = [&](size_t image) {
    const PixelImage &pixels = page.images[image].second;
    const int64_t k = 3 * (pixels.height / 2 * pixels.width + pixels.width / 2);
    return Color{pixels.rgb[k], pixels.rgb[k + 1], pixels.rgb[k + 2]};
  };
  EXPECT_EQ(middleOf(0), (Color{68, 1, 84}));
  EXPECT_EQ(middleOf(2), (Color{253, 231, 37}));
  EXPECT_THAT(page.words(), IsSupersetOf({"row", "a", "b", "c", "from α = 0", "\u22122", "2"}));
}

TEST(Fields, SayWhatIsMissing) {
  EXPECT_THAT(NotingPage(drawFields(exampleFields())).words(),
              Contains("grey: not a finite number"));
  const std::vector<FieldRow> whole = {exampleFields()[1]};
  EXPECT_THAT(NotingPage(drawFields(whole)).words(), Not(Contains("grey: not a finite number")));
}

TEST(Fields, RefuseWhatCannotBeDrawn) {
  const SampleGrid grid{GridKind::Soft, 4, 4};
  EXPECT_THROW(drawFields({}), std::invalid_argument);
  EXPECT_THROW(drawFields(std::vector{FieldRow{}}), std::invalid_argument);
  const std::vector<FieldRow> few = {{"", {{"x", grid, std::vector<float>(15)}}}};
  EXPECT_EQ(messageOf([&] { drawFields(few); }),
            "field 'x': expected one value for each point of soft 4x4, got 15");
}

// Bright in the north-east quarter that begins at the seam: rows 0, columns 0 and 1 of 2 x 8.
TEST(Orientation, NorthIsOnTopAndTheSeamOnTheLeft) {
  std::vector<float> field(16, 0.0F);
  field[0] = field[1] = 1.0F;
  const NotingPage page(drawOrientation({GridKind::Equirectangular, 2, 8}, field, "field"));
  ASSERT_FALSE(page.images.empty());
  const auto &[map, image] = page.images[0];
  const auto at = [&](double x, double y) {
    const auto row = static_cast<int64_t>(y * static_cast<double>(image.height));
    const auto column = static_cast<int64_t>(x * static_cast<double>(image.width));
    return image.rgb[3 * (row * image.width + column)];
  };
  EXPECT_EQ(at(0.05, 0.2), 253); // the end of viridis
  EXPECT_EQ(at(0.2, 0.2), 253);
  EXPECT_EQ(at(0.3, 0.2), 68); // its beginning
  EXPECT_EQ(at(0.05, 0.7), 68);
  // The first value in the middle of the first of 8 columns and of the upper half.
  const auto isFirst = [&](const auto &circle) {
    return std::abs(circle.first.x - (map.x + map.width / 16)) < 1e-6 &&
           std::abs(circle.first.y - (map.y + map.height / 4)) < 1e-6;
  };
  EXPECT_TRUE(std::ranges::any_of(page.circles, isFirst));
  EXPECT_THAT(page.words(), IsSupersetOf({"field", "0", "π/2", "2π", "1", "2", "3"}));
}

TEST(Orientation, ShowsMissingValuesAndConstantFields) {
  std::vector<float> field(12, 3.0F);
  field[11] = NAN;
  const NotingPage page(drawOrientation({GridKind::HealpixRing, 0, 0, 1}, field, "map"));
  EXPECT_THAT(page.words(), Contains("no finite value"));
  const std::vector<uint8_t> &rgb = page.images[0].second.rgb;
  EXPECT_EQ(rgb[0], 33);               // the middle of viridis
  EXPECT_EQ(rgb[rgb.size() - 1], 190); // grey
}

TEST(Orientation, TakesOneValueForEachPoint) {
  const std::vector<float> field(15);
  EXPECT_THROW(drawOrientation({GridKind::Equirectangular, 2, 8}, field, ""),
               std::invalid_argument);
  EXPECT_THROW(drawOrientation({GridKind::Planar, 3, 5}, field, ""), std::invalid_argument);
}

} // namespace
} // namespace spherical::runtime
#endif
