//===- planar.h - where the windows of a planar op lie ----------*- C++ -*-===//
//
// One axis of an image at a time; see planar_ops.td for the equations.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_PLANAR_H
#define SPHERICAL_DIALECTS_NN_PLANAR_H

#include "dialects/nn/dialect.h"

#include <algorithm>

namespace mlir::nn {

/// Windows on one axis: window p of `windows` holds the positions p stride - before + r, r <
/// kernel, of an input of `extent` values.
struct Windows {
  int64_t extent = 1, kernel = 1, stride = 1, before = 0, windows = 1;

  /// Values that the windows need behind the input's last, at least 0.
  int64_t after() const;
  /// Extent of the input with the values before and behind it that windows need.
  int64_t padded() const { return before + extent + after(); }
  /// The most windows that one position is in: values phase, phase + stride, ... of the kernel.
  int64_t parts() const { return (kernel + stride - 1) / stride; }
  /// The same for the positions p stride + phase behind `before`.
  int64_t partsOf(int64_t phase) const {
    return phase < kernel ? (kernel - phase + stride - 1) / stride : 0;
  }
  /// Phases with values of the kernel; those behind them, of a stride beyond it, have none.
  int64_t phases() const { return std::min(stride, kernel); }
};

/// The windows of a kernel on an axis of `extent` values; `windows` is below 1 if none fits.
Windows windowsOf(int64_t extent, int64_t kernel, int64_t stride, Padding padding);

/// A convolution or pool: what its windows run over, in latitude and longitude.
struct Planar {
  Windows rows, columns;
  Padding padding = Padding::Valid;
};

/// The convolution whose adjoint, gradient or self the op is.
Planar planarOf(Conv2dOp op);
Planar planarOf(ConvTranspose2dOp op);
Planar planarOf(Conv2dGradWeightOp op);
/// The windows of a pool with inputs of this type.
Planar planarOf(RankedTensorType input, ArrayRef<int64_t> window, ArrayRef<int64_t> stride);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_PLANAR_H
