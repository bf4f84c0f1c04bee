//===- discrepancy.cpp - why two arrays differ ----------------------------===//
//
// Applies one change after the other to the first array and keeps the one after
// which a single factor brings it nearest to the second.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/discrepancy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace spherical::driver {
namespace {

/// A change explains a difference if it leaves less than this share of it.
constexpr double explained = 0.05;
/// Factors nearer to 1 than this are none.
constexpr double unitTolerance = 1e-3;

const char *const angleNames[] = {"beta", "alpha", "gamma"};

/// Angles of [channel, beta, alpha, gamma] in another order, mirrored and shifted: axis i of the
/// result is the angle order[i], index k of it the index sign k + shift of that angle.
struct AngleMap {
  std::array<int, 3> order = {0, 1, 2};
  std::array<bool, 3> mirrored = {};
  std::array<bool, 3> halfTurn = {};
};

/// The array that `map` makes of one with `angles` angles of `side` samples.
std::vector<double> mapAngles(const std::vector<double> &from, const AngleMap &map, int angles,
                              int64_t side) {
  std::array<int64_t, 3> stride = {};
  for (int angle = angles - 1, step = 1; angle >= 0; --angle, step *= static_cast<int>(side))
    stride[angle] = step;
  const int64_t block = stride[0] * side;
  std::vector<double> to(from.size());
  std::vector<std::vector<int64_t>> offset(angles, std::vector<int64_t>(side));
  for (int axis = 0; axis < angles; ++axis)
    for (int64_t k = 0; k < side; ++k) {
      const int angle = map.order[axis];
      // beta has no sample at 0, so that its mirror image is side - 1 - k.
      int64_t index = map.mirrored[angle] ? (angle == 0 ? side - 1 - k : (side - k) % side) : k;
      index = (index + (map.halfTurn[angle] ? side / 2 : 0)) % side;
      offset[axis][k] = index * stride[angle];
    }
  for (int64_t at = 0; at < static_cast<int64_t>(to.size()); ++at) {
    int64_t source = at / block * block;
    for (int axis = 0; axis < angles; ++axis)
      source += offset[axis][at % block / stride[axis] % side];
    to[at] = from[source];
  }
  return to;
}

/// All changes tried so far, in order of simplicity, and the best of them.
class Search {
public:
  Search(const std::vector<double> &ours, const std::vector<double> &theirs)
      : theirs(theirs), limit(explained * distance(ours, theirs).relative) {}

  /// Compares `changed`, times the best factor, with the other side.
  void consider(const std::vector<double> &changed, const std::string &cause);
  const std::optional<Guess> &result() const { return best; }

private:
  const std::vector<double> &theirs;
  double limit;
  std::optional<Guess> best;
};

void Search::consider(const std::vector<double> &changed, const std::string &cause) {
  const double square = std::inner_product(changed.begin(), changed.end(), changed.begin(), 0.0);
  const double product = std::inner_product(changed.begin(), changed.end(), theirs.begin(), 0.0);
  if (square == 0)
    return;
  const double factor = product / square;
  std::vector<double> scaled(changed);
  for (double &value : scaled)
    value *= factor;
  const double remaining = distance(scaled, theirs).relative;
  // A later, less simple cause must be clearly better.
  if (!(remaining <= limit) || (best && remaining > best->remaining / 2))
    return;
  std::string text = cause;
  if (std::abs(factor - 1) > unitTolerance) {
    char buffer[60];
    std::snprintf(buffer, sizeof(buffer), "a scale factor of %.6g", factor);
    text += (text.empty() ? "" : ", and ") + std::string(buffer);
  }
  if (!text.empty())
    best = Guess{text, remaining};
}

/// "axes [alpha, beta], mirrored alpha" and so on.
std::string describe(const AngleMap &map, int angles) {
  std::string text, mirrored, turned;
  for (int angle = 0; angle < angles; ++angle) {
    if (map.mirrored[angle])
      mirrored += (mirrored.empty() ? "" : " and ") + std::string(angleNames[angle]);
    if (map.halfTurn[angle])
      turned += (turned.empty() ? "" : " and ") + std::string(angleNames[angle]);
  }
  if (map.order != AngleMap().order) {
    text = "transposed axes: theirs are [batch, channel";
    for (int axis = 0; axis < angles; ++axis)
      text += std::string(", ") + angleNames[map.order[axis]];
    text += "]";
  }
  if (!mirrored.empty())
    text += (text.empty() ? "" : "; ") + ("mirrored " + mirrored) +
            ": the other sense of rotation, or a conjugate";
  if (!turned.empty())
    text += (text.empty() ? "" : "; ") + turned + " shifted by half a turn";
  return text;
}

void tryAngles(Search &search, const std::vector<double> &ours, int angles, int64_t side) {
  std::array<int, 3> order = {0, 1, 2};
  do {
    for (int signs = 0; signs < 1 << angles; ++signs) {
      AngleMap map;
      map.order = order;
      for (int angle = 0; angle < angles; ++angle)
        map.mirrored[angle] = (signs >> angle & 1) != 0;
      search.consider(mapAngles(ours, map, angles, side), describe(map, angles));
    }
  } while (std::next_permutation(order.begin(), order.begin() + angles));
  for (int angle = 1; angle < angles; ++angle) {
    AngleMap turned;
    turned.halfTurn[angle] = true;
    search.consider(mapAngles(ours, turned, angles, side), describe(turned, angles));
  }
  if (angles == 3) {
    // R^-1 has the angles (pi - gamma, beta, -pi - alpha).
    AngleMap inverse{{0, 2, 1}, {false, true, true}, {false, true, true}};
    search.consider(mapAngles(ours, inverse, angles, side), "the function of the inverse rotation");
  }
}

/// `ours` with the mean difference of each channel added.
std::vector<double> withOffsets(const std::vector<double> &ours, const std::vector<double> &theirs,
                                int64_t channels) {
  std::vector<double> changed(ours);
  const auto block = static_cast<int64_t>(ours.size()) / channels;
  for (int64_t channel = 0; channel < channels; ++channel) {
    double offset = 0;
    for (int64_t at = channel * block; at < (channel + 1) * block; ++at)
      offset += (theirs[at] - ours[at]) / static_cast<double>(block);
    for (int64_t at = channel * block; at < (channel + 1) * block; ++at)
      changed[at] += offset;
  }
  return changed;
}

} // namespace

Distance distance(std::span<const double> a, std::span<const double> b) {
  Distance result;
  double error = 0, norm = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    result.largest = std::max(result.largest, std::abs(a[i] - b[i]));
    error += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  result.relative = error == 0 ? 0 : std::sqrt(error / norm);
  return result;
}

std::optional<Guess> guessChange(const std::vector<double> &ours, const std::vector<double> &theirs,
                                 const std::vector<int64_t> &shape) {
  Search search(ours, theirs);
  search.consider(ours, "");
  std::vector<double> rectified(ours);
  for (double &value : rectified)
    value = std::max(value, 0.0);
  search.consider(rectified, "theirs is after the ReLU");
  if (shape.size() > 1) {
    search.consider(withOffsets(ours, theirs, shape[0]),
                    "a constant for each channel: another bias, or none");
    tryAngles(search, ours, static_cast<int>(shape.size()) - 1, shape.back());
  }
  return search.result();
}

} // namespace spherical::driver
