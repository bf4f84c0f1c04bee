//===- runner.h - programs on one target ------------------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_GOLDEN_RUNNER_H
#define SPHERICAL_TEST_GOLDEN_RUNNER_H

#include "test/golden/golden_file.h"
#include "tools/spherical/driver/session.h"

#include <map>
#include <memory>
#include <string>

namespace spherical::golden {

using Values = std::map<std::string, Tensor>;

/// A program that was compiled for a target.
class Runner {
public:
  virtual ~Runner() = default;
  /// Runs an entry on values by name; throws std::runtime_error with the diagnostics.
  virtual Values run(const std::string &entry, const Values &inputs) = 0;
};

/// The reference target on the program's IR after the phase: graph, expand, differentiate, fuse,
/// schedule or plan. Entries that a phase before differentiate lacks run after differentiate.
/// Throws std::runtime_error with the diagnostics if the text does not compile.
std::unique_ptr<Runner> makeReferenceRunner(const std::string &text, const std::string &phase);

/// Machine code by the session's options, or kernels on the emulation.
std::unique_ptr<Runner> makeCompiledRunner(const std::string &text,
                                           const driver::SessionOptions &options);

/// The cpu target: machine code for the processor ("" for the best that this machine has).
std::unique_ptr<Runner> makeCpuRunner(const std::string &text, const std::string &processor);

/// The target cuda-emulated, or cuda-emulated:strict: kernels and host code as on a GPU.
std::unique_ptr<Runner> makeEmulatedRunner(const std::string &text, bool strict);

} // namespace spherical::golden

#endif // SPHERICAL_TEST_GOLDEN_RUNNER_H
