//===- emitter.cpp - machine code of LLVM IR --------------------*- C++ -*-===//

#include "tools/spherical/codegen/emitter.h"

#include "tools/spherical/codegen/optimise.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

namespace spherical::driver {

namespace sph = mlir::spherical;

void registerTranslations(mlir::MLIRContext &context) {
  mlir::registerBuiltinDialectTranslation(context);
  mlir::registerLLVMDialectTranslation(context);
}

std::unique_ptr<llvm::Module> translate(mlir::ModuleOp lowered, llvm::LLVMContext &context,
                                        CompileTimes *times) {
  const StepTimer timer(times, "translate to LLVM IR");
  registerTranslations(*lowered->getContext());
  return mlir::translateModuleToLLVMIR(lowered, context);
}

Emitter::Emitter(const sph::CpuTarget &target, CompileTimes *times)
    : target(target), times(times) {}
Emitter::~Emitter() = default;

/// Returns what is missing, or "".
std::string Emitter::makeMachine() {
  if (machine)
    return "";
  static const bool known = !llvm::InitializeNativeTarget() &&
                            !llvm::InitializeNativeTargetAsmPrinter(); // once, for all threads
  if (!known)
    return "no code generator for this machine";
  llvm::Triple triple(llvm::sys::getProcessTriple());
  std::string error;
  const llvm::Target *found = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!found)
    return error;
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Fast; // a b + c may be rounded once
  machine.reset(found->createTargetMachine(triple, target.level(), target.features(), options,
                                           llvm::Reloc::PIC_, std::nullopt,
                                           llvm::CodeGenOptLevel::Default));
  return machine ? "" : "no code generator for " + target.level();
}

void Emitter::mark(llvm::Module &module) {
  module.setTargetTriple(machine->getTargetTriple());
  module.setDataLayout(machine->createDataLayout());
  std::string width = std::to_string(8 * target.registers.bytes);
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", target.level());
    function.addFnAttr("tune-cpu", target.tuning);
    if (std::string features = target.features(); !features.empty())
      function.addFnAttr("target-features", features);
    function.addFnAttr("prefer-vector-width", width);
    function.addFnAttr("min-legal-vector-width", width);
    function.addFnAttr("no-trapping-math", "true");
  }
}

Result<std::string> Emitter::emit(llvm::Module &module, llvm::CodeGenFileType type) {
  if (std::string reason = makeMachine(); !reason.empty())
    return Error{"error: cannot generate code: " + reason};
  mark(module);
  {
    const StepTimer timer(times, "optimise");
    optimise(module, *machine, llvm::OptimizationLevel::O2, /*interleave=*/false);
  }
  const StepTimer timer(times, "machine code");
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager manager;
  if (machine->addPassesToEmitFile(manager, stream, nullptr, type))
    return Error{"error: cannot generate code: the target writes no such file"};
  manager.run(module);
  return std::string(bytes.begin(), bytes.end());
}

} // namespace spherical::driver
