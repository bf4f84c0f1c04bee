//===- weights.h - parameters from and to tensors ---------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_WEIGHTS_H
#define SPHERICAL_RUNTIME_EXECUTE_WEIGHTS_H

#include "runtime/data/safetensors.h"
#include "runtime/execute/program.h"

namespace spherical::runtime {

/// The type of a tensor that holds a buffer's elements.
DType dtypeOf(Element element);

/// Binds every tensor of the file to the kept value of its name. F32 and F64 are converted into
/// each other, integers must have the declared type. Throws Error (SPH_INVALID_ARGUMENT), and binds
/// nothing, if a tensor has no kept value of its name and shape, if a parameter has no tensor, or
/// if the file records that it is of another model. States and moments may be absent. `origin` (the
/// path) begins every message.
void bindWeights(Program &program, const TensorFile &file, const std::string &origin);

/// All kept values that are bound, as tensors of their declared types; with `moments`, those too.
TensorFile readWeights(const Program &program, bool moments);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_WEIGHTS_H
