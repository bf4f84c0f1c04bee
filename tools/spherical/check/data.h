//===- data.h - samples of users' data for checks ---------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_DATA_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_DATA_H

#include "tools/spherical/digits.h"
#include "tools/spherical/driver/layers.h"
#include "tools/spherical/own_data.h"

#include "runtime/data/safetensors.h"

#include <optional>
#include <string>

namespace spherical::driver {

/// Where samples come from.
struct CheckDataOptions {
  std::string weights;
  DigitOptions digits;
  OwnDataOptions own;
  SessionOptions session;
  int64_t count = 32; ///< samples at most
};

struct CheckData {
  runtime::Tensor x; ///< spectra [sample, channel, coefficient, 2] below the model's band-limit
  std::string text;  ///< what and how many
};

/// The first samples of what --data names or, without it, of the data that the weights record;
/// nothing if there is neither. Data in files are the part for tests, digits those of the training.
Result<std::optional<CheckData>> loadCheckData(CheckDataOptions &options, Session &model,
                                               const FlowType &input, bool segmented);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_DATA_H
