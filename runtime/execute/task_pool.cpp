//===- task_pool.cpp - the threads that run compiled code -------*- C++ -*-===//

#include "runtime/execute/task_pool.h"

#include "runtime/execute/error.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sched.h>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace spherical::runtime {
namespace {

/// Some microseconds of looking before a thread sleeps: stages follow each other closely.
constexpr int spins = 2000;

void pause() {
#if defined(__SSE__)
  _mm_pause();
#endif
}

/// Returns when `value` is no longer `old`.
void waitWhile(const std::atomic<uint32_t> &value, uint32_t old, bool spin) {
  for (int i = 0; spin && i < spins; ++i) {
    if (value.load(std::memory_order_acquire) != old)
      return;
    pause();
  }
  value.wait(old, std::memory_order_acquire);
}

/// The lowest address of this thread's stack, null if the system does not say, and its bytes.
std::pair<std::byte *, size_t> stackOfThread() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0)
    return {nullptr, 0};
  void *lowest = nullptr;
  size_t bytes = 0, guard = 0;
  const bool isKnown = pthread_attr_getstack(&attributes, &lowest, &bytes) == 0 &&
                       pthread_attr_getguardsize(&attributes, &guard) == 0 && guard < bytes;
  pthread_attr_destroy(&attributes);
  return isKnown ? std::pair(static_cast<std::byte *>(lowest) + guard, bytes - guard)
                 : std::pair<std::byte *, size_t>(nullptr, 0);
}

/// Bytes that this thread's stack has left; 0 if it runs on another one, as coroutines do.
int64_t stackLeft() {
  thread_local const auto [lowest, bytes] = stackOfThread();
  const auto *here = static_cast<const std::byte *>(__builtin_frame_address(0));
  const bool isOwn = lowest && here >= lowest && here < lowest + bytes;
  return isOwn ? here - lowest : 0;
}

} // namespace

int64_t usableCores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

struct TaskPool::State {
  struct Start {
    State *state;
    int64_t worker;
  };

  int64_t workers = 1;
  bool spin = true;
  std::atomic<bool> stopping = false;
  std::vector<pthread_t> threads;
  std::vector<Start> starts;

  // What the leader runs: odd generations are new jobs, the next even one says that it is done.
  void (*job)(void *) = nullptr;
  void *jobData = nullptr;
  bool isAlone = false;
  std::atomic<uint32_t> jobGeneration = 0;

  // What workers join in: `joined` has the bit `open` while they may, and below it the number of
  // workers inside. The body changes only while it is closed and nobody is inside.
  sph_body body = nullptr;
  void *bodyData = nullptr;
  std::atomic<uint32_t> bodyGeneration = 0;
  std::atomic<uint32_t> joined = 0;
  static constexpr uint32_t open = uint32_t(1) << 31;

  // Where the system may put the leader between jobs, and the core of the last job's leader; others
  // keep clear of it.
  cpu_set_t usable;
  int leaderCore = -1;

  void start(int64_t worker);
  /// If there are as many workers as cores, the leader stays on its core for a job and the others
  /// elsewhere: one that has slept may be woken on the core of the leader, which does not stop for
  /// it, and the system takes longer to part them than a short entry runs. Whether the leader has
  /// to be let go again; threads that the system does not let be placed stay as they are.
  bool keepApart();
  void letMove() { pthread_setaffinity_np(pthread_self(), sizeof usable, &usable); }
  /// The job, in this thread.
  void runJob();
  void leaderLoop();
  bool join();
  void workerLoop(int64_t worker);
  void stop();
};

bool TaskPool::State::keepApart() {
  const int core = sched_getcpu();
  if (core < 0 || workers < 2 ||
      pthread_getaffinity_np(pthread_self(), sizeof usable, &usable) != 0 ||
      workers != CPU_COUNT(&usable))
    return false;
  cpu_set_t own;
  CPU_ZERO(&own);
  CPU_SET(core, &own);
  if (pthread_setaffinity_np(pthread_self(), sizeof own, &own) != 0)
    return false;
  if (core == leaderCore)
    return true;
  leaderCore = core;
  cpu_set_t others = usable;
  CPU_CLR(core, &others);
  for (int64_t worker = 1; worker < workers; ++worker)
    pthread_setaffinity_np(threads[worker], sizeof others, &others);
  return true;
}

