//===- entries.cpp - the objects of entries ---------------------*- C++ -*-===//
//
// Planned entries become tasks and kernels together, so that they share them,
// and then pieces (pieces.h), each an object of its own. Pieces are lowered,
// optimised and emitted on all processors at once.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/passes.h"
#include "passes/lower/tasks/manifest.h"
#include "tools/spherical/codegen/cache.h"
#include "tools/spherical/codegen/emit.h"
#include "tools/spherical/codegen/emitter.h"
#include "tools/spherical/codegen/locations.h"
#include "tools/spherical/codegen/pieces.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/ThreadPool.h"

namespace spherical::driver {

namespace sph = mlir::spherical;
namespace LLVM = mlir::LLVM;

namespace {

/// The object of an entry, and the keys of those that it needs.
struct EntryCode {
  std::vector<std::string> needs;
  std::string object;
};

/// How the cache holds it: the keys, each on a line, an empty line, the object.
std::string encode(const EntryCode &entry) {
  std::string text;
  for (const std::string &key : entry.needs)
    text += key + "\n";
  return text + "\n" + entry.object;
}

EntryCode decode(llvm::StringRef text) {
  EntryCode entry;
  for (llvm::StringRef line; !text.empty();) {
    std::tie(line, text) = text.split('\n');
    if (line.empty())
      break;
    entry.needs.push_back(line.str());
  }
  entry.object = text.str();
  return entry;
}

/// A copy of a planned module with these entries and no other.
mlir::OwningOpRef<mlir::ModuleOp> withEntries(mlir::ModuleOp planned,
                                              llvm::ArrayRef<std::string> entries) {
  mlir::OwningOpRef<mlir::ModuleOp> copy(
      llvm::cast<mlir::ModuleOp>(planned->cloneWithoutRegions()));
  copy->getBodyRegion().emplaceBlock();
  for (mlir::Operation &op : *planned.getBody()) {
    auto function = llvm::dyn_cast<mlir::func::FuncOp>(op);
    if (!function || llvm::is_contained(entries, function.getSymName()))
      copy->push_back(op.clone());
  }
  return copy;
}

/// The key under which the cache has the key of the object of a program's entry.
std::string linkKey(const std::string &source, const std::string &entry) {
  return cacheKey({"entry of", source, entry});
}

/// Adds the object of an entry and those that it needs to `objects`; false if the cache lacks one.
bool takeCached(const ObjectCache &cache, const std::string &key, ObjectMap &objects) {
  const std::optional<std::string> text = cache.read(key);
  if (!text)
    return false;
  EntryCode entry = decode(*text);
  for (const std::string &need : entry.needs) {
    if (objects.contains(need))
      continue;
    std::optional<std::string> object = cache.read(need);
    if (!object)
      return false;
    objects.emplace(need, std::move(*object));
  }
  objects.emplace(key, std::move(entry.object));
  return true;
}

/// Lets several threads lower and translate modules of a context, in which one at a time is faster.
class ThreadedContext {
public:
  explicit ThreadedContext(mlir::MLIRContext &context)
      : context(context), wasThreaded(context.isMultithreadingEnabled()) {
    mlir::PassManager manager(&context);
    sph::buildTasksToLLVMPipeline(manager);
    mlir::DialectRegistry needed;
    manager.getDependentDialects(needed);
    context.appendDialectRegistry(needed);
    for (llvm::StringRef name : needed.getDialectNames())
      context.getOrLoadDialect(name);
    registerTranslations(context);
    context.enableMultithreading();
  }
  ~ThreadedContext() { context.disableMultithreading(!wasThreaded); }
  ThreadedContext(const ThreadedContext &) = delete;
  ThreadedContext &operator=(const ThreadedContext &) = delete;

private:
  mlir::MLIRContext &context;
  bool wasThreaded;
};

/// Compiles entries of one module.
class EntryCompiler {
public:
  EntryCompiler(mlir::ModuleOp planned, const sph::CpuTarget &target, const CodegenOptions &options,
                const ObjectCache *cache)
      : planned(planned), target(target), options(options), cache(cache) {}

  /// Takes the code of entries from the cache, or makes it.
  Result<ObjectMap> run(const std::vector<std::string> &entries);

private:
  /// A piece that becomes the object `key`.
  struct Job {
    std::string key;
    Piece piece;
    Result<std::string> object = std::string();
  };

  std::vector<std::string> missing(const std::vector<std::string> &entries);
  Result<std::vector<Piece>> lower(const std::vector<std::string> &entries);
  void start(Piece piece, llvm::ThreadPoolInterface &pool);
  Result<std::string> emit(Piece &piece);
  std::string key(llvm::StringRef kind, llvm::StringRef text) const {
    return cacheKey({target.name(), target.tuning, kind, text});
  }

