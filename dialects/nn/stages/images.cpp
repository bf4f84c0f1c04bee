//===- images.cpp - parts of images, margins --------------------*- C++ -*-===//
//
// Images are [groups][channels][rows][columns]W. Padding is done before a layer
// and undone (added back) behind it.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/images.h"

#include "dialects/spherical/stages/scalars.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::nn {

using namespace mlir::spherical;

Image imageOf(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return {type.getDimSize(0), type.getDimSize(1), type.getDimSize(2),
          type.getDimSize(3), type.getDimSize(4), type.getElementType()};
}

Value temporaryImage(StageBuilder &stages, StringRef name, const Image &i) {
  return stages.temporary(name, {i.groups, i.channels, i.rows, i.columns, i.lanes}, i.element);
}

void copyBlock(StageBuilder &stages, Value source, Value target, bool add) {
  auto type = cast<MemRefType>(source.getType());
  AffineMap identity = stages.getMultiDimIdentityMap(type.getRank());
  SmallVector<Value> inputs = {source};
  if (add)
    inputs.push_back(target);
  stages.map(
      type.getShape(), inputs, target, SmallVector<AffineMap>(inputs.size() + 1, identity),
      [add](OpBuilder &b, Location l, ValueRange v) {
        return SmallVector<Value>{add ? ScalarBuilder(b, l).add(v[0], v[1]) : v[0]};
      },
      std::nullopt, type.getShape().back());
}

Value channelsInLanes(StageBuilder &stages, Value channels, int64_t lanes) {
  auto type = cast<MemRefType>(channels.getType());
  const int64_t count = type.getDimSize(0), groups = llvm::divideCeil(count, lanes);
  Value out = stages.temporary("channels", {groups, lanes}, type.getElementType());
  stages.uncountedSweep("channels", {1}, [&](ValueRange, ValueRange) {
    stage::FillOp::create(stages, out, stages.getFloatAttr(type.getElementType(), 0.0));
    stages.map({count}, channels, out, {stages.dims(1, {0}), stages.dims(1, {0})}, firstValue);
  });
  return out;
}

SmallVector<LanePiece> lanePieces(int64_t channels, int64_t lanes) {
  SmallVector<LanePiece> pieces;
  if (channels >= lanes)
    pieces.push_back({0, channels / lanes, lanes});
  if (channels % lanes)
    pieces.push_back({channels / lanes, 1, channels % lanes});
  return pieces;
}

/// Columns first ... of [...][columns]W.
static Value columns(StageBuilder &stages, Value image, int64_t first, int64_t size) {
  int64_t axis = cast<MemRefType>(image.getType()).getRank() - 2;
  return stages.range(image, axis, stages.getIndexAttr(first), size);
}

void fillZeros(StageBuilder &stages, Value buffer, ArrayRef<int64_t> space,
               ArrayRef<AffineExpr> places) {
  const Type element = cast<MemRefType>(buffer.getType()).getElementType();
  stages.map(space, {}, buffer, AffineMap::get(space.size(), 0, places, stages.getContext()),
             [&](OpBuilder &b, Location l, ValueRange) {
               return SmallVector<Value>{ScalarBuilder(b, l).constant(element, 0.0)};
             });
}

Value window(StageBuilder &stages, Value image, int64_t row, int64_t rows, int64_t column,
             int64_t width) {
  return columns(stages, stages.range(image, 0, stages.getIndexAttr(row), rows), column, width);
}

Value padImage(StageBuilder &stages, Value in, const Margins &m, double value) {
  Image image = imageOf(in), large = image;
  large.rows += m.above + m.below;
  large.columns += m.left + m.right;
  if (large.rows == image.rows && large.columns == image.columns)
    return in;
  Value out = temporaryImage(stages, "padded", large);
  stages.uncountedSweep("pad", {image.groups, image.channels}, [&](ValueRange at, ValueRange) {
    Value from = stages.slice(in, at), to = stages.slice(out, at);
    stage::FillOp::create(stages, to, stages.getFloatAttr(image.element, value));
    copyBlock(stages, from, window(stages, to, m.above, image.rows, m.left, image.columns), false);
    if (m.circular && m.left > 0)
      copyBlock(stages, columns(stages, from, image.columns - m.left, m.left),
                window(stages, to, m.above, image.rows, 0, m.left), false);
    if (m.circular && m.right > 0)
      copyBlock(stages, columns(stages, from, 0, m.right),
                window(stages, to, m.above, image.rows, m.left + image.columns, m.right), false);
  });
  return out;
}

void cropImage(StageBuilder &stages, Value in, Value out, const Margins &m,
               llvm::function_ref<void(ValueRange at)> finish) {
  Image image = imageOf(out);
  stages.sweep("crop", {image.groups, image.channels}, {}, [&](ValueRange at, ValueRange) {
    Value from = stages.slice(in, at), to = stages.slice(out, at);
    copyBlock(stages, window(stages, from, m.above, image.rows, m.left, image.columns), to, false);
    if (m.circular && m.left > 0)
      copyBlock(stages, window(stages, from, m.above, image.rows, 0, m.left),
                columns(stages, to, image.columns - m.left, m.left), true);
    if (m.circular && m.right > 0)
      copyBlock(stages, window(stages, from, m.above, image.rows, m.left + image.columns, m.right),
                columns(stages, to, 0, m.right), true);
    finish(at);
  });
}

Margins marginsOf(const Planar &planar) {
  return {planar.rows.before, planar.rows.after(), planar.columns.before, planar.columns.after(),
          planar.padding == Padding::Circular};
}

Margins spreadMargins(const Planar &planar) {
  const Windows &y = planar.rows, &x = planar.columns;
  return {y.parts() - 1, (y.padded() - 1) / y.stride + 1 - y.windows, x.parts() - 1,
          (x.padded() - 1) / x.stride + 1 - x.windows, false};
}

Value windowProblems(StageBuilder &stages, Parameters given, int64_t count) {
  SmallVector<std::pair<StringRef, int64_t>> parameters(given);
  auto otherwise = [&](ArrayRef<StringRef> names, int64_t value) {
    for (StringRef name : names)
      if (llvm::none_of(given, [&](auto &parameter) { return parameter.first == name; }))
        parameters.push_back({name, value});
  };
  otherwise({"row_blocks", "channel_blocks", "outer", "inner"}, 1);
  otherwise({"a_first", "a_row_block", "b_first", "b_row_block", "b_channel_block", "b_step_outer",
             "b_step", "c_first", "c_channel_block", "c_step_outer", "c_step"},
            0);
  return stages.problems("window_problems", parameters, count);
}

} // namespace mlir::nn
