//===- device.h - GPU code of a lowered module ------------------*- C++ -*-===//
//
// The gpu.module of a lowered module as optimised bitcode for NVPTX, which the
// emulation runs, and as the PTX that is made from that very bitcode.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_DEVICE_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_DEVICE_H

#include "tools/spherical/result.h"

#include <string>

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace spherical::driver {

/// The optimised NVPTX bitcode of the gpu.module of a module that the lower phase has made for
/// target cuda. The module is not changed. Where MLIR reports an error at a location, the
/// diagnostic handlers of the context get it and the Error is empty.
Result<std::string> emitDeviceBitcode(mlir::ModuleOp lowered);

/// The PTX text of such bitcode for a GPU and all later ones.
Result<std::string> emitPtx(const std::string &bitcode, const std::string &gpu);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_DEVICE_H