void TaskPool::State::runJob() {
  const bool isHeld = !isAlone && keepApart();
  job(jobData);
  if (isHeld)
    letMove();
}

void TaskPool::State::leaderLoop() {
  for (uint32_t seen = 0;;) {
    waitWhile(jobGeneration, seen, spin);
    if (stopping)
      return;
    runJob();
    seen = jobGeneration.fetch_add(1, std::memory_order_acq_rel) + 1;
    jobGeneration.notify_all();
  }
}

bool TaskPool::State::join() {
  uint32_t now = joined.load(std::memory_order_relaxed);
  while ((now & open) != 0)
    if (joined.compare_exchange_weak(now, now + 1, std::memory_order_acquire))
      return true;
  return false;
}

void TaskPool::State::workerLoop(int64_t worker) {
  for (uint32_t seen = 0;;) {
    waitWhile(bodyGeneration, seen, spin);
    seen = bodyGeneration.load(std::memory_order_acquire);
    if (stopping)
      return;
    if (!join())
      continue; // too late: the others have done it all
    body(bodyData, worker);
    if (joined.fetch_sub(1, std::memory_order_release) == 1)
      joined.notify_one();
  }
}

void TaskPool::State::start(int64_t worker) {
  starts[worker] = {this, worker};
  auto main = [](void *argument) -> void * {
    const Start start = *static_cast<Start *>(argument);
    FlushDenormals flush;
    if (start.worker == 0)
      start.state->leaderLoop();
    else
      start.state->workerLoop(start.worker);
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kWorkerStack);
  pthread_t thread;
  const int error = pthread_create(&thread, &attributes, main, &starts[worker]);
  pthread_attr_destroy(&attributes);
  if (error != 0)
    throw Error(SPH_OUT_OF_MEMORY, "the system refuses thread " + std::to_string(worker + 1) +
                                       " of " + std::to_string(workers) + ": " +
                                       std::strerror(error));
  threads.push_back(thread);
}

void TaskPool::State::stop() {
  stopping = true;
  jobGeneration.fetch_add(1);
  jobGeneration.notify_all();
  bodyGeneration.fetch_add(1);
  bodyGeneration.notify_all();
  for (pthread_t thread : threads)
    pthread_join(thread, nullptr);
}

TaskPool::TaskPool(int64_t workers) : state(std::make_unique<State>()) {
  state->workers = workers;
  state->spin = workers <= usableCores();
  state->starts.resize(workers);
  state->threads.reserve(workers);
  try {
    for (int64_t worker = 0; worker < workers; ++worker)
      state->start(worker);
  } catch (...) {
    state->stop();
    throw;
  }
}

TaskPool::~TaskPool() { state->stop(); }

int64_t TaskPool::workers() const { return state->workers; }

void TaskPool::lead(void (*job)(void *), void *data, const JobNeeds &needs) {
  state->job = job;
  state->jobData = data;
  state->isAlone = needs.alone;
  if (stackLeft() >= needs.stack) {
    const FlushDenormals flush;
    return state->runJob();
  }
  const uint32_t running = state->jobGeneration.fetch_add(1, std::memory_order_acq_rel) + 1;
  state->jobGeneration.notify_all();
  // The caller has nothing to do until the entry is over: it sleeps, but for a spare core.
  waitWhile(state->jobGeneration, running, (needs.alone ? 1 : state->workers) < usableCores());
}

void TaskPool::broadcast(sph_body body, void *data) {
  State &s = *state;
  s.body = body;
  s.bodyData = data;
  s.joined.store(State::open, std::memory_order_release);
  s.bodyGeneration.fetch_add(1, std::memory_order_release);
  s.bodyGeneration.notify_all();
  body(data, 0);
  uint32_t inside = s.joined.fetch_and(~State::open, std::memory_order_acq_rel) & ~State::open;
  for (; inside != 0; inside = s.joined.load(std::memory_order_acquire))
    waitWhile(s.joined, inside, s.spin);
}

#if defined(__SSE__)
// Bits 15 (results) and 6 (operands) of the control register.
FlushDenormals::FlushDenormals() : saved(_mm_getcsr()) { _mm_setcsr(saved | 0x8040); }
FlushDenormals::~FlushDenormals() { _mm_setcsr(saved); }
#else
FlushDenormals::FlushDenormals() : saved(0) {}
FlushDenormals::~FlushDenormals() {}
#endif

} // namespace spherical::runtime
