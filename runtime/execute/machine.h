//===- machine.h - where a program runs -------------------------*- C++ -*-===//
//
// A program's code and memory are those of a machine: this one's processor, or
// a device beside it. Addresses of a machine's memory may mean nothing to the
// host; what the host gives and takes goes through `write` and `read`.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_MACHINE_H
#define SPHERICAL_RUNTIME_EXECUTE_MACHINE_H

#include "runtime/cuda/device.h"
#include "runtime/execute/context.h"
#include "runtime/execute/manifest.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace spherical::runtime {

/// The address of a symbol of the compiled code, null if there is none.
using SymbolLookup = std::function<void *(const std::string &symbol)>;

/// Where an array lies: on the host, or on GPU n.
inline constexpr int32_t hostPlace = 0;
constexpr int32_t devicePlace(int64_t n) { return static_cast<int32_t>(n) + 1; }

/// One run of an entry. Arguments and results have one address each, in the manifest's order.
struct Run {
  int64_t entry = 0;
  void *arena = nullptr, *scratch = nullptr;
  std::span<void *> tables, arguments, results;
  /// For each argument and result: its bytes if it lies with the caller on the host, 0 if it lies
  /// in the machine's memory.
  std::span<const int64_t> hostArguments, hostResults;
  int64_t count = 0;
  /// The host's threads and, while timers are on, the times of the stages.
  sph_context *context = nullptr;
};

/// Where one program runs. Failures are exceptions of type Error. Not safe from several threads,
/// but for `scratchBytes`.
class Machine {
public:
  virtual ~Machine() = default;

  /// Takes the code of the entries, or where to `find` it; `manifest` outlives the machine. Throws
  /// SPH_BAD_ARTIFACT.
  virtual void link(const Manifest &manifest, const SymbolLookup &lookup) = 0;

  /// Looks up the code of an entry, unless it is there. Throws SPH_BAD_ARTIFACT if there is none.
  virtual void find(int64_t entry) = 0;

  /// Whether buffers of that place are used where they lie. Refuses places that the
  /// machine cannot reach (SPH_INVALID_ARGUMENT).
  virtual bool holds(int32_t place) const = 0;

  /// Takes memory, zero at first if `zero`, else with any contents.
  virtual std::byte *take(int64_t bytes, bool zero, const std::string &purpose) = 0;
  virtual void give(std::byte *memory, int64_t bytes) = 0;
  /// Bytes that can still be taken, and whose they are: "" for the host's.
  virtual int64_t available() const = 0;
  virtual std::string owner() const = 0;
  /// What runs the code, for people: "x86-64-v4 on 2 threads", "sm_90 on device 0 (NVIDIA H100)".
  virtual std::string describe(int64_t threads) const = 0;

  /// Copies from and to the host; done when they return.
  virtual void write(void *to, const void *from, int64_t bytes) = 0;
  virtual void read(void *to, const void *from, int64_t bytes) = 0;
  /// Copies within the machine's memory.
  virtual void copy(void *to, const void *from, int64_t bytes) = 0;

  /// The scratch memory of an entry for all workers, and what the machine needs besides to pass
  /// values on between the caller and the entry.
  virtual int64_t scratchBytes(const EntrySpec &entry, int64_t workers) const = 0;
  virtual int64_t passingBytes(const EntrySpec &entry) const = 0;

  /// The table of that index, filled with `threads` threads when first asked for; and the bytes
  /// that asking would take.
  virtual void *table(int64_t index, int threads) = 0;
  virtual int64_t missingTable(int64_t index) const = 0;

  virtual void execute(const Run &run) = 0;
};

/// A machine for compiled code of this process.
std::unique_ptr<Machine> makeHostMachine();

/// Where programs for GPUs run.
struct DeviceOptions {
  int64_t ordinal = 0;
  /// The caller's CUstream that all work is put on; null: one of the program's own.
  void *stream = nullptr;
  /// The device calls; null: those of the CUDA driver, or for the emulated targets those of
  /// libspherical_emulation.so beside this library.
  const sph_device *calls = nullptr;
};

/// The machine for programs of a manifest's target.
std::unique_ptr<Machine> makeMachine(const Manifest &manifest, const DeviceOptions &options);

/// Memory of a machine, which outlives it. Movable; given back at the end.
class MachineMemory {
public:
  MachineMemory() = default;
  MachineMemory(Machine &machine, int64_t bytes, bool zero, const std::string &purpose);
  ~MachineMemory();
  MachineMemory(MachineMemory &&other) noexcept;
  MachineMemory &operator=(MachineMemory &&other) noexcept;

  /// Gives the memory back; the object is empty then.
  void release();

  std::byte *data() const { return start; }
  int64_t size() const { return bytes; }

private:
  Machine *machine = nullptr;
  std::byte *start = nullptr;
  int64_t bytes = 0;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_MACHINE_H
