//===- mutate.h - kernels with one fault each -------------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_GPU_MUTATE_H
#define SPHERICAL_TEST_GPU_MUTATE_H

#include <cstdint>
#include <string>
#include <vector>

namespace spherical::test {

/// A change of one instruction of a kernel.
struct Mutation {
  enum class Kind {
    Barrier, ///< a barrier is left out
    Address, ///< an access is to the element behind
    Range,   ///< a loop goes on for one more index
  } kind;
  std::string place; ///< in the model file
};

/// A kernel that can be any of its mutants.
struct MutableKernel {
  /// Holds the kernel alone, with two more arguments, i32: the number of the mutation that takes
  /// effect, from 1 on, and how often each thread may come to the beginning of a loop before it
  /// traps.
  std::string bitcode;
  std::vector<Mutation> mutations;
};

/// All mutations of one kernel of a module of bitcode.
MutableKernel makeMutable(const std::string &bitcode, const std::string &kernel);

/// A text that is the same for kernels with the same instructions.
std::string kernelBody(const std::string &bitcode, const std::string &kernel);

} // namespace spherical::test

#endif // SPHERICAL_TEST_GPU_MUTATE_H
