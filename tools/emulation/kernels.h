//===- kernels.h - GPU kernels in the memory of this process ----*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_KERNELS_H
#define SPHERICAL_TOOLS_EMULATION_KERNELS_H

#include "tools/emulation/block.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace spherical::emulation {

/// What a block of compute capability 9.0 can have of shared memory.
constexpr int64_t kSharedBytes = 227 << 10;

/// A kernel that is called with the addresses of its arguments.
using Kernel = void (*)(void *const *arguments);

/// The kernels of one module of NVPTX bitcode, compiled for this machine as they stand: only
/// intrinsics and the place of shared memory change.
class Kernels {
public:
  /// Loads bitcode. Returns null after writing the reason: no bitcode, an intrinsic that the
  /// emulation does not know, or a function that is defined nowhere.
  static std::unique_ptr<Kernels> load(std::string_view bitcode, std::string &reason);
  ~Kernels();

  /// The kernel `name`, null if there is none.
  Kernel find(const std::string &name) const;

  /// Runs `blocks` blocks of `threads` threads. Before each block all of shared memory is filled
  /// with a pattern, a NaN as f32. Returns "", or what went wrong: a block that cannot go on, a
  /// store beyond the `sharedBytes` of its shared memory, or extents that no GPU can have.
  std::string launch(Kernel kernel, int64_t blocks, int64_t threads, int64_t sharedBytes,
                     void *const *arguments, ThreadOrder order) const;

private:
  struct State;
  explicit Kernels(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_KERNELS_H
