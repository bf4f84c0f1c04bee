//===- emitter.h - machine code of LLVM IR ----------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_EMITTER_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_EMITTER_H

#include "passes/lower/target.h"
#include "tools/spherical/codegen/compile_times.h"
#include "tools/spherical/result.h"

#include "mlir/IR/BuiltinOps.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"

#include <memory>
#include <string>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace spherical::driver {

/// Lets a context translate; to be called before several threads do.
void registerTranslations(mlir::MLIRContext &context);

/// LLVM IR of a module that the lower phase has made, without kernels for GPUs. Where MLIR reports
/// an error at a location, the diagnostic handlers of the context get it and the result is null.
std::unique_ptr<llvm::Module> translate(mlir::ModuleOp lowered, llvm::LLVMContext &context,
                                        CompileTimes *times);

/// Optimises modules and generates code for one processor. Each thread needs one of its own.
class Emitter {
public:
  /// Target and times outlive the emitter; times may be null.
  Emitter(const mlir::spherical::CpuTarget &target, CompileTimes *times);
  ~Emitter();

  /// An object or assembly file.
  Result<std::string> emit(llvm::Module &module, llvm::CodeGenFileType type);

private:
  std::string makeMachine();
  void mark(llvm::Module &module);

  const mlir::spherical::CpuTarget &target;
  CompileTimes *times;
  std::unique_ptr<llvm::TargetMachine> machine;
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_EMITTER_H
