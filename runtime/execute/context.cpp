//===- context.cpp - stages of a running entry ------------------*- C++ -*-===//
//
// sph_parallel: a worker draws task numbers from a range of its own, then from those
// of others: stages with as many tasks find values in the cache that wrote them. Which
// worker runs a task does not matter to the result, since tasks write disjoint memory.
// Generated code has no unwind tables: no exception leaves sph_parallel.
//
//===----------------------------------------------------------------------===//

#include "runtime/execute/context.h"

#include "runtime/execute/task_pool.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <new>

using namespace spherical::runtime;

namespace {

/// Set while this thread runs a task: a stage inside a task has no workers of its own.
thread_local bool insideTask = false;

/// Keeps the exception that is being handled, if it is the first.
void noteFailure(sph_context &context) {
  if (!context.failed.exchange(true))
    context.failure = std::current_exception();
}

/// Tasks of neighbouring numbers, of which a worker draws the next.
struct alignas(64) Range {
  std::atomic<int64_t> next = 0;
  int64_t end = 0;
};

struct Stage {
  static constexpr int64_t most = 16;

  Stage(const sph_context &context, sph_task task, void *frame, int64_t tasks)
      : context(&context), task(task), frame(frame),
        ranges(std::max<int64_t>(1, std::min({most, context.workers, tasks}))) {
    for (int64_t i = 0; i < ranges; ++i) {
      range[i].next.store(i * tasks / ranges, std::memory_order_relaxed);
      range[i].end = (i + 1) * tasks / ranges;
    }
  }

  const sph_context *context;
  sph_task task;
  void *frame;
  int64_t ranges;
  std::array<Range, most> range;
};

/// Draws and runs tasks until none is left: of a worker's own range, then of the others.
void work(void *data, int64_t worker) {
  Stage &stage = *static_cast<Stage *>(data);
  if (worker < 0 || worker >= stage.context->workers)
    return; // an executor that counts too far must not touch memory of others
  const FlushDenormals flush;
  insideTask = true;
  std::byte *scratch = stage.context->scratch + worker * stage.context->scratchStride;
  for (int64_t step = 0; step < stage.ranges; ++step) {
    Range &range = stage.range[(worker + step) % stage.ranges];
    for (int64_t i = range.next++; i < range.end; i = range.next++)
      stage.task(stage.frame, i, scratch);
  }
  insideTask = false;
}

/// A stage within a task: in order, on memory of its own, since the task's own scratch is in use.
void runNested(sph_context &context, sph_task task, void *frame, int64_t tasks) {
  struct Free {
    void operator()(void *memory) const { ::operator delete(memory, std::align_val_t(64)); }
  };
  std::unique_ptr<void, Free> scratch;
  try {
    scratch.reset(::operator new(context.scratchBytes + 64, std::align_val_t(64)));
  } catch (const std::bad_alloc &) {
    return noteFailure(context);
  }
  for (int64_t i = 0; i < tasks; ++i)
    task(frame, i, scratch.get());
}

/// A stage on all workers. An executor that throws has no body running any more.
void runOnWorkers(sph_context &context, Stage &stage) {
  try {
    context.executor(context.user, context.workers, work, &stage);
  } catch (...) {
    noteFailure(context);
  }
}

} // namespace

void sph_parallel(sph_context *context, sph_task task, void *frame, int64_t tasks, int64_t stage) {
  if (context->failed)
    return;
  if (insideTask)
    return runNested(*context, task, frame, tasks);
  using Clock = std::chrono::steady_clock;
  const bool timed = context->times && stage >= 0 && stage < context->stages;
  const Clock::time_point start = timed ? Clock::now() : Clock::time_point();
  Stage work_(*context, task, frame, tasks);
  if (tasks == 1 || context->workers == 1)
    work(&work_, 0);
  else if (tasks > 0)
    runOnWorkers(*context, work_);
  if (!timed)
    return;
  StageClock &time = context->times[stage];
  time.seconds += std::chrono::duration<double>(Clock::now() - start).count();
  ++time.runs;
}
