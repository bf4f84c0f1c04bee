//===- device_memory.cpp - an opened device and what it lends ---*- C++ -*-===//

#include "runtime/execute/device_memory.h"

#include "runtime/execute/error.h"

namespace spherical::runtime {

void checkDevice(const char *failure) {
  if (failure)
    throw Error(SPH_DEVICE_ERROR, failure);
}

OpenDevice::OpenDevice(const sph_device &calls, int64_t ordinal, void *native)
    : calls(calls), ordinal(ordinal) {
  checkDevice(calls.open(ordinal, &context));
  const char *failure = calls.facts(context, &facts);
  if (!failure)
    failure = calls.create_stream(context, native, &stream);
  if (!failure)
    return;
  const std::string sentence = failure;
  calls.close(context);
  throw Error(SPH_DEVICE_ERROR, sentence);
}

OpenDevice::~OpenDevice() {
  calls.destroy_stream(stream);
  calls.close(context);
}

std::string OpenDevice::name() const {
  return "device " + std::to_string(ordinal) + " (" + facts.name + ")";
}

PinnedMemory::PinnedMemory(const OpenDevice &device, int64_t bytes) : device(&device) {
  void *memory = nullptr;
  checkDevice(device.calls.allocate_host(device.context, bytes, &memory));
  start = static_cast<std::byte *>(memory);
}

PinnedMemory::~PinnedMemory() {
  if (start)
    device->calls.release_host(device->context, start);
}

DeviceObject<sph_device_event> makeEvent(const OpenDevice &device) {
  sph_device_event *event = nullptr;
  checkDevice(device.calls.create_event(device.context, &event));
  return {event, device.calls.destroy_event};
}

} // namespace spherical::runtime
