//===- recipe.h - random architectures --------------------------*- C++ -*-===//
//
// The procedure of appendix B of Gerken et al. 2022: an architecture is drawn
// number by number and kept if its parameters are as many as wanted. B.1 is for
// planar networks, B.2 for spherical ones. Classifiers have the layers down alone,
// without shortcuts, and a head. Where the paper's text leaves a choice, the
// declaration below says which one is made.
//
// Everything is in whole numbers, so that a seed gives the same model anywhere.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_GENERATE_RECIPE_H
#define SPHERICAL_TOOLS_SPHERICAL_GENERATE_RECIPE_H

#include "tools/spherical/model/description.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace spherical::driver {

enum class Architecture { CNN, S2CNN };

/// What to draw.
struct Recipe {
  Architecture architecture = Architecture::S2CNN;
  Task task = Task::Segmentation;
  /// The numbers of parameters that are wanted, both ends included.
  int64_t fewest = 1, most = 1;
  /// Of the input, whose samples are 2b x 2b; images have that side.
  int64_t bandLimit = 50;
  int64_t classes = 11;
};

/// The most layers down, at least 1: the number of digits of `most`. The paper makes it depend on
/// the upper end of the range in a way that its text has lost; its models of 218k, 1M and 5.5M
/// parameters have 5, 6 and 7 layers down.
int64_t largestDepth(int64_t most);

/// The points of a straight line from `from` to `to` in `steps` equal steps, each rounded down:
/// steps + 1 numbers. Both ends are at least 0, `steps` at least 1.
std::vector<int64_t> interpolate(int64_t from, int64_t to, int64_t steps);

/// The stride with which windows of side `kernel` turn an image of side `size` into one of about
/// target / divisor, which is at least 2: (size - kernel) / (target / divisor - 1), rounded to the
/// nearest whole number, halves up, and at least 1. (B.3)
int64_t strideTowards(int64_t size, int64_t kernel, int64_t target, int64_t divisor);

/// The channels of convolutions with these kernels and strides on an image of side `size` whose
/// last layer gives `outputs` channels: ceil(outputs size^2 / n_i^2) with n_0 = size and n_i =
/// (n_(i-1) - 2 (k_i - 1)) / s_i, as fractions (B.5); this keeps the number of values about the
/// same. Nothing if an n_i is not positive or a number of channels is beyond 2^20, the most that a
/// model may have.
std::optional<std::vector<int64_t>> balancedChannels(int64_t size, int64_t outputs,
                                                     const std::vector<int64_t> &kernels,
                                                     const std::vector<int64_t> &strides);

/// One layer down of a planar network.
struct PlanarStep {
  int64_t kernel = 1, stride = 1, channels = 1;
};

/// One layer down of a spherical network: what it gives.
struct SphericalStep {
  int64_t bandLimit = 1, channels = 1;
};

/// The network with these layers down, and up again for segmentation. (B.1)
ModelDescription planarModel(const Recipe &recipe, const std::vector<PlanarStep> &steps);

/// The network with these layers down, and up again for segmentation. The largest beta of a kernel
/// whose input has the band-limit b is `reach` / b millionths of pi, rounded to 100 of them:
/// kernels cover as many points everywhere. `reach` / b is at most 10^6 for the smallest b. (B.2)
ModelDescription sphericalModel(const Recipe &recipe, const std::vector<SphericalStep> &steps,
                                int64_t reach);

/// Draw `draw` of `seed`, whatever the number of its parameters; nothing if balancedChannels has
/// nothing for it. Uniform are: the depth D in 1 ... largestDepth(most); of planar networks, the
/// side of the bottleneck in 2 ... 30, at most the input's, and for each layer the odd kernel in 1
/// ... 9, at most the side of the image; the strides lead to sides on a straight line to the
/// bottleneck's. Of spherical networks, the band-limit of the bottleneck in 3 ... 20, at most the
/// input's, and its channels in classes ... max(30, classes); band-limits and channels lie on
/// straight lines from the input's band-limit and `classes` channels; the largest beta of a kernel
/// on the bottleneck is in pi/8 ... pi/2 (the paper's bounds are lost; its model of 204k parameters
/// has 0.3095 pi).
std::optional<ModelDescription> drawModel(const Recipe &recipe, uint64_t seed, uint32_t draw);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_GENERATE_RECIPE_H
