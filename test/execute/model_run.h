//===- model_run.h - entries of models on random values ---------*- C++ -*-===//

#ifndef SPHERICAL_TEST_EXECUTE_MODEL_RUN_H
#define SPHERICAL_TEST_EXECUTE_MODEL_RUN_H

#include "tools/spherical/driver/execute.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

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

/// Values for every argument of an entry that depend on its name alone, `samples` of those that are
/// batched. Labels are below `classes`.
driver::TensorMap randomArguments(const driver::Signature &signature, int64_t samples,
                                  int64_t classes = 10);

/// Runs an entry on such values.
driver::TensorMap runEntry(Loaded &loaded, const std::string &entry, int64_t samples,
                           int64_t classes = 10);

/// Largest difference, and largest value of b; infinity for other shapes and numbers that are not
/// finite.
std::pair<double, double> difference(const runtime::Tensor &a, const runtime::Tensor &b);

} // namespace spherical

#endif // SPHERICAL_TEST_EXECUTE_MODEL_RUN_H
