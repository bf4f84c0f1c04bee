//===- grid_schema.cpp - kernel grids in model files ----------------------===//

#include "tools/spherical/model/schema.h"

namespace spherical::driver {

static std::vector<std::vector<double>> readPoints(const YAML::Node &node, bool onSO3) {
  const std::vector<std::string> angles = {"beta", "alpha", "gamma"};
  const size_t columns = onSO3 ? 3 : 2;
  if (!node.IsSequence() || node.size() == 0)
    throw ModelFault{positionOf(node), "'points' expected a list of points, got " + got(node), ""};
  std::vector<std::vector<double>> points;
  for (const YAML::Node &row : node) {
    if (!row.IsSequence() || row.size() != columns)
      throw ModelFault{positionOf(row),
                       "a kernel point expected " +
                           std::string(onSO3 ? "[beta, alpha, gamma]" : "[beta, alpha]") +
                           ", got " +
                           (row.IsSequence() ? std::to_string(row.size()) + " numbers" : got(row)),
                       ""};
    std::vector<double> &point = points.emplace_back();
    for (size_t i = 0; i < columns; ++i)
      point.push_back(toAngle(row[i], angles[i], i == 0 ? colatitude : twoTurns));
  }
  return points;
}

const std::vector<GridSchema> &gridSchemas() {
  static const std::vector<GridSchema> schemas = {
      {"near_identity",
       "Rings around the pole: beta = max_beta (1 ... n)/n for n colatitudes, alpha "
       "evenly around; on SO(3) alpha + gamma evenly from -max_gamma to max_gamma."},
      {"equatorial",
       "Rings around the equator: beta evenly from pi/2 - max_beta to pi/2 + max_beta, "
       "alpha evenly around; on SO(3) gamma evenly from -max_gamma to max_gamma."},
      {"soft", "All points of the grid of a band-limit."},
      {"points", "A list of points, each [beta, alpha] on S2, as in s2_conv, or [beta, alpha, "
                 "gamma] on SO(3)."}};
  return schemas;
}

static std::vector<std::string> gridKinds() {
  std::vector<std::string> kinds;
  for (const GridSchema &schema : gridSchemas())
    kinds.push_back(schema.kind);
  return kinds;
}

static Key<KernelGrid> pointsKey(bool onSO3) {
  const std::string values = onSO3 ? "[beta, alpha, gamma]" : "[beta, alpha]";
  return {
      {"points", "list of points " + values, "", "angles of each point of the kernel"},
      [onSO3](const YAML::Node &node, KernelGrid &grid) { grid.points = readPoints(node, onSO3); }};
}

/// Distances from the equator, and the largest of angles gamma that go to both sides.
static constexpr Interval fromEquator = {.low = 0, .high = std::numbers::pi / 2};
static constexpr Interval largestGamma = {.low = 0, .high = 2 * std::numbers::pi};

std::vector<Key<KernelGrid>> gridKeys(const std::string &kind, bool onSO3) {
  const Keys<KernelGrid> key(defaultGrid(kind, onSO3));
  const bool near = kind == "near_identity";
  std::vector<Key<KernelGrid>> keys = {
      required(key.word("kind", &KernelGrid::kind, gridKinds(), "family of the kernel's points"))};
  if (kind == "soft") {
    keys.push_back(required(key.integer("bandlimit", &KernelGrid::bandLimit, 1, maxBandLimit,
                                        "the points are those of the grid of this band-limit")));
    return keys;
  }
  if (kind == "points") {
    keys.push_back(pointsKey(onSO3));
    return keys;
  }
  keys.push_back(key.integer("beta", &KernelGrid::beta, 1, maxGridCount, "number of colatitudes"));
  keys.push_back(key.integer("alpha", &KernelGrid::alpha, 1, maxGridCount, "number of longitudes"));
  keys.push_back(key.angle("max_beta", &KernelGrid::maxBeta, near ? colatitude : fromEquator,
                           near ? "largest colatitude" : "largest distance from the equator"));
  if (!onSO3)
    return keys;
  const Key<KernelGrid> gamma =
      key.integer("gamma", &KernelGrid::gamma, 1, maxGridCount, "number of angles gamma");
  keys.push_back(near ? otherwise(gamma, "as many as alpha by default") : gamma);
  keys.push_back(
      key.angle("max_gamma", &KernelGrid::maxGamma, largestGamma,
                near ? "largest of alpha + gamma, to both sides" : "largest gamma, to both sides"));
  return keys;
}

/// A grid whose kind alone is given.
static KernelGrid readGridKind(const YAML::Node &node, bool onSO3) {
  const std::string kind = toWord(node, "grid", gridKinds());
  for (const Key<KernelGrid> &key : gridKeys(kind, onSO3))
    if (key.required() && key.name != "kind")
      throw ModelFault{positionOf(node),
                       "'grid' expected the key '" + key.name + "' for kind " + kind + ", got none",
                       "write grid: {kind: " + kind + ", ...}"};
  return defaultGrid(kind, onSO3);
}

static KernelGrid readGrid(const YAML::Node &node, bool onSO3) {
  if (!node.IsMap())
    return readGridKind(node, onSO3);
  if (!node["kind"])
    throw ModelFault{positionOf(node), "'grid' expected the key 'kind', got none", ""};
  const std::string kind = toWord(node["kind"], "kind", gridKinds());
  KernelGrid grid = defaultGrid(kind, onSO3);
  readKeys(node, "grid", gridKeys(kind, onSO3), grid);
  if (onSO3 && kind == "near_identity" && !node["gamma"])
    grid.gamma = grid.alpha;
  if (const int64_t points = gridPoints(grid, onSO3); points > maxGridPoints)
    throw ModelFault{positionOf(node),
                     "'grid' expected at most " + std::to_string(maxGridPoints) + " points, got " +
                         std::to_string(points),
                     ""};
  return grid;
}

Key<Layer> gridKey(bool onSO3) {
  return {{"grid", "a kernel grid, see below", byDefault("near_identity"),
           "where the kernel has weights"},
          [onSO3](const YAML::Node &node, Layer &layer) { layer.grid = readGrid(node, onSO3); }};
}

} // namespace spherical::driver
