//===- target.h - the processor that code is made for -----------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TARGET_H
#define SPHERICAL_PASSES_LOWER_TARGET_H

#include "runtime/processor/processor.h"

#include "mlir/IR/BuiltinOps.h"

#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace mlir::spherical {

/// Vector registers that codelets may count on.
struct RegisterFile {
  int64_t bytes = 64; ///< of one register
  int64_t count = 32;
  bool roundsToBfloat16 = false; ///< of vectors of f32, by an instruction

  /// How many lane values of so many bytes they hold.
  int64_t valuesOf(int64_t laneBytes) const {
    return count / std::max<int64_t>(1, laneBytes / bytes);
  }
};

/// What code for a CPU may use, and how LLVM is told.
struct CpuTarget {
  /// The instructions that code may use: all that it needs where it runs.
  ::spherical::runtime::Processor needs;
  /// LLVM's name of the processor whose timing counts, for example x86-64-v4 or znver5.
  std::string tuning;
  RegisterFile registers;

  /// LLVM's name of the level: x86-64-v3 or x86-64-v4.
  std::string level() const { return ::spherical::runtime::levelName(needs.level); }
  /// LLVM's string of the features beyond it, such as "+avx512bf16,+avx512fp16", or "".
  std::string features() const;
  /// The level and what it has beyond, as getCpuTarget reads it: "x86-64-v4+avx512bf16+avx512fp16".
  std::string name() const;
};

/// The target called `cpu`: "x86-64-v3" (AVX2, FMA) or "x86-64-v4" (AVX-512), also with features as
/// CpuTarget::name writes them; "native" for all that this machine has; or "" for the best of the
/// two levels that this machine runs. Nothing, and the reason, for other names and on a machine
/// with less than x86-64-v3 that is asked for.
std::optional<CpuTarget> getCpuTarget(llvm::StringRef cpu, std::string &reason);

/// The name of the target that a module is lowered for (`spherical.cpu`), "" for any other module.
llvm::StringRef getLoweredCpu(ModuleOp module);

/// Writes `spherical.cpu`.
void setLoweredCpu(ModuleOp module, const CpuTarget &target);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TARGET_H
