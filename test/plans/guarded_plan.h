//===- guarded_plan.h - a planned function between guard pages --*- C++ -*-===//
//
// Every buffer of a plan in a mapping of its own, from or to whose end nobody may
// touch anything: an access beyond a buffer is a fault at the instruction at fault.
// The arena's views and the scratch memory become results of the function for
// that, so that each lies apart from all others; else the code is that of the
// plan. Arguments and tables cannot be written.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_PLANS_GUARDED_PLAN_H
#define SPHERICAL_TEST_PLANS_GUARDED_PLAN_H

#include "passes/lower/reference/values.h"
#include "tools/spherical/codegen/codegen.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"

#include <memory>
#include <string>
#include <vector>

namespace spherical::test {

using mlir::spherical::HostTensor;

/// A module of plans from text, and the first error of MLIR since.
class ParsedPlan {
public:
  /// No module, after an error, if it is not one. With `verify` false ops may break their
  /// constraints.
  explicit ParsedPlan(const std::string &text, bool verify = true);

  mlir::MLIRContext context;
  std::string said;
  mlir::ScopedDiagnosticHandler handler;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// Which end of a buffer lies at a page that cannot be touched.
enum class Edge { Behind, Before };

/// How to run a plan.
struct GuardedRun {
  int64_t count = 1;
  Edge edge = Edge::Behind;
  /// Tasks of a sweep from the last to the first.
  bool backward = false;
  /// Results lie in the memory of the arguments that they replace.
  bool replaceInPlace = false;
  /// Each byte of buffers and results at first; 0xff makes their values not numbers.
  uint8_t undefined = 0xff;
};

/// An argument or a result of the entry.
struct PlanValue {
  mlir::MemRefType type;
  std::string name, role, replaces;
  bool batched = false;
};

/// Arguments, without the arena, or results of a planned function.
std::vector<PlanValue> planValues(mlir::func::FuncOp entry, bool results);

/// Machine code of the one function of a module.
class GuardedPlan {
public:
  /// Compiles; the module is not changed. Diagnostics go to the context's handlers.
  static driver::Result<std::unique_ptr<GuardedPlan>> compile(mlir::ModuleOp module,
                                                              const std::string &cpu);
  ~GuardedPlan();

  /// Runs the function on arguments in file shape, of batched ones `count` samples. A stray access
  /// ends the process by SIGSEGV.
  std::vector<HostTensor> run(const std::vector<HostTensor> &arguments,
                              const GuardedRun &how) const;

private:
  struct State;
  explicit GuardedPlan(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace spherical::test

#endif // SPHERICAL_TEST_PLANS_GUARDED_PLAN_H
