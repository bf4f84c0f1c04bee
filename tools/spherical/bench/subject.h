//===- subject.h - a problem, compiled, with its arguments ------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_BENCH_SUBJECT_H
#define SPHERICAL_TOOLS_SPHERICAL_BENCH_SUBJECT_H

#include "tools/spherical/bench/problem.h"
#include "tools/spherical/driver/execute.h"

#include <memory>
#include <string>

namespace spherical::driver {

/// A problem on the target of the options.
class Subject {
public:
  /// Compiles the problem and draws its arguments with the random numbers of `seed`: normally
  /// distributed, of real functions' spectra the Hermitian part; labels of any class; parameters
  /// and states as training starts, with noise.
  static Result<std::unique_ptr<Subject>> create(const Problem &problem,
                                                 const SessionOptions &options, uint64_t seed);

  const std::string &entry() const { return entryName; }
  Executable &executable() { return *ready; }
  /// For each argument a tensor, in the types of the program, of the full batch.
  const TensorMap &arguments() const { return values; }
  int64_t count() const { return samples; }
  const SessionOptions &options() const { return session->options(); }

  /// Runs it once.
  Result<TensorMap> run();
  /// The same by the definitions in fp64, each number of the arguments times 1 + r with a random
  /// |r| <= `disturbance`.
  Result<TensorMap> runReference(double disturbance = 0) const;

private:
  Subject() = default;

  Problem problem;
  uint64_t seed = 0;
  std::string entryName;
  /// The session outlives what it compiled.
  std::unique_ptr<Session> session;
  std::unique_ptr<Executable> ready;
  TensorMap values;
  int64_t samples = 0;
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_BENCH_SUBJECT_H
