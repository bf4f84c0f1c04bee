//===- generator.cpp - images on the sphere, made on demand -----*- C++ -*-===//

#include "runtime/data/generator.h"

#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>
#include <string>
#include <utility>

namespace spherical::runtime {
namespace {

constexpr std::array<const char *, 2> protocolNames = {"paper", "public-code"};
constexpr std::array<const char *, 3> drawNames = {"each", "replacement", "first"};
constexpr std::array<const char *, 3> pointNames = {"south-pole", "north-pole", "grid-centre"};
constexpr std::array<const char *, 2> gridNames = {"soft", "driscoll-healy"};

template <typename T, size_t size>
std::optional<T> parse(const std::array<const char *, size> &names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name); // compares as text
  if (found == names.end())
    return std::nullopt;
  return static_cast<T>(found - names.begin());
}

void expect(bool condition, const std::string &message) {
  if (!condition)
    throw std::invalid_argument(message);
}

void checkOptions(const LabelledImages &images, const GeneratorOptions &options) {
  expect(images.count >= 1, "expected at least one item, got none");
  expect(options.count >= 0, "expected a number of samples that is not negative");
  expect(options.items >= 1 && options.items <= maxItems,
         "expected 1 to " + std::to_string(maxItems) + " items on a sphere, got " +
             std::to_string(options.items));
  expect(options.items == 1 || options.segmented,
         "expected one item on a sphere that has one class, got " + std::to_string(options.items));
  expect(options.threshold >= 0 && options.threshold < 255,
         "expected a threshold of 0 to 254, got " + std::to_string(options.threshold));
  expect(*std::max_element(images.labels.begin(), images.labels.end()) < 255,
         "expected at most 255 classes");
  if (options.protocol == Protocol::Paper)
    return;
  const std::string here = "the public code's protocol ";
  expect(options.items == 1,
         here + "has one item on a sphere, got " + std::to_string(options.items));
  expect(options.canvas == 0 && options.projection.halfWidth == 1.5,
         here + "has no canvas: the item spans 1.5 on either side of the pole");
  expect(options.projection.point == ProjectionPoint::SouthPole,
         here + "projects on the south pole, got " +
             std::string(projectionPointName(options.projection.point)));
}

GeneratorOptions completed(const LabelledImages &images, GeneratorOptions options) {
  checkOptions(images, options);
  if (options.count == 0)
    options.count = images.count;
  const bool publicCode = options.protocol == Protocol::PublicCode;
  if (!options.draw && publicCode)
    options.draw = Draw::First;
  if (!options.draw)
    options.draw =
        options.items == 1 && options.count <= images.count ? Draw::Each : Draw::Replacement;
  if (options.draw == Draw::Each)
    expect(options.count <= images.count / options.items,
           "expected at most " + std::to_string(images.count / options.items) +
               " samples with each item at most once, got " + std::to_string(options.count));
  if (options.canvas == 0 && options.segmented && !publicCode)
    options.canvas = GeneratorOptions::defaultCanvas;
  if (publicCode)
    options.projection.grid = SphereGrid::DriscollHealy;
  return options;
}

} // namespace

std::optional<Protocol> parseProtocol(std::string_view name) {
  return parse<Protocol>(protocolNames, name);
}
std::optional<Draw> parseDraw(std::string_view name) { return parse<Draw>(drawNames, name); }
std::optional<ProjectionPoint> parseProjectionPoint(std::string_view name) {
  return parse<ProjectionPoint>(pointNames, name);
}
std::optional<SphereGrid> parseSphereGrid(std::string_view name) {
  return parse<SphereGrid>(gridNames, name);
}
const char *protocolName(Protocol protocol) { return protocolNames[static_cast<size_t>(protocol)]; }
const char *drawName(Draw draw) { return drawNames[static_cast<size_t>(draw)]; }
const char *projectionPointName(ProjectionPoint point) {
  return pointNames[static_cast<size_t>(point)];
}
const char *sphereGridName(SphereGrid grid) { return gridNames[static_cast<size_t>(grid)]; }

SphereGenerator::SphereGenerator(LabelledImages source, const GeneratorOptions &given)
    : images(std::move(source)), options(completed(images, given)) {
  const int64_t wanted = options.count * options.items;
  if (options.draw == Draw::Each && wanted < images.count)
    subset = randomSubset(wanted, images.count, RandomNumbers(options.seed, RandomStream::Subset));
  classes = 1 + *std::max_element(images.labels.begin(), images.labels.end());
  if (options.protocol == Protocol::PublicCode)
    publicProjector.emplace(options.projection.bandLimit, images.rows, images.columns);
  else if (options.canvas > 0)
    projector.emplace(options.projection, options.canvas, options.canvas);
  else
    projector.emplace(options.projection, images.rows, images.columns);
}

SampleLayout SphereGenerator::layout() const {
  return {1, options.projection.bandLimit, options.segmented,
          options.segmented ? classes + 1 : classes};
}

