//===- machine.h - machines that a schedule is made for ---------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_SCHEDULE_MACHINE_H
#define SPHERICAL_PASSES_SCHEDULE_MACHINE_H

#include "dialects/interfaces/candidates.h"

#include "mlir/IR/Diagnostics.h"

namespace mlir::spherical {

/// The machine called `name`: x86-64-v3 (AVX2), x86-64-v4 (AVX-512), an NVIDIA card (h200) or the
/// first card of a chip (sm_90), or what a file that ends in .json says; other names: this
/// machine's widest registers. Fails with an error through `emitError` for a file that is none of a
/// machine.
FailureOr<Machine> getMachine(StringRef name, function_ref<InFlightDiagnostic()> emitError);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_MACHINE_H
