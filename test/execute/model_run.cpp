//===- model_run.cpp - entries of models on random values -----------------===//

#include "test/execute/model_run.h"

#include "runtime/data/conversion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace spherical {

using driver::TensorMap;
using runtime::DType;
using runtime::Tensor;

TensorMap randomArguments(const driver::Signature &signature, int64_t samples,
                          const NumberOf &numberOf) {
  TensorMap arguments;
  for (const driver::EntryValue &value : signature.arguments) {
    std::seed_seq seed(value.name.begin(), value.name.end());
    std::mt19937_64 bits(seed);
    std::normal_distribution<double> normal;
    std::vector<int64_t> shape = value.shape;
    if (value.batched)
      shape[0] = samples;
    std::vector<double> numbers(runtime::elementCount(shape));
    for (double &number : numbers)
      number = numberOf(value, shape, normal(bits), bits);
    arguments.emplace(value.name,
                      runtime::converted(Tensor::of<double>(shape, numbers), value.dtype));
  }
  return arguments;
}

TensorMap randomArguments(const driver::Signature &signature, int64_t samples, int64_t classes) {
  return randomArguments(signature, samples,
                         [&](const driver::EntryValue &value, const std::vector<int64_t> &,
                             double normal, std::mt19937_64 &bits) {
                           if (value.role == "label")
                             return static_cast<double>(bits() % classes);
                           if (value.role == "state")
                             return 0.5 + std::abs(normal); // a variance
                           if (value.role == "learning_rate")
                             return kLearningRate;
                           if (value.role == "moment")
                             return 0.0;
                           return value.role == "count" ? static_cast<double>(samples) : normal;
                         });
}

std::unique_ptr<driver::Session> parse(const std::string &name, const std::string &text,
                                       const driver::SessionOptions &options) {
  return expectValue(driver::Session::parse(name, text, options));
}

TensorMap runEntry(Loaded &loaded, const std::string &entry, int64_t samples, int64_t classes) {
  const auto signature = expectValue(loaded.executable->signature(entry));
  return expectValue(
      loaded.executable->run(entry, randomArguments(signature, samples, classes), samples));
}

std::pair<double, double> difference(const Tensor &a, const Tensor &b) {
  const Tensor x = runtime::converted(a, DType::F64), y = runtime::converted(b, DType::F64);
  double off = x.shape == y.shape ? 0.0 : std::numeric_limits<double>::infinity(), largest = 0.0;
  for (size_t i = 0; off < 1e300 && i < x.as<double>().size(); ++i) {
    const double distance = std::abs(x.as<double>()[i] - y.as<double>()[i]);
    off = std::isfinite(distance) ? std::max(off, distance) : INFINITY;
    largest = std::max(largest, std::abs(y.as<double>()[i]));
  }
  return {off, largest};
}

} // namespace spherical
