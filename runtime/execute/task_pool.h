//===- task_pool.h - the threads that run compiled code ---------*- C++ -*-===//
//
// Worker 0 is the leader: jobs such as entries run on its thread and share bodies
// with the other workers. It is the caller's thread, as to wake another and to be
// woken takes longer than a short job; but where that has too little stack for
// what codelets keep there, the leader is a thread of the pool.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_TASK_POOL_H
#define SPHERICAL_RUNTIME_EXECUTE_TASK_POOL_H

#include "runtime/spherical_runtime.h"

#include <memory>

namespace spherical::runtime {

/// Cores that this process may use, at least 1.
int64_t usableCores();

/// Stack of the pool's threads, in bytes.
inline constexpr int64_t kWorkerStack = int64_t(16) << 20;

/// What a job needs.
struct JobNeeds {
  int64_t stack = kWorkerStack; ///< bytes, of the job and of its bodies
  bool alone = false;           ///< whether it does not broadcast
};

/// A fixed number of threads, each with 16 MB of stack and with denormal numbers taken as zero.
class TaskPool {
public:
  /// Throws Error (SPH_OUT_OF_MEMORY) if the system gives no thread.
  explicit TaskPool(int64_t workers);
  ~TaskPool();
  TaskPool(const TaskPool &) = delete;
  TaskPool &operator=(const TaskPool &) = delete;

  int64_t workers() const;

  /// Runs job(data) as the leader, with denormal numbers taken as zero, and returns when it is
  /// done. One caller at a time.
  void lead(void (*job)(void *data), void *data, const JobNeeds &needs = {});

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
