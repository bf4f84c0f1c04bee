// Programs: kept and prepared values, threads, timers and memory.

#include "test/runtime/execute/program_test.h"

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

namespace {
std::atomic<int64_t> allocations = 0, refused = -1;
}

// Counts what the runtime takes from the heap, and refuses number `refused`; sanitizers have
// operators of their own.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
void *operator new(size_t size) {
  if (allocations++ == refused)
    throw std::bad_alloc();
  if (void *memory = std::malloc(size))
    return memory;
  throw std::bad_alloc();
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }
#endif

namespace spherical::runtime {
namespace {

TEST_F(ProgramTest, PreparesOnceAndRunsForward) {
  program->bind(w);
  const int before = fake::prepareRuns;
  forward();
  EXPECT_EQ(y.values, Floats({3, 41, 601, 9, 101, 1201})); // the state s starts at 1
  forward();
  EXPECT_EQ(fake::prepareRuns, before + 1);
  w.values = {0, 0, 1};
  program->bind(w);
  forward();
  EXPECT_EQ(fake::prepareRuns, before + 2);
  EXPECT_EQ(y.values, Floats({1, 1, 7, 1, 1, 13}));
}

TEST_F(ProgramTest, ReadsAndWritesOnlyValidSamples) {
  program->bind(w);
  x = {"x", {4, 3}, Floats(12, 1)};
  y = {"y", {4, 3}, Floats(12, -5)};
  forward(1);
  EXPECT_EQ(y.values, Floats({3, 21, 201, -5, -5, -5, -5, -5, -5, -5, -5, -5}));
}

TEST_F(ProgramTest, TrainStepUpdatesKeptValuesInPlace) {
  program->bind(w);
  forward();
  trainStep({loss});
  EXPECT_EQ(loss.values[0], 7);
  EXPECT_EQ(kept("w", 3), Floats({-0.25f, 8.25f, 97.75f}));
  EXPECT_EQ(kept("m", 3), Floats({1, 10, 100}));
  EXPECT_EQ(kept("s", 1), Floats({2}));
  trainStep({});
  EXPECT_EQ(kept("w", 3), Floats({-1.5f, 6.5f, 95.5f}));
  EXPECT_EQ(*static_cast<const int64_t *>(program->values("step")), 2);
  forward(); // prepared again from the new parameters; s is 3
  EXPECT_EQ(y.values[0], -1.5f * 2 + 3);
}

TEST_F(ProgramTest, CopiesUpdatedValuesToCallersThatAsk) {
  program->bind(w);
  Array<float> updated{"w", {3}, Floats(3)};
  trainStep({updated, loss});
  EXPECT_EQ(updated.values, Floats({-0.25f, 8.25f, 97.75f}));
  EXPECT_EQ(updated.values, kept("w", 3));
}

// Values given for one run take the place of the kept ones, which stay as they are.
TEST_F(ProgramTest, GivenParametersStandInForOneRun) {
  program->bind(w);
  Array<float> own{"w", {3}, {0, 0, 0}};
  const BufferView inputs[] = {x, labels, rate, own}, outputs[] = {own};
  program->run("train_step", inputs, outputs, 2); // in place, in the caller's memory
  EXPECT_EQ(own.values, Floats({-1.25f, -1.75f, -2.25f}));
  EXPECT_EQ(kept("w", 3), w.values);
  EXPECT_EQ(kept("s", 1), Floats({2}));
}

TEST_F(ProgramTest, PrepareMayBeRunAndRead) {
  program->bind(w);
  Array<float> prepared{"prepared.0", {3}, Floats(3)};
  const BufferView outputs[] = {prepared};
  program->run("prepare", {}, outputs, 1);
  EXPECT_EQ(prepared.values, Floats({2, 20, 200}));
}

TEST_F(ProgramTest, AllocatesNothingAfterTheFirstRun) {
  program->bind(w);
  const BufferView inputs[] = {x, labels, rate}, outputs[] = {loss};
  const BufferView forwardInputs[] = {x}, forwardOutputs[] = {y};
  const int64_t train = program->entry("train_step"), forward = program->entry("forward");
  program->run(train, inputs, outputs, 2);
  program->run(forward, forwardInputs, forwardOutputs, 2);
  const int64_t before = allocations;
  for (int i = 0; i < 5; ++i) {
    program->run(train, inputs, outputs, 2);
    program->run(forward, forwardInputs, forwardOutputs, 1);
  }
  EXPECT_EQ(allocations, before);
}

// Each allocation of the first run fails once: a status, and the next try works.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST(Program, RefusedMemoryIsAStatus) {
  const std::string manifest = fake::manifest().dump();
  auto lookup = [](void *, const char *symbol) { return fake::lookup(symbol); };
  std::vector<double> z(fake::hashes);
  const int64_t shape[] = {fake::hashes};
  const sph_buffer output = {"z", z.data(), SPH_F64, 1, shape};
  int64_t failures = 0;
  for (sph_status status = SPH_OUT_OF_MEMORY; status != SPH_OK; ++failures) {
    sph_program *program = nullptr;
    ASSERT_EQ(sph_open_symbols(manifest.c_str(), lookup, nullptr, &program), SPH_OK);
    refused = allocations + failures;
    status = sph_run(program, 3, nullptr, 0, &output, 1, 1);
    const std::string sentence = sph_last_error();
    const sph_status again = sph_run(program, 3, nullptr, 0, &output, 1, 1);
    refused = -1;
    sph_close(program);
    ASSERT_TRUE(status == SPH_OK || status == SPH_OUT_OF_MEMORY) << failures << sentence;
    ASSERT_EQ(again, SPH_OK) << failures;
  }
  EXPECT_GT(failures, 5);
}
#endif

std::vector<double> hashOf(Program &program) {
  Array<double> z{"z", {fake::hashes}, std::vector<double>(fake::hashes)};
  const BufferView outputs[] = {z};
  program.run("hash", {}, outputs, 1);
  return z.values;
}

// 1, 2 and 3 threads, more threads than cores, and foreign executors give the same bits.
TEST_F(ProgramTest, ResultsDoNotDependOnThreads) {
  program->setThreads(1);
  const std::vector<double> expected = hashOf(*program);
  EXPECT_NE(expected[1], expected[2]);
  for (int64_t threads : {2, 3, 9, 1}) {
    program->setThreads(threads);
    EXPECT_EQ(program->threads(), threads);
    for (int i = 0; i < 20; ++i)
      ASSERT_EQ(hashOf(*program), expected) << threads;
  }
  sph_executor serial = [](void *user, int64_t workers, sph_body body, void *data) {
    ++*static_cast<int *>(user);
    for (int64_t worker = workers; worker-- > 0;)
      body(data, worker);
    body(data, workers); // one too many is ignored
  };
  int calls = 0;
  program->setExecutor(serial, &calls, 5);
  EXPECT_EQ(hashOf(*program), expected);
  EXPECT_EQ(calls, 2); // stages
  sph_executor fresh = [](void *, int64_t workers, sph_body body, void *data) {
    std::vector<std::jthread> threads;
    for (int64_t worker = 0; worker < workers; ++worker)
      threads.emplace_back(body, data, worker);
  };
  program->setExecutor(fresh, nullptr, 3);
  EXPECT_EQ(hashOf(*program), expected);
  program->setExecutor(nullptr, nullptr, 0);
  EXPECT_EQ(hashOf(*program), expected);
}

// A short entry runs on one worker, unless all or an executor are asked for.
TEST_F(ProgramTest, RunsShortEntriesOnOneWorker) {
  program->bind(w);
  program->setThreads(3);
  forward();
  EXPECT_EQ(fake::forwardWorkers, 1);
  program->shareShortEntries(true);
  forward();
  EXPECT_EQ(fake::forwardWorkers, 3);
  program->shareShortEntries(false);
  program->setExecutor(
      [](void *, int64_t workers, sph_body body, void *data) {
        for (int64_t worker = 0; worker < workers; ++worker)
          body(data, worker);
      },
      nullptr, 2);
  forward();
  EXPECT_EQ(fake::forwardWorkers, 2);
}

TEST_F(ProgramTest, ServesSeveralCallersOneAfterTheOther) {
  const std::vector<double> expected = hashOf(*program);
  std::vector<std::vector<double>> results(4);
  {
    std::vector<std::jthread> callers;
    for (std::vector<double> &result : results)
      callers.emplace_back([&] { result = hashOf(*program); });
  }
  for (const std::vector<double> &result : results)
    EXPECT_EQ(result, expected);
}

TEST_F(ProgramTest, TimesStagesWhileAsked) {
  hashOf(*program);
  const int64_t entry = program->entry("hash");
  EXPECT_EQ(program->stageTimes(entry)[0].runs, 0);
  program->setTimers(true);
  hashOf(*program);
  hashOf(*program);
  ASSERT_EQ(program->stageTimes(entry).size(), 2u);
  EXPECT_EQ(program->stageTimes(entry)[1].runs, 2);
  EXPECT_GT(program->stageTimes(entry)[0].seconds, 0.0);
  program->setTimers(false);
  hashOf(*program);
  EXPECT_EQ(program->stageTimes(entry)[1].runs, 0);
}

TEST_F(ProgramTest, PlansItsMemory) {
  program->setThreads(3);
  const MemoryReport report = program->memory(program->entry("hash"));
  EXPECT_EQ(report.arena, 8000);
  EXPECT_EQ(report.parameters, 4 * 64); // w, s, m, step
  EXPECT_EQ(report.tables, 4096);
  EXPECT_EQ(report.scratch, 3 * 4096);
  EXPECT_EQ(report.total(), 8000 + 256 + 4096 + 3 * 4096);
  EXPECT_EQ(program->memory(program->entry("prepare")).parameters, 5 * 64); // prepared.0 as well
  EXPECT_GT(report.resident, 0);
  EXPECT_GE(report.peakResident, report.resident);
}

TEST(Program, RefusesModelsTooLargeForMemory) {
  nlohmann::json json = fake::manifest();
  json["entries"][3]["arena_bytes"] = int64_t(1) << 50;
  std::unique_ptr<Program> program = fake::load(json);
  const std::string sentence = failure(SPH_OUT_OF_MEMORY, [&] { hashOf(*program); });
  EXPECT_EQ(
      sentence.rfind("entry 'hash' of model 'fake' needs 1125899.9 GB (arena 1125899.9 GB, ", 0),
      0u)
      << sentence;
  EXPECT_NE(sentence.find(" are available"), std::string::npos);
  json = fake::manifest();
  json["parameters"][2]["shape"] = {int64_t(1) << 48};
  json["entries"][2]["arguments"][5]["shape"] = {int64_t(1) << 48};
  json["entries"][2]["results"][2]["shape"] = {int64_t(1) << 48};
  EXPECT_EQ(failure(SPH_OUT_OF_MEMORY, [&] { fake::load(json); })
                .rfind("model 'fake' needs 1125899.9 GB for its parameters, ", 0),
            0u);
}

// The test program holds the runtime itself; the library finds sph_parallel in it.
TEST(Program, OpensCompiledLibraries) {
  const auto program = Program::open(SPHERICAL_TEST_ARTIFACT);
  Array<double> factor{"factor", {}, {3}}, values{"values", {1, 2}, {1, 2}};
  Array<double> scaled{"scaled", {1, 2}, {0, 0}};
  program->bind(factor);
  const BufferView inputs[] = {values}, outputs[] = {scaled};
  program->run("forward", inputs, outputs, 1);
  EXPECT_EQ(scaled.values, std::vector<double>({3, 6}));
}

TEST(Program, RefusesFilesThatAreNoCompiledLibraries) {
  EXPECT_EQ(failure(SPH_FILE_ERROR, [] { Program::open("README.md"); }).rfind("cannot load ", 0),
            0u);
  EXPECT_EQ(failure(SPH_BAD_ARTIFACT, [] { Program::open(SPHERICAL_TEST_OTHER_LIBRARY); }),
            "'" SPHERICAL_TEST_OTHER_LIBRARY
            "' expected symbols sph_abi and sph_manifest, got none; "
            "it was not made by 'spherical compile'");
}

// Before anything of the code runs, however it was loaded.
TEST(Program, RefusesCodeForAnotherProcessor) {
  nlohmann::json json = fake::manifest();
  json["needs"] = {{"level", "x86-64-v2"}, {"features", nlohmann::json::array()}};
  EXPECT_NO_THROW(fake::load(json));
  setenv("SPHERICAL_CPU_LIMIT", "x86-64", 1);
  const std::string limited = failure(SPH_BAD_ARTIFACT, [&] { fake::load(json); });
  EXPECT_NO_THROW(fake::load());
  unsetenv("SPHERICAL_CPU_LIMIT");
  EXPECT_EQ(limited, "this machine has x86-64, the program needs x86-64-v2 (SPHERICAL_CPU_LIMIT is "
                     "x86-64)");
  json["needs"]["features"] = {"warp_drive"};
  EXPECT_NE(failure(SPH_BAD_ARTIFACT, [&] { fake::load(json); }).find("without warp_drive"),
            std::string::npos);
}

TEST(Program, RefusesCodeWithoutItsEntries) {
  auto nothing = [](const std::string &) -> void * { return nullptr; };
  EXPECT_EQ(
      failure(SPH_BAD_ARTIFACT, [&] { Program::fromSymbols(fake::manifest().dump(), nothing); }),
      "entry 'prepare' expected symbol 'sph_entry_prepare' in the compiled code, got none");
}

} // namespace
} // namespace spherical::runtime
