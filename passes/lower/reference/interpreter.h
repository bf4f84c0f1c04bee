//===- interpreter.h - the reference target ---------------------*- C++ -*-===//
//
// Runs a program of any phase up to plan in double precision, by the equations.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_REFERENCE_INTERPRETER_H
#define SPHERICAL_PASSES_LOWER_REFERENCE_INTERPRETER_H

#include "passes/lower/reference/values.h"

#include "mlir/IR/BuiltinOps.h"

#include <map>
#include <string>

namespace mlir::spherical {

/// Values by name.
using NamedTensors = std::map<std::string, HostTensor>;

/// Evaluates function @entry of the module on `inputs` and returns its results by name
/// (`spherical.name`, else result0, result1, ...). Arguments are found by `spherical.name`, else
/// arg0, arg1, ...; inputs that no argument names are ignored.
/// - The first extent of inputs, labels and arguments without a role may be any from 1 to the
///   type's, the same for all that are batched; a `count` below it drops the samples after it.
/// - `count` may be missing: it is the batch. Moments may be missing: they are 0. Missing prepared
///   values are computed by @prepare from the parameters given.
/// - Spectra of real functions must be Hermitian; of a cotangent `cot.*` the Hermitian part is
/// taken. A missing or misshapen input, or an op that is not supported, is one error.
FailureOr<NamedTensors> interpret(ModuleOp module, StringRef entry, const NamedTensors &inputs);

/// Evaluates @entry `steps` times, each with the results that replace an argument
/// (`spherical.replaces`) in its place. Returns the last results, and for each scalar result
/// `<name>` also the values of all steps as `<name>.steps`; `eachStep`, where given, sees each.
FailureOr<NamedTensors>
interpretSteps(ModuleOp module, StringRef entry, NamedTensors inputs, int64_t steps,
               llvm::function_ref<void(int64_t step, const NamedTensors &results)> eachStep = {});

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_REFERENCE_INTERPRETER_H
