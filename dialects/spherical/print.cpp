//===- print.cpp - assembly of the ops --------------------------*- C++ -*-===//
//
// The directives that the declarative forms need, and the ops' definitions
// that TableGen derives.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/assembly.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

using namespace mlir;
using namespace mlir::spherical;

/// The type of a convolution's kernel, tensor<C_in x C_out x P x element>; null if an operand is
/// no signal.
static RankedTensorType inferKernelType(Type input, Type result, GridAttr grid) {
  std::optional<Signal> in = getSignal(input), out = getSignal(result);
  if (!in || !out || !grid)
    return {};
  return RankedTensorType::get({in->channels, out->channels, grid.numPoints()}, in->element);
}

/// Reads `in -> out`, or `in, kernel -> out` where the kernel's type is not the inferred one.
static ParseResult parseConvolutionTypes(OpAsmParser &parser, Type &input, Type &kernel,
                                         Type &result, GridAttr grid) {
  const SMLoc loc = parser.getCurrentLocation();
  if (parser.parseType(input) ||
      (succeeded(parser.parseOptionalComma()) && parser.parseType(kernel)) || parser.parseArrow() ||
      parser.parseType(result))
    return failure();
  if (!kernel)
    kernel = inferKernelType(input, result, grid);
  if (!kernel)
    return parser.emitError(loc) << "expected functions on S2 or SO(3), got " << input << " -> "
                                 << result;
  return success();
}

static void printConvolutionTypes(OpAsmPrinter &printer, Operation *, Type input, Type kernel,
                                  Type result, GridAttr grid) {
  printer << input;
  if (kernel != inferKernelType(input, result, grid))
    printer << ", " << kernel;
  printer << " -> " << result;
}

#define GET_OP_CLASSES
#include "dialects/spherical/ops.cpp.inc"
