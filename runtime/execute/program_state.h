//===- program_state.h - the inside of a program ----------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_PROGRAM_STATE_H
#define SPHERICAL_RUNTIME_EXECUTE_PROGRAM_STATE_H

#include "runtime/execute/machine.h"
#include "runtime/execute/memory.h"
#include "runtime/execute/program.h"
#include "runtime/execute/task_pool.h"

#include <atomic>
#include <mutex>
#include <thread>

namespace spherical::runtime {

/// Kept and prepared values start at multiples of this many bytes.
inline constexpr int64_t alignment = 64;

/// Bytes of all values, one after the other.
template <typename T> int64_t alignedBytes(const std::vector<T> &values) {
  int64_t bytes = 0;
  for (const ValueSpec &value : values)
    bytes += roundUp(value.bytes(), alignment);
  return bytes;
}

/// Where an argument comes from, or where a result that the program keeps goes.
enum class Place { Caller, Count, Kept, Prepared };

/// A place with its index in State::kept or State::prepared.
struct Slot {
  Place place = Place::Caller;
  int64_t index = 0;
};

/// A value that outlives runs.
struct KeptValue {
  std::byte *data = nullptr;
  bool bound = false;
};

struct EntryState {
  std::vector<Slot> argumentSlots;
  /// For results: Kept if the result replaces a kept value, Prepared for results of `prepare`.
  std::vector<Slot> resultSlots;
  /// For results that replace: the argument's index, else -1.
  std::vector<int64_t> replaced;
  /// What the frame points to. Reused by every run.
  std::vector<void *> arguments, results, tables;
  /// Bytes of arguments and results that lie with the caller (see Run).
  std::vector<int64_t> hostArguments, hostResults;
  /// Memory for results that nobody asked for, made when first needed.
  std::vector<MachineMemory> sinks;
  std::vector<StageClock> times;
  bool hasTables = false;
  /// Whether one worker has done all of it before others would have joined.
  bool isShort = false;
};

struct Program::State {
  Manifest manifest;
  /// The handle of dlopen, or null.
  void *library = nullptr;
  std::unique_ptr<Machine> machine;

  MachineMemory keptMemory, preparedMemory, arena, scratch;
  std::vector<KeptValue> kept;
  std::vector<std::byte *> prepared;
  int64_t prepareEntry = -1;
  /// Counts changes of kept values; prepared values belong to `preparedVersion`.
  uint64_t version = 1, preparedVersion = 0;

  std::vector<EntryState> entries;
  int64_t count = 0;
  bool timersOn = false;
  bool allowsNonFinite = false;
  bool sharesShortEntries = false;

  int64_t threads = usableCores();
  std::unique_ptr<TaskPool> pool;
  sph_executor executor = nullptr;
  void *executorUser = nullptr;
  /// Of the executor, if there is one, else `threads`; may be asked for while another call runs.
  std::atomic<int64_t> workers = threads;

  std::mutex mutex;
  /// The thread whose call holds the mutex.
  std::atomic<std::thread::id> holder;

  ~State();

  /// Throws SPH_INVALID_ARGUMENT if a call of this thread is under way, which would wait for
  /// itself.
  void refuseNesting() const;

  /// Index in manifest.parameters, or -1.
  int64_t findKept(std::string_view name) const;

  /// After the manifest is read: code, slots, and memory for the kept values.
  void link(const SymbolLookup &lookup, Linking linking);
  void takeKeptMemory();
  void fillInitial(const ParameterSpec &parameter, std::byte *data);
  void linkEntry(int64_t entry);
  void bind(int64_t index, const BufferView &values);

  MemoryReport plan(int64_t entry) const;
  void reserve(int64_t entry);
  int64_t missing(int64_t entry) const;
  void takePrepared(int64_t bytes);
  void takeTables(int64_t entry);

  /// call.cpp: checks and fills arguments and results of the entry.
  void bindInputs(int64_t entry, std::span<const BufferView> inputs);
  void bindOutputs(int64_t entry, std::span<const BufferView> outputs);
  void checkCount(int64_t entry, int64_t count) const;
  void checkComplete(int64_t entry) const;
  void checkValues(int64_t entry, std::span<const BufferView> inputs) const;
  /// Throws SPH_INVALID_ARGUMENT unless the first `samples` samples of `data` (all of them if there
  /// are fewer) are what the value takes. `kind` and `owner` begin the sentence, as below.
  void checkValue(const ValueSpec &value, const void *data, int64_t samples, std::string_view kind,
                  std::string_view owner) const;
  void checkOverlap(int64_t entry, std::span<const BufferView> inputs,
                    std::span<const BufferView> outputs) const;
  void completeResults(int64_t entry);
  void run(int64_t entry, std::span<const BufferView> inputs, std::span<const BufferView> outputs,
           int64_t count);
  void prepare();
  void bindHost(int64_t entry, std::span<const BufferView> inputs,
                std::span<const BufferView> outputs);
  void execute(int64_t entry);
  void finish(int64_t entry, std::span<const BufferView> outputs);
};

/// One call that runs a program or reads or changes what it keeps: others wait until it is over.
class Turn {
public:
  explicit Turn(Program::State &state);
  ~Turn();
  Turn(const Turn &) = delete;
  Turn &operator=(const Turn &) = delete;

private:
  Program::State &state;
};

/// Throws SPH_INVALID_ARGUMENT unless the buffer holds `count` samples of the value (all of it if
/// it is not batched). `kind` and `owner` begin the sentence: "entry" and "forward", for example.
void checkBuffer(const BufferView &buffer, const ValueSpec &value, int64_t count,
                 std::string_view kind, std::string_view owner);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_PROGRAM_STATE_H
