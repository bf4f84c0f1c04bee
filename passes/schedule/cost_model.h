//===- cost_model.h - work and traffic of the ops ---------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_SCHEDULE_COST_MODEL_H
#define SPHERICAL_PASSES_SCHEDULE_COST_MODEL_H

#include "mlir/IR/Operation.h"

#include <cstdint>
#include <string>

namespace mlir::spherical {

/// Measured constants of a core and its memory.
struct Machine {
  int64_t vectorBytes; ///< of one register
  double gigaflop;     ///< peak of one core in fp32, 10^9 operations a second
  double gigabytes;    ///< a core's share of the memory bandwidth, all busy, 10^9 bytes a second
};

/// The machine called `cpu`: x86-64-v3 (AVX2), x86-64-v4 (AVX-512), sm_90 (an NVIDIA GPU); other
/// names: this machine's widest registers.
Machine getMachine(StringRef cpu);

/// Bits of one real number of a signal or tensor.
int64_t elementBits(Type type);

/// Bytes of a value in its layout.
int64_t bytesOf(Type type);

/// Floating-point operations, least traffic and tasks of one op.
struct Cost {
  int64_t flop = 0, bytes = 0, tasks = 1;
};

/// The cost of a scheduled op (types with layout); transforms with these radices.
Cost costOf(Operation *op, ArrayRef<int64_t> radices);

/// Length 2b of an op's short transforms, 0 if it has none.
int64_t transformLength(Operation *op);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_COST_MODEL_H
