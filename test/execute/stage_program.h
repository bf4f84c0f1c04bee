//===- stage_program.h - planned modules, compiled and run ------*- C++ -*-===//
//
// What tests of single stages need: write a planned module as text, compile it,
// run an entry on plain arrays.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_EXECUTE_STAGE_PROGRAM_H
#define SPHERICAL_TEST_EXECUTE_STAGE_PROGRAM_H

#include "tools/spherical/codegen/codegen.h"

#include <map>
#include <string>
#include <vector>

namespace spherical::test {

/// How sph_parallel orders the tasks of a stage.
enum class TaskOrder { Forward, Backward, Threads };

/// A planned module in machine code.
class StageProgram {
public:
  /// Compiles the functions in `body` (MLIR text) for `cpu`; throws std::runtime_error with the
  /// diagnostics if that fails.
  StageProgram(const std::string &body, const std::string &cpu);

  /// Runs the entry `name`. Arena and tables are not used by these tests.
  void run(const std::string &name, std::vector<void *> arguments, std::vector<void *> results,
           int64_t count = 1, TaskOrder order = TaskOrder::Forward) const;

  const char *manifest() const { return object->manifest(); }
  double compileSeconds() const { return seconds; }

private:
  std::unique_ptr<driver::LoadedObject> object;
  mutable std::map<std::string, sph_entry> entries;
  double seconds = 0;
};

/// Whether this machine runs code for `cpu`; says on standard error that a check is left out if not.
bool canRun(const std::string &cpu);

/// The assembly of the functions in `body`.
std::string stageAssembly(const std::string &body, const std::string &cpu);

/// 64-byte aligned values in [-1, 1), different for each seed, none repeated soon.
template <typename T> class Array {
public:
  explicit Array(int64_t size, uint64_t seed = 0)
      : count(size),
        data(static_cast<T *>(::operator new(size * sizeof(T) + 64, std::align_val_t(64)))) {
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 12345;
    for (int64_t i = 0; i < size; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      data[i] = seed == 0 ? T(0) : T(static_cast<double>(state >> 11) / (1ull << 52) - 1.0);
    }
  }
  Array(Array &&other) : count(other.count), data(other.data) { other.data = nullptr; }
  ~Array() { ::operator delete(data, std::align_val_t(64)); }

  T &operator[](int64_t i) { return data[i]; }
  const T &operator[](int64_t i) const { return data[i]; }
  int64_t size() const { return count; }
  T *get() { return data; }

private:
  int64_t count;
  T *data;
};

} // namespace spherical::test

#endif // SPHERICAL_TEST_EXECUTE_STAGE_PROGRAM_H
