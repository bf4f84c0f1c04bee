//===- device_machine.cpp - programs on a GPU -------------------*- C++ -*-===//

#include "runtime/execute/device_machine.h"

#include "runtime/execute/device_entry.h"
#include "runtime/execute/error.h"
#include "runtime/execute/memory.h"
#include "runtime/execute/table_cache.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace spherical::runtime {

// Compiled code knows these places (passes/lower/cuda/lower_launches.cpp).
static_assert(offsetof(sph_device, launch) == 8);
static_assert(offsetof(sph_device_frame, stream) == 8 && offsetof(sph_device_frame, kernels) == 16);
static_assert(offsetof(sph_device_frame, frame) == 24 && offsetof(sph_device_frame, scratch) == 32);
static_assert(offsetof(sph_device, fft_execute) == 16 && offsetof(sph_device, gemm) == 24);
static_assert(offsetof(sph_device_frame, ffts) == 40 && offsetof(sph_device_frame, gemms) == 48);
static_assert(offsetof(sph_device_frame, workspace) == 56);
static_assert(offsetof(sph_device_frame, workspace_bytes) == 64);
static_assert(offsetof(sph_device_frame, places) == 72);

namespace {

/// Bytes that `write` and `read` move at once.
constexpr int64_t pieceBytes = int64_t(4) << 20;

class DeviceMachine : public Machine {
public:
  DeviceMachine(const sph_device &calls, int64_t ordinal, void *stream)
      : device(calls, ordinal, stream) {}

  void link(const Manifest &manifest, const SymbolLookup &lookup) override;
  void find(int64_t) override {} // the kernels of all entries are one image, which link loads
  bool holds(int32_t place) const override;
  std::byte *take(int64_t bytes, bool zero, const std::string &purpose) override;
  void give(std::byte *memory, int64_t) override { device.calls.release(device.context, memory); }
  int64_t available() const override;
  std::string owner() const override { return " on " + device.name(); }
  std::string describe(int64_t) const override { return manifest->gpu + owner(); }
  void write(void *to, const void *from, int64_t bytes) override;
  void read(void *to, const void *from, int64_t bytes) override;
  void copy(void *to, const void *from, int64_t bytes) override {
    checkDevice(device.calls.copy(device.stream, to, from, bytes));
  }
  int64_t scratchBytes(const EntrySpec &entry, int64_t) const override {
    return entry.scratchBytes;
  }
  int64_t passingBytes(const EntrySpec &entry) const override;
  void *table(int64_t index, int threads) override;
  int64_t missingTable(int64_t index) const override;
  void execute(const Run &run) override { entries[run.entry]->run(run); }

private:
  const sph_image &chooseImage(const sph_image *images) const;
  void checkShared() const;
  std::byte *piece();

