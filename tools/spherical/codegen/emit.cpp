//===- emit.cpp - lower, optimise and emit ----------------------*- C++ -*-===//

#include "passes/lower/passes.h"
#include "passes/lower/target.h"
#include "passes/phase.h"
#include "tools/spherical/codegen/cache.h"
#include "tools/spherical/codegen/codegen.h"
#include "tools/spherical/codegen/images.h"
#include "tools/spherical/codegen/locations.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

namespace spherical::driver {

namespace sph = mlir::spherical;

namespace {

/// The module as text: what an object depends on.
std::string moduleText(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  mlir::OpPrintingFlags flags;
  flags.enableDebugInfo(true, false);
  module->print(stream, flags);
  return text;
}

/// Generates code for one processor.
class Emitter {
public:
  explicit Emitter(const sph::CpuTarget &target) : target(target) {}

  Result<std::string> emit(mlir::ModuleOp lowered, const std::vector<KernelImage> &images,
                           llvm::CodeGenFileType type);

private:
  std::string makeMachine();
  void mark(llvm::Module &module);
  void optimise(llvm::Module &module);

  const sph::CpuTarget &target;
  std::unique_ptr<llvm::TargetMachine> machine;
};

/// Returns what is missing, or "".
std::string Emitter::makeMachine() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
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

/// O2 without what codelets have no use for: they are vectors already and unrolled on purpose.
void Emitter::optimise(llvm::Module &module) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  tuning.LoopInterleaving = false;
  tuning.LoopUnrolling = false;
  llvm::PassBuilder builder(machine.get(), tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, modules);
}

Result<std::string> Emitter::emit(mlir::ModuleOp lowered, const std::vector<KernelImage> &images,
                                  llvm::CodeGenFileType type) {
  mlir::registerBuiltinDialectTranslation(*lowered->getContext());
  mlir::registerLLVMDialectTranslation(*lowered->getContext());
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = mlir::translateModuleToLLVMIR(lowered, context);
  if (!module)
    return Error{};
  if (std::string reason = makeMachine(); !reason.empty())
    return Error{"error: cannot generate code: " + reason};
  if (!images.empty())
    addImages(*module, images);
  mark(*module);
  optimise(*module);
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager manager;
  if (machine->addPassesToEmitFile(manager, stream, nullptr, type))
    return Error{"error: cannot generate code: the target writes no such file"};
  manager.run(*module);
  return std::string(bytes.begin(), bytes.end());
}

/// Takes the kernels out of a lowered module, which is left with the host's code.
Result<std::vector<KernelImage>> takeImages(mlir::ModuleOp lowered, const CodegenOptions &options) {
  if (options.target == "cpu")
    return std::vector<KernelImage>();
  Result<std::vector<KernelImage>> images = makeImages(lowered, options.target, options.gpu);
  for (auto device : llvm::make_early_inc_range(lowered.getOps<mlir::gpu::GPUModuleOp>()))
    device.erase();
  lowered->removeAttr(mlir::gpu::GPUDialect::getContainerModuleAttrName());
  return images;
}

/// The target of the options; of a lowered module the one that it was lowered for.
Result<sph::CpuTarget> findTarget(mlir::ModuleOp module, const CodegenOptions &options) {
  std::string reason;
  std::string lowered = sph::getLoweredCpu(module).str();
  std::optional<sph::CpuTarget> target =
      sph::getCpuTarget(lowered.empty() || !options.cpu.empty() ? options.cpu : lowered, reason);
  if (target && !lowered.empty() && target->name() != lowered)
    return Error{"error: expected a module lowered for " + target->name() + ", got one for " +
                 lowered};
  if (!target)
    return Error{"error: " + reason};
  return *target;
}

Result<std::string> compile(mlir::ModuleOp module, const sph::CpuTarget &target,
                            const CodegenOptions &options, llvm::CodeGenFileType type) {
  mlir::FailureOr<sph::Phase> phase = sph::getPhase(module);
  if (mlir::failed(phase))
    return Error{};
  if (*phase < sph::Phase::Plan)
    return Error{"error: expected a module after the plan phase, got one after " +
                 sph::phaseName(*phase).str()};
  mlir::OwningOpRef<mlir::ModuleOp> copy(module.clone());
  mlir::PassManager manager(module->getContext());
  if (*phase < sph::Phase::Lower) {
    if (options.target == "cpu")
      sph::buildLowerCPUPipeline(manager, target.name());
    else
      sph::buildLowerCUDAPipeline(manager, {options.target, target.name(), options.gpu});
  }
  if (mlir::failed(manager.run(*copy)))
    return Error{};
  Result<std::vector<KernelImage>> images = takeImages(*copy, options);
  if (!images)
    return images.error();
  if (mlir::failed(keepModelLocations(*copy, mlir::LLVM::DIEmissionKind::LineTablesOnly)))
    return Error{};
  return Emitter(target).emit(*copy, *images, type);
}

} // namespace

Result<std::string> emitObject(mlir::ModuleOp module, const CodegenOptions &options) {
  Result<sph::CpuTarget> target = findTarget(module, options);
  if (!target)
    return target.error();
  if (!options.cache)
    return compile(module, *target, options, llvm::CodeGenFileType::ObjectFile);
  Result<ObjectCache> cache = ObjectCache::open();
  if (!cache)
    return cache.error();
  const bool device = options.target != "cpu";
  std::string key = cacheKey({target->name(), target->tuning,
                              device ? options.target + " " + options.gpu + " " + findPtxas() : "",
                              moduleText(module)});
  if (std::optional<std::string> object = cache->read(key))
    return *object;
  Result<std::string> object = compile(module, *target, options, llvm::CodeGenFileType::ObjectFile);
  if (object)
    cache->write(key, *object);
  return object;
}

Result<std::string> emitAssembly(mlir::ModuleOp module, const CodegenOptions &options) {
  Result<sph::CpuTarget> target = findTarget(module, options);
  if (!target)
    return target.error();
  return compile(module, *target, options, llvm::CodeGenFileType::AssemblyFile);
}

} // namespace spherical::driver
