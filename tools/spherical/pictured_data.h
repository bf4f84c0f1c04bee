//===- pictured_data.h - data as pictures show it ---------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_PICTURED_DATA_H
#define SPHERICAL_TOOLS_SPHERICAL_PICTURED_DATA_H

#include "tools/spherical/own_data.h"
#include "tools/spherical/prediction_views.h"

#include "runtime/data/subset_samples.h"

namespace spherical::driver {

/// Digits, with the names of their classes and their numbers.
PicturedData picturedData(const runtime::SphereGenerator &samples);

/// Data in files, with its names and colours; it must outlive the result.
PicturedData picturedData(const OwnData &data);

/// A subset of the samples of such data; both must outlive the result.
PicturedData picturedData(const OwnData &data, const runtime::SubsetSamples &subset);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_PICTURED_DATA_H
