//===- candidates.h - ways to compute an op, and what they take -*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_CANDIDATES_H
#define SPHERICAL_DIALECTS_INTERFACES_CANDIDATES_H

#include "mlir/Support/LLVM.h"

#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <string>

namespace mlir::spherical {

/// What times are predicted from. Rates are of one core while all cores are busy, those of a GPU of
/// all of its multiprocessors.
struct Machine {
  /// A cache as one core sees it.
  struct Cache {
    int64_t bytes;
    double gigabytes; ///< 10^9 bytes a second
  };

  std::string name;
  int64_t vectorBytes = 0;     ///< of one register
  int64_t registers = 0;       ///< vector registers of a core; 0: lanes are threads
  double gigaflop = 0;         ///< peak in fp32, 10^9 operations a second
  double gigabytes = 0;        ///< of memory, 10^9 bytes a second
  SmallVector<Cache> caches;   ///< ascending; none: not known
  double stageSeconds = 0;     ///< to start and end a stage on all cores
  int64_t multiprocessors = 0; ///< of a GPU; 0: a processor

  /// The bandwidth for values of so many bytes: that of the first cache which holds them.
  double bandwidthOf(int64_t bytes) const {
    for (const Cache &cache : caches)
      if (bytes <= cache.bytes)
        return cache.gigabytes;
    return gigabytes;
  }

  /// Cores that a program counts on, whatever runs it: the least that machines have now.
  /// Predictions for a GPU are of all of it.
  int64_t leastCores() const { return registers > 0 ? 2 : 1; }

  /// The share of a GPU that works on so many tasks, a block of threads each.
  double busyShare(int64_t tasks) const {
    return tasks < multiprocessors
               ? static_cast<double>(tasks) / static_cast<double>(multiprocessors)
               : 1.0;
  }

  /// The time in seconds of so many operations at a share of the peak.
  double workSeconds(double flop, double share) const { return flop / (gigaflop * share) * 1e-9; }

  /// The time in seconds to read and write so many bytes of values that take `held` together.
  double moveSeconds(double bytes, int64_t held) const { return bytes / bandwidthOf(held) * 1e-9; }

  /// The least time in seconds of so many operations and bytes on one core (Williams, Waterman and
  /// Patterson 2009: the roofline).
  double secondsOf(int64_t flop, int64_t bytes) const {
    return std::max(static_cast<double>(flop) / gigaflop,
                    static_cast<double>(bytes) / bandwidthOf(bytes)) *
           1e-9;
  }
};

/// One way to compute an op.
struct Candidate {
  std::string algorithm = "pointwise";
  SmallVector<int64_t> radices; ///< of its short transforms, first pass first
  int64_t rows = 0;             ///< of a function that are there at a time; 0: all
  SmallVector<int64_t> tile;    ///< rows, columns of accumulators; empty: the kernel's own
  int64_t lanes = 0;            ///< of its vectors; 0: those of the function
  int64_t tasks = 1;            ///< independent pieces
  int64_t flop = 0;             ///< floating-point operations
  int64_t bytes = 0;            ///< least traffic with memory
  double seconds = 0;           ///< predicted on one core of the machine
  double rounding = 1;          ///< error by it, in those of the op's plain sums or transforms
  bool onRequest = false;       ///< taken only if somebody asks for its algorithm
  std::string reason;           ///< what speaks for it: "2 passes of 4 x 5"

  /// The predicted time on so many cores, which share the tasks.
  double secondsOn(int64_t cores) const {
    const int64_t rounds = (tasks + cores - 1) / cores;
    return seconds * static_cast<double>(rounds) / static_cast<double>(tasks);
  }
};

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_INTERFACES_CANDIDATES_H
