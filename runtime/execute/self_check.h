//===- self_check.h - whether a library computes as it should ---*- C++ -*-===//
//
// A compiled library may hold some values that its entry "forward" must give, by the
// definitions in fp64, for parameters, states and inputs that are functions of a seed: so
// it holds little, whatever the network's size, and needs no weights to be checked. It
// finds libraries that are damaged, processors and drivers that compute otherwise, and
// code that was never right.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_SELF_CHECK_H
#define SPHERICAL_RUNTIME_EXECUTE_SELF_CHECK_H

#include "runtime/execute/program.h"

#include <string>
#include <vector>

namespace spherical::runtime {

/// The first `size` values of an argument in a self-check, rounded to single precision. `init` is
/// how a parameter or state starts, "" of inputs: normal and uniform ones and inputs are normally
/// distributed with the scale as deviation, zeros deviate by 0.1, and ones are from 1 to 1.25 (so
/// that variances are positive).
std::vector<float> selfCheckValues(const std::string &name, const std::string &init, double scale,
                                   int64_t size, uint64_t seed);

/// What a self-check found: |got - expected| / |expected| over all values that the library holds.
struct SelfCheckReport {
  int64_t values = 0;
  double error = 0.0, tolerance = 0.0;

  bool passed() const { return error <= tolerance; } // NaN does not
};

/// "expected 16 values within 2.0e-05 of the definitions, got 3.1e-01".
std::string wrongResult(const SelfCheckReport &report);

/// Binds the parameters and states of the check and runs it. Throws SPH_NOT_FOUND if the library
/// holds no values.
SelfCheckReport selfCheck(Program &program);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_SELF_CHECK_H