  OpenDevice device;
  const Manifest *manifest = nullptr;
  PinnedMemory pinnedPiece;
  DeviceObject<sph_device_module> module;
  std::vector<MachineMemory> tables;
  LibraryCalls libraryCalls{*this, device};
  std::vector<std::unique_ptr<DeviceEntry>> entries;
};

/// Machine code of this chip, else text that the driver compiles for it.
const sph_image &DeviceMachine::chooseImage(const sph_image *images) const {
  const int32_t chip = device.facts.chip;
  auto runs = [chip](const sph_image &image, sph_image_kind kind) {
    if (image.kind != kind)
      return false;
    if (kind == SPH_IMAGE_BITCODE)
      return chip == 0;
    return image.chip <= chip && (kind == SPH_IMAGE_PTX || image.chip / 10 == chip / 10);
  };
  for (const sph_image_kind kind : {SPH_IMAGE_CUBIN, SPH_IMAGE_PTX, SPH_IMAGE_BITCODE})
    for (const sph_image *image = images; image->kind != SPH_IMAGE_END; ++image)
      if (runs(*image, kind))
        return *image;
  throw Error(SPH_DEVICE_ERROR,
              "model '" + manifest->model + "' has kernels for " + manifest->gpu + ", got " +
                  device.name() +
                  (chip == 0 ? ", which runs none but those of target cuda-emulated"
                             : " of compute capability " + std::to_string(chip / 10) + "." +
                                   std::to_string(chip % 10)));
}

/// Kernels are made for the shared memory of a chip; another may have less.
void DeviceMachine::checkShared() const {
  int64_t most = 0;
  for (const EntrySpec &entry : manifest->entries)
    for (const StageSpec &stage : entry.stages)
      most = std::max(most, stage.shared);
  if (most > device.facts.shared_bytes)
    throw Error(SPH_DEVICE_ERROR,
                "model '" + manifest->model + "' is compiled for " + manifest->gpu +
                    " and needs blocks with " + std::to_string(most) + " bytes of shared memory, " +
                    device.name() + " has " + std::to_string(device.facts.shared_bytes) +
                    "; compile with --gpu=sm_" + std::to_string(device.facts.chip));
}

void DeviceMachine::link(const Manifest &linked, const SymbolLookup &lookup) {
  manifest = &linked;
  const auto *images = static_cast<const sph_image *>(lookup("sph_images"));
  if (!images)
    throw Error(SPH_BAD_ARTIFACT, "expected symbol sph_images in the compiled code, got none");
  const sph_image &image = chooseImage(images);
  checkShared();
  sph_device_module *loaded = nullptr;
  checkDevice(device.calls.load(device.context, &image, &loaded));
  module = {loaded, device.calls.unload};
  for (const EntrySpec &spec : linked.entries) {
    const auto code = reinterpret_cast<sph_device_entry>(lookup(spec.symbol));
    if (!code)
      throw Error(SPH_BAD_ARTIFACT, "entry '" + spec.name + "' expected symbol '" + spec.symbol +
                                        "' in the compiled code, got none");
    std::vector<sph_device_kernel *> kernels(spec.stages.size());
    for (size_t i = 0; i < kernels.size(); ++i)
      if (!spec.stages[i].isCall())
        checkDevice(device.calls.find(loaded, spec.stages[i].kernel.c_str(), spec.stages[i].shared,
                                      &kernels[i]));
    entries.push_back(
        std::make_unique<DeviceEntry>(*this, device, spec, code, std::move(kernels), libraryCalls));
  }
  tables.resize(linked.tables.size());
}

bool DeviceMachine::holds(int32_t place) const {
  if (place != hostPlace && place != devicePlace(device.ordinal))
    throw Error(SPH_INVALID_ARGUMENT, "model '" + manifest->model + "' runs on " + device.name() +
                                          " and expected buffers there or on the host, got one "
                                          "on device " +
                                          std::to_string(place - devicePlace(0)));
  return place != hostPlace;
}

std::byte *DeviceMachine::take(int64_t bytes, bool zero, const std::string &purpose) {
  void *memory = nullptr;
  if (const char *failure = device.calls.allocate(device.context, bytes, &memory))
    throw Error(SPH_OUT_OF_MEMORY, device.name() + " refuses " + bytesText(bytes) + " for " +
                                       purpose + ": " + failure);
  if (zero)
    if (const char *failure = device.calls.fill(device.stream, memory, 0, bytes)) {
      const std::string sentence = failure;
      device.calls.release(device.context, memory);
      throw Error(SPH_DEVICE_ERROR, sentence);
    }
  return static_cast<std::byte *>(memory);
}

int64_t DeviceMachine::available() const {
  int64_t bytes = 0;
  checkDevice(device.calls.available(device.context, &bytes));
  return bytes;
}

std::byte *DeviceMachine::piece() {
  if (!pinnedPiece.data())
    pinnedPiece = PinnedMemory(device, pieceBytes);
  return pinnedPiece.data();
}

void DeviceMachine::write(void *to, const void *from, int64_t bytes) {
  for (int64_t done = 0; done < bytes; done += pieceBytes) {
    const int64_t part = std::min(pieceBytes, bytes - done);
    std::memcpy(piece(), static_cast<const std::byte *>(from) + done, part);
    checkDevice(
        device.calls.upload(device.stream, static_cast<std::byte *>(to) + done, piece(), part));
    checkDevice(device.calls.synchronize(device.stream));
  }
}

void DeviceMachine::read(void *to, const void *from, int64_t bytes) {
  for (int64_t done = 0; done < bytes; done += pieceBytes) {
    const int64_t part = std::min(pieceBytes, bytes - done);
    checkDevice(device.calls.download(device.stream, piece(),
                                      static_cast<const std::byte *>(from) + done, part));
    checkDevice(device.calls.synchronize(device.stream));
    std::memcpy(static_cast<std::byte *>(to) + done, piece(), part);
  }
}

/// All that a caller may have on the host, and the frame.
int64_t DeviceMachine::passingBytes(const EntrySpec &entry) const {
  int64_t bytes = sizeof(sph_frame);
  for (const ValueSpec &value : entry.arguments)
    if (value.role == "input" || value.role == "label")
      bytes += value.bytes();
  for (const ValueSpec &value : entry.results)
    if (value.replaces.empty())
      bytes += value.bytes();
  return bytes;
}

void *DeviceMachine::table(int64_t index, int threads) {
  if (!tables[index].data()) {
    const auto filled = acquireTable(manifest->tables[index], threads);
    const int64_t bytes = tableBytes(manifest->tables[index]);
    MachineMemory memory(*this, bytes, false, "tables");
    write(memory.data(), filled->data(), bytes);
    tables[index] = std::move(memory);
  }
  return tables[index].data();
}

int64_t DeviceMachine::missingTable(int64_t index) const {
  return tables[index].data() ? 0 : tableBytes(manifest->tables[index]);
}

} // namespace

std::unique_ptr<Machine> makeDeviceMachine(const sph_device &device, int64_t ordinal,
                                           void *stream) {
  return std::make_unique<DeviceMachine>(device, ordinal, stream);
}

} // namespace spherical::runtime
