//===- generator.cpp --------------------------------------------*- C++ -*-===//

#include "runtime/data/generator.h"

#include "test/runtime/data/item_images.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <set>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;
constexpr double pi = std::numbers::pi;

struct Made {
  std::vector<uint8_t> pixels, mask;
  SampleContents contents;
};

Made make(const SphereGenerator &samples, int64_t index) {
  Made made;
  made.pixels.resize(samples.layout().points());
  made.mask.resize(samples.layout().points());
  made.contents = samples.make(index, made.pixels.data(), made.mask.data());
  return made;
}

GeneratorOptions segmented(int64_t bandLimit) {
  GeneratorOptions options;
  options.segmented = true;
  options.rotate = true;
  options.projection.bandLimit = bandLimit;
  return options;
}

std::array<double, 3> turnedBack(const Rotation &rotation, double beta, double alpha) {
  const std::array<double, 9> m = rotation.matrix();
  const double p[3] = {std::sin(beta) * std::cos(alpha), std::sin(beta) * std::sin(alpha),
                       std::cos(beta)};
  std::array<double, 3> q;
  for (int i = 0; i < 3; ++i)
    q[i] = m[i] * p[0] + m[3 + i] * p[1] + m[6 + i] * p[2];
  return q;
}

/// Where a point falls on a canvas, in pixels from its upper left corner: (row, column). Each point
/// of contact has its own formula.
std::array<double, 2> onCanvas(ProjectionPoint point, const std::array<double, 3> &q, double side,
                               double halfWidth) {
  double right = 0, down = 0, into = 0;
  switch (point) {
  case ProjectionPoint::SouthPole:
    right = q[0], down = q[1], into = q[2];
    break;
  case ProjectionPoint::NorthPole:
    right = q[0], down = -q[1], into = -q[2];
    break;
  case ProjectionPoint::GridCentre: // seen from (-1, 0, 0): east is -y, south is -z
    right = -q[1], down = -q[2], into = q[0];
    break;
  }
  const double perUnit = side / (2 * halfWidth);
  return {2 * down / (1 - into) * perUnit + side / 2, 2 * right / (1 - into) * perUnit + side / 2};
}

/// The canvas, drawn anew from the boxes' places.
struct PlainCanvas {
  std::vector<double> pixels;
  std::vector<int> mask;
  int64_t side;

  double pixel(double row, double column) const {
    if (row < 0 || column < 0 || row >= side || column >= side)
      return 0;
    return pixels[static_cast<int64_t>(row) * side + static_cast<int64_t>(column)];
  }
};

PlainCanvas plainCanvas(const LabelledImages &images, const std::vector<int64_t> &items,
                        const GeneratorOptions &options, int64_t sample) {
  Canvas placed;
  fillCanvas(placed, options.canvas, images, items, options.threshold,
             RandomNumbers(options.seed, RandomStream::Place, options.set), sample);
  PlainCanvas canvas{std::vector<double>(options.canvas * options.canvas),
                     std::vector<int>(options.canvas * options.canvas), options.canvas};
  for (size_t k = 0; k < items.size(); ++k) {
    const Box box = boundingBox(images.image(items[k]), 28, 28);
    for (int64_t row = 0; row < 28; ++row)
      for (int64_t column = 0; column < 28; ++column) {
        const int value = images.image(items[k])[row * 28 + column];
        if (value == 0)
          continue;
        const int64_t at = (placed.boxes[k].row + row - box.row) * options.canvas +
                           placed.boxes[k].column + column - box.column;
        canvas.pixels[at] = std::max<double>(canvas.pixels[at], value);
        if (value > options.threshold)
          canvas.mask[at] = images.labels[items[k]] + 1;
      }
  }
  return canvas;
}

