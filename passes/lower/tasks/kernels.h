//===- kernels.h - the kernels of a compiled module -------------*- C++ -*-===//
//
// A kernel is a private function over pointers, made once for each codelet,
// radices or register tile, lane type and epilogue; its name says which.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_KERNELS_H
#define SPHERICAL_PASSES_LOWER_TASKS_KERNELS_H

#include "passes/lower/target.h"
#include "passes/lower/tasks/codelet.h"

#include "dialects/stage/dialect.h"

#include "mlir/IR/BuiltinOps.h"

namespace mlir::spherical {

/// A warp's register holds one f32 for each thread. Tiles may count on 32 of the 64 that a thread
/// has when a multiprocessor is full: an address takes two.
inline constexpr RegisterFile kWarpRegisters{4 * kWarpThreads, 32};

/// Makes and finds the kernels of one module.
class KernelLibrary {
public:
  /// Kernels go into `container`, `module` itself or a gpu.module in it where lanes are threads.
  KernelLibrary(ModuleOp module, Operation *container, RegisterFile registers)
      : module(module), container(container), registers(registers) {}

  using Build = llvm::function_ref<void(CodeletBuilder &, ValueRange)>;

  /// The kernel `name`; if there is none yet, makes a private function of those argument types and
  /// fills it with `build`. `loc` is the first user's.
  LLVM::LLVMFuncOp get(StringRef name, ArrayRef<Type> arguments, LaneType lane, Location loc,
                       Build build);

  /// The number of kernels made so far.
  int64_t size() const { return count; }

  /// The longest depth K1 K0, the most columns N and rows R1 R0 of a problem of stage.contract, and
  /// whether the values of a column of B lie further apart than side by side in any of them.
  struct Largest {
    int64_t depth = 0, columns = 0, rows = 0;
    bool isApart = false;
  };
  /// Those of a table of problems; for null and for a table that cannot be made the largest
  /// integers.
  Largest largestOf(stage::TableOp problems);

  /// Bytes of shared memory that a kernel needs for one block of threads.
  int64_t sharedBytes(LLVM::LLVMFuncOp kernel) const { return shared.lookup(kernel); }

  ModuleOp module;
  Operation *container;
  RegisterFile registers;

private:
  int64_t count = 0;
  DenseMap<Operation *, int64_t> shared;
  DenseMap<Operation *, Largest> largest;
};

/// Whether a function that spherical-lower-tasks has made is a kernel; else one that is not
/// external may be a task, which calls kernels. Both know nothing of the entries that use them, nor
/// of their places in the model file but by its locations.
bool isKernel(LLVM::LLVMFuncOp function);
bool isTask(LLVM::LLVMFuncOp function);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_KERNELS_H
