//===- planar.cpp - where the windows of a planar op lie --------*- C++ -*-===//

#include "dialects/nn/planar.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mlir;
using namespace mlir::nn;

int64_t Windows::after() const {
  return std::max<int64_t>(0, (windows - 1) * stride + kernel - before - extent);
}

Windows mlir::nn::windowsOf(int64_t extent, int64_t kernel, int64_t stride, Padding padding) {
  if (padding == Padding::Valid)
    return {extent, kernel, stride, 0, extent < kernel ? 0 : (extent - kernel) / stride + 1};
  return {extent, kernel, stride, (kernel - 1) / 2, int64_t(llvm::divideCeil(extent, stride))};
}

static Planar convolution(Type image, Type weight, ArrayRef<int64_t> stride, Padding padding) {
  auto x = cast<RankedTensorType>(image), w = cast<RankedTensorType>(weight);
  return {windowsOf(x.getDimSize(2), w.getDimSize(2), stride[0], padding),
          windowsOf(x.getDimSize(3), w.getDimSize(3), stride[1], padding), padding};
}

Planar mlir::nn::planarOf(Conv2dOp op) {
  return convolution(op.getInput().getType(), op.getWeight().getType(), op.getStride(),
                     op.getPadding());
}

Planar mlir::nn::planarOf(ConvTranspose2dOp op) {
  return convolution(op.getType(), op.getWeight().getType(), op.getStride(), op.getPadding());
}

Planar mlir::nn::planarOf(Conv2dGradWeightOp op) {
  return convolution(op.getInput().getType(), op.getType(), op.getStride(), op.getPadding());
}

Planar mlir::nn::planarOf(RankedTensorType input, ArrayRef<int64_t> window,
                          ArrayRef<int64_t> stride) {
  return {windowsOf(input.getDimSize(2), window[0], stride[0], Padding::Valid),
          windowsOf(input.getDimSize(3), window[1], stride[1], Padding::Valid), Padding::Valid};
}
