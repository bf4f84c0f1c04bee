//===- compile_for_device.cpp - from MLIR text to kernels -------*- C++ -*-===//

#include "test/gpu/device_program.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/stage/dialect.h"
#include "passes/pipeline.h"
#include "tools/spherical/codegen/device.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"

#include <stdexcept>

namespace spherical::test {
namespace {

namespace sph = mlir::spherical;

mlir::DialectRegistry dialects() {
  mlir::DialectRegistry registry;
  registry.insert<sph::SphericalDialect, mlir::nn::NNDialect, mlir::stage::StageDialect,
                  mlir::affine::AffineDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect,
                  mlir::math::MathDialect, mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                  mlir::vector::VectorDialect>();
  return registry;
}

} // namespace

DeviceProgram compileForDevice(const std::string &text, const std::string &only) {
  mlir::MLIRContext context(dialects(), mlir::MLIRContext::Threading::DISABLED);
  std::string diagnostics;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    diagnostics += diagnostic.str() + "\n";
    return mlir::success();
  });
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  sph::PipelineOptions options;
  options.target = "cuda";
  if (!module || mlir::failed(sph::runPhases(*module, sph::Phase::Plan, options)))
    throw std::runtime_error("cannot compile for target cuda: " + diagnostics);
  if (!only.empty())
    for (auto entry : llvm::make_early_inc_range(module->getOps<mlir::func::FuncOp>()))
      if (entry.getSymName() != only)
        entry.erase();
  if (mlir::failed(sph::runPhases(*module, sph::Phase::Lower, options)))
    throw std::runtime_error("cannot compile for target cuda: " + diagnostics);
  auto bitcode = driver::emitDeviceBitcode(*module);
  if (!bitcode)
    throw std::runtime_error(bitcode.error().message + diagnostics);
  auto manifest = module->lookupSymbol<mlir::LLVM::GlobalOp>("sph_manifest");
  auto json = mlir::cast<mlir::StringAttr>(manifest.getValueAttr()).getValue().rtrim('\0');
  return {*bitcode, runtime::parseManifest({json.data(), json.size()})};
}

} // namespace spherical::test
