//===- stage_program.cpp - planned modules, compiled and run ----*- C++ -*-===//

#include "test/execute/stage_program.h"

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

// One context at a time: how to run its tasks.
struct sph_context {
  spherical::test::TaskOrder order;
};

namespace spherical::test {

static void runTask(sph_task task, void *frame, int64_t index) {
  constexpr size_t scratchBytes = 4 << 20;
  struct Free {
    void operator()(void *memory) const { std::free(memory); }
  };
  thread_local std::unique_ptr<void, Free> scratch(std::aligned_alloc(64, scratchBytes));
  task(frame, index, scratch.get());
}

static void parallel(sph_context *context, sph_task task, void *frame, int64_t tasks, int64_t) {
  if (context->order == TaskOrder::Threads) {
    std::vector<std::thread> threads;
    for (int64_t t = 0; t < 3; ++t)
      threads.emplace_back([=] {
        for (int64_t i = t; i < tasks; i += 3)
          runTask(task, frame, i);
      });
    for (std::thread &thread : threads)
      thread.join();
    return;
  }
  for (int64_t i = 0; i < tasks; ++i)
    runTask(task, frame, context->order == TaskOrder::Backward ? tasks - 1 - i : i);
}

/// A parsed module with the diagnostics so far.
struct Parsed {
  explicit Parsed(const std::string &body)
      : context(registry()), handler(&context, [this](mlir::Diagnostic &d) {
          llvm::raw_string_ostream(said) << d.getLocation() << ": " << d << "\n";
        }) {
    std::string text = "module @test attributes {spherical.phase = \"plan\"} {\n" + body + "\n}\n";
    module = mlir::parseSourceString<mlir::ModuleOp>(text, mlir::ParserConfig(&context));
    if (!module)
      throw std::runtime_error(said);
  }

  static mlir::DialectRegistry registry() {
    mlir::DialectRegistry registry;
    registry
        .insert<mlir::stage::StageDialect, mlir::affine::AffineDialect, mlir::arith::ArithDialect,
                mlir::func::FuncDialect, mlir::math::MathDialect, mlir::scf::SCFDialect>();
    return registry;
  }

  mlir::MLIRContext context;
  std::string said;
  mlir::ScopedDiagnosticHandler handler;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

StageProgram::StageProgram(const std::string &body, const std::string &cpu) {
  Parsed parsed(body);
  auto start = std::chrono::steady_clock::now();
  driver::CodegenOptions options{cpu, /*cache=*/false};
  auto code = driver::emitObject(*parsed.module, options);
  if (!code)
    throw std::runtime_error(code.error().message + parsed.said);
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  auto loaded = driver::LoadedObject::load(*code, parallel);
  if (!loaded)
    throw std::runtime_error(loaded.error().message);
  object = std::move(*loaded);
}

void StageProgram::run(const std::string &name, std::vector<void *> arguments,
                       std::vector<void *> results, int64_t count, TaskOrder order) const {
  sph_entry &entry = entries[name];
  if (!entry)
    entry = reinterpret_cast<sph_entry>(object->lookup("sph_entry_" + name));
  if (!entry)
    throw std::runtime_error("no entry " + name);
  sph_context context{order};
  sph_frame frame{&context, nullptr, nullptr, arguments.data(), results.data(), count};
  entry(&frame);
}

bool canRun(const std::string &cpu) {
  if (cpu != "x86-64-v4" || __builtin_cpu_supports("x86-64-v4"))
    return true;
  std::fprintf(stderr, "left out: code for %s, which this machine does not run\n", cpu.c_str());
  return false;
}

std::string stageAssembly(const std::string &body, const std::string &cpu) {
  Parsed parsed(body);
  auto text = driver::emitAssembly(*parsed.module, {cpu, false});
  if (!text)
    throw std::runtime_error(text.error().message + parsed.said);
  return *text;
}

} // namespace spherical::test
