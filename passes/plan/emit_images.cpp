//===- emit_images.cpp - parts of images, margins ---------------*- C++ -*-===//
//
// Images are [groups][channels][rows][columns]W. Padding is done before a layer
// and undone (added back) behind it.
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"
#include "passes/plan/scalars.h"

#include "dialects/nn/planar.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"

namespace mlir::spherical {

/// Extents of a buffer of images.
Emitter::Image Emitter::imageOf(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return {type.getDimSize(0), type.getDimSize(1), type.getDimSize(2),
          type.getDimSize(3), type.getDimSize(4), type.getElementType()};
}

Value Emitter::temporaryImage(StringRef name, const Image &i) {
  return temporary(name, {i.groups, i.channels, i.rows, i.columns, i.lanes}, i.element);
}

/// index * factor + first
Value Emitter::linear(Value index, int64_t factor, int64_t first) {
  AffineExpr d = builder.getAffineDimExpr(0);
  return affine::AffineApplyOp::create(builder, loc, AffineMap::get(1, 0, d * factor + first),
                                       index);
}

/// target = source, or target += source, of one shape [...]W, axis by axis.
void Emitter::copyBlock(Value source, Value target, bool add) {
  auto type = cast<MemRefType>(source.getType());
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<Value> inputs = {source};
  if (add)
    inputs.push_back(target);
  map(
      type.getShape(), inputs, target, SmallVector<AffineMap>(inputs.size() + 1, identity),
      [add](OpBuilder &b, Location l, ValueRange v) {
        return SmallVector<Value>{add ? ScalarBuilder(b, l).add(v[0], v[1]) : v[0]};
      },
      std::nullopt, type.getShape().back());
}

/// Columns first ... of [...][columns]W.
Value Emitter::columns(Value image, int64_t first, int64_t size) {
  int64_t axis = cast<MemRefType>(image.getType()).getRank() - 2;
  return range(image, axis, builder.getIndexAttr(first), size);
}

/// Rows and columns of an image [rows][columns]W.
Value Emitter::window(Value image, int64_t row, int64_t rows, int64_t column, int64_t width) {
  return columns(range(image, 0, builder.getIndexAttr(row), rows), column, width);
}

/// The image with `value` around it, or with its own columns on the other side. The operations of
/// the op are not counted here.
Value Emitter::padImage(Value in, const Margins &m, double value) {
  Image image = imageOf(in), large = image;
  large.rows += m.above + m.below;
  large.columns += m.left + m.right;
  if (large.rows == image.rows && large.columns == image.columns)
    return in;
  Value out = temporaryImage("padded", large);
  uncountedSweep("pad", {image.groups, image.channels}, [&](ValueRange at, ValueRange) {
    Value from = slice(in, at), to = slice(out, at);
    stage::FillOp::create(builder, loc, to, builder.getFloatAttr(image.element, value));
    copyBlock(from, window(to, m.above, image.rows, m.left, image.columns), false);
    if (m.circular && m.left > 0)
      copyBlock(columns(from, image.columns - m.left, m.left),
                window(to, m.above, image.rows, 0, m.left), false);
    if (m.circular && m.right > 0)
      copyBlock(columns(from, 0, m.right),
                window(to, m.above, image.rows, m.left + image.columns, m.right), false);
  });
  return out;
}

/// The adjoint of `padImage`.
void Emitter::cropImage(Value in, Value out, const Margins &m) {
  Image image = imageOf(out);
  sweep("crop", {image.groups, image.channels}, {}, [&](ValueRange at, ValueRange) {
    Value from = slice(in, at), to = slice(out, at);
    copyBlock(window(from, m.above, image.rows, m.left, image.columns), to, false);
    if (m.circular && m.left > 0)
      copyBlock(window(from, m.above, image.rows, 0, m.left),
                columns(to, image.columns - m.left, m.left), true);
    if (m.circular && m.right > 0)
      copyBlock(window(from, m.above, image.rows, m.left + image.columns, m.right),
                columns(to, 0, m.right), true);
  });
}

Emitter::Margins Emitter::marginsOf(const nn::Planar &planar) {
  return {planar.rows.before, planar.rows.after(), planar.columns.before, planar.columns.after(),
          planar.padding == nn::Padding::Circular};
}

/// The margins that let every position of the padded image be one of a window's, if its last row
/// and column are to be reached in steps of the stride.
Emitter::Margins Emitter::spreadMargins(const nn::Planar &planar) {
  const nn::Windows &y = planar.rows, &x = planar.columns;
  return {y.parts() - 1, (y.padded() - 1) / y.stride + 1 - y.windows, x.parts() - 1,
          (x.padded() - 1) / x.stride + 1 - x.windows, false};
}

/// Adds the bias of each channel to every `rowStep`th row of a block [channels][rows][columns]W.
void Emitter::addChannelBias(Value block, Value bias, int64_t rowStep) {
  auto type = cast<MemRefType>(block.getType());
  SmallVector<int64_t> space(type.getShape());
  space[1] = (space[1] - 1) / rowStep + 1;
  AffineExpr o, y, x, w;
  bindDims(builder.getContext(), o, y, x, w);
  AffineMap at = AffineMap::get(4, 0, {o, y * rowStep, x, w}, builder.getContext());
  map(
      space, {block, bias}, block, {at, dims(4, {0}), at},
      [](OpBuilder &b, Location l, ValueRange v) {
        return SmallVector<Value>{ScalarBuilder(b, l).add(v[0], v[1])};
      },
      std::nullopt, space.back());
}

} // namespace mlir::spherical
