//===- op_cases.h - functions of few ops on both targets --------*- C++ -*-===//

#ifndef SPHERICAL_TEST_EXECUTE_OP_CASES_H
#define SPHERICAL_TEST_EXECUTE_OP_CASES_H

#include "runtime/reference/spectrum.h"
#include "test/golden/runner.h"

#include <optional>
#include <random>

namespace spherical {

/// An argument or result of a case.
struct Slot {
  std::string type;
  /// In files, complex values as pairs.
  std::vector<int64_t> shape;
  /// Where its values are the spectrum of a real function.
  std::optional<reference::Domain> hermitian;
  int64_t degrees = 0;
  /// Whether its first axis is the batch.
  bool batched = true;

  Slot whole() const {
    Slot slot = *this;
    slot.batched = false;
    return slot;
  }
};

/// !spherical.<kind><batch x channels, b, element>, of kind s2, so3, s2_spectrum or so3_spectrum.
Slot signal(const std::string &kind, int64_t batch, int64_t channels, int64_t b,
            const std::string &element);

/// tensor<shape x element>
Slot tensor(std::vector<int64_t> shape, const std::string &element);

/// Normally distributed values, the same in single precision; Hermitian where the slot is.
golden::Tensor randomOf(const Slot &slot, std::mt19937_64 &engine);

/// Functions that are linear in each argument, compiled as one program for each target.
class OpCases {
public:
  /// A function of %a, %b, ... that returns %y_out of the body. `exact` says that its gradient is
  /// the derivative.
  void add(const std::string &name, std::vector<Slot> arguments, Slot result,
           const std::string &body, bool exact = true);

  /// Runs every case on cpu and on the reference target, with all samples and with one less, and
  /// its gradient, with one less as `partialGradients` says: values agree up to `tolerance` times
  /// their largest, and on each target the gradient is the slope of the function, which is the
  /// central difference of any step.
  void check(double tolerance, bool partialGradients = false);

private:
  struct Case {
    std::string name;
    std::vector<Slot> arguments;
    Slot result;
    bool exact;
  };

  golden::Tensor random(const Slot &slot) { return randomOf(slot, engine); }
  golden::Values randomArguments(const Case &one);
  void checkCase(const Case &one, double tolerance, bool partialGradients);
  void checkValues(const std::string &entry, const golden::Values &inputs, double tolerance);
  void checkSlopes(const Case &one, const golden::Values &inputs, double tolerance);

  std::vector<Case> cases;
  std::string text;
  std::mt19937_64 engine{7};
  std::unique_ptr<golden::Runner> cpu, reference;
};

} // namespace spherical

#endif // SPHERICAL_TEST_EXECUTE_OP_CASES_H
