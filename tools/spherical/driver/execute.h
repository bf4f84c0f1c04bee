//===- execute.h - run entries on named tensors -----------------*- C++ -*-===//
//
// What `spherical run` does, for every target: match tensors to arguments by
// name, check them, run the entry once or several training steps.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_EXECUTE_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_EXECUTE_H

#include "runtime/data/safetensors.h"
#include "tools/spherical/driver/session.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spherical::driver {

using TensorMap = std::map<std::string, runtime::Tensor>;

/// An argument or result of an entry in file order; `replaces` names the argument whose next value a
/// result is, `fill` is the initial value of states and moments.
struct EntryValue {
  std::string name, role;
  runtime::DType dtype = runtime::DType::F32;
  std::vector<int64_t> shape;
  bool batched = false;
  std::string replaces;
  double fill = 0;
};

/// What an entry takes and gives.
struct Signature {
  std::vector<EntryValue> arguments, results;
  /// The largest number of samples; 0 if nothing is batched.
  int64_t capacity = 0;
};

/// Puts what `prepare` takes in place of the prepared values that `signature` takes, if any.
void resolvePrepared(Signature &signature, const Signature &prepare);

/// A model that is ready to run on one target.
class Executable {
public:
  /// Compiles as far as `entry` on the session's target needs. The session must outlive it.
  static Result<std::unique_ptr<Executable>> create(Session &session, const std::string &entry);
  virtual ~Executable() = default;

  /// The signature of an entry; fails with the entries there are.
  virtual Result<Signature> signature(const std::string &entry) = 0;

  /// Runs an entry on `count` samples. `arguments` holds a tensor of the right type for each argument;
  /// batched ones hold `count` samples, as do batched results.
  virtual Result<TensorMap> run(const std::string &entry, const TensorMap &arguments,
                                int64_t count) = 0;
};

/// Checks and completes `inputs` for the arguments of `signature`: numbers are converted, states and
/// moments that are absent start at their initial values, an absent learning rate is `learningRate`.
/// Tensors that no argument takes are ignored. Sets `count`. `file` names the inputs in errors.
Result<TensorMap> matchArguments(const Signature &signature, const TensorMap &inputs,
                                 double learningRate, const std::string &file, int64_t &count);

/// Runs `entry` once on the tensors given and returns its results by name.
Result<TensorMap> runOnce(Executable &executable, const std::string &entry, const TensorMap &inputs,
                          double learningRate, const std::string &file);

/// Runs train_step `steps` times on one batch. Returns `losses` [steps + 1], the training loss before
/// each step and after the last; the parameters, moments and states after step t as `step<t>.<name>` and
/// after the last as `<name>`.
Result<TensorMap> runSteps(Executable &executable, int64_t steps, const TensorMap &inputs,
                           double learningRate, const std::string &file);

/// The same numbers in another element type.
runtime::Tensor converted(const runtime::Tensor &tensor, runtime::DType dtype);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_EXECUTE_H
