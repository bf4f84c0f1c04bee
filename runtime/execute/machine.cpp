//===- machine.cpp - memory of a machine ------------------------*- C++ -*-===//

#include "runtime/execute/machine.h"

#include <utility>

namespace spherical::runtime {

MachineMemory::MachineMemory(Machine &machine, int64_t size, bool zero, const std::string &purpose)
    : machine(&machine) {
  if (size <= 0)
    return;
  start = machine.take(size, zero, purpose);
  bytes = size;
}

MachineMemory::~MachineMemory() { release(); }

void MachineMemory::release() {
  if (start)
    machine->give(start, bytes);
  start = nullptr;
  bytes = 0;
}

MachineMemory::MachineMemory(MachineMemory &&other) noexcept
    : machine(other.machine), start(std::exchange(other.start, nullptr)),
      bytes(std::exchange(other.bytes, 0)) {}

MachineMemory &MachineMemory::operator=(MachineMemory &&other) noexcept {
  std::swap(machine, other.machine);
  std::swap(start, other.start);
  std::swap(bytes, other.bytes);
  return *this;
}

} // namespace spherical::runtime
