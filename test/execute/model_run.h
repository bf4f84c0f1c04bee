//===- model_run.h - entries of models on random values ---------*- C++ -*-===//

#ifndef SPHERICAL_TEST_EXECUTE_MODEL_RUN_H
#define SPHERICAL_TEST_EXECUTE_MODEL_RUN_H

#include "tools/spherical/driver/execute.h"

#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace spherical {

inline constexpr double kLearningRate = 1e-3;

/// The value of a result that must not fail.
template <typename T> T expectValue(driver::Result<T> result) {
  if (!result)
    throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// A program with what keeps it alive.
struct Loaded {
  std::unique_ptr<driver::Session> session;
  std::unique_ptr<driver::Executable> executable;
};

/// A value of an argument of the extents, from a normally distributed number and further bits.
using NumberOf =
    std::function<double(const driver::EntryValue &argument, const std::vector<int64_t> &shape,
                         double normal, std::mt19937_64 &bits)>;

/// Values for every argument of an entry that depend on its name alone, `samples` of those that are
/// batched.
driver::TensorMap randomArguments(const driver::Signature &signature, int64_t samples,
                                  const NumberOf &numberOf);
/// The same with labels below `classes`.
driver::TensorMap randomArguments(const driver::Signature &signature, int64_t samples,
                                  int64_t classes = 10);

/// A program from its text, of the form that the ending of its name says.
std::unique_ptr<driver::Session> parse(const std::string &name, const std::string &text,
                                       const driver::SessionOptions &options);

/// Runs an entry on such values.
driver::TensorMap runEntry(Loaded &loaded, const std::string &entry, int64_t samples,
                           int64_t classes = 10);

/// Largest difference, and largest value of b; infinity for other shapes and numbers that are not
/// finite.
std::pair<double, double> difference(const runtime::Tensor &a, const runtime::Tensor &b);

} // namespace spherical

#endif // SPHERICAL_TEST_EXECUTE_MODEL_RUN_H
