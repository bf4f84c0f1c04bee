//===- fake_driver.h - a CUDA driver without a GPU --------------*- C++ -*-===//
//
// A library with the names of libcuda that runtime/cuda uses. Device memory is
// host memory, streams do their work at once, and a kernel is a function of the
// test. It keeps a driver's rules that need no GPU: limits of launches, what may
// be called while work is recorded, and that all is released.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_RUNTIME_CUDA_FAKE_DRIVER_H
#define SPHERICAL_TEST_RUNTIME_CUDA_FAKE_DRIVER_H

#include <cstdint>

namespace spherical::test {

/// What a test sees and sets of the fake driver.
struct FakeDriver {
  virtual ~FakeDriver() = default;

  /// Calls of a function since `reset`.
  virtual int64_t calls(const char *function) const = 0;
  /// Makes the call of a function fail with a CUresult that comes after `before` others.
  virtual void failAt(const char *function, int status, int64_t before) = 0;
  /// Counts from zero, fails nothing, and sets the GPU's properties back.
  virtual void reset() = 0;
  /// Contexts, modules, memory, streams, events and graphs that have not been released, and
  /// contexts that are still current.
  virtual int64_t alive() const = 0;
  /// Releases them.
  virtual void releaseAll() = 0;
  /// What a kernel of that name does, given the addresses of its arguments.
  virtual void define(const char *kernel, void (*body)(void **arguments)) = 0;

  int chip = 90;
  int devices = 1;
  int sharedBytes = 232448;
  int64_t memoryBytes = int64_t(1) << 30;
};

} // namespace spherical::test

/// The library's own function.
extern "C" spherical::test::FakeDriver *fakeDriver();

#endif // SPHERICAL_TEST_RUNTIME_CUDA_FAKE_DRIVER_H
