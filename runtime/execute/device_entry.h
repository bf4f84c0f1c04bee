//===- device_entry.h - one entry on a GPU ----------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_DEVICE_ENTRY_H
#define SPHERICAL_RUNTIME_EXECUTE_DEVICE_ENTRY_H

#include "runtime/execute/device_memory.h"
#include "runtime/execute/library_calls.h"
#include "runtime/execute/machine.h"
#include "runtime/spherical_runtime.h"

#include <array>
#include <vector>

namespace spherical::runtime {

/// What one entry needs on a device besides the memory of its plan, and how it runs there.
class DeviceEntry {
public:
  /// `code` and `kernels` (one for each stage, null for calls) are the entry's; `calls` prepares
  /// its calls of libraries. All arguments outlive the object.
  DeviceEntry(Machine &machine, OpenDevice &device, const EntrySpec &spec, sph_device_entry code,
              std::vector<sph_device_kernel *> kernels, LibraryCalls &calls);
  ~DeviceEntry();

  void run(const Run &run);

private:
  /// Where a value of the caller passes on its way to or from the device; made when first needed.
  struct Passage {
    MachineMemory device;
    std::array<PinnedMemory, 2> pinned;
  };

  Passage &passage(std::vector<Passage> &passages, size_t index, int64_t bytes);
  void passArguments(const Run &run);
  void passFrame(const Run &run);
  void launchAll(const Run &run);
  void launchTimed(const Run &run);
  void capture(const Run &run);
  void passResults(const Run &run);
  /// The frame for the entry's code, over a table of device calls.
  sph_device_frame deviceFrame(const sph_device &calls, void *scratch);
  std::vector<void *> recordedAddresses(const Run &run) const;

  Machine &machine;
  OpenDevice &device;
  const EntrySpec &spec;
  sph_device_entry code;
  std::vector<sph_device_kernel *> kernels;
  LibraryCalls &libraryCalls;
  /// Of calls, one for each stage, null for others.
  std::vector<sph_device_fft *> plans;
  std::vector<const sph_gemm_shape *> gemms;
  /// The arguments and results that calls work on.
  std::vector<int64_t> calledArguments, calledResults;
  bool hasCalls = false;

  /// Which half of the pinned memory this run uses, and when the device has read it.
  size_t turn = 0;
  std::array<DeviceObject<sph_device_event>, 2> read;
  std::vector<Passage> arguments, results;
  /// A sph_frame and the arrays that it points to: in device memory, as last sent there, and as
  /// this run needs it.
  MachineMemory frame;
  std::array<PinnedMemory, 2> pinnedFrame;
  std::vector<std::byte> sent, wanted;
  std::vector<void *> argumentAddresses, resultAddresses;
  /// The frame as the host reads it.
  sph_frame places = {};
  /// The launches, recorded with these addresses.
  DeviceObject<sph_device_graph> graph;
  std::vector<void *> graphAddresses;
  std::vector<DeviceObject<sph_device_event>> stageEvents;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_DEVICE_ENTRY_H
