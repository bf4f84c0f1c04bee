//===- device.cpp - GPU code of a lowered module ----------------*- C++ -*-===//

#include "tools/spherical/codegen/device.h"

#include "passes/lower/chips.h"
#include "tools/spherical/codegen/locations.h"
#include "tools/spherical/codegen/optimise.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

namespace spherical::driver {
namespace {

/// The code generator of a processor, or null after writing the reason.
std::unique_ptr<llvm::TargetMachine> makeMachine(llvm::StringRef chip, llvm::StringRef features,
                                                 std::string &reason) {
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetMC();
  LLVMInitializeNVPTXAsmPrinter();
  llvm::Triple triple("nvptx64-nvidia-cuda");
  const llvm::Target *found = llvm::TargetRegistry::lookupTarget(triple, reason);
  if (!found)
    return nullptr;
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Fast; // a b + c may be rounded once
  std::unique_ptr<llvm::TargetMachine> machine(
      found->createTargetMachine(triple, chip, features, options, std::nullopt, std::nullopt,
                                 llvm::CodeGenOptLevel::Aggressive));
  if (!machine)
    reason = ("no code generator for " + chip).str();
  return machine;
}

/// The gpu.module and its processor; fails if there is not exactly one.
mlir::gpu::GPUModuleOp findDevice(mlir::ModuleOp lowered, mlir::NVVM::NVVMTargetAttr &target) {
  auto devices = lowered.getOps<mlir::gpu::GPUModuleOp>();
  if (!llvm::hasSingleElement(devices))
    return {};
  mlir::gpu::GPUModuleOp device = *devices.begin();
  mlir::ArrayAttr targets = device.getTargetsAttr();
  if (!targets || targets.size() != 1)
    return {};
  target = mlir::dyn_cast<mlir::NVVM::NVVMTargetAttr>(targets[0]);
  return target ? device : mlir::gpu::GPUModuleOp();
}

} // namespace

Result<std::string> emitDeviceBitcode(mlir::ModuleOp lowered) {
  mlir::OwningOpRef<mlir::ModuleOp> copy(lowered.clone());
  mlir::NVVM::NVVMTargetAttr target;
  mlir::gpu::GPUModuleOp device = findDevice(*copy, target);
  if (!device)
    return Error{"error: expected a module after the lower phase for target cuda, with one "
                 "gpu.module for one GPU, got another"};
  // Any more than directives would make ptxas compile for debugging.
  if (mlir::failed(keepModelLocations(*copy, mlir::LLVM::DIEmissionKind::DebugDirectivesOnly)))
    return Error{};
  mlir::MLIRContext &context = *lowered->getContext();
  mlir::registerBuiltinDialectTranslation(context);
  mlir::registerGPUDialectTranslation(context);
  mlir::registerLLVMDialectTranslation(context);
  mlir::registerNVVMDialectTranslation(context);
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> module = mlir::translateModuleToLLVMIR(device, llvmContext);
  if (!module)
    return Error{};
  // For the lowest chip, whose PTX all of them run: newer ones may need a newer driver.
  const llvm::StringRef chip = mlir::spherical::kLowestChip;
  std::string reason;
  auto machine = makeMachine(chip, target.getFeatures(), reason);
  if (!machine)
    return Error{"error: cannot generate code: " + reason};
  module->setTargetTriple(machine->getTargetTriple());
  module->setDataLayout(machine->createDataLayout());
  for (llvm::Function &function : *module)
    if (!function.isDeclaration()) {
      function.addFnAttr("target-cpu", chip);
      function.addFnAttr("target-features", target.getFeatures());
    }
  optimise(*module, *machine, llvm::OptimizationLevel::O3, /*interleave=*/true);
  std::string bitcode;
  llvm::raw_string_ostream stream(bitcode);
  llvm::WriteBitcodeToFile(*module, stream);
  return bitcode;
}

Result<std::string> emitPtx(const std::string &bitcode, const std::string &gpu) {
  llvm::LLVMContext context;
  auto module = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bitcode, "kernels"), context);
  if (!module)
    return Error{"error: cannot read bitcode: " + llvm::toString(module.takeError())};
  llvm::StringRef features;
  for (llvm::Function &function : **module)
    if (!function.isDeclaration()) {
      features = function.getFnAttribute("target-features").getValueAsString();
      function.addFnAttr("target-cpu", gpu);
    }
  std::string reason;
  auto machine = makeMachine(gpu, features, reason);
  if (!machine)
    return Error{"error: cannot generate code: " + reason};
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager manager;
  if (machine->addPassesToEmitFile(manager, stream, nullptr, llvm::CodeGenFileType::AssemblyFile))
    return Error{"error: cannot generate code: the target writes no such file"};
  manager.run(**module);
  return std::string(bytes.begin(), bytes.end());
}

} // namespace spherical::driver
