//===- execute.h - run entries on named tensors -----------------*- C++ -*-===//
//
// What `spherical run` does, for every target: match tensors to arguments by
// name, check them, run the entry once or several training steps.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_EXECUTE_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_EXECUTE_H

#include "runtime/data/safetensors.h"
#include "runtime/data/value_checks.h"
#include "tools/spherical/driver/session.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spherical::runtime {
class Program;
}

namespace spherical::driver {

using TensorMap = std::map<std::string, runtime::Tensor>;

/// An argument or result of an entry in file order. `role` is empty in functions that declare none,
/// `replaces` names the argument whose next value a result is, `fill` is the initial value of states
/// and moments.
struct EntryValue {
  std::string name, role;
  /// The type in the program, and that of the tensors which the target takes or gives.
  runtime::DType declared = runtime::DType::F32, dtype = runtime::DType::F32;
  std::vector<int64_t> shape;
  bool batched = false;
  std::string replaces;
  double fill = 0;
  runtime::ValueConstraints constraints;
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

  /// The names of what all entries of the model take.
  virtual std::vector<std::string> argumentNames() = 0;

  /// Runs an entry on `count` samples. `arguments` holds a tensor of the right type for each argument;
  /// batched ones hold `count` samples, as do batched results.
  virtual Result<TensorMap> run(const std::string &entry, const TensorMap &arguments,
                                int64_t count) = 0;

  /// What runs `entry` on these arguments, which must outlive it, again at each call; null if it is
  /// interpreted. Kept values are bound once and go on as entries leave them. Calls throw what runs
  /// throw.
  virtual std::function<void()> repeated(const std::string &, const TensorMap &, int64_t) {
    return {};
  }

  /// What runs the entries, null if they are interpreted.
  virtual runtime::Program *program() { return nullptr; }
};

/// Where tensors come from and how they are taken.
struct InputOptions {
  /// Names the inputs in errors.
  std::string file;
  /// Where none is given.
  double learningRate = 0;
  /// Whether values may be NaN or infinite.
  bool allowNonFinite = false;
};

/// Checks and completes `inputs` for the arguments of `entry`, on every target alike: numbers are
/// converted (conversion.h), bytes of pixels scaled, values checked (value_checks.h); states and
/// moments that are absent start at their initial values, and a note on standard error names the
/// states that do, and moments if others are given. A tensor that no entry of the model takes is an
/// error. Sets `count`, the number of samples.
Result<TensorMap> matchArguments(Executable &executable, const std::string &entry,
                                 const TensorMap &inputs, const InputOptions &options,
                                 int64_t &count);

/// Runs `entry` once on the tensors given and returns its results by name.
Result<TensorMap> runOnce(Executable &executable, const std::string &entry, const TensorMap &inputs,
                          const InputOptions &options);

/// Runs train_step `steps` times on one batch. Returns `losses` [steps + 1], the training loss before
/// each step and after the last; the parameters, moments and states after step t as `step<t>.<name>` and
/// after the last as `<name>`.
Result<TensorMap> runSteps(Executable &executable, int64_t steps, const TensorMap &inputs,
                           const InputOptions &options);

/// Says on standard error that the file lacks states, if there are any, which start from scratch.
void noteAbsentStates(const std::string &file, const std::vector<std::string> &states);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_EXECUTE_H
