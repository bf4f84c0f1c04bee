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

TensorMap randomArguments(const driver::Signature &signature, int64_t samples, int64_t classes) {
  TensorMap arguments;
  for (const driver::EntryValue &value : signature.arguments) {
    std::seed_seq seed(value.name.begin(), value.name.end());
    std::mt19937_64 bits(seed);
    std::normal_distribution<double> normal;
    std::vector<int64_t> shape = value.shape;
    if (value.batched)
      shape[0] = samples;
    std::vector<double> numbers(runtime::elementCount(shape));
    for (double &number : numbers) {
      number = normal(bits);
      if (value.role == "label")
        number = static_cast<double>(bits() % classes);
      else if (value.role == "state")
        number = 0.5 + std::abs(number); // a variance
      else if (value.role == "learning_rate")
        number = kLearningRate;
      else if (value.role == "moment")
        number = 0.0;
      else if (value.role == "count")
        number = static_cast<double>(samples);
    }
    arguments.emplace(value.name,
                      runtime::converted(Tensor::of<double>(shape, numbers), value.dtype));
  }
  return arguments;
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