  mlir::ModuleOp planned;
  const sph::CpuTarget &target;
  const CodegenOptions &options;
  const ObjectCache *cache; ///< null: none
  ObjectMap objects;
  llvm::StringMap<std::string> keys; ///< of the missing entries' objects, by the entries' symbols
  std::vector<std::unique_ptr<Job>> jobs;
};

/// The entries whose code the cache lacks.
std::vector<std::string> EntryCompiler::missing(const std::vector<std::string> &entries) {
  std::vector<std::string> result;
  for (const std::string &entry : entries) {
    const std::string own = key("entry", moduleText(*withEntries(planned, entry)));
    if (cache && !options.source.empty())
      cache->write(linkKey(options.source, entry), own);
    const StepTimer timer(options.times, "read cache");
    if (cache && takeCached(*cache, own, objects))
      continue;
    keys["sph_entry_" + entry] = own;
    result.push_back(entry);
  }
  return result;
}

/// The pieces of entries.
Result<std::vector<Piece>> EntryCompiler::lower(const std::vector<std::string> &entries) {
  const StepTimer timer(options.times, "make tasks");
  mlir::OwningOpRef<mlir::ModuleOp> module = withEntries(planned, entries);
  mlir::PassManager manager(planned.getContext());
  sph::LowerTasksOptions lowering;
  lowering.cpu = target.name();
  manager.addPass(sph::createLowerTasks(lowering));
  if (mlir::failed(manager.run(*module)))
    return Error{};
  for (auto constant : llvm::make_early_inc_range(module->getOps<LLVM::GlobalOp>()))
    constant.erase(); // those of addConstants
  return splitModule(
      *module, [this](llvm::StringRef kind, llvm::StringRef text) { return key(kind, text); });
}

/// Makes a job of a piece, unless its object is there.
void EntryCompiler::start(Piece piece, llvm::ThreadPoolInterface &pool) {
  const bool shared = piece.entry.empty();
  const std::string own = shared ? piece.key : keys.lookup(piece.entry);
  if (shared && objects.contains(own))
    return;
  if (shared && cache) {
    const StepTimer timer(options.times, "read cache");
    if (std::optional<std::string> object = cache->read(own)) {
      objects.emplace(own, std::move(*object));
      return;
    }
  }
  jobs.push_back(std::make_unique<Job>(Job{own, std::move(piece)}));
  pool.async([this, job = jobs.back().get()] {
    job->object = emit(job->piece);
    const StepTimer timer(options.times, "write cache");
    if (cache && job->object)
      cache->write(job->key, job->piece.entry.empty() ? *job->object
                                                      : encode({job->piece.needs, *job->object}));
  });
}

/// The object of a piece, in any thread.
Result<std::string> EntryCompiler::emit(Piece &piece) {
  mlir::OwningOpRef<mlir::ModuleOp> module = std::move(piece.module);
  mlir::PassManager manager(planned.getContext());
  sph::buildTasksToLLVMPipeline(manager);
  manager.enableVerifier(false); // each pass would check all ops again; the last says what is left
  {
    const StepTimer timer(options.times, "lower");
    if (mlir::failed(manager.run(*module)))
      return Error{};
  }
  if (!piece.entry.empty() &&
      mlir::failed(keepModelLocations(*module, LLVM::DIEmissionKind::LineTablesOnly)))
    return Error{};
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code = translate(*module, context, options.times);
  if (!code)
    return Error{};
  return Emitter(target, options.times).emit(*code, llvm::CodeGenFileType::ObjectFile);
}

Result<ObjectMap> EntryCompiler::run(const std::vector<std::string> &entries) {
  const std::vector<std::string> wanted = missing(entries);
  if (wanted.empty())
    return std::move(objects);
  const ThreadedContext threaded(*planned.getContext());
  // Works on jobs while others are prepared. Last: it ends before what it works on.
  llvm::DefaultThreadPool pool(llvm::heavyweight_hardware_concurrency());
  Result<std::vector<Piece>> pieces = lower(wanted);
  if (!pieces)
    return pieces.error();
  for (Piece &piece : *pieces)
    start(std::move(piece), pool);
  pool.wait();
  for (const std::unique_ptr<Job> &job : jobs) {
    if (!job->object)
      return job->object.error();
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
  return EntryCompiler(planned, *target, options, cache ? &*cache : nullptr).run(entries);
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
    if (!key || !takeCached(*cache, *key, objects))
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
