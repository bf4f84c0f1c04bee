//===- initialize.cpp - first values of parameters --------------*- C++ -*-===//

#include "runtime/train/initialize.h"

#include "runtime/data/random.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace spherical::runtime {
namespace {

/// Value `index` of the parameter, before rounding to its element type.
double initialValue(const ParameterSpec &spec, const RandomNumbers &numbers, int64_t index) {
  if (spec.initKind == "zeros")
    return 0.0;
  if (spec.initKind == "ones")
    return spec.initScale;
  if (spec.initKind == "normal")
    return spec.initScale * numbers.normal(index);
  if (spec.initKind == "uniform")
    return spec.initScale * (2.0 * numbers.uniforms(index)[0] - 1.0);
  throw std::runtime_error("parameter '" + spec.name +
                           "' expected the initial values zeros, ones, normal or uniform, got '" +
                           spec.initKind + "'");
}

/// The parameter that `average.<parameter>` is the average of.
std::string averagedParameter(const std::string &average) {
  return average.substr(average.find('.') + 1);
}

template <typename T>
std::vector<std::byte> initialBytes(const ParameterSpec &spec, const RandomNumbers &numbers) {
  std::vector<std::byte> bytes(spec.bytes());
  for (int64_t i = 0; i < spec.size(); ++i) {
    const T value = static_cast<T>(initialValue(spec, numbers, i));
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

std::vector<std::byte> initialBytes(const ParameterSpec &spec, const RandomNumbers &numbers) {
  const bool random = spec.initKind == "normal" || spec.initKind == "uniform";
  const bool integer = spec.element == Element::I32 || spec.element == Element::I64;
  if (random && integer)
    throw std::runtime_error("parameter '" + spec.name + "' of " + elementName(spec.element) +
                             " expected the initial values zeros or ones, got '" + spec.initKind +
                             "'");
  switch (spec.element) {
  case Element::F32:
    return initialBytes<float>(spec, numbers);
  case Element::F64:
    return initialBytes<double>(spec, numbers);
  case Element::I32:
    return initialBytes<int32_t>(spec, numbers);
  case Element::I64:
    return initialBytes<int64_t>(spec, numbers);
  }
  throw std::logic_error("unknown element type");
}

} // namespace

void initializeParameters(Executable &executable, uint64_t seed) {
  const std::vector<ParameterSpec> &kept = executable.kept();
  for (size_t index = 0; index < kept.size(); ++index) {
    const std::string &name = kept[index].name;
    const std::string own = kept[index].role == "average" ? averagedParameter(name) : name;
    const RandomNumbers numbers(seed, RandomStream::Initialisation, hashText(own.c_str()));
    executable.write(index, initialBytes(kept[index], numbers));
  }
}

void restartAverages(Executable &executable) {
  const std::vector<ParameterSpec> &kept = executable.kept();
  for (size_t index = 0; index < kept.size(); ++index) {
    if (kept[index].role != "average")
      continue;
    const std::string own = averagedParameter(kept[index].name);
    const auto parameter = std::find_if(kept.begin(), kept.end(), [&](const ParameterSpec &spec) {
      return spec.name == own && spec.role == "parameter";
    });
    if (parameter == kept.end())
      throw std::runtime_error("expected a parameter '" + own + "' of the average '" +
                               kept[index].name + "', got none");
    std::vector<std::byte> bytes(parameter->bytes());
    executable.read(parameter - kept.begin(), bytes);
    executable.write(index, bytes);
  }
}

} // namespace spherical::runtime
