//===- architecture_table.h - models side by side ---------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_ARCHITECTURE_TABLE_H
#define SPHERICAL_TOOLS_SPHERICAL_ARCHITECTURE_TABLE_H

#include "tools/spherical/model/description.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// The models' layers as tables 4 and 5 of Gerken et al. 2022 have them: for each model a column of
/// blocks and one of what these give, in the sections input, down, up (from the first layer on that
/// gives a larger image or band-limit or is of a kind made for it), head (features) and parameters.
/// An activation stands behind the block before it; the layers of a block are indented under it. The
/// lines after the table say what the numbers in parentheses are. Models that do not fit side by side
/// into `width` letters, 0 for any number, follow in tables of their own. All have passed checkModel.
std::string architectureTable(const std::vector<ModelDescription> &models, size_t width);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_ARCHITECTURE_TABLE_H
