//===- device_memory.h - an opened device and what it lends -----*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_DEVICE_MEMORY_H
#define SPHERICAL_RUNTIME_EXECUTE_DEVICE_MEMORY_H

#include "runtime/cuda/device.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace spherical::runtime {

/// Throws Error (SPH_DEVICE_ERROR) with the sentence of a device call, unless it is null.
void checkDevice(const char *failure);

/// An opened device with the stream of one program.
struct OpenDevice {
  /// See makeDeviceMachine.
  OpenDevice(const sph_device &calls, int64_t ordinal, void *native);
  ~OpenDevice();
  OpenDevice(const OpenDevice &) = delete;
  OpenDevice &operator=(const OpenDevice &) = delete;

  /// "device 0 (NVIDIA H100)".
  std::string name() const;

  const sph_device &calls;
  int64_t ordinal;
  sph_device_context *context = nullptr;
  sph_device_stream *stream = nullptr;
  sph_device_facts facts = {};
};

/// Something of a device that has a function to release it. Movable.
template <typename T> class DeviceObject {
public:
  DeviceObject() = default;
  DeviceObject(T *object, void (*destroy)(T *)) : object(object), destroy(destroy) {}
  ~DeviceObject() {
    if (object)
      destroy(object);
  }
  DeviceObject(DeviceObject &&other) noexcept
      : object(std::exchange(other.object, nullptr)), destroy(other.destroy) {}
  DeviceObject &operator=(DeviceObject &&other) noexcept {
    std::swap(object, other.object);
    std::swap(destroy, other.destroy);
    return *this;
  }

  T *get() const { return object; }

private:
  T *object = nullptr;
  void (*destroy)(T *) = nullptr;
};

/// Host memory that the device copies from and to without a detour. Movable.
class PinnedMemory {
public:
  PinnedMemory() = default;
  PinnedMemory(const OpenDevice &device, int64_t bytes);
  ~PinnedMemory();
  PinnedMemory(PinnedMemory &&other) noexcept
      : device(other.device), start(std::exchange(other.start, nullptr)) {}
  PinnedMemory &operator=(PinnedMemory &&other) noexcept {
    std::swap(device, other.device);
    std::swap(start, other.start);
    return *this;
  }

  std::byte *data() const { return start; }

private:
  const OpenDevice *device = nullptr;
  std::byte *start = nullptr;
};

/// A mark in the stream's work.
DeviceObject<sph_device_event> makeEvent(const OpenDevice &device);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_DEVICE_MEMORY_H
