//===- machine.cpp - machines that a schedule is made for -------*- C++ -*-===//
//
// Constants that were measured, or are those of a data sheet.
//
//===----------------------------------------------------------------------===//

#include "passes/schedule/machine.h"

#include "runtime/processor/processor.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

Machine getMachine(StringRef cpu) {
  // H100 (SXM), data sheet, the device as one core. Half a warp at a time where lanes are not the
  // batch: kernel spectra are padded to 16 coefficients.
  if (cpu == "sm_90")
    return {"sm_90", 64, 66900, 3350};
  // Zen 5 at 4.2 GHz, two cores that move 32 GB/s together; AVX2 has half the width.
  bool wide = cpu == "x86-64-v4";
  if (cpu != "x86-64-v3" && cpu != "x86-64-v4")
    wide = thisProcessor().level >= CpuLevel::V4;
  return wide ? Machine{"x86-64-v4", 64, 267, 16} : Machine{"x86-64-v3", 32, 134, 16};
}

} // namespace mlir::spherical
