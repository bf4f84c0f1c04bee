//===- validation_data.cpp - what a training is validated with ------------===//

#include "tools/spherical/validation_data.h"

#include "tools/spherical/pictured_data.h"

#include "runtime/data/sets/split.h"
#include "runtime/data/subset_samples.h"
#include "runtime/train/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace spherical::driver {
namespace {

std::string samplesText(int64_t count) {
  return std::to_string(count) + (count == 1 ? " sample" : " samples");
}

/// What is said of a test whose samples decided when the training ended.
constexpr const char *isNoTest =
    ": a test on it says no longer what samples that nobody has seen would";

/// Whole groups, or the latest of the training part, if the data is divided so.
runtime::HeldOut dividedAlike(runtime::Split3 split, double share, const runtime::DataSet &set) {
  const auto percent = std::clamp<int64_t>(std::llround(100 * share), 1, 99);
  split.shares = {100 - percent, percent, 0};
  return runtime::holdOut(runtime::samplesOf(set, split, runtime::Part::Validation), set.count());
}

Result<DividedData> holdOutShare(double share, const OwnData &data, const OwnDataOptions &options,
                                 uint64_t seed) {
  const runtime::SampleSource &all = data.source();
  const std::optional<runtime::Split3> split =
      options.split.empty() ? std::nullopt : runtime::parseSplit(options.split);
  runtime::HeldOut parts;
  if (split && split->kind != runtime::SplitKind::Sample) {
    parts = dividedAlike({split->kind, {}, seed}, share, data.samples->data());
  } else {
    const auto held = std::llround(share * static_cast<double>(all.count()));
    parts = runtime::holdOut(std::min<int64_t>(std::max<int64_t>(held, 1), all.count()),
                             all.count(), seed);
  }
  if (parts.held.empty() || parts.others.empty())
    return commandError("--validation: expected samples on both sides of the share " +
                        printNumber(share) + ", got " + samplesText(all.count()) + " to divide");
  DividedData result;
  result.text = samplesText(static_cast<int64_t>(parts.held.size())) + ", a share of " +
                printNumber(share) + " of the training part, which has " +
                std::to_string(parts.others.size()) + " left";
  result.training = std::make_unique<runtime::SubsetSamples>(all, std::move(parts.others));
  auto held = std::make_unique<runtime::SubsetSamples>(all, std::move(parts.held));
  result.pictured = picturedData(data, *held);
  result.validation = std::move(held);
  return result;
}

} // namespace

Result<ValidationSource> parseValidation(const std::string &text) {
  if (text.empty() || text == "none")
    return ValidationSource{};
  double share = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (code == std::errc() && end == text.data() + text.size()) {
    if (share > 0 && share < 1)
      return ValidationSource{.share = share};
    return commandError(
        "--validation: expected a share above 0 and below 1, 'validation', 'test' or "
        "a path, got '" +
        text + "'");
  }
  if (text == "validation" || text == "test")
    return ValidationSource{.part = text};
  return ValidationSource{.path = text};
}

Result<DividedData> divideOwnData(const ValidationSource &wanted, const OwnData &data,
                                  const DigitOptions &digits, const OwnDataOptions &options,
                                  const std::optional<ModelInterface> &model,
                                  const SessionOptions &session,
                                  const runtime::Metadata &metadata) {
  if (wanted.isNone())
    return DividedData();
  if (wanted.share > 0)
    return holdOutShare(wanted.share, data, options, digits.seed);
  DigitOptions where = digits;
  where.examples = 0; // of the training
  OwnDataOptions taken = options;
  taken.part = wanted.part;
  if (!wanted.path.empty()) {
    where.folder = wanted.path;
    taken.split.clear();
    const runtime::SetPlace place =
        runtime::findSet(wanted.path, std::nullopt, runtime::Part::Validation);
    taken.part = place.hasParts ? "validation" : "";
  }
  Result<OwnData> other = openTestData(where, taken, model, metadata);
  if (!other)
    return other.error();
  if (Status projected = project(*other, options, model, session, digits.seed); !projected)
    return projected.error();
  DividedData result;
  result.text = other->text + (wanted.part == "test" ? isNoTest : "");
  result.own = std::make_unique<OwnData>(std::move(*other));
  result.pictured = picturedData(*result.own);
  return result;
}

Result<DividedData> openValidationDigits(const ValidationSource &wanted, const DigitOptions &digits,
                                         int64_t bandLimit, bool segmented) {
  if (wanted.isNone())
    return DividedData();
  if (wanted.part == "validation")
    return commandError("--validation: expected a share of the training's digits, 'test' or a "
                        "folder of digits, got 'validation'",
                        "digits have the parts train and test");
  DigitOptions options = digits;
  options.heldOut = wanted.share;
  options.validates = wanted.share > 0;
  if (!wanted.path.empty())
    options.folder = wanted.path;
  const auto split = wanted.share > 0 ? runtime::Split::Train : runtime::Split::Test;
  auto samples = openDigits(options, split, bandLimit, segmented);
  if (!samples)
    return samples.error();
  DividedData result;
  result.text = describeDigits(**samples);
  if (wanted.share > 0)
    result.text += ", of a share of " + printNumber(wanted.share) +
                   " of the digits, which the training does without";
  else
    result.text += wanted.path.empty() ? std::string(", of the test split") + isNoTest
                                       : ", of '" + wanted.path + "'";
  result.pictured = picturedData(**samples);
  result.validation = std::move(*samples);
  return result;
}

} // namespace spherical::driver
