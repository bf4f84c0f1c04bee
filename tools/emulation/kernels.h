//===- kernels.h - GPU kernels in the memory of this process ----*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_KERNELS_H
#define SPHERICAL_TOOLS_EMULATION_KERNELS_H

#include "tools/emulation/block.h"
#include "tools/emulation/memory.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::emulation {

/// Whether launches check each access to memory.
enum class Checks { None, Strict };

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
  /// Loads bitcode, for launches with or without checks. Returns null after writing the reason: no
  /// bitcode, an intrinsic that the emulation does not know, or a function that is defined nowhere.
  static std::unique_ptr<Kernels> load(std::string_view bitcode, Checks checks,
                                       std::string &reason);
  ~Kernels();

  /// The kernel `name`, null if there is none; it lives as long as the module. It is compiled in
  /// the background from now on.
  Kernel *find(const std::string &name);

  /// Runs the blocks of a launch. Returns "", or what went wrong: extents that no GPU can have, a
  /// kernel that cannot be compiled, or the failure of the first block that fails (`Block::run`).
  /// With checks, blocks run one after the other, and the first access that breaks a rule of
  /// `Checker` is a failure; `memory` is then the device's. Otherwise they run on all cores.
  std::string launch(Kernel &kernel, const LaunchExtents &extents, void *const *arguments,
                     ThreadOrder order, Memory *memory = nullptr);

  /// The bytes of each argument of a kernel, for copies of a launch's arguments; "" or why the
  /// kernel cannot be compiled.
  std::string argumentBytes(Kernel &kernel, std::vector<int64_t> &bytes);

private:
  struct State;
  explicit Kernels(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_KERNELS_H