/// Compares a sample with f(R^-1 x), point by point.
void expectDefinition(const LabelledImages &images, const GeneratorOptions &given, int64_t index) {
  const SphereGenerator samples(images, given);
  const GeneratorOptions &options = samples.settings();
  const Made made = make(samples, index);
  const PlainCanvas canvas = plainCanvas(images, made.contents.items, options, index);
  const int64_t b = options.projection.bandLimit, side = 2 * b;
  const bool soft = options.projection.grid == SphereGrid::Soft;
  int64_t inside = 0;
  for (int64_t j = 0; j < side; ++j)
    for (int64_t i = 0; i < side; ++i) {
      const double beta = soft ? pi * (2 * j + 1) / (4 * b) : pi * j / (2 * b);
      const auto [row, column] =
          onCanvas(options.projection.point, turnedBack(made.contents.rotation, beta, pi * i / b),
                   options.canvas, options.projection.halfWidth);
      const double r = std::floor(row - 0.5), c = std::floor(column - 0.5);
      const double down = row - 0.5 - r, right = column - 0.5 - c;
      const double expected = (1 - down) * (1 - right) * canvas.pixel(r, c) +
                              (1 - down) * right * canvas.pixel(r, c + 1) +
                              down * (1 - right) * canvas.pixel(r + 1, c) +
                              down * right * canvas.pixel(r + 1, c + 1);
      const int64_t at = j * side + i;
      if (std::isfinite(expected)) {
        ASSERT_NEAR(made.pixels[at], expected, 0.5 + 1e-6) << "beta " << j << ", alpha " << i;
      }
      // A point on the border of two pixels may go either way.
      if (std::abs(row - std::nearbyint(row)) < 1e-9 ||
          std::abs(column - std::nearbyint(column)) < 1e-9)
        continue;
      const bool within =
          row >= 0 && column >= 0 && row < options.canvas && column < options.canvas;
      const int wanted =
          within
              ? canvas
                    .mask[static_cast<int64_t>(row) * options.canvas + static_cast<int64_t>(column)]
              : 0;
      ASSERT_EQ(int(made.mask[at]), wanted) << "beta " << j << ", alpha " << i;
      inside += wanted > 0;
    }
  EXPECT_GT(inside, 0);
}

TEST(Generator, ImagesAndMasksFollowTheirDefinition) {
  const LabelledImages images = rampItems(40);
  for (const ProjectionPoint point :
       {ProjectionPoint::SouthPole, ProjectionPoint::NorthPole, ProjectionPoint::GridCentre})
    for (const bool rotate : {false, true}) {
      GeneratorOptions options = segmented(23);
      options.rotate = rotate;
      options.items = 3;
      options.count = 100;
      options.projection.point = point;
      expectDefinition(images, options, 0);
      expectDefinition(images, options, 57);
    }
  GeneratorOptions options = segmented(23);
  options.canvas = 41;
  options.projection.halfWidth = 1.1;
  options.projection.grid = SphereGrid::DriscollHealy;
  options.threshold = 30;
  expectDefinition(images, options, 5);
}

// One item that fills its canvas is what projectImages makes.
TEST(Generator, ClassifiedDigitsAreProjectedImages) {
  const LabelledImages images = rampItems(9);
  GeneratorOptions options;
  options.rotate = true;
  options.seed = 6;
  options.set = 1;
  options.projection.bandLimit = 11;
  const SphereGenerator samples(images, options);
  const SphericalImages expected =
      projectImages(images, uniformRotations(9, 6, 1), {.bandLimit = 11});
  std::vector<int64_t> all = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(samples.store(all).pixels, expected.pixels);
  EXPECT_EQ(samples.store(all).labels, expected.labels);
  std::vector<float> x(samples.layout().values());
  int32_t label = -1;
  samples.load(4, x.data(), {.classes = &label});
  EXPECT_EQ(label, 1);
  for (size_t k = 0; k < x.size(); ++k)
    ASSERT_EQ(x[k], pixelValue(expected.sample(4)[k]));
}

/// What the public generator computes for one point, before it scales the image.
double publicValue(const LabelledImages &images, int64_t item, const std::array<double, 3> &q) {
  const double z = q[2] + 1, sz = 2.001, t = -z / (z - sz);
  const double rx = (t * q[0] + q[0] + 1.5) / 3 * 28, ry = (t * q[1] + q[1] + 1.5) / 3 * 28;
  const double ix = std::trunc(rx), iy = std::trunc(ry);
  auto signal = [&](double x, double y) {
    if (x < 0 || y < 0 || x >= 28 || y >= 28)
      return 0.0;
    return double(images.image(item)[static_cast<int64_t>(x) * 28 + static_cast<int64_t>(y)]);
  };
  const double fx1 =
      (ix + 1 - rx) * signal(ix - 1, iy - 1) + (rx - ix + 1) * signal(ix + 1, iy - 1);
  const double fx2 =
      (ix + 1 - rx) * signal(ix - 1, iy + 1) + (rx - ix + 1) * signal(ix + 1, iy + 1);
  return (iy + 1 - ry) * fx1 + (ry - iy + 1) * fx2;
}

