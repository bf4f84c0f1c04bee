//===- pieces.cpp - what of a lowered module becomes one object -*- C++ -*-===//

#include "tools/spherical/codegen/pieces.h"

#include "passes/lower/tasks/kernels.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"

#include <map>

namespace spherical::driver {

namespace sph = mlir::spherical;
namespace LLVM = mlir::LLVM;

namespace {

using Function = LLVM::LLVMFuncOp;

/// About so many tasks make a piece: few enough that all processors have work, many enough that the
/// start of a compilation does not count; and the most.
constexpr uint64_t kPieceTasks = 16, kMostTasks = 32;

/// The function as text, without places in the model file.
std::string textOf(Function function) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  function->print(stream, mlir::OpPrintingFlags().useLocalScope());
  return text;
}

/// The symbol that an op calls or takes the address of, empty for none.
llvm::StringRef symbolNamedBy(mlir::Operation *op) {
  if (auto call = llvm::dyn_cast<LLVM::CallOp>(op))
    return call.getCallee().value_or("");
  if (auto address = llvm::dyn_cast<LLVM::AddressOfOp>(op))
    return address.getGlobalName();
  return {};
}

/// Splits one module. What has been moved is known by its symbol in the source.
class Splitter {
public:
  Splitter(mlir::ModuleOp source,
           llvm::function_ref<std::string(llvm::StringRef, llvm::StringRef)> keyOf)
      : source(source), keyOf(keyOf) {}

  std::vector<Piece> run();

private:
  /// A function that has been moved to a piece.
  struct Home {
    size_t piece;
    Function function;
  };

  void takeKernels();
  void takeTasks();
  void takeEntries();
  void takeShared(llvm::StringRef kind, llvm::ArrayRef<Function> functions);
  void rename(Function function);
  void move(Function function, Piece &piece);
  void declareNeeds(Piece &piece);

  mlir::ModuleOp source;
  llvm::function_ref<std::string(llvm::StringRef, llvm::StringRef)> keyOf;
  std::vector<Piece> pieces;
  llvm::StringMap<Home> homes; ///< by the symbols in `source` and in the pieces
};

/// Lets a function name what has been moved by its new symbol.
void Splitter::rename(Function function) {
  function->walk([&](mlir::Operation *op) {
    const auto found = homes.find(symbolNamedBy(op));
    if (found == homes.end())
      return;
    const llvm::StringRef symbol = found->second.function.getSymName();
    if (auto call = llvm::dyn_cast<LLVM::CallOp>(op))
      call.setCallee(symbol);
    else
      llvm::cast<LLVM::AddressOfOp>(op).setGlobalName(symbol);
  });
}

void Splitter::move(Function function, Piece &piece) {
  function->remove();
  piece.module->push_back(function);
}

/// Declares what a piece's functions name of other pieces, and notes these.
void Splitter::declareNeeds(Piece &piece) {
  llvm::SetVector<mlir::Operation *> named;
  llvm::SetVector<size_t> needs;
  piece.module->walk([&](mlir::Operation *op) {
    const llvm::StringRef symbol = symbolNamedBy(op);
    if (symbol.empty())
      return;
    const auto found = homes.find(symbol);
    if (found != homes.end()) {
      named.insert(found->second.function);
      needs.insert(found->second.piece);
    } else if (mlir::Operation *outside = source.lookupSymbol(symbol)) {
      named.insert(outside);
    }
  });
  for (mlir::Operation *function : named)
    piece.module->push_back(function->cloneWithoutRegions());
  llvm::SetVector<llvm::StringRef> keys;
  for (size_t index : needs) {
    for (const std::string &key : pieces[index].needs)
      keys.insert(key);
    keys.insert(pieces[index].key);
  }
  for (llvm::StringRef key : keys)
    piece.needs.push_back(key.str());
}

/// Makes a piece of functions, under symbols that end in its key.
void Splitter::takeShared(llvm::StringRef kind, llvm::ArrayRef<Function> functions) {
  std::string text;
  for (Function function : functions)
    text += textOf(function);
  const mlir::Location nowhere = mlir::UnknownLoc::get(source.getContext());
  Piece piece{keyOf(kind, text), "", mlir::ModuleOp::create(nowhere), {}};
  for (Function function : functions) {
    const Home home{pieces.size(), function};
    homes[function.getSymName()] = home;
    function.setSymName(function.getSymName().str() + "." + piece.key.substr(0, 16));
    homes[function.getSymName()] = home;
    function.setLinkage(LLVM::Linkage::External);
    function.setVisibility_(LLVM::Visibility::Hidden);
    function->walk([&](mlir::Operation *op) { op->setLoc(nowhere); });
    move(function, piece);
  }
  declareNeeds(piece);
  pieces.push_back(std::move(piece));
}

void Splitter::takeKernels() {
  for (auto kernel : llvm::make_early_inc_range(source.getOps<Function>())) {
    if (!sph::isKernel(kernel))
      continue;
    rename(kernel);
    takeShared("kernel", kernel);
  }
}

void Splitter::takeTasks() {
  llvm::MapVector<mlir::Operation *, std::vector<size_t>> users;
  size_t index = 0;
  for (auto entry : source.getOps<Function>()) {
    if (entry.isExternal() || sph::isTask(entry))
      continue;
    entry.walk([&](LLVM::AddressOfOp address) {
      auto task = source.lookupSymbol<Function>(address.getGlobalName());
      if (!task || !sph::isTask(task))
        return;
      std::vector<size_t> &uses = users[task];
      if (uses.empty() || uses.back() != index)
        uses.push_back(index);
    });
    ++index;
  }
  std::map<std::vector<size_t>, std::vector<Function>> groups;
  for (auto &[task, entries] : users) {
    rename(llvm::cast<Function>(task));
    groups[entries].push_back(llvm::cast<Function>(task));
  }
  // What a task is, by the end of its symbol, says whether a piece ends behind it: another task
  // changes one piece.
  for (auto &[entries, tasks] : groups) {
    std::vector<Function> piece;
    for (Function task : tasks) {
      piece.push_back(task);
      const bool ends = llvm::xxh3_64bits(task.getSymName()) % kPieceTasks == 0;
      if (!ends && piece.size() < kMostTasks && task != tasks.back())
        continue;
      takeShared("tasks", piece);
      piece.clear();
    }
  }
}

void Splitter::takeEntries() {
  std::vector<Function> entries;
  for (auto function : source.getOps<Function>())
    if (!function.isExternal())
      entries.push_back(function);
  for (Function entry : entries) {
    Piece piece{"", entry.getSymName().str(), mlir::ModuleOp::create(source.getLoc()), {}};
    rename(entry);
    move(entry, piece);
    declareNeeds(piece);
    pieces.push_back(std::move(piece));
  }
}

std::vector<Piece> Splitter::run() {
  takeKernels();
  takeTasks();
  takeEntries();
  return std::move(pieces);
}

} // namespace

std::vector<Piece>
splitModule(mlir::ModuleOp tasks,
            llvm::function_ref<std::string(llvm::StringRef kind, llvm::StringRef text)> keyOf) {
  return Splitter(tasks, keyOf).run();
}

} // namespace spherical::driver
