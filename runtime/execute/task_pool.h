//===- task_pool.h - the threads that run compiled code ---------*- C++ -*-===//
//
// Worker 0 is the leader: entries run on its thread and share bodies with the
// other workers. The caller only waits, so that compiled code always
// has the stack that its codelets need, whatever thread calls.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_TASK_POOL_H
#define SPHERICAL_RUNTIME_EXECUTE_TASK_POOL_H

#include "runtime/spherical_runtime.h"

#include <memory>

namespace spherical::runtime {

/// Cores that this process may use, at least 1.
int64_t usableCores();

/// A fixed number of threads, each with 16 MB of stack and with denormal numbers taken as zero.
class TaskPool {
public:
  /// Throws Error (SPH_OUT_OF_MEMORY) if the system gives no thread.
  explicit TaskPool(int64_t workers);
  ~TaskPool();
  TaskPool(const TaskPool &) = delete;
  TaskPool &operator=(const TaskPool &) = delete;

  int64_t workers() const;

  /// Runs job(data) on the leader's thread and returns when it is done. One caller at a time. A job
  /// that does not broadcast leaves cores to spare: with `alone` the caller does not sleep then,
  /// which takes longer than a short job.
  void lead(void (*job)(void *data), void *data, bool alone = false);

  /// Runs body(data, 0) on the leader and body(data, worker) on every other worker that comes
  /// before the leader is done, perhaps more than once; returns when nobody is inside. A busy
  /// machine's late workers so hold nobody up; the body has to share its work out itself. Only from
  /// a job.
  void broadcast(sph_body body, void *data);

private:
  struct State;
  std::unique_ptr<State> state;
};

/// Takes denormal numbers as zero in this thread as long as it lives: products of tiny Wigner
/// values would otherwise cost a hundred cycles each. Does nothing on machines without the switch.
class FlushDenormals {
public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals &) = delete;
  FlushDenormals &operator=(const FlushDenormals &) = delete;

private:
  unsigned saved;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_TASK_POOL_H
