//===- guarded_plan.cpp - a planned function between guard pages -*- C++ -*-===//

#include "test/plans/guarded_plan.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/stage/dialect.h"
#include "passes/lower/planned_tables.h"
#include "runtime/math/tables.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/Parser/Parser.h"

#include <cstring>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;

// One run at a time: how to order its tasks.
struct sph_context {
  bool backward;
};

namespace spherical::test {
namespace {

/// Bytes between two pages that cannot be touched, at one of them.
class GuardedBytes {
public:
  GuardedBytes(int64_t bytes, Edge edge, uint8_t undefined) {
    const int64_t page = sysconf(_SC_PAGESIZE);
    const int64_t inside = (bytes + page - 1) / page * page;
    length = inside + 2 * page;
    void *mapped =
        mmap(nullptr, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED)
      throw std::runtime_error("no memory for a buffer of " + std::to_string(bytes) + " bytes");
    start = static_cast<std::byte *>(mapped);
    pages = {start + page, inside};
    protect(PROT_READ | PROT_WRITE);
    data = edge == Edge::Behind ? start + page + inside - bytes : start + page;
    std::memset(data, undefined, bytes);
  }
  GuardedBytes(GuardedBytes &&other) noexcept
      : data(other.data), start(std::exchange(other.start, nullptr)), length(other.length),
        pages(other.pages) {}
  ~GuardedBytes() {
    if (start)
      munmap(start, length);
  }

  void protect(int how) {
    if (pages.second > 0)
      mprotect(pages.first, pages.second, how);
  }

  std::byte *data;

private:
  std::byte *start;
  int64_t length;
  std::pair<std::byte *, int64_t> pages;
};

/// Calls use(T()) with the C++ type of an element.
template <typename Use> void withElement(Type element, Use use) {
  if (element.isF32())
    use(float());
  else if (element.isF64())
    use(double());
  else if (element.isInteger(32))
    use(int32_t());
  else
    use(int64_t());
}

int64_t elementBytes(MemRefType type) { return type.getElementTypeBitWidth() / 8; }

void store(const HostTensor &values, MemRefType type, std::byte *out) {
  withElement(type.getElementType(), [&](auto element) {
    auto *to = reinterpret_cast<decltype(element) *>(out);
    for (double value : values.values)
      *to++ = static_cast<decltype(element)>(value);
  });
}

HostTensor load(std::vector<int64_t> shape, MemRefType type, const std::byte *in) {
  HostTensor result{std::move(shape), {}};
  result.values.resize(result.size());
  withElement(type.getElementType(), [&](auto element) {
    const auto *from = reinterpret_cast<const decltype(element) *>(in);
    for (double &value : result.values)
      value = static_cast<double>(*from++);
  });
  return result;
}

std::vector<int64_t> shapeOf(const PlanValue &value, int64_t count) {
  std::vector<int64_t> shape = value.type.getShape().vec();
  if (value.batched)
    shape[0] = count;
  return shape;
}

/// Gives every view of the arena and every scratch buffer memory of its own, in place of `memref`
/// a new result of the function.
class Separation {
public:
  explicit Separation(func::FuncOp entry) : entry(entry) {}

  LogicalResult run() {
    for (auto view : llvm::make_early_inc_range(entry.getOps<memref::ViewOp>())) {
      if (failed(replace(view)))
        return failure();
      view.erase();
    }
    for (auto sweep : entry.getOps<stage::SweepOp>())
      while (!sweep.getScratch().empty()) {
        BlockArgument buffer = sweep.getScratch().back();
        if (failed(replace(buffer)))
          return failure();
        sweep.getBody().front().eraseArgument(buffer.getArgNumber());
      }
    return success();
  }

private:
  LogicalResult replace(Value memref) {
    Builder builder(entry.getContext());
    const unsigned index = entry.getNumArguments();
    DictionaryAttr result =
        builder.getDictionaryAttr(builder.getNamedAttr("stage.result", builder.getUnitAttr()));
    if (failed(entry.insertArgument(index, memref.getType(), result, memref.getLoc())))
      return failure();
    memref.replaceAllUsesWith(entry.getArgument(index));
    return success();
  }

  func::FuncOp entry;
};

void runTasks(sph_context *context, sph_task task, void *frame, int64_t tasks, int64_t) {
  for (int64_t i = 0; i < tasks; ++i)
    task(frame, context->backward ? tasks - 1 - i : i, nullptr);
}

std::string attributeOf(func::FuncOp entry, unsigned index, StringRef name) {
  auto text = entry.getArgAttrOfType<StringAttr>(index, name);
  return text ? text.str() : "";
}

} // namespace

static DialectRegistry planDialects() {
  DialectRegistry registry;
  registry.insert<mlir::spherical::SphericalDialect, nn::NNDialect, stage::StageDialect,
                  affine::AffineDialect, arith::ArithDialect, func::FuncDialect, LLVM::LLVMDialect,
                  math::MathDialect, memref::MemRefDialect, scf::SCFDialect>();
  return registry;
}

ParsedPlan::ParsedPlan(const std::string &text, bool verify)
    : context(planDialects(), MLIRContext::Threading::DISABLED),
      handler(&context, [this](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Error && said.empty())
          said = diagnostic.str();
        return success();
      }) {
  context.loadAllAvailableDialects();
  module = parseSourceString<ModuleOp>(text, ParserConfig(&context, verify));
}

