//===- validation_data.h - what a training is validated with ----*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_VALIDATION_DATA_H
#define SPHERICAL_TOOLS_SPHERICAL_VALIDATION_DATA_H

#include "tools/spherical/own_data.h"
#include "tools/spherical/prediction_views.h"

#include <memory>
#include <optional>
#include <string>

namespace spherical::driver {

/// What `validation` of a training says.
struct ValidationSource {
  double share = 0;      ///< of the training part, above 0 and below 1; 0: none
  std::string part = {}; ///< of the data: validation or test; or empty
  std::string path = {}; ///< or empty

  bool isNone() const { return share == 0 && part.empty() && path.empty(); }
};

/// Fails for a number that is no share.
Result<ValidationSource> parseValidation(const std::string &text);

/// The samples of a training, and those that validate it.
struct DividedData {
  /// Other data in files, all of which validates.
  std::unique_ptr<OwnData> own;
  std::unique_ptr<runtime::SampleSource> training, validation;
  PicturedData pictured; ///< what validates
  std::string text;      ///< one line: which samples validate

  /// What trains, of all that there was, and what validates: null without validation.
  const runtime::SampleSource &trainingOf(const runtime::SampleSource &all) const {
    return training ? *training : all;
  }
  const runtime::SampleSource *validates() const {
    return validation ? validation.get() : own ? &own->source() : nullptr;
  }
};

/// Of data in files, whose training part `data` is. A share is taken from it: single samples, or,
/// if the data is divided by --split group or time, as this divides. `metadata` are those of the
/// weights: normalisation and classes of other files go by them.
Result<DividedData> divideOwnData(const ValidationSource &wanted, const OwnData &data,
                                  const DigitOptions &digits, const OwnDataOptions &options,
                                  const std::optional<ModelInterface> &model,
                                  const SessionOptions &session, const runtime::Metadata &metadata);

/// Of digits: those that `DigitOptions::heldOut` takes from the training, or the test's.
Result<DividedData> openValidationDigits(const ValidationSource &wanted, const DigitOptions &digits,
                                         int64_t bandLimit, bool segmented);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_VALIDATION_DATA_H
