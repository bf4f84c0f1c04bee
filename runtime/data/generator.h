//===- generator.h - images on the sphere, made on demand -------*- C++ -*-===//
//
// The data of Gerken et al. 2022, appendix C, for classification and segmentation:
// items of MNIST or Fashion-MNIST are drawn, pasted on a canvas, projected on the
// sphere and rotated. Every choice is a function of the seed and the sample's number,
// so that any number of samples needs no more memory than the items themselves.
//
// Two protocols:
//   paper        what the text says: a fresh uniform rotation for each sample, bilinear
//                images, masks by a threshold on the item and the nearest pixel
//   public-code  what the public generator does: public_projection.h, one rotation for
//                every 500 samples, items in the order of the file, masks by a threshold
//                on the projected image, pixels as they are
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_GENERATOR_H
#define SPHERICAL_RUNTIME_DATA_GENERATOR_H

#include "runtime/data/canvas.h"
#include "runtime/data/public_projection.h"
#include "runtime/data/samples.h"

#include <optional>
#include <string_view>

namespace spherical::runtime {

enum class Protocol { Paper, PublicCode };

/// Which items the samples show.
enum class Draw {
  Each,        ///< each item at most once, a random subset in the order of the file
  Replacement, ///< each sample draws its items from all, independently
  First,       ///< in the order of the file, from the start again after its end
};

/// "paper", "public-code"; "each", "replacement", "first"; "south-pole", "north-pole",
/// "grid-centre"; "soft", "driscoll-healy". Nothing for any other name.
std::optional<Protocol> parseProtocol(std::string_view name);
std::optional<Draw> parseDraw(std::string_view name);
std::optional<ProjectionPoint> parseProjectionPoint(std::string_view name);
std::optional<SphereGrid> parseSphereGrid(std::string_view name);
const char *protocolName(Protocol protocol);
const char *drawName(Draw draw);
const char *projectionPointName(ProjectionPoint point);
const char *sphereGridName(SphereGrid grid);

/// Pixels above these belong to an item (appendix C.1).
constexpr int mnistThreshold = 150;
constexpr int fashionThreshold = 10;

/// What to make. `GeneratorOptions{}` are 28 x 28 items on the southern hemisphere, each once.
struct GeneratorOptions {
  Protocol protocol = Protocol::Paper;
  int64_t count = 0; ///< samples; 0: one for each item there is
  int64_t items = 1; ///< on each sphere, up to maxItems; more than 1 only in segmented data
  bool segmented = false;
  bool rotate = false;
  /// Nothing: `each` if there are enough items for it, or else `replacement`; public-code: `first`.
  std::optional<Draw> draw;
  /// Side of the canvas in pixels. 0: the item's own size, which it fills, for one item that is to
  /// be classified or the public code's protocol, and else defaultCanvas.
  int64_t canvas = 0;
  ProjectionOptions projection; ///< `halfWidth` is that of the canvas
  int threshold = mnistThreshold;
  uint64_t seed = 0;
  uint32_t set = 0; ///< sets of one seed (0: training, 1: test, 2: validation) are independent

  static constexpr int64_t defaultCanvas = 60;
};

/// Samples for each rotation of the public code's protocol.
constexpr int64_t publicRotationChunk = 500;

/// What one sample shows.
struct SampleContents {
  std::vector<int64_t> items; ///< indices in the file
  Rotation rotation;
  bool overlapping = false; ///< whether boxes of items overlap
};

/// A data set that is made sample by sample. Labels: the class of the item, or with masks 0 for the
/// background and class + 1 for the items' points.
class SphereGenerator : public SampleSource {
public:
  /// Keeps the items. Throws std::invalid_argument for options that contradict each other, no items
  /// or more samples than `each` can give.
  SphereGenerator(LabelledImages images, const GeneratorOptions &options);

  int64_t count() const override { return options.count; }
  SampleLayout layout() const override;
  void load(int64_t index, float *x, Target target) const override;
  uint64_t fingerprint() const override;
  SphericalImages store(std::span<const int64_t> indices) const override;

  /// Writes the (2b)^2 pixels of a sample and, for segmented data, the classes of its points.
  SampleContents make(int64_t index, uint8_t *pixels, uint8_t *mask) const;

  /// The class of the item of a sample, the first one of several.
  int32_t label(int64_t index) const { return images.labels[itemsOf(index).front()]; }

  /// The class of an item of the file.
  int32_t itemLabel(int64_t item) const { return images.labels[item]; }

  /// With everything that was left open filled in.
  const GeneratorOptions &settings() const { return options; }

  /// The pixel that enters a network as 1.
  float unit() const { return options.protocol == Protocol::Paper ? 255.0f : 1.0f; }

private:
  std::vector<int64_t> itemsOf(int64_t index) const;
  void makePublic(SampleContents &contents, uint8_t *pixels, uint8_t *mask) const;

  LabelledImages images;
  GeneratorOptions options;
  std::vector<int64_t> subset; // of draw `each`, unless all
  int64_t classes = 0;
  std::optional<SphereProjector> projector;
  std::optional<PublicProjector> publicProjector;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_GENERATOR_H
