//===- plugin.cpp - the emulation as a library ------------------*- C++ -*-===//
//
// What the runtime loads for programs of target cuda-emulated.
//
//===----------------------------------------------------------------------===//

#include "tools/emulation/device.h"

extern "C" __attribute__((visibility("default"))) const sph_device *sph_emulated_device() {
  using namespace spherical::emulation;
  return &emulatedDevice(ThreadOrder::Forward);
}
