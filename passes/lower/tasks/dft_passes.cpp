//===- dft_passes.cpp - passes of short Fourier transforms ------*- C++ -*-===//

#include "passes/lower/tasks/dft_passes.h"

#include "passes/lower/tasks/butterfly.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

namespace mlir::spherical {

std::string splitName(ArrayRef<int64_t> radices) {
  std::string text;
  for (auto [index, radix] : llvm::enumerate(radices))
    text += (index == 0 ? "_" : "x") + std::to_string(radix);
  return text;
}

int64_t blockBytes(const LaneType &lane, ArrayRef<int64_t> buffers) {
  int64_t bytes = 0;
  for (int64_t count : buffers)
    bytes += CodeletBuilder::stackBytes(lane, count);
  return bytes;
}

SmallVector<DftPass> passesOf(ArrayRef<int64_t> radices) {
  SmallVector<DftPass> passes;
  int64_t length = computeProduct(radices), stride = 1, offset = 0;
  for (int64_t radix : radices) {
    passes.push_back({radix, length / radix, stride, offset});
    offset += length;
    length /= radix;
    stride *= radix;
  }
  return passes;
}

Complex loadPair(CodeletBuilder &c, Value pointer) {
  return {c.load(pointer, 0), c.load(pointer, 1)};
}

void storePair(CodeletBuilder &c, Complex value, Value pointer) {
  c.store(value.re, pointer, 0);
  c.store(value.im, pointer, 1);
}

DftLoad loadFrom(CodeletBuilder &c, Value buffer) {
  return [&c, buffer](Value base, int64_t offset) {
    return loadPair(c, c.at(c.at(buffer, c.mul(base, 2)), 2 * offset));
  };
}

DftStore storeTo(CodeletBuilder &c, Value buffer) {
  return [&c, buffer](Value base, int64_t offset, Complex value) {
    storePair(c, value, c.at(c.at(buffer, c.mul(base, 2)), 2 * offset));
  };
}

void overButterflies(CodeletBuilder &c, const DftPass &pass,
                     llvm::function_ref<void(Value row, Value in, Value out)> body) {
  auto inner = [&](Value row) {
    auto element = [&](Value q) {
      body(row, c.add(q, c.mul(row, pass.stride)), c.add(q, c.mul(row, pass.stride * pass.radix)));
    };
    if (pass.stride == 1)
      element(c.integer(0));
    else
      c.loop(pass.stride, element);
  };
  if (pass.m == 1)
    inner(c.integer(0));
  else
    c.loop(pass.m, inner);
}

/// y w^{p r} for each output r of row p.
static Complex turned(CodeletBuilder &c, const DftPass &pass, Value table, int64_t r, Complex y,
                      int sign) {
  if (pass.m == 1 || r == 0)
    return y;
  const int64_t at = 2 * (pass.twiddles + r);
  Complex w{c.splat(c.loadScalar(table, at)), c.splat(c.loadScalar(table, at + 1))};
  return c.mulc(y, w, sign < 0);
}

void butterflyPass(CodeletBuilder &c, const DftPass &pass, Value twiddles, int sign, Value row,
                   Value in, Value out, const DftLoad &load, const DftStore &store) {
  SmallVector<Complex> x;
  for (int64_t k = 0; k < pass.radix; ++k)
    x.push_back(load(in, pass.stride * pass.m * k));
  SmallVector<Complex> y = butterfly(c, x, sign);
  Value table = c.atScalar(twiddles, c.mul(row, 2 * pass.radix));
  for (int64_t r = 0; r < pass.radix; ++r)
    store(out, pass.stride * r, turned(c, pass, table, r, y[r], sign));
}

SmallVector<Complex> transposedButterfly(CodeletBuilder &c, const DftPass &pass, Value twiddles,
                                         int sign, Value row, Value out, const DftLoad &load) {
  Value table = c.atScalar(twiddles, c.mul(row, 2 * pass.radix));
  SmallVector<Complex> y;
  for (int64_t r = 0; r < pass.radix; ++r)
    y.push_back(turned(c, pass, table, r, load(out, pass.stride * r), sign));
  return butterfly(c, y, sign);
}

} // namespace mlir::spherical
