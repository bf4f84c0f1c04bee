//===- reference_runner.cpp - programs on the reference target --*- C++ -*-===//

#include "test/golden/runner.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/stage/dialect.h"
#include "passes/lower/reference/interpreter.h"
#include "passes/pipeline.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <stdexcept>

namespace spherical::golden {
namespace {

namespace sph = mlir::spherical;

mlir::DialectRegistry dialects() {
  mlir::DialectRegistry registry;
  registry.insert<sph::SphericalDialect, mlir::nn::NNDialect, mlir::stage::StageDialect,
                  mlir::affine::AffineDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect,
                  mlir::math::MathDialect, mlir::memref::MemRefDialect, mlir::scf::SCFDialect>();
  return registry;
}

class ReferenceRunner : public Runner {
public:
  ReferenceRunner(const std::string &text, const std::string &phase);
  Values run(const std::string &entry, const Values &inputs) override;

private:
  mlir::OwningOpRef<mlir::ModuleOp> compile(const std::string &text, const std::string &phase);
  [[noreturn]] void fail(const std::string &what);

  mlir::MLIRContext context;
  std::string diagnostics;
  mlir::ScopedDiagnosticHandler handler;
  /// After the phase and, where that comes before, after differentiate.
  mlir::OwningOpRef<mlir::ModuleOp> module, differentiated;
};

ReferenceRunner::ReferenceRunner(const std::string &text, const std::string &phase)
    : context(dialects(), mlir::MLIRContext::Threading::DISABLED),
      handler(&context, [this](mlir::Diagnostic &diagnostic) {
        diagnostics += diagnostic.str() + "\n";
        return mlir::success();
      }) {
  context.loadAllAvailableDialects();
  module = compile(text, phase);
  if (phase == "graph" || phase == "expand")
    differentiated = compile(text, "differentiate");
}

void ReferenceRunner::fail(const std::string &what) {
  throw std::runtime_error(what + ": " + diagnostics);
}

mlir::OwningOpRef<mlir::ModuleOp> ReferenceRunner::compile(const std::string &text,
                                                           const std::string &phase) {
  auto parsed = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!parsed)
    fail("cannot parse");
  const auto upTo = sph::parsePhase(phase);
  if (!upTo)
    fail("no phase '" + phase + "'");
  sph::PipelineOptions options;
  options.target = "reference";
  if (mlir::failed(sph::runPhases(*parsed, *upTo, options)))
    fail("cannot compile up to " + phase);
  return parsed;
}

Values ReferenceRunner::run(const std::string &entry, const Values &inputs) {
  sph::NamedTensors named;
  for (const auto &[name, value] : inputs)
    named[name] = {value.shape, value.values};
  const bool present = module->lookupSymbol(entry) || !differentiated;
  const auto results = sph::interpret(present ? *module : *differentiated, entry, named);
  if (mlir::failed(results))
    fail("cannot run @" + entry);
  Values values;
  for (const auto &[name, tensor] : *results)
    values[name] = {tensor.shape, tensor.values};
  return values;
}

} // namespace

std::unique_ptr<Runner> makeReferenceRunner(const std::string &text, const std::string &phase) {
  return std::make_unique<ReferenceRunner>(text, phase);
}

} // namespace spherical::golden
