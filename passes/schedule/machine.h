//===- machine.h - machines that a schedule is made for ---------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_SCHEDULE_MACHINE_H
#define SPHERICAL_PASSES_SCHEDULE_MACHINE_H

#include "dialects/interfaces/candidates.h"

namespace mlir::spherical {

/// The machine called `cpu`: x86-64-v3 (AVX2), x86-64-v4 (AVX-512), sm_90 (an NVIDIA GPU); other
/// names: this machine's widest registers.
Machine getMachine(StringRef cpu);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_MACHINE_H
