//===- plugin.cpp - the emulation as a library ------------------*- C++ -*-===//
//
// What the runtime loads for programs of target cuda-emulated, and those of
// target cuda-emulated:strict.
//
//===----------------------------------------------------------------------===//

#include "tools/emulation/device.h"

using namespace spherical::emulation;

extern "C" __attribute__((visibility("default"))) const sph_device *sph_emulated_device() {
  return &emulatedDevice(ThreadOrder::Forward);
}

extern "C" __attribute__((visibility("default"))) const sph_device *sph_strict_emulated_device() {
  return &emulatedDevice(ThreadOrder::Forward, Checks::Strict);
}