std::vector<PlanValue> planValues(func::FuncOp entry, bool results) {
  std::vector<PlanValue> values;
  for (BlockArgument argument : entry.getArguments()) {
    const unsigned index = argument.getArgNumber();
    const bool isResult = static_cast<bool>(entry.getArgAttr(index, "stage.result"));
    if (entry.getArgAttr(index, "stage.arena") || isResult != results)
      continue;
    values.push_back({cast<MemRefType>(argument.getType()),
                      attributeOf(entry, index, "spherical.name"),
                      attributeOf(entry, index, "spherical.role"),
                      attributeOf(entry, index, "spherical.replaces"),
                      static_cast<bool>(entry.getArgAttr(index, "stage.batched"))});
  }
  return values;
}

struct GuardedPlan::State {
  std::unique_ptr<driver::LoadedObject> object;
  std::string symbol;
  std::vector<PlanValue> arguments, results;
  /// The results that buffers have become.
  std::vector<MemRefType> buffers;
  std::vector<runtime::TableSpec> tables;

  /// The argument that a result replaces, or -1.
  int64_t replacedBy(const PlanValue &result) const {
    for (size_t i = 0; i < arguments.size(); ++i)
      if (!result.replaces.empty() && arguments[i].name == result.replaces)
        return static_cast<int64_t>(i);
    return -1;
  }
};

GuardedPlan::GuardedPlan(std::unique_ptr<State> state) : state(std::move(state)) {}
GuardedPlan::~GuardedPlan() = default;

driver::Result<std::unique_ptr<GuardedPlan>> GuardedPlan::compile(ModuleOp module,
                                                                  const std::string &cpu) {
  OwningOpRef<ModuleOp> copy(module.clone());
  auto state = std::make_unique<State>();
  auto entry = *copy->getOps<func::FuncOp>().begin();
  state->symbol = ("sph_entry_" + entry.getName()).str();
  state->arguments = planValues(entry, false);
  state->results = planValues(entry, true);
  for (auto table : copy->getOps<stage::TableOp>())
    state->tables.push_back(mlir::spherical::tableSpecOf(table));
  if (failed(Separation(entry).run()))
    return driver::Error{"error: cannot separate the buffers"};
  const std::vector<PlanValue> all = planValues(entry, true);
  for (size_t i = state->results.size(); i < all.size(); ++i)
    state->buffers.push_back(all[i].type);
  auto code = driver::emitObject(*copy, {cpu, /*cache=*/false});
  if (!code)
    return code.error();
  auto loaded = driver::LoadedObject::load(*code, runTasks);
  if (!loaded)
    return loaded.error();
  state->object = std::move(*loaded);
  return std::unique_ptr<GuardedPlan>(new GuardedPlan(std::move(state)));
}

std::vector<HostTensor> GuardedPlan::run(const std::vector<HostTensor> &arguments,
                                         const GuardedRun &how) const {
  std::vector<GuardedBytes> tables, inputs, outputs;
  std::vector<void *> tablePointers, inputPointers, outputPointers;
  auto place = [&](std::vector<GuardedBytes> &memory, std::vector<void *> &pointers,
                   int64_t bytes) {
    pointers.push_back(memory.emplace_back(bytes, how.edge, how.undefined).data);
  };
  for (const runtime::TableSpec &spec : state->tables) {
    place(tables, tablePointers, runtime::tableBytes(spec));
    runtime::fillTable(spec, tables.back().data, 1);
    tables.back().protect(PROT_READ);
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    const MemRefType type = state->arguments[i].type;
    place(inputs, inputPointers, arguments[i].size() * elementBytes(type));
    store(arguments[i], type, inputs.back().data);
    inputs.back().protect(PROT_READ);
  }
  for (const PlanValue &result : state->results) {
    const int64_t replaced = how.replaceInPlace ? state->replacedBy(result) : -1;
    if (replaced < 0) {
      const HostTensor shape{shapeOf(result, how.count), {}};
      place(outputs, outputPointers, shape.size() * elementBytes(result.type));
      continue;
    }
    inputs[replaced].protect(PROT_READ | PROT_WRITE);
    outputPointers.push_back(inputPointers[replaced]);
  }
  for (MemRefType type : state->buffers)
    place(outputs, outputPointers, type.getNumElements() * elementBytes(type));
  sph_context context{how.backward};
  sph_frame frame{
      &context, nullptr, tablePointers.data(), inputPointers.data(), outputPointers.data(),
      how.count};
  reinterpret_cast<sph_entry>(state->object->lookup(state->symbol))(&frame);
  std::vector<HostTensor> values;
  for (size_t i = 0; i < state->results.size(); ++i)
    values.push_back(load(shapeOf(state->results[i], how.count), state->results[i].type,
                          static_cast<std::byte *>(outputPointers[i])));
  return values;
}

} // namespace spherical::test
