//===- images.h - the kernels of a program as data --------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_IMAGES_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_IMAGES_H

#include "tools/spherical/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace llvm {
class Module;
} // namespace llvm

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace spherical::driver {

/// One form of a program's kernels; see sph_image (runtime/cuda/device.h).
struct KernelImage {
  int32_t kind, chip;
  std::string bytes;
};

/// The kernels of a module after the lower phase: bitcode for the emulation; for target cuda
/// PTX that all supported GPUs run and, if there is a ptxas, machine code for `gpu`. Without one a
/// note on standard error says so.
Result<std::vector<KernelImage>> makeImages(mlir::ModuleOp lowered, const std::string &target,
                                            const std::string &gpu);

/// Adds the constant `sph_images` to the host's code.
void addImages(llvm::Module &host, const std::vector<KernelImage> &images);

/// The path of ptxas: in PATH, else in the CUDA toolkit; empty if there is none.
std::string findPtxas();

/// Machine code of PTX text.
Result<std::string> assemblePtx(const std::string &ptxas, const std::string &ptx,
                                const std::string &gpu);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_IMAGES_H
