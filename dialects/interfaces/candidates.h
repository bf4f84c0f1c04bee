//===- candidates.h - ways to compute an op, and what they take -*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_CANDIDATES_H
#define SPHERICAL_DIALECTS_INTERFACES_CANDIDATES_H

#include "mlir/Support/LLVM.h"

#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <string>

namespace mlir::spherical {

/// Measured constants of a core and its memory.
struct Machine {
  std::string name;
  int64_t vectorBytes; ///< of one register
  double gigaflop;     ///< peak of one core in fp32, 10^9 operations a second
  double gigabytes;    ///< a core's share of the memory bandwidth, all busy, 10^9 bytes a second

  /// The least time in seconds of so many operations and bytes on one core (Williams, Waterman and
  /// Patterson 2009: the roofline).
  double secondsOf(int64_t flop, int64_t bytes) const {
    return std::max(static_cast<double>(flop) / gigaflop, static_cast<double>(bytes) / gigabytes) *
           1e-9;
  }
};

/// One way to compute an op.
struct Candidate {
  std::string algorithm = "pointwise";
  SmallVector<int64_t> radices; ///< of its short transforms, first pass first
  int64_t lanes = 0;            ///< of its vectors; 0: those of the function
  int64_t tasks = 1;            ///< independent pieces
  int64_t flop = 0;             ///< floating-point operations
  int64_t bytes = 0;            ///< least traffic with memory
  double seconds = 0;           ///< predicted on one core of the machine
  std::string reason;           ///< what speaks for it: "2 passes of 4 x 5"
};

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_INTERFACES_CANDIDATES_H