std::vector<int64_t> SphereGenerator::itemsOf(int64_t index) const {
  std::vector<int64_t> items(options.items);
  const RandomNumbers numbers(options.seed, RandomStream::Item, options.set);
  for (int64_t k = 0; k < options.items; ++k) {
    const int64_t place = index * options.items + k;
    if (options.draw == Draw::Replacement)
      items[k] = static_cast<int64_t>(numbers.below(index * maxItems + k, images.count));
    else
      items[k] = subset.empty() ? place % images.count : subset[place];
  }
  return items;
}

void SphereGenerator::makePublic(SampleContents &contents, uint8_t *pixels, uint8_t *mask) const {
  thread_local std::vector<PublicProjector::PlacedPoint> points;
  publicProjector->locate(contents.rotation, points);
  publicProjector->project(images.image(contents.items[0]), points, pixels);
  if (!options.segmented)
    return;
  const auto label = static_cast<uint8_t>(images.labels[contents.items[0]] + 1);
  for (int64_t k = 0; k < layout().points(); ++k)
    mask[k] = pixels[k] > options.threshold ? label : 0;
}

SampleContents SphereGenerator::make(int64_t index, uint8_t *pixels, uint8_t *mask) const {
  SampleContents contents{itemsOf(index), {}, false};
  const bool publicCode = options.protocol == Protocol::PublicCode;
  if (options.rotate)
    contents.rotation =
        uniformRotation(RandomNumbers(options.seed, RandomStream::Rotation, options.set),
                        publicCode ? index / publicRotationChunk : index);
  if (publicCode) {
    makePublic(contents, pixels, mask);
    return contents;
  }
  thread_local Canvas canvas;
  thread_local std::vector<SphereProjector::PlacedPoint> rotated;
  if (options.canvas > 0) {
    fillCanvas(canvas, options.canvas, images, contents.items, options.threshold,
               RandomNumbers(options.seed, RandomStream::Place, options.set), index);
    contents.overlapping = canvas.overlapping;
  } else {
    canvas.clear(images.rows, images.columns);
    canvas.paste(images.image(contents.items[0]), images.columns,
                 {0, 0, images.rows, images.columns}, images.labels[contents.items[0]],
                 options.threshold, 0, 0);
  }
  if (options.rotate)
    projector->locate(contents.rotation, rotated);
  const auto &points = options.rotate ? rotated : projector->unrotated();
  projector->interpolate(canvas.pixels, points, pixels);
  if (options.segmented)
    projector->takeNearest(canvas.mask, points, mask);
  return contents;
}

void SphereGenerator::load(int64_t index, float *x, Target target) const {
  thread_local std::vector<uint8_t> pixels, mask;
  const int64_t points = layout().points();
  pixels.resize(points);
  mask.resize(points);
  const SampleContents contents = make(index, pixels.data(), mask.data());
  std::array<float, 256> values;
  for (int pixel = 0; pixel < 256; ++pixel)
    values[pixel] = pixelValue(static_cast<uint8_t>(pixel), unit());
  for (int64_t k = 0; k < points; ++k)
    x[k] = values[pixels[k]];
  if (options.segmented)
    std::ranges::copy(mask, target.classes);
  else
    *target.classes = images.labels[contents.items[0]];
}

uint64_t SphereGenerator::fingerprint() const {
  uint64_t hash = hashBytes(images.labels, hashBytes(images.pixels));
  const ProjectionOptions &projection = options.projection;
  for (const uint64_t number :
       {static_cast<uint64_t>(options.protocol), static_cast<uint64_t>(options.count),
        static_cast<uint64_t>(options.items), static_cast<uint64_t>(options.segmented),
        static_cast<uint64_t>(options.rotate), static_cast<uint64_t>(*options.draw),
        static_cast<uint64_t>(options.canvas), static_cast<uint64_t>(projection.bandLimit),
        std::bit_cast<uint64_t>(projection.halfWidth), static_cast<uint64_t>(projection.grid),
        static_cast<uint64_t>(projection.point), static_cast<uint64_t>(options.threshold),
        options.seed, static_cast<uint64_t>(options.set)})
    hash = (hash ^ number) * 1099511628211u;
  return hash;
}

SphericalImages SphereGenerator::store(std::span<const int64_t> indices) const {
  const auto count = static_cast<int64_t>(indices.size());
  SphericalImages result = {count, 1,  options.projection.bandLimit, {},
                            {},    {}, options.projection.grid,      unit()};
  result.pixels.resize(count * result.points());
  if (options.segmented)
    result.masks.resize(count * result.points());
  for (int64_t k = 0; k < count; ++k) {
    make(indices[k], result.pixels.data() + k * result.points(),
         options.segmented ? result.masks.data() + k * result.points() : nullptr);
    result.labels.push_back(options.segmented ? static_cast<int32_t>(options.items)
                                              : label(indices[k]));
  }
  return result;
}

} // namespace spherical::runtime
