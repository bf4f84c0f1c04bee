//===- emit.cpp - lower, optimise and emit ----------------------*- C++ -*-===//

#include "tools/spherical/codegen/emit.h"
#include "passes/lower/passes.h"
#include "passes/lower/target.h"
#include "passes/phase.h"
#include "tools/spherical/codegen/cache.h"
#include "tools/spherical/codegen/codegen.h"
#include "tools/spherical/codegen/emitter.h"
#include "tools/spherical/codegen/images.h"
#include "tools/spherical/codegen/locations.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/PassManager.h"

namespace spherical::driver {

namespace sph = mlir::spherical;

std::string moduleText(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  mlir::OpPrintingFlags flags;
  flags.enableDebugInfo(true, false);
  module->print(stream, flags);
  return text;
}

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

namespace {

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

mlir::LogicalResult lower(mlir::ModuleOp module, mlir::PassManager &manager,
                          const CodegenOptions &options) {
  const StepTimer timer(options.times, "lower");
  return manager.run(module);
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
  if (mlir::failed(lower(*copy, manager, options)))
    return Error{};
  Result<std::vector<KernelImage>> images = takeImages(*copy, options);
  if (!images)
    return images.error();
  if (mlir::failed(keepModelLocations(*copy, mlir::LLVM::DIEmissionKind::LineTablesOnly)))
    return Error{};
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code = translate(*copy, context, options.times);
  if (!code)
    return Error{};
  if (!images->empty())
    addImages(*code, *images);
  return Emitter(target, options.times).emit(*code, type);
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
