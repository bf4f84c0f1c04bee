//===- kernels.h - GPU kernels in the memory of this process ----*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_KERNELS_H
#define SPHERICAL_TOOLS_EMULATION_KERNELS_H

#include "tools/emulation/block.h"

#include <memory>
#include <string>
#include <string_view>

namespace spherical::emulation {

/// One kernel of a module.
class Kernel;

/// Extents of a launch.
struct LaunchExtents {
  int64_t blocks = 1, threads = 1;
  int64_t sharedBytes = 0; ///< of dynamic shared memory
};

/// The kernels of one module of NVPTX bitcode, compiled for this machine as they stand: only
/// intrinsics and the place of shared memory change. Safe to use by several threads at once.
class Kernels {
public:
  /// Loads bitcode. Returns null after writing the reason: no bitcode, an intrinsic that the
  /// emulation does not know, or a function that is defined nowhere.
  static std::unique_ptr<Kernels> load(std::string_view bitcode, std::string &reason);
  ~Kernels();

  /// The kernel `name`, null if there is none; it lives as long as the module. It is compiled in
  /// the background from now on.
  Kernel *find(const std::string &name);

  /// Runs blocks on all cores. Returns "", or what went wrong: extents that no GPU can have, a
  /// kernel that cannot be compiled, or the failure of the first block that fails (`Block::run`).
  std::string launch(Kernel &kernel, const LaunchExtents &extents, void *const *arguments,
                     ThreadOrder order);

private:
  struct State;
  explicit Kernels(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_KERNELS_H
