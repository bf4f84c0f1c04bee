// Calls of several threads at a time, calls from inside of a run, and failures inside of one. The
// preset tsan looks for races.

#include "test/runtime/execute/fake_program.h"

#include "gtest/gtest.h"

#include <atomic>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace spherical::runtime {
namespace {

/// The fake program behind the C interface.
struct ThreadsTest : testing::Test {
  sph_program *program = nullptr;
  int64_t hash = 0;
  const int64_t size[1] = {fake::hashes}, width[1] = {fake::width};

  void SetUp() override {
    auto lookup = [](void *, const char *symbol) { return fake::lookup(symbol); };
    ASSERT_EQ(sph_open_symbols(fake::manifest().dump().c_str(), lookup, nullptr, &program), SPH_OK)
        << sph_last_error();
    ASSERT_EQ(sph_find_entry(program, "hash", &hash), SPH_OK);
  }
  void TearDown() override { sph_close(program); }

  sph_status run(std::vector<double> &z) {
    z.resize(fake::hashes);
    const sph_buffer output = {"z", z.data(), SPH_F64, 1, size};
    return sph_run(program, hash, nullptr, 0, &output, 1, 1);
  }
  sph_buffer weights(std::vector<float> &w) { return {"w", w.data(), SPH_F32, 1, width}; }

  /// What `forward` makes of (1, 2, 3).
  std::vector<float> forward() {
    int64_t entry = 0;
    EXPECT_EQ(sph_find_entry(program, "forward", &entry), SPH_OK);
    const int64_t shape[] = {1, fake::width};
    std::vector<float> x = {1, 2, 3}, y(3);
    const sph_buffer input = {"x", x.data(), SPH_F32, 2, shape};
    const sph_buffer output = {"y", y.data(), SPH_F32, 2, shape};
    EXPECT_EQ(sph_run(program, entry, &input, 1, &output, 1, 1), SPH_OK) << sph_last_error();
    return y;
  }

  /// Runs with `act` in place of each stage's workers, in the thread of the call.
  sph_status runWith(const std::function<void(int64_t workers, sph_body body, void *data)> &act) {
    auto executor = [](void *user, int64_t workers, sph_body body, void *data) {
      (*static_cast<decltype(&act)>(user))(workers, body, data);
    };
    EXPECT_EQ(
        sph_set_executor(program, executor, const_cast<void *>(static_cast<const void *>(&act)), 3),
        SPH_OK);
    std::vector<double> z;
    const sph_status status = run(z);
    const std::string sentence = sph_last_error();
    EXPECT_EQ(sph_set_executor(program, nullptr, nullptr, 0), SPH_OK);
    failure = sentence;
    return status;
  }
  std::string failure;

  /// All that may be asked while another call is under way.
  void ask() {
    sph_memory memory;
    sph_stage stage;
    EXPECT_GE(sph_threads(program), 1);
    EXPECT_EQ(sph_entry_memory(program, hash, &memory), SPH_OK);
    EXPECT_EQ(memory.scratch % 4096, 0);
    EXPECT_EQ(sph_entry_stage(program, hash, 1, &stage), SPH_OK);
    EXPECT_GE(stage.seconds, 0.0);
    EXPECT_STREQ(sph_entry_name(program, hash), "hash");
  }
};

// Results are what they are alone, whatever the others ask and set.
TEST_F(ThreadsTest, AskAndSetDuringRuns) {
  std::vector<double> expected;
  ASSERT_EQ(run(expected), SPH_OK);
  std::vector<float> w = {1, 2, 3};
  const sph_buffer values = weights(w);
  ASSERT_EQ(sph_bind(program, &values), SPH_OK);
  std::atomic<bool> done = false;
  std::vector<std::jthread> others;
  others.emplace_back([&] {
    while (!done)
      ask();
  });
  others.emplace_back([&] {
    std::vector<float> read(3);
    const sph_buffer copy = weights(read);
    for (int64_t i = 0; !done; ++i) {
      EXPECT_EQ(sph_set_timers(program, i % 2), SPH_OK);
      EXPECT_EQ(sph_set_threads(program, 1 + i % 3), SPH_OK);
      EXPECT_EQ(sph_bind(program, &values), SPH_OK);
      EXPECT_EQ(sph_read(program, &copy), SPH_OK);
      EXPECT_EQ(read, w);
    }
  });
  others.emplace_back([&] {
    std::vector<double> z;
    while (!done) {
      EXPECT_EQ(run(z), SPH_OK);
      EXPECT_EQ(z, expected);
      EXPECT_EQ(forward(), std::vector<float>({3, 9, 19})); // 2 w x + 1
    }
  });
  std::vector<double> z;
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(run(z), SPH_OK);
    ASSERT_EQ(z, expected);
  }
  done = true;
}

// The run lasts until another thread has its answers: none of them waits. Finished stages count.
TEST_F(ThreadsTest, AnswersWhileARunLasts) {
  ASSERT_EQ(sph_set_timers(program, 1), SPH_OK);
  int stages = 0;
  EXPECT_EQ(runWith([&](int64_t workers, sph_body body, void *data) {
              std::jthread([&] {
                ask();
                EXPECT_EQ(sph_threads(program), workers);
                sph_stage first;
                EXPECT_EQ(sph_entry_stage(program, hash, 0, &first), SPH_OK);
                EXPECT_EQ(first.runs, stages);
              }).join();
              ++stages;
              body(data, 0);
            }),
            SPH_OK);
  EXPECT_EQ(stages, 2);
}

TEST_F(ThreadsTest, RefusesCallsThatWouldWaitForThemselves) {
  EXPECT_EQ(runWith([&](int64_t, sph_body body, void *data) {
              ask();
              std::vector<double> z;
              std::vector<float> w(3);
              const sph_buffer values = weights(w);
              EXPECT_EQ(run(z), SPH_INVALID_ARGUMENT);
              EXPECT_STREQ(sph_last_error(),
                           "model 'fake' is running in this thread; an executor can only ask for "
                           "its threads, memory and times");
              EXPECT_EQ(sph_bind(program, &values), SPH_INVALID_ARGUMENT);
              EXPECT_EQ(sph_read(program, &values), SPH_INVALID_ARGUMENT);
              EXPECT_EQ(sph_set_threads(program, 2), SPH_INVALID_ARGUMENT);
              EXPECT_EQ(sph_set_timers(program, 1), SPH_INVALID_ARGUMENT);
              EXPECT_EQ(sph_set_executor(program, nullptr, nullptr, 0), SPH_INVALID_ARGUMENT);
              body(data, 0);
            }),
            SPH_OK);
}

// What an executor throws stops before the entry's code; the rest of the entry does nothing.
TEST_F(ThreadsTest, ExceptionsOfExecutorsBecomeStatuses) {
  std::vector<double> expected, z;
  ASSERT_EQ(run(expected), SPH_OK);
  int calls = 0;
  EXPECT_EQ(runWith([&](int64_t, sph_body, void *) {
              ++calls;
              throw std::runtime_error("no threads today");
            }),
            SPH_INTERNAL);
  EXPECT_EQ(failure, "no threads today");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(runWith([&](int64_t, sph_body body, void *data) {
              body(data, 0);
              throw std::bad_alloc();
            }),
            SPH_OUT_OF_MEMORY);
  EXPECT_EQ(run(z), SPH_OK);
  EXPECT_EQ(z, expected);
}

} // namespace
} // namespace spherical::runtime
