//===- preparation.cpp - values of files as networks take them --*- C++ -*-===//

#include "runtime/data/sets/preparation.h"

#include "runtime/data/sets/array_file.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr const char *key = "spherical.preparation";

/// A finite number that is all of `text`.
std::optional<double> numberOf(const std::string &text) {
  double value = 0.0;
  const char *const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end && std::isfinite(value) ? std::optional(value)
                                                                   : std::nullopt;
}

/// The channel of "MEAN/DEVIATION".
std::optional<ChannelPreparation> channelOf(const std::string &text) {
  const size_t slash = text.find('/');
  if (slash == text.npos)
    return std::nullopt;
  const auto mean = numberOf(text.substr(0, slash)), deviation = numberOf(text.substr(slash + 1));
  if (!mean || !deviation || *deviation <= 0.0)
    return std::nullopt;
  return ChannelPreparation{*mean, *deviation, 0.0};
}

std::vector<ChannelPreparation> normalization(const SetStatistics &statistics,
                                              const std::string &text) {
  std::vector<ChannelPreparation> channels;
  if (text == "none")
    channels.resize(statistics.channels.size());
  else if (text == "measured")
    for (const ChannelStatistics &channel : statistics.channels) {
      const double deviation = channel.deviation();
      channels.push_back({channel.mean, deviation > 0.0 ? deviation : 1.0, 0.0});
    }
  else
    for (const std::string &word : wordsOf(text)) {
      const std::optional<ChannelPreparation> channel = channelOf(word);
      if (!channel)
        throw std::runtime_error("--normalize expected 'measured', 'none' or MEAN/DEVIATION of "
                                 "each channel, as in 0.5/0.2,0.4/0.1, got '" +
                                 text + "'");
      channels.push_back(*channel);
    }
  if (channels.size() != statistics.channels.size())
    throw std::runtime_error("--normalize expected MEAN/DEVIATION of each of " +
                             std::to_string(statistics.channels.size()) + " channels, got " +
                             std::to_string(channels.size()));
  return channels;
}

} // namespace

void Preparation::apply(float *x, int64_t points) const {
  for (const ChannelPreparation &channel : channels) {
    const auto mean = static_cast<float>(channel.mean);
    const auto scale = static_cast<float>(1.0 / channel.deviation);
    const auto fill = static_cast<float>((channel.fill - channel.mean) / channel.deviation);
    for (int64_t i = 0; i < points; ++i)
      x[i] = x[i] != x[i] ? fill : (x[i] - mean) * scale;
    x += points;
  }
}

Preparation makePreparation(const SetStatistics &statistics, const PreparationOptions &options) {
  Preparation result{normalization(statistics, options.normalize)};
  const std::optional<double> number =
      options.fill == "zero" ? std::optional(0.0) : numberOf(options.fill);
  if (!number && options.fill != "mean")
    throw std::runtime_error("--fill expected 'mean', 'zero' or a number, got '" + options.fill +
                             "'");
  for (size_t c = 0; c < result.channels.size(); ++c) {
    if (statistics.channels[c].count == 0)
      throw std::runtime_error("expected values in channel " + std::to_string(c) +
                               " of the training data, got missing ones only");
    result.channels[c].fill = number.value_or(statistics.channels[c].mean);
  }
  return result;
}

void setPreparation(Metadata &metadata, const Preparation &preparation) {
  auto list = nlohmann::ordered_json::array();
  for (const ChannelPreparation &channel : preparation.channels)
    list.push_back(
        {{"mean", channel.mean}, {"deviation", channel.deviation}, {"fill", channel.fill}});
  metadata[key] = list.dump();
}

std::optional<Preparation> preparationOf(const Metadata &metadata) {
  const auto found = metadata.find(key);
  if (found == metadata.end())
    return std::nullopt;
  const auto list = nlohmann::json::parse(found->second, nullptr, /*allow_exceptions=*/false);
  Preparation result;
  bool valid = list.is_array();
  for (size_t c = 0; valid && c < list.size(); ++c) {
    ChannelPreparation channel;
    for (auto [name, field] :
         {std::pair("mean", &channel.mean), std::pair("deviation", &channel.deviation),
          std::pair("fill", &channel.fill)}) {
      valid = valid && list[c].is_object() && list[c].contains(name) && list[c][name].is_number();
      if (valid)
        *field = list[c][name].get<double>();
    }
    valid = valid && channel.deviation > 0.0;
    result.channels.push_back(channel);
  }
  if (!valid)
    throw std::runtime_error("expected the mean, deviation and fill of each channel in the "
                             "metadata '" +
                             std::string(key) + "', got '" + found->second + "'");
  return result;
}

} // namespace spherical::runtime
