//===- weights.h - parameters from and to tensors ---------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_WEIGHTS_H
#define SPHERICAL_RUNTIME_EXECUTE_WEIGHTS_H

#include "runtime/data/safetensors.h"
#include "runtime/execute/program.h"

namespace spherical::runtime {

/// The type of a tensor that holds a buffer's elements.
DType dtypeOf(Element element);

/// A tensor as the value of a kept parameter, by the one rule for weights (conversion.h). Throws
/// std::runtime_error at another shape, a type that is not converted or a number that is not
/// finite.
Tensor matchWeight(const ParameterSpec &spec, const Tensor &tensor);

/// The key of the metadata that a checkpoint has, and other files of weights have not.
inline constexpr const char *checkpointFormatKey = "spherical.format";
bool isCheckpoint(const TensorFile &file);

/// A checkpoint as a file of weights: averages in place of parameters, and what else belongs to a
/// training only where the network keeps it too.
TensorFile weightsOfCheckpoint(const std::vector<ParameterSpec> &kept, TensorFile file);

/// The tensors of a file as values of kept parameters, states and moments.
struct MatchedWeights {
  /// By name, each of its parameter's element and shape.
  std::map<std::string, Tensor> values;
  /// States that the file lacks: they start from their initial values.
  std::vector<std::string> absentStates;
};

/// Finds each tensor's kept value by name and converts it by the one rule for weights
/// (conversion.h); of a checkpoint, unless `complete`, those that it has as a file of weights.
/// Throws std::runtime_error if a tensor has no kept value of its name, another
/// shape, a type that is not converted or a number that is not finite, or if a parameter has no
/// tensor; with `complete`, also if a state or moment has none.
MatchedWeights matchWeights(const std::vector<ParameterSpec> &kept, const TensorFile &file,
                            bool complete = false);

/// Binds what `matchWeights` gives. Its failures, and a file that records that it is of another
/// model, are Errors (SPH_INVALID_ARGUMENT), and nothing is bound then. `origin` (the path) begins
/// every message.
void bindWeights(Program &program, const TensorFile &file, const std::string &origin);

/// All kept values that are bound, as tensors of their declared types; with `moments`, those and
/// the averages of parameters too.
TensorFile readWeights(const Program &program, bool moments);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_WEIGHTS_H
