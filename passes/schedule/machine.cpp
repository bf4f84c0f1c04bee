//===- machine.cpp - machines that a schedule is made for -------*- C++ -*-===//
//
// Constants that were measured, or are those of a data sheet.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/machine.h"

#include "passes/cards.h"
#include "runtime/processor/machine_profile.h"
#include "runtime/processor/processor.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

/// Vector registers of processors with registers of so many bytes: AVX-512 has twice as many.
static int64_t registersOf(int64_t vectorBytes) { return vectorBytes >= 64 ? 32 : 16; }

/// Zen 5 at 4.2 GHz, two cores that move 32 GB/s together; AVX2 has half the width. What its caches
/// give a core that copies.
static Machine processorOf(CpuLevel level) {
  const bool wide = level >= CpuLevel::V4;
  Machine machine;
  machine.name = levelName(wide ? CpuLevel::V4 : CpuLevel::V3);
  machine.vectorBytes = wide ? 64 : 32;
  machine.registers = registersOf(machine.vectorBytes);
  machine.gigaflop = wide ? 267 : 134;
  machine.gigabytes = 16;
  machine.caches = {{48 << 10, 120}, {1 << 20, 60}, {16 << 20, 25}};
  machine.stageSeconds = 2e-6;
  return machine;
}

/// A card of the list, the device as one core. Half a warp at a time where lanes are not the batch:
/// kernel spectra are padded to 16 coefficients.
static Machine gpuOf(const Card &card) {
  Machine machine;
  machine.name = card.name;
  machine.vectorBytes = 64;
  machine.gigaflop = card.gigaflop;
  machine.gigabytes = card.gigabytes;
  machine.multiprocessors = card.multiprocessors;
  machine.stageSeconds = kLaunchSeconds;
  return machine;
}

FailureOr<Machine> getMachine(StringRef name, function_ref<InFlightDiagnostic()> emitError) {
  if (std::optional<Card> card = getCard(name))
    return gpuOf(*card);
  if (std::optional<Card> card = getCardOfChip(name))
    return gpuOf(*card);
  if (!name.ends_with(".json"))
    return processorOf(parseLevel(name.str()).value_or(thisProcessor().level));
  MachineProfile profile;
  std::string error;
  if (!readProfile(name.str(), profile, error))
    return emitError() << error;
  Machine machine{profile.name,           profile.vectorBytes, registersOf(profile.vectorBytes),
                  profile.gigaflop,       profile.gigabytes,   {},
                  profile.synchronisation};
  for (const MemoryLevel &level : profile.caches)
    machine.caches.push_back({level.bytes, level.gigabytes});
  return machine;
}

} // namespace mlir::spherical
