//===- entries.cpp - an object for each entry and each kernel ---*- C++ -*-===//
//
// A planned module of one entry becomes tasks and kernels. The kernels leave it
// before anything else is done: each is an object of its own, whose key and
// symbol are made from its text, so that all entries and models that need this
// kernel share it. MLIR works on one thread; LLVM has a context for each object
// and works on all of them at once.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/passes.h"
#include "passes/lower/tasks/kernels.h"
#include "passes/lower/tasks/manifest.h"
#include "tools/spherical/codegen/cache.h"
#include "tools/spherical/codegen/emit.h"
#include "tools/spherical/codegen/emitter.h"
#include "tools/spherical/codegen/locations.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/ThreadPool.h"

namespace spherical::driver {

namespace sph = mlir::spherical;
namespace LLVM = mlir::LLVM;

namespace {

/// The object of an entry, and the keys of those of its kernels.
struct EntryCode {
  std::vector<std::string> kernels;
  std::string object;
};

/// How the cache holds it: the keys, each on a line, an empty line, the object.
std::string encode(const EntryCode &entry) {
  std::string text;
  for (const std::string &key : entry.kernels)
    text += key + "\n";
  return text + "\n" + entry.object;
}

EntryCode decode(llvm::StringRef text) {
  EntryCode entry;
  for (llvm::StringRef line; !text.empty();) {
    std::tie(line, text) = text.split('\n');
    if (line.empty())
      break;
    entry.kernels.push_back(line.str());
  }
  entry.object = text.str();
  return entry;
}

/// A copy of a planned module with this entry and no other.
mlir::OwningOpRef<mlir::ModuleOp> withEntry(mlir::ModuleOp planned, llvm::StringRef entry) {
  mlir::OwningOpRef<mlir::ModuleOp> copy(
      llvm::cast<mlir::ModuleOp>(planned->cloneWithoutRegions()));
  copy->getBodyRegion().emplaceBlock();
  for (mlir::Operation &op : *planned.getBody()) {
    auto function = llvm::dyn_cast<mlir::func::FuncOp>(op);
    if (!function || function.getSymName() == entry)
      copy->push_back(op.clone());
  }
  return copy;
}

/// The key under which the cache has the key of the object of a program's entry.
std::string linkKey(const std::string &source, const std::string &entry) {
  return cacheKey({"entry of", source, entry});
}

/// Adds the object of an entry and those of its kernels to `objects`, but for kernels that are
/// there or in `except`; false if the cache lacks one.
bool takeCached(const ObjectCache &cache, const std::string &key, const llvm::StringSet<> &except,
                ObjectMap &objects) {
  const std::optional<std::string> text = cache.read(key);
  if (!text)
    return false;
  EntryCode entry = decode(*text);
  for (const std::string &kernel : entry.kernels) {
    if (objects.contains(kernel) || except.contains(kernel))
      continue;
    std::optional<std::string> object = cache.read(kernel);
    if (!object)
      return false;
    objects.emplace(kernel, std::move(*object));
  }
  objects.emplace(key, std::move(entry.object));
  return true;
}

/// Compiles entries of one module.
class EntryCompiler {
public:
  EntryCompiler(mlir::ModuleOp planned, const sph::CpuTarget &target, const CodegenOptions &options,
                const ObjectCache *cache)
      : planned(planned), target(target), options(options), cache(cache) {}

  /// Takes the code of an entry from the cache, or begins to make it.
  Status add(const std::string &entry);
  /// Waits for what was begun.
  Result<ObjectMap> finish();

private:
  /// LLVM IR that becomes the object `key`, alone or, for an entry, beside those of kernels.
  struct Job {
    std::string key;
    std::vector<std::string> kernels;
    bool isEntry = false;
    std::unique_ptr<llvm::LLVMContext> context;
    std::unique_ptr<llvm::Module> module;
    Result<std::string> object = std::string();
  };