TEST(Generator, PublicCodeIsWhatTheTableSays) {
  const LabelledImages images = rampItems(12);
  GeneratorOptions options = segmented(15);
  options.protocol = Protocol::PublicCode;
  options.count = 1100;
  const SphereGenerator samples(images, options);
  EXPECT_EQ(samples.unit(), 1.0f); // pixels enter as they are
  EXPECT_EQ(samples.settings().projection.grid, SphereGrid::DriscollHealy);
  std::set<double> rotations;
  for (const int64_t index : {0, 499, 500, 1099})
    rotations.insert(make(samples, index).contents.rotation.w);
  EXPECT_EQ(rotations.size(), 3u); // 0 and 499 share one
  const Made made = make(samples, 503);
  EXPECT_EQ(made.contents.items, std::vector<int64_t>{503 % 12});
  std::vector<double> values;
  for (int64_t j = 0; j < 30; ++j)
    for (int64_t i = 0; i < 30; ++i)
      values.push_back(publicValue(images, 503 % 12,
                                   turnedBack(made.contents.rotation, pi * j / 30, pi * i / 15)));
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  for (size_t k = 0; k < values.size(); ++k) {
    const double scaled = (values[k] - *least) / (*most - *least) * 255;
    // Cut off: a value within 1e-6 of a whole number may go either way.
    ASSERT_NEAR(made.pixels[k], scaled - 0.5, 0.5 + 1e-6) << k;
    ASSERT_EQ(int(made.mask[k]), made.pixels[k] > 150 ? images.labels[503 % 12] + 1 : 0);
  }
  EXPECT_EQ(*std::max_element(made.pixels.begin(), made.pixels.end()), 255);
}

TEST(Generator, DrawsItems) {
  const LabelledImages images = rampItems(10);
  GeneratorOptions options;
  options.projection.bandLimit = 4;
  options.count = 6;
  EXPECT_EQ(SphereGenerator(images, options).settings().draw, Draw::Each);
  std::set<int64_t> each;
  for (int64_t k = 0; k < 6; ++k)
    each.insert(make(SphereGenerator(images, options), k).contents.items[0]);
  EXPECT_EQ(each.size(), 6u);
  options.count = 5000;
  const SphereGenerator many(images, options);
  EXPECT_EQ(many.settings().draw, Draw::Replacement);
  std::vector<int> counts(10);
  for (int64_t k = 0; k < 5000; ++k)
    ++counts[make(many, k).contents.items[0]];
  double chiSquared = 0;
  for (const int count : counts)
    chiSquared += std::pow(count - 500.0, 2) / 500;
  EXPECT_LT(chiSquared, 27.9); // 9 degrees of freedom: chance 1e-3
  options.draw = Draw::First;
  EXPECT_EQ(make(SphereGenerator(images, options), 23).contents.items[0], 3);
}

TEST(Generator, SetsOfASeedDiffer) {
  const LabelledImages images = rampItems(10);
  GeneratorOptions options = segmented(8);
  options.count = 20;
  options.draw = Draw::Replacement;
  const SphereGenerator train(images, options);
  options.set = 1;
  const SphereGenerator test(images, options);
  options.set = 0;
  const SphereGenerator again(images, options);
  EXPECT_NE(make(train, 3).pixels, make(test, 3).pixels);
  EXPECT_EQ(make(train, 3).pixels, make(again, 3).pixels);
  EXPECT_NE(train.fingerprint(), test.fingerprint());
  EXPECT_EQ(train.fingerprint(), again.fingerprint());
}

TEST(Generator, CountsClassesWithTheBackground) {
  const LabelledImages images = rampItems(10);
  EXPECT_EQ(SphereGenerator(images, segmented(4)).layout().classes, 4);
  EXPECT_EQ(SphereGenerator(images, {}).layout().classes, 3);
  EXPECT_EQ(SphereGenerator(images, segmented(4)).layout().labels(), 64);
}

// The data of a seed are part of what this project promises: these bytes never change.
TEST(Generator, BytesAreTheSameOnEveryMachine) {
  const LabelledImages images = rampItems(25);
  GeneratorOptions options = segmented(20);
  options.items = 3;
  options.count = 30;
  options.seed = 42;
  std::vector<int64_t> all(30);
  for (int64_t k = 0; k < 30; ++k)
    all[k] = k;
  const SphericalImages paper = SphereGenerator(images, options).store(all);
  EXPECT_EQ(hashBytes(paper.masks, hashBytes(paper.pixels)), 16444554196460967340u);
  options.items = 1;
  options.protocol = Protocol::PublicCode;
  const SphericalImages publicCode = SphereGenerator(images, options).store(all);
  EXPECT_EQ(hashBytes(publicCode.masks, hashBytes(publicCode.pixels)), 10608466232942371935u);
}

