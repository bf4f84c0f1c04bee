//===- main.cpp - spherical-opt ---------------------------------*- C++ -*-===//
//
// Runs single passes on MLIR, for tests and for a look at one step. It knows the
// dialects of this project and those that its phases produce, no others: loading
// all of MLIR's would take longer than most tests.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/stage/dialect.h"
#include "passes/pipeline.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::spherical::SphericalDialect, mlir::nn::NNDialect, mlir::stage::StageDialect,
                  mlir::affine::AffineDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect,
                  mlir::gpu::GPUDialect, mlir::LLVM::LLVMDialect, mlir::NVVM::NVVMDialect,
                  mlir::math::MathDialect, mlir::memref::MemRefDialect,
                  mlir::scf::SCFDialect, mlir::vector::VectorDialect>();

  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  mlir::spherical::registerPipelinePasses();

  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "runs single passes of the spherical compiler\n", registry));
}
