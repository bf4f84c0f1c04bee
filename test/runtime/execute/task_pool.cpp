// The pool: every worker takes part, stacks are large, stages may nest.

#include "runtime/execute/task_pool.h"

#include "runtime/execute/context.h"

#include "gtest/gtest.h"

#include <atomic>
#include <cfloat>
#include <cstring>
#include <new>
#include <set>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sched.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

namespace spherical::runtime {
namespace {

/// Bodies that draw numbers, as sph_parallel does.
struct Draw {
  TaskPool &pool;
  std::atomic<int64_t> next = 0, drawn = 0;
  std::vector<std::atomic<int>> runs;

  static void body(void *data, int64_t worker) {
    Draw &draw = *static_cast<Draw *>(data);
    ++draw.runs[worker];
    while (draw.next++ < 50)
      ++draw.drawn;
  }
};

// All work is done when a broadcast returns, and the leader always takes part.
TEST(TaskPool, SharesBodiesWithEveryWorkerInTime) {
  for (int64_t workers : {1, 2, 3, 8}) {
    TaskPool pool(workers);
    EXPECT_EQ(pool.workers(), workers);
    Draw draw{pool, 0, 0, std::vector<std::atomic<int>>(workers)};
    auto job = [](void *data) {
      Draw &draw = *static_cast<Draw *>(data);
      for (int stage = 0; stage < 100; ++stage) {
        draw.next = draw.drawn = 0;
        draw.pool.broadcast(Draw::body, data);
        EXPECT_EQ(draw.drawn, 50);
      }
    };
    for (int i = 0; i < 20; ++i)
      pool.lead(job, &draw);
    EXPECT_EQ(draw.runs[0], 2000);
  }
}

// A body that lasts until another worker has come: workers do take part.
TEST(TaskPool, WorkersTakePart) {
  TaskPool pool(2);
  struct Meeting {
    TaskPool &pool;
    std::atomic<int> present = 0;
  } meeting{pool};
  pool.lead(
      [](void *data) {
        auto body = [](void *data, int64_t worker) {
          auto *meeting = static_cast<Meeting *>(data);
          meeting->present |= 1 << worker;
          for (int now = meeting->present; worker == 0 && now != 3; now = meeting->present)
            meeting->present.wait(now);
          meeting->present.notify_all();
        };
        static_cast<Meeting *>(data)->pool.broadcast(body, data);
      },
      &meeting);
  EXPECT_EQ(meeting.present, 3);
}

// Short jobs of the leader alone, of which the next may need all workers.
TEST(TaskPool, LeadsAloneInTurnWithOthers) {
  TaskPool pool(2);
  std::set<std::thread::id> leaders;
  std::atomic<int> bodies = 0;
  struct Job {
    TaskPool &pool;
    std::set<std::thread::id> &leaders;
    std::atomic<int> &bodies;
  } job{pool, leaders, bodies};
  for (int i = 0; i < 100; ++i) {
    pool.lead(
        [](void *data) { static_cast<Job *>(data)->leaders.insert(std::this_thread::get_id()); },
        &job, {.alone = true});
    pool.lead(
        [](void *data) {
          static_cast<Job *>(data)->pool.broadcast(
              [](void *data, int64_t worker) { static_cast<Job *>(data)->bodies += worker == 0; },
              data);
        },
        &job);
  }
  EXPECT_EQ(leaders.size(), 1u);
  EXPECT_FALSE(leaders.contains(std::this_thread::get_id()));
  EXPECT_EQ(bodies, 100);
}

/// The thread of a job and whether it takes denormal numbers as zero.
struct Witness {
  std::thread::id thread;
  bool flushes = false;

