//===- fake_library.h - cuFFT or cuBLAS without a GPU -----------*- C++ -*-===//
//
// Libraries with the names that runtime/cuda uses. The one for transforms
// notes its calls; the one for products computes them, column-major, as its
// model does. Device memory is host memory.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_RUNTIME_CUDA_FAKE_LIBRARY_H
#define SPHERICAL_TEST_RUNTIME_CUDA_FAKE_LIBRARY_H

#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace spherical::test {

/// What a test sees and sets of one fake library.
struct FakeLibrary {
  std::vector<std::string> calls;      ///< since it was cleared, with numbers as arguments
  std::map<std::string, int> failures; ///< functions that fail, with the status
  int64_t alive = 0;                   ///< plans or handles

  /// Notes a call. Returns its status.
  template <typename... Arguments> int note(const char *function, Arguments... arguments) {
    std::ostringstream text;
    text << function;
    ((text << ' ' << arguments), ...);
    calls.push_back(text.str());
    const auto failure = failures.find(function);
    return failure == failures.end() ? 0 : failure->second;
  }
};

} // namespace spherical::test

/// Each library's own function.
extern "C" spherical::test::FakeLibrary *fakeLibrary();

#endif // SPHERICAL_TEST_RUNTIME_CUDA_FAKE_LIBRARY_H
