//===- degrees.cpp - band-limits of spectra in rewrites ---------*- C++ -*-===//
//
// Truncation and padding, made only where they change something.
//
//===----------------------------------------------------------------------===//

#include "passes/fuse/degrees.h"

namespace mlir::spherical {

Type withBandLimit(Type type, int64_t limit) {
  return getSignal(type)->withBandLimit(limit).get(type.getContext());
}

Value changeDegrees(RewriterBase &rewriter, Location loc, Value spectrum, int64_t limit) {
  int64_t current = bandLimit(spectrum);
  Type type = withBandLimit(spectrum.getType(), limit);
  if (limit < current)
    return TruncateOp::create(rewriter, loc, type, spectrum);
  if (limit > current)
    return PadOp::create(rewriter, loc, type, spectrum);
  return spectrum;
}

Value keepDegrees(RewriterBase &rewriter, Location loc, Value spectrum, int64_t keep,
                  int64_t limit) {
  int64_t kept = std::min(keep, std::min(limit, bandLimit(spectrum)));
  return changeDegrees(rewriter, loc, changeDegrees(rewriter, loc, spectrum, kept), limit);
}

} // namespace mlir::spherical