  std::optional<std::string> cached(const std::string &key) const;
  bool find(const std::string &key);
  Status takeKernels(mlir::ModuleOp tasks, std::vector<std::string> &keys);
  Status takeKernel(LLVM::LLVMFuncOp kernel, const std::string &key);
  Status addJob(mlir::ModuleOp tasks, Job job, bool isEntry);
  std::string key(llvm::StringRef kind, llvm::StringRef text) const {
    return cacheKey({target.name(), target.tuning, kind, text});
  }

  mlir::ModuleOp planned;
  const sph::CpuTarget &target;
  const CodegenOptions &options;
  const ObjectCache *cache; ///< null: none
  ObjectMap objects;
  std::vector<std::unique_ptr<Job>> jobs;
  llvm::StringSet<> underWay; ///< keys of kernels among the jobs
  /// Works on jobs while others are prepared. Last: it ends before what it works on.
  llvm::DefaultThreadPool pool{llvm::heavyweight_hardware_concurrency()};
};

std::optional<std::string> EntryCompiler::cached(const std::string &key) const {
  const StepTimer timer(options.times, "read cache");
  return cache ? cache->read(key) : std::nullopt;
}

bool EntryCompiler::find(const std::string &key) {
  const StepTimer timer(options.times, "read cache");
  return cache && takeCached(*cache, key, underWay, objects);
}

Status EntryCompiler::add(const std::string &entry) {
  mlir::OwningOpRef<mlir::ModuleOp> own = withEntry(planned, entry);
  Job job;
  job.key = key("entry", moduleText(*own));
  if (cache && !options.source.empty())
    cache->write(linkKey(options.source, entry), job.key);
  if (find(job.key))
    return Done{};
  mlir::PassManager manager(planned.getContext());
  sph::LowerTasksOptions lowering;
  lowering.cpu = target.name();
  manager.addPass(sph::createLowerTasks(lowering));
  {
    const StepTimer timer(options.times, "lower");
    if (mlir::failed(manager.run(*own)))
      return Error{};
  }
  for (auto constant : llvm::make_early_inc_range(own->getOps<LLVM::GlobalOp>()))
    constant.erase(); // those of addConstants
  if (Status status = takeKernels(*own, job.kernels); !status)
    return status;
  return addJob(*own, std::move(job), /*isEntry=*/true);
}

/// The function as text, without the places of those who use it.
std::string kernelText(LLVM::LLVMFuncOp kernel) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  kernel->print(stream, mlir::OpPrintingFlags().useLocalScope());
  return text;
}

/// Moves the kernels out of a module, which is left with their declarations; gives their keys.
Status EntryCompiler::takeKernels(mlir::ModuleOp tasks, std::vector<std::string> &keys) {
  llvm::StringMap<std::string> symbols;
  for (auto kernel : llvm::make_early_inc_range(tasks.getOps<LLVM::LLVMFuncOp>())) {
    const auto inside = mlir::SymbolTable::getSymbolUses(&kernel.getBody());
    if (!sph::isKernel(kernel) || !inside || !inside->empty())
      continue;
    keys.push_back(key("kernel", kernelText(kernel)));
    const std::string symbol = kernel.getSymName().str() + "." + keys.back().substr(0, 16);
    symbols[kernel.getSymName()] = symbol;
    kernel.setSymName(symbol);
    kernel.setLinkage(LLVM::Linkage::External);
    kernel.setVisibility_(LLVM::Visibility::Hidden);
    mlir::OpBuilder(kernel).insert(kernel->cloneWithoutRegions());
    kernel->remove();
    if (Status status = takeKernel(kernel, keys.back()); !status)
      return status;
  }
  tasks.walk([&](LLVM::CallOp call) {
    if (const std::optional<llvm::StringRef> callee = call.getCallee())
      if (const auto found = symbols.find(*callee); found != symbols.end())
        call.setCallee(found->second);
  });
  return Done{};
}

/// Makes a job of a kernel, unless its object is there; owns the kernel.
Status EntryCompiler::takeKernel(LLVM::LLVMFuncOp kernel, const std::string &key) {
  const mlir::Location nowhere = mlir::UnknownLoc::get(planned.getContext());
  mlir::OwningOpRef<mlir::ModuleOp> module(mlir::ModuleOp::create(nowhere));
  module->push_back(kernel);
  if (objects.contains(key) || !underWay.insert(key).second)
    return Done{};
  if (std::optional<std::string> object = cached(key)) {
    underWay.erase(key);
    objects.emplace(key, std::move(*object));
    return Done{};
  }
  kernel->walk([&](mlir::Operation *op) { op->setLoc(nowhere); });
  Job job;
  job.key = key;
  return addJob(*module, std::move(job), /*isEntry=*/false);
}

Status EntryCompiler::addJob(mlir::ModuleOp tasks, Job job, bool isEntry) {
  mlir::PassManager manager(planned.getContext());
  sph::buildTasksToLLVMPipeline(manager);
  manager.enableVerifier(false); // each pass would check all ops again; the last says what is left
  {
    const StepTimer timer(options.times, "lower");
    if (mlir::failed(manager.run(tasks)))
      return Error{};
  }
  if (isEntry && mlir::failed(keepModelLocations(tasks, LLVM::DIEmissionKind::LineTablesOnly)))
    return Error{};
  job.isEntry = isEntry;
  job.context = std::make_unique<llvm::LLVMContext>();
  job.module = translate(tasks, *job.context, options.times);
  if (!job.module)
    return Error{};
  jobs.push_back(std::make_unique<Job>(std::move(job)));
  pool.async([this, started = jobs.back().get()] {
    started->object =
        Emitter(target, options.times).emit(*started->module, llvm::CodeGenFileType::ObjectFile);
    started->module.reset();
  });
  return Done{};
}

Result<ObjectMap> EntryCompiler::finish() {
  pool.wait();
  const StepTimer timer(options.times, "write cache");
  for (const std::unique_ptr<Job> &job : jobs) {
    if (!job->object)
      return job->object.error();
    if (cache)
      cache->write(job->key, job->isEntry ? encode({job->kernels, *job->object}) : *job->object);
    objects.emplace(job->key, std::move(*job->object));
  }
  return std::move(objects);
}

} // namespace