TEST(Generator, RejectsContradictions) {
  const LabelledImages images = rampItems(10);
  auto message = [&](auto change) {
    GeneratorOptions options = segmented(4);
    change(options);
    return messageOf([&] { SphereGenerator(images, options); });
  };
  EXPECT_THAT(message([](auto &o) { o.items = 17; }), HasSubstr("expected 1 to 16 items"));
  EXPECT_THAT(message([](auto &o) {
                o.items = 2;
                o.segmented = false;
              }),
              HasSubstr("expected one item on a sphere that has one class, got 2"));
  EXPECT_THAT(message([](auto &o) { o.threshold = 255; }), HasSubstr("threshold of 0 to 254"));
  EXPECT_THAT(message([](auto &o) {
                o.count = 11;
                o.draw = Draw::Each;
              }),
              HasSubstr("expected at most 10 samples with each item at most once, got 11"));
  EXPECT_THAT(message([](auto &o) {
                o.protocol = Protocol::PublicCode;
                o.canvas = 60;
              }),
              HasSubstr("has no canvas"));
  EXPECT_THAT(message([](auto &o) {
                o.protocol = Protocol::PublicCode;
                o.items = 2;
              }),
              HasSubstr("one item on a sphere, got 2"));
  EXPECT_THAT(message([](auto &o) {
                o.protocol = Protocol::PublicCode;
                o.projection.point = ProjectionPoint::GridCentre;
              }),
              HasSubstr("projects on the south pole, got grid-centre"));
  EXPECT_THAT(messageOf([&] { SphereGenerator(rampItems(0), {}); }), HasSubstr("got none"));
}

TEST(Generator, NamesAreReadBack) {
  for (const char *name : {"paper", "public-code"})
    EXPECT_STREQ(protocolName(*parseProtocol(name)), name);
  for (const char *name : {"each", "replacement", "first"})
    EXPECT_STREQ(drawName(*parseDraw(name)), name);
  for (const char *name : {"south-pole", "north-pole", "grid-centre"})
    EXPECT_STREQ(projectionPointName(*parseProjectionPoint(name)), name);
  for (const char *name : {"soft", "driscoll-healy"})
    EXPECT_STREQ(sphereGridName(*parseSphereGrid(name)), name);
  EXPECT_FALSE(parseProtocol("Paper"));
}

/// The elements of d^l(beta) by Wigner's sum.
double smallD(int l, int m, int n, double beta) {
  auto factorial = [](int k) { return std::tgamma(k + 1.0); };
  double sum = 0;
  for (int s = std::max(0, n - m); s <= std::min(l + n, l - m); ++s)
    sum += (((m - n + s) % 2) ? -1.0 : 1.0) * std::pow(std::cos(beta / 2), 2 * l + n - m - 2 * s) *
           std::pow(std::sin(beta / 2), m - n + 2 * s) /
           (factorial(l + n - s) * factorial(s) * factorial(m - n + s) * factorial(l - m - s));
  return sum * std::sqrt(factorial(l + m) * factorial(l - m) * factorial(l + n) * factorial(l - n));
}

std::vector<Rotation> rotationsOf(int64_t count) {
  GeneratorOptions options;
  options.rotate = true;
  options.count = count;
  options.projection.bandLimit = 1;
  const SphereGenerator samples(rampItems(7), options);
  std::vector<Rotation> rotations;
  for (int64_t index = 0; index < count; ++index)
    rotations.push_back(make(samples, index).contents.rotation);
  return rotations;
}

// The Haar measure makes cos(beta) uniform: sqrt(n) D (Kolmogorov and Smirnov) exceeds 1.95 with
// chance 1e-3. By Schur's relations the elements of D^l have mean 0 and mean square 1 / (2l + 1),
// half of it in each of the two parts unless m = n = 0.
TEST(Generator, RotationsAreUniform) {
  constexpr int count = 20000;
  const std::vector<Rotation> rotations = rotationsOf(count);
  std::vector<double> cosines;
  std::set<std::array<double, 4>> different;
  for (const Rotation &r : rotations) {
    cosines.push_back((r.matrix()[8] + 1) / 2);
    different.insert({r.w, r.x, r.y, r.z});
  }
  EXPECT_EQ(different.size(), size_t(count));
  std::sort(cosines.begin(), cosines.end());
  double distance = 0;
  for (int i = 0; i < count; ++i)
    distance = std::max({distance, std::abs(cosines[i] - double(i) / count),
                         std::abs(cosines[i] - double(i + 1) / count)});
  EXPECT_LT(std::sqrt(count) * distance, 1.95);
  for (const int l : {1, 2})
    for (int m = -l; m <= l; ++m)
      for (int n = -l; n <= l; ++n) {
        std::complex<double> mean = 0;
        for (const Rotation &r : rotations) {
          const EulerAngles angles = r.eulerAngles();
          mean +=
              std::polar(smallD(l, m, n, angles.beta) / count, m * angles.alpha + n * angles.gamma);
        }
        const double variance = 1.0 / (2 * l + 1) / (m == 0 && n == 0 ? 1 : 2);
        EXPECT_LT(std::abs(mean.real()), 4 * std::sqrt(variance / count)) << l << m << n;
        EXPECT_LT(std::abs(mean.imag()), 4 * std::sqrt(variance / count)) << l << m << n;
      }
}

} // namespace
} // namespace spherical::runtime
