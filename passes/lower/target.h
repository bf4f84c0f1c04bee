//===- target.h - the processor that code is made for -----------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TARGET_H
#define SPHERICAL_PASSES_LOWER_TARGET_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mlir::spherical {

/// Vector registers that codelets may count on.
struct RegisterFile {
  int64_t bytes = 64; ///< of one register
  int64_t count = 32;
};

/// A processor by its name in LLVM, with the features that its code uses.
struct CpuTarget {
  std::string name;     ///< LLVM's name of the processor, for example x86-64-v4 or znver5
  std::string features; ///< LLVM's feature string, empty for the name's own features
  RegisterFile registers;
};

/// The target called `cpu`: "x86-64-v3" (AVX2, FMA), "x86-64-v4" (AVX-512), "native" (this machine
/// with all it has), or "" for the best of the two levels that this machine runs. Nothing for other
/// names, or if this machine has less than x86-64-v3 and is asked for.
std::optional<CpuTarget> getCpuTarget(llvm::StringRef cpu);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TARGET_H
