//===- layer_ops.h - the ops of a model's layers ----------------*- C++ -*-===//
//
// What takes models apart shares: the ops of each layer of @forward, and the way
// between functions and their spectra. For the sources of this folder.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_LAYER_OPS_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_LAYER_OPS_H

#include "tools/spherical/driver/layers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// A layer and its ops: the layer's own and, after a convolution, the addition of its bias.
struct LayerOps {
  GraphLayer layer;
  mlir::SmallVector<mlir::Operation *, 2> ops;

  mlir::Value input() const { return ops.front()->getOperand(0); }
  mlir::Value result() const { return ops.back()->getResult(0); }
};

/// The function @forward; an error unless the module is of the phase graph and has one.
Result<mlir::func::FuncOp> forwardOf(Session &session);

/// The layers of @forward in order. Samples taken of a function, or a function of samples, are
/// none.
std::vector<LayerOps> collectLayers(mlir::func::FuncOp forward);

/// What flows as a value of the type.
FlowType flowType(mlir::Type type);

/// The text of an argument's attribute, "" if there is none.
std::string argumentText(mlir::BlockArgument argument, mlir::StringRef key);

/// "hidden_layers.0" of an op with the parameter hidden_layers.0.kernel, else nothing.
std::string parameterPrefix(mlir::Operation *op);

/// Builds the spectrum of a function, with as many degrees; other values are their own.
mlir::Value toSpectrum(mlir::OpBuilder &builder, mlir::Value value);

/// Builds the function of that type with a spectrum.
mlir::Value toFunction(mlir::OpBuilder &builder, mlir::Value spectrum, mlir::Type type);

/// {spherical.name = name}.
mlir::DictionaryAttr nameAttr(mlir::OpBuilder &builder, mlir::StringRef name);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_LAYER_OPS_H
