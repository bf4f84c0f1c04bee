//===- program.h - a loaded artifact ----------------------------*- C++ -*-===//
//
// Loads compiled code, keeps its parameters, takes the memory that its plan
// names, and runs its entries on named buffers. Failures are exceptions of type
// Error; the C interface (c_api.cpp) turns them into statuses.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_PROGRAM_H
#define SPHERICAL_RUNTIME_EXECUTE_PROGRAM_H

#include "runtime/execute/context.h"
#include "runtime/execute/error.h"
#include "runtime/execute/machine.h"
#include "runtime/execute/manifest.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace spherical::runtime {

/// A named dense array of the caller, C order, file shape. Not owned.
struct BufferView {
  std::string_view name;
  Element element = Element::F32;
  std::span<const int64_t> shape;
  void *data = nullptr;
  int32_t place = hostPlace;
};

/// Bytes that one entry needs (see sph_memory) and what the process holds now.
struct MemoryReport {
  int64_t arena = 0, parameters = 0, tables = 0, scratch = 0;
  int64_t resident = 0, peakResident = 0;
  int64_t total() const { return arena + parameters + tables + scratch; }
};

/// What entries of a manifest take of a machine while one after the other runs on `workers`
/// workers: the largest arena and scratch, all their tables, all kept values and, if one of them
/// makes or reads such, all prepared ones.
MemoryReport plannedMemory(const Manifest &manifest, std::span<const int64_t> entries,
                           const Machine &machine, int64_t workers);

/// When the code of entries is looked up: all at once, or each before it first runs.
enum class Linking { AtOnce, Lazy };

class Program {
public:
  /// Loads a shared library made by `spherical compile`. Throws SPH_FILE_ERROR or SPH_BAD_ARTIFACT;
  /// the latter also for code that needs instructions that this machine lacks.
  static std::unique_ptr<Program> open(const std::string &libraryPath,
                                       const DeviceOptions &device = {});

  /// The same for code that is already loaded and outlives the program (the driver's JIT, tests).
  /// What `lookup` throws when it is called lazily, `reserve` and `run` throw.
  static std::unique_ptr<Program> fromSymbols(std::string_view manifest, const SymbolLookup &lookup,
                                              const DeviceOptions &device = {},
                                              Linking linking = Linking::AtOnce);

  ~Program();
  Program(const Program &) = delete;
  Program &operator=(const Program &) = delete;

  const Manifest &manifest() const;

  /// Index of the entry, or SPH_NOT_FOUND with the entries there are.
  int64_t entry(std::string_view name) const;
  bool hasEntry(std::string_view name) const;

  /// What runs the code, for people (Machine::describe).
  std::string machine() const;

  /// Worker threads, at least 1; at first one for each core that the process may use.
  void setThreads(int64_t threads);
  int64_t threads() const;
  /// The caller's threads in place of the program's own; null brings those back (sph_set_executor).
  void setExecutor(sph_executor executor, void *user, int64_t workers);

  /// Whether short entries, too, are shared among all workers, as tests of that need; at first they
  /// run on one.
  void shareShortEntries(bool shared);

  /// Whether `run` and `bind` take values that are not finite; at first they refuse them.
  void allowNonFinite(bool allowed);

  /// Copies values into, or out of, the kept parameter, state or moment `values.name`. Several are
  /// bound at once: all or, if one does not fit, none.
  void bind(std::span<const BufferView> values);
  void bind(const BufferView &values) { bind(std::span(&values, 1)); }
  void read(const BufferView &values) const;

  /// Where the kept values of `name` lie in the memory of the machine that runs the program.
  const void *values(std::string_view name) const;

  /// The parameter's declaration, null for an unknown name.
  const ParameterSpec *findParameter(std::string_view name) const;
  /// Whether the parameter has values: bound, written by an entry, or a state or moment.
  bool isBound(std::string_view name) const;

  /// Takes the memory that the entry needs and fills its tables; `run` does so by itself. Throws
  /// SPH_OUT_OF_MEMORY with the bytes needed and available, before anything is touched.
  void reserve(int64_t entry);

  /// Runs an entry; see sph_run. Runs entry `prepare` before if the entry reads prepared values and
  /// parameters have changed.
  void run(int64_t entry, std::span<const BufferView> inputs, std::span<const BufferView> outputs,
           int64_t count);
  void run(std::string_view name, std::span<const BufferView> inputs,
           std::span<const BufferView> outputs, int64_t count) {
    run(entry(name), inputs, outputs, count);
  }

  /// The plan of one entry; nothing needs to be reserved. Results that the caller does not ask for
  /// come on top: the first run without them takes memory for them.
  MemoryReport memory(int64_t entry) const;

  /// Switches the stage timers and sets them to zero.
  void setTimers(bool on);
  /// One value for each stage of the entry.
  std::vector<StageTime> stageTimes(int64_t entry) const;

  /// Throws SPH_INVALID_ARGUMENT if this thread is inside of a call of this program.
  void refuseNesting() const;

private:
  friend class Turn;
  struct State;
  explicit Program(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_PROGRAM_H
