//===- pictured_data.cpp - data as pictures show it -----------------------===//

#include "tools/spherical/pictured_data.h"

namespace spherical::driver {

PicturedData picturedData(const runtime::SphereGenerator &samples) {
  const bool segmented = samples.layout().segmented;
  return {&samples, samples.settings().projection.grid,
          [=](int64_t index) { return className(index, segmented); },
          [](int64_t index) { return std::to_string(index); }};
}

PicturedData picturedData(const OwnData &data) {
  return {&data.source(), runtime::SphereGrid::Soft,
          [&](int64_t index) { return ownClassName(data.record, index); },
          [&](int64_t index) { return data.sampleName(index); }, data.record.palette};
}

PicturedData picturedData(const OwnData &data, const runtime::SubsetSamples &subset) {
  PicturedData result = picturedData(data);
  result.samples = &subset;
  result.sampleName = [&](int64_t index) { return data.sampleName(subset.indexInAll(index)); };
  return result;
}

} // namespace spherical::driver
