//===- context.h - one running entry ----------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_CONTEXT_H
#define SPHERICAL_RUNTIME_EXECUTE_CONTEXT_H

#include "runtime/spherical_runtime.h"

#include <atomic>
#include <cstddef>
#include <exception>

namespace spherical::runtime {

class TaskPool;

/// Time of one stage since the timers were switched on.
struct StageTime {
  double seconds = 0;
  int64_t runs = 0;
};

/// The same while an entry runs, which other threads may look at.
struct StageClock {
  std::atomic<double> seconds = 0;
  std::atomic<int64_t> runs = 0;

  StageTime now() const { return {seconds, runs}; }
};

} // namespace spherical::runtime

/// What sph_parallel needs: who runs bodies, private memory of each worker, and where time goes.
struct sph_context {
  /// Calls body(data, worker) for each 0 <= worker < workers and waits (see sph_set_executor).
  sph_executor executor = nullptr;
  void *user = nullptr;
  int64_t workers = 1;
  /// The pool that the entry is a job of; null: the caller's thread runs it.
  spherical::runtime::TaskPool *leader = nullptr;
  /// Worker w has scratchBytes at scratch + w * scratchStride.
  std::byte *scratch = nullptr;
  int64_t scratchStride = 0;
  int64_t scratchBytes = 0;
  /// One for each stage, or null while the timers are off.
  spherical::runtime::StageClock *times = nullptr;
  int64_t stages = 0;
  /// The first failure of a stage, which must not pass through generated code: what is left of the
  /// entry does nothing.
  std::atomic<bool> failed = false;
  std::exception_ptr failure;
};

#endif // SPHERICAL_RUNTIME_EXECUTE_CONTEXT_H
