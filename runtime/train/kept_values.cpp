//===- kept_values.cpp - what a network keeps, in memory --------*- C++ -*-===//

#include "runtime/train/kept_values.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace spherical::runtime {
namespace {

std::vector<std::byte> valuesOf(const Executable &executable, size_t index) {
  std::vector<std::byte> values(executable.kept()[index].bytes());
  executable.read(index, values);
  return values;
}

template <typename T> bool allFinite(const std::vector<std::byte> &bytes) {
  for (size_t at = 0; at < bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    if (!std::isfinite(value))
      return false;
  }
  return true;
}

} // namespace

KeptCopy::KeptCopy(const Executable &executable) {
  for (size_t index = 0; index < executable.kept().size(); ++index) {
    elements.push_back(executable.kept()[index].element);
    values.push_back(valuesOf(executable, index));
  }
}

void KeptCopy::restore(Executable &executable) const {
  for (size_t index = 0; index < values.size(); ++index)
    executable.write(index, values[index]);
}

bool KeptCopy::isFinite() const {
  for (size_t index = 0; index < values.size(); ++index)
    if ((elements[index] == Element::F32 && !allFinite<float>(values[index])) ||
        (elements[index] == Element::F64 && !allFinite<double>(values[index])))
      return false;
  return true;
}

std::optional<size_t> averageOf(const Executable &executable, size_t index) {
  const std::vector<ParameterSpec> &kept = executable.kept();
  if (kept[index].role != "parameter")
    return std::nullopt;
  const auto found = std::ranges::find_if(kept, [&](const ParameterSpec &spec) {
    return spec.role == "average" && spec.name == "average." + kept[index].name;
  });
  if (found == kept.end())
    return std::nullopt;
  return static_cast<size_t>(found - kept.begin());
}

AveragedParameters::AveragedParameters(Executable &executable) : executable(executable) {
  for (size_t index = 0; index < executable.kept().size(); ++index)
    if (const auto average = averageOf(executable, index)) {
      parameters.push_back({index, valuesOf(executable, index)});
      executable.write(index, valuesOf(executable, *average));
    }
}

AveragedParameters::~AveragedParameters() {
  for (const Held &held : parameters)
    executable.write(held.index, held.values);
}

} // namespace spherical::runtime