Result<ObjectMap> emitEntries(mlir::ModuleOp planned, const std::vector<std::string> &entries,
                              const CodegenOptions &options) {
  Result<sph::CpuTarget> target = findTarget(planned, options);
  if (!target)
    return target.error();
  std::optional<ObjectCache> cache;
  if (options.cache) {
    Result<ObjectCache> opened = ObjectCache::open();
    if (!opened)
      return opened.error();
    cache = std::move(*opened);
  }
  EntryCompiler compiler(planned, *target, options, cache ? &*cache : nullptr);
  for (const std::string &entry : entries)
    if (Status status = compiler.add(entry); !status)
      return status.error();
  return compiler.finish();
}

std::optional<ObjectMap> findEntries(const std::vector<std::string> &entries,
                                     const CodegenOptions &options) {
  const Result<ObjectCache> cache = ObjectCache::open();
  if (!cache || !options.cache || options.source.empty())
    return std::nullopt;
  const StepTimer timer(options.times, "read cache");
  ObjectMap objects;
  for (const std::string &entry : entries) {
    const std::optional<std::string> key = cache->read(linkKey(options.source, entry));
    if (!key || !takeCached(*cache, *key, {}, objects))
      return std::nullopt;
  }
  return objects;
}

Result<std::string> emitManifest(mlir::ModuleOp planned, const std::string &manifest,
                                 const CodegenOptions &options) {
  Result<sph::CpuTarget> target = findTarget(planned, options);
  if (!target)
    return target.error();
  planned.getContext()->loadDialect<LLVM::LLVMDialect>(); // no pass may have run yet
  mlir::OwningOpRef<mlir::ModuleOp> constants(mlir::ModuleOp::create(planned.getLoc()));
  sph::addConstants(*constants, manifest);
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = translate(*constants, context, options.times);
  if (!module)
    return Error{};
  return Emitter(*target, options.times).emit(*module, llvm::CodeGenFileType::ObjectFile);
}

} // namespace spherical::driver
