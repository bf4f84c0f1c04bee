//===- window_products.h - rows of results as products ----------*- C++ -*-===//
//
// What convolutions with samples and with channels in the lanes share.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_STAGES_WINDOW_PRODUCTS_H
#define SPHERICAL_DIALECTS_NN_STAGES_WINDOW_PRODUCTS_H

#include "dialects/nn/channel_lanes.h"
#include "dialects/nn/stages/epilogue.h"
#include "dialects/nn/stages/images.h"

namespace mlir::nn {

/// Columns first, first + step, ... of a result, and the weights of their windows, of which the
/// first columns are zeros: [out][depth], or with channels in the lanes [lane group of out][row]
/// [lane group of in][column][in]W.
struct WindowColumns {
  Value weight;
  int64_t first, step, zeros;
};

/// A result of which each row is a product of weights with the windows of an image.
struct WindowProducts {
  StringRef name;
  Value in;  ///< [groups][channels][rows][columns]W, with margins
  Value out; ///< rows firstRow, firstRow + rowStep, ... of it are made, so many:
  int64_t rows, firstRow = 0, rowStep = 1;
  int64_t work; ///< rows of windows in all of the op, zeros left out
  SmallVector<WindowColumns> columns;
  Epilogue epilogue;
  int64_t kernelRows, kernelColumns;
  int64_t zeroRows = 0;            ///< first rows of the windows whose weights are zeros
  int64_t rowStride, columnStride; ///< from one window to the next
  /// Input channels of a lane group in the copied rows, if channels are in the lanes; else 0.
  int64_t depth = 0;
  /// All rows of the input as products read them, [samples][row][lane group][column][channel], if
  /// several tasks read the same ones (sharedRows).
  Value byRows;

  /// Whether (row of a window, channel) has a single stride in the image itself.
  bool isDirect() const;
};

/// The weight of a convolution, its operand 1, as `packing` has it: as it came, or packed by a
/// sweep of this name. Fails after a diagnostic if it came in another packing.
FailureOr<Value> packedWeight(StageBuilder &stages, StringRef name, Operation *op,
                              PackingAttr packing);
/// The weights of a phase, as WindowColumns has them, from [phase y][phase x]...
Value phaseOf(StageBuilder &stages, Value phases, int64_t py, int64_t px);

/// Rows `first` and on of an image [channel][row][column]W as [row][channel][column]W, with as many
/// lanes as `rows` has.
void copyRows(StageBuilder &stages, Value image, Value first, Value rows);
/// All rows of the input in the order of products, made by a sweep, where channels are in the lanes
/// and tasks for several blocks of lane groups read the same; else null.
Value sharedRows(StageBuilder &stages, const WindowProducts &p);

/// The sweeps of products with channels in the lanes.
void emitChannelWindows(StageBuilder &stages, const WindowProducts &p);

/// The gradient of a weight [out][in][rows][columns] with channels in the lanes, from images.
void emitChannelGradient(StageBuilder &stages, const Planar &planar, Value in, Value grad,
                         Value result);

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_STAGES_WINDOW_PRODUCTS_H
