//===- data.cpp - samples of users' data for checks -----------------------===//

#include "tools/spherical/check/data.h"

#include "tools/spherical/check/signals.h"
#include "tools/spherical/parameters.h"

#include "runtime/reference/transform.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace spherical::driver {
namespace {

using runtime::DType;
using runtime::Tensor;

/// The first samples, brought to the degrees below the band-limit by an analysis on their grid.
Tensor spectraOf(const runtime::SampleSource &samples, const FlowType &input, int64_t most) {
  const runtime::SampleLayout layout = samples.layout();
  const int64_t count = std::min(most, samples.count()), size = layout.values();
  std::vector<float> values(count * size), targets(layout.targetValues() + 1);
  std::vector<int32_t> labels(layout.labels() + 1);
  for (int64_t i = 0; i < count; ++i)
    samples.load(i, values.data() + i * size, {labels.data(), targets.data()});
  const reference::Transform transform{reference::Domain::S2, count * input.channels,
                                       input.bandLimit, input.bandLimit, reference::High::Zero};
  const std::vector<reference::Complex> spectra =
      reference::analysis(transform, std::vector<reference::Complex>(values.begin(), values.end()));
  Tensor x = Tensor::zeros(DType::F64, {count, input.channels, coefficientsOf(input), 2});
  auto to = x.as<double>().begin();
  for (const reference::Complex &value : spectra) {
    *to++ = value.real();
    *to++ = value.imag();
  }
  return x;
}

Result<std::optional<CheckData>> checked(const runtime::SampleSource &samples,
                                         const std::string &text, const FlowType &input,
                                         int64_t most) {
  const runtime::SampleLayout layout = samples.layout();
  if (layout.bandLimit != input.bandLimit || layout.channels != input.channels)
    return commandError("expected samples of " + std::to_string(input.channels) +
                        " channels and band-limit " + std::to_string(input.bandLimit) + ", got " +
                        std::to_string(layout.channels) + " and " +
                        std::to_string(layout.bandLimit));
  return std::optional(CheckData{spectraOf(samples, input, most), text});
}

Result<std::optional<CheckData>> ownSamples(const CheckDataOptions &options, Session &model,
                                            const runtime::Metadata &metadata,
                                            const FlowType &input) {
  const Result<std::optional<ModelInterface>> interface = modelInterface(model);
  if (!interface)
    return interface.error();
  Result<OwnData> data = openTestData(options.digits, options.own, *interface, metadata);
  if (!data)
    return data.error();
  if (Status projected =
          project(*data, options.own, *interface, options.session, options.digits.seed);
      !projected)
    return projected.error();
  return checked(data->source(), data->text, input, options.count);
}

} // namespace

Result<std::optional<CheckData>> loadCheckData(CheckDataOptions &options, Session &model,
                                               const FlowType &input, bool segmented) {
  runtime::Metadata metadata;
  if (!options.weights.empty()) {
    Result<runtime::TensorFile> file = readTensorFile(options.weights);
    if (!file)
      return file.error();
    metadata = std::move(file->metadata);
  }
  const std::optional<runtime::SetRecord> recorded = runtime::setRecordOf(metadata);
  std::error_code error;
  if (recorded && options.digits.folder.empty() &&
      !std::filesystem::exists(recorded->path, error)) {
    std::fprintf(
        stderr,
        "spherical: note: the data of the weights' training, '%s', are not there; the input "
        "is random (--data names data)\n",
        recorded->path.c_str());
    return std::optional<CheckData>();
  }
  const Result<bool> takesOwn = takesOwnData(options.digits, options.own, recorded);
  if (!takesOwn)
    return takesOwn.error();
  if (*takesOwn)
    return ownSamples(options, model, metadata, input);
  const std::optional<runtime::DataForm> form = runtime::formOf(metadata);
  if (!form && options.digits.folder.empty())
    return std::optional<CheckData>();
  if (form)
    adoptForm(*form, options.digits);
  DigitOptions digits = options.digits;
  digits.examples = options.count;
  const auto samples = openDigits(digits, runtime::Split::Train, input.bandLimit, segmented);
  if (!samples)
    return samples.error();
  return checked(**samples, describeDigits(**samples), input, options.count);
}

} // namespace spherical::driver
