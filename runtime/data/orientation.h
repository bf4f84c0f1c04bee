//===- orientation.h - how a field lies on the sphere -----------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_ORIENTATION_H
#define SPHERICAL_RUNTIME_DATA_ORIENTATION_H

#include "runtime/data/picture.h"
#include "runtime/data/sample_grid.h"

#include <span>
#include <string>

namespace spherical::runtime {

/// A picture of one field on a grid on the sphere that shows where north is, which way longitudes
/// grow, where they begin, and the first three values: a map of all longitudes, alpha from 0 at its
/// left edge (the seam) to 2 pi, the north pole on top, values from dark to bright by their range
/// (those that are not finite red), with the meridians and parallels of a quarter turn; below it
/// `title`. Each place of the map has the value of the grid's nearest point. Throws
/// std::invalid_argument unless there is one value for each point.
Picture drawOrientation(const SampleGrid &grid, std::span<const float> field,
                        const std::string &title);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_ORIENTATION_H