  static void job(void *data) {
    volatile float tiny = FLT_MIN, half = 0.5f;
    *static_cast<Witness *>(data) = {std::this_thread::get_id(), tiny * half == 0.0f};
  }
};

// A job runs on the caller's thread if that has the stack for it, else on one of the pool.
TEST(TaskPool, LeadsOnTheCallersThreadWhereItsStackSuffices) {
  TaskPool pool(2);
  std::thread([&] {
    Witness small, large;
    pool.lead(Witness::job, &small, {.stack = 64 << 10});
    pool.lead(Witness::job, &large, {.stack = int64_t(1) << 40});
    EXPECT_EQ(small.thread, std::this_thread::get_id());
    EXPECT_NE(large.thread, std::this_thread::get_id());
#if defined(__SSE__)
    EXPECT_TRUE(small.flushes);
    EXPECT_TRUE(large.flushes);
#endif
    volatile float tiny = FLT_MIN, half = 0.5f;
    EXPECT_NE(tiny * half, 0.0f);
  }).join();
}

// What a caller has used of its stack counts, and its affinity is as before.
TEST(TaskPool, CountsWhatIsLeftOfTheStack) {
  TaskPool pool(2);
  struct Case {
    TaskPool &pool;
    Witness few, many;
  } test{pool, {}, {}};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  pthread_t thread;
  auto main = [](void *data) -> void * {
    auto &test = *static_cast<Case *>(data);
    cpu_set_t before, after;
    pthread_getaffinity_np(pthread_self(), sizeof before, &before);
    volatile char used[512 << 10];
    for (size_t i = 0; i < sizeof used; i += 4096)
      used[i] = 0;
    test.pool.lead(Witness::job, &test.few, {.stack = 256 << 10});
    test.pool.lead(Witness::job, &test.many, {.stack = 768 << 10});
    pthread_getaffinity_np(pthread_self(), sizeof after, &after);
    EXPECT_TRUE(CPU_EQUAL(&before, &after));
    EXPECT_EQ(test.few.thread, std::this_thread::get_id());
    EXPECT_NE(test.many.thread, std::this_thread::get_id());
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, main, &test), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

// Codelets keep megabytes on the stack, on whatever thread the caller is.
TEST(TaskPool, GivesEveryWorkerALargeStack) {
  TaskPool pool(2);
  pool.lead(
      [](void *data) {
        static_cast<TaskPool *>(data)->broadcast(
            [](void *, int64_t) {
              volatile char memory[12 << 20];
              memory[0] = 1;
              for (size_t i = 0; i < sizeof memory; i += 4096)
                memory[i] = memory[0];
            },
            nullptr);
      },
      &pool);
}

TEST(TaskPool, UsesAtLeastOneCore) { EXPECT_GE(usableCores(), 1); }

#if defined(__SSE__)
TEST(FlushDenormals, TakesThemAsZeroAndRestores) {
  volatile float tiny = FLT_MIN, half = 0.5f;
  EXPECT_NE(tiny * half, 0.0f);
  {
    FlushDenormals flush;
    EXPECT_EQ(tiny * half, 0.0f);
  }
  EXPECT_NE(tiny * half, 0.0f);
}
#endif

/// Makes a context of two workers that runs everything in the calling thread.
void makeSerial(sph_context &context, std::byte *scratch, int64_t bytes) {
  context.executor = [](void *, int64_t workers, sph_body body, void *data) {
    for (int64_t worker = 0; worker < workers; ++worker)
      body(data, worker);
  };
  context.workers = 2;
  context.scratch = scratch;
  context.scratchStride = context.scratchBytes = bytes;
}

struct Nested {
  sph_context *context;
  std::vector<int> order;
};

// The outer task's scratch stays its own while the inner stage runs.
TEST(Parallel, RunsAStageInsideATaskInOrder) {
  alignas(64) std::byte scratch[128];
  sph_context context;
  makeSerial(context, scratch, 64);
  Nested nested{&context, {}};
  auto outer = [](void *data, int64_t task, void *scratch) {
    auto *nested = static_cast<Nested *>(data);
    std::memset(scratch, static_cast<int>(task + 1), 64);
    auto inner = [](void *data, int64_t task, void *scratch) {
      std::memset(scratch, 0, 64);
      static_cast<Nested *>(data)->order.push_back(static_cast<int>(task));
    };
    sph_parallel(nested->context, inner, nested, 3, 0);
    EXPECT_EQ(static_cast<char *>(scratch)[63], task + 1);
  };
  sph_parallel(&context, outer, &nested, 2, 0);
  EXPECT_EQ(nested.order, std::vector<int>({0, 1, 2, 0, 1, 2}));
}

TEST(Parallel, DoesNothingWithoutTasks) {
  sph_context context;
  makeSerial(context, nullptr, 0);
  auto task = [](void *, int64_t, void *) { FAIL(); };
  sph_parallel(&context, task, nullptr, 0, 0);
  sph_parallel(&context, task, nullptr, -1, 0);
}

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
// No memory for a stage inside of a task: that stage and all later ones do nothing.
TEST(Parallel, KeepsAFailureOutOfTheCode) {
  sph_context context;
  makeSerial(context, nullptr, 0);
  context.scratchBytes = int64_t(1) << 60;
  Nested nested{&context, {}};
  auto outer = [](void *data, int64_t task, void *) {
    auto *nested = static_cast<Nested *>(data);
    nested->order.push_back(static_cast<int>(task));
    auto inner = [](void *, int64_t, void *) { FAIL(); };
    sph_parallel(nested->context, inner, nullptr, 3, 0);
  };
  sph_parallel(&context, outer, &nested, 2, 0);
  sph_parallel(&context, outer, &nested, 2, 1);
  EXPECT_EQ(nested.order, std::vector<int>({0, 1}));
  ASSERT_TRUE(context.failed);
  EXPECT_THROW(std::rethrow_exception(context.failure), std::bad_alloc);
}
#endif

} // namespace
} // namespace spherical::runtime
