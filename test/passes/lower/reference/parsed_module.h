//===- parsed_module.h - modules of tests -----------------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_PASSES_LOWER_REFERENCE_PARSED_MODULE_H
#define SPHERICAL_TEST_PASSES_LOWER_REFERENCE_PARSED_MODULE_H

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/stage/dialect.h"
#include "passes/lower/reference/interpreter.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <string>

namespace mlir::spherical {

/// A module from text, and what MLIR has said about it.
class ParsedModule {
public:
  explicit ParsedModule(const std::string &text)
      : context(dialects(), MLIRContext::Threading::DISABLED),
        handler(&context, [this](Diagnostic &diagnostic) {
          diagnostics += diagnostic.str() + "\n";
          return success();
        }) {
    context.loadAllAvailableDialects();
    module = parseSourceString<ModuleOp>(text, &context);
  }

  /// Returns the results of an entry; none, with diagnostics, if it fails.
  NamedTensors run(StringRef entry, const NamedTensors &inputs) {
    if (!module)
      return {};
    FailureOr<NamedTensors> results = interpret(*module, entry, inputs);
    return succeeded(results) ? *results : NamedTensors();
  }

  MLIRContext context;
  std::string diagnostics;
  ScopedDiagnosticHandler handler;
  OwningOpRef<ModuleOp> module;

private:
  static DialectRegistry dialects() {
    DialectRegistry registry;
    registry.insert<SphericalDialect, nn::NNDialect, stage::StageDialect, affine::AffineDialect,
                    arith::ArithDialect, func::FuncDialect, math::MathDialect,
                    memref::MemRefDialect, scf::SCFDialect>();
    return registry;
  }
};

} // namespace mlir::spherical

#endif // SPHERICAL_TEST_PASSES_LOWER_REFERENCE_PARSED_MODULE_H
