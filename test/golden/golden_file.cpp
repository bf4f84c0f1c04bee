//===- golden_file.cpp - reference values in files --------------*- C++ -*-===//

#include "test/golden/golden_file.h"

#include "runtime/data/safetensors.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <stdexcept>

namespace spherical::golden {
namespace {

const char *const folder = SPHERICAL_GOLDEN_DATA;

Tensor toDoubles(const runtime::Tensor &tensor, const std::string &name) {
  Tensor result{tensor.shape, {}};
  if (tensor.dtype == runtime::DType::F64) {
    const auto values = tensor.as<double>();
    result.values.assign(values.begin(), values.end());
  } else if (tensor.dtype == runtime::DType::I64) {
    for (int64_t value : tensor.as<int64_t>())
      result.values.push_back(static_cast<double>(value));
  } else {
    throw std::runtime_error("expected F64 or I64 values in '" + name + "', got " +
                             runtime::dtypeName(tensor.dtype));
  }
  return result;
}

template <typename T> double error(const std::vector<T> &a, const std::vector<T> &b) {
  if (a.size() != b.size())
    return std::numeric_limits<double>::infinity();
  double difference = 0.0, largest = 0.0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double off = std::abs(a[i] - b[i]);
    if (!std::isfinite(off))
      return std::numeric_limits<double>::infinity();
    difference = std::max(difference, off);
    largest = std::max(largest, static_cast<double>(std::abs(b[i])));
  }
  return difference / (largest > 1e-300 ? largest : 1.0);
}

} // namespace

std::vector<std::complex<double>> Tensor::asComplex() const {
  std::vector<std::complex<double>> result;
  for (size_t i = 0; i + 1 < values.size(); i += 2)
    result.emplace_back(values[i], values[i + 1]);
  return result;
}

File::File(const std::string &name) : path(std::string(folder) + "/" + name + ".safetensors") {
  const runtime::TensorFile file = runtime::readSafetensors(path);
  attributes = nlohmann::json::parse(file.metadata.at("case"));
  for (const auto &[key, tensor] : file.tensors)
    tensors.emplace(key, toDoubles(tensor, key));
}

const Tensor &File::read(const std::string &tensor) const {
  const auto found = tensors.find(tensor);
  if (found == tensors.end())
    throw std::runtime_error("expected a tensor '" + tensor + "' in '" + path + "'");
  visited.insert(tensor);
  return found->second;
}

std::vector<std::string> File::names() const {
  std::vector<std::string> result;
  for (const auto &[name, tensor] : tensors)
    result.push_back(name);
  return result;
}

std::vector<std::string> File::unread() const {
  std::vector<std::string> result;
  for (const std::string &name : names())
    if (!visited.count(name))
      result.push_back(name);
  return result;
}

std::vector<std::string> fileNames() {
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".safetensors")
      names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

double relativeError(const std::vector<double> &a, const std::vector<double> &b) {
  return error(a, b);
}

double relativeError(const std::vector<std::complex<double>> &a,
                     const std::vector<std::complex<double>> &b) {
  return error(a, b);
}

} // namespace spherical::golden
