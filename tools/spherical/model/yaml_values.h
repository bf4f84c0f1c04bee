//===- yaml_values.h - values of a YAML file, checked -----------*- C++ -*-===//
//
// What the readers of model files share: each turns a node into a value or throws
// a ModelFault or ModelFaults, which readYaml turns into an Error.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_YAML_VALUES_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_YAML_VALUES_H

#include "tools/spherical/model/angle.h"
#include "tools/spherical/model/faults.h"

#include <yaml-cpp/yaml.h>

#include <numbers>
#include <string>
#include <vector>

namespace spherical::driver {

/// Several faults of a list or map. Like a single ModelFault it is thrown, and never leaves
/// readYaml.
struct ModelFaults {
  std::vector<ModelFault> faults;
};

/// Reads the parts of a list or map, of which one may be wrong and the others go on.
class Parts {
public:
  /// Calls `read`, keeping the faults that it throws; whether there were none.
  template <typename Read> bool attempt(const Read &read) {
    const size_t before = all.size();
    try {
      read();
    } catch (const ModelFault &fault) {
      all.push_back(fault);
    } catch (const ModelFaults &several) {
      all.insert(all.end(), several.faults.begin(), several.faults.end());
    }
    return all.size() == before;
  }
  void add(const ModelFault &fault) { all.push_back(fault); }
  const std::vector<ModelFault> &faults() const { return all; }
  /// Throws what was kept, if anything.
  void finish() const {
    if (!all.empty())
      throw ModelFaults{all};
  }

private:
  std::vector<ModelFault> all;
};

/// Largest band-limit, extent of an axis, and numbers of angles and points of a kernel grid.
constexpr int64_t maxBandLimit = 256;
constexpr int64_t maxExtent = 1 << 20;
constexpr int64_t maxGridCount = 4096;
constexpr int64_t maxGridPoints = 1 << 20;
/// Largest side of an image.
constexpr int64_t maxImageSize = 4096;

/// Where the angles of a kernel's points lie: beta, and alpha and gamma, which in near-identity
/// grids are differences of angles up to a full turn.
constexpr Interval colatitude = {.low = 0, .high = std::numbers::pi};
constexpr Interval twoTurns = {.low = -4 * std::numbers::pi, .high = 4 * std::numbers::pi};

Position positionOf(const YAML::Mark &mark);
Position positionOf(const YAML::Node &node);

/// The scalar's text in quotes, or what the node is instead.
std::string got(const YAML::Node &node);

/// The value of a node; `what` names it in the message if it is no such value. Numbers are finite
/// and lie in the interval, also in single precision, in which compiled code has them. Angles, in
/// radians, may pass the interval's ends by as much as a rounded pi does.
int64_t toInteger(const YAML::Node &node, const std::string &what, int64_t low, int64_t high);
double toNumber(const YAML::Node &node, const std::string &what, const Interval &interval);
double toAngle(const YAML::Node &node, const std::string &what, const Interval &interval);
/// An integer for a square, or [rows, columns], each at least 1.
ImageSize toSize(const YAML::Node &node, const std::string &what, int64_t high);
bool toBool(const YAML::Node &node, const std::string &what);
/// One of `words`.
std::string toWord(const YAML::Node &node, const std::string &what,
                   const std::vector<std::string> &words);

/// The values of a setting of each kind, in words: "integer from 1 to 256", "number above 0",
/// "angle of at least 0 and at most pi".
std::string integerText(int64_t low, int64_t high);
std::string sizeValues(int64_t high);
std::string numberText(const Interval &interval);
std::string angleText(const Interval &interval);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_YAML_VALUES_H
