//===- degrees.h - band-limits of spectra in rewrites -----------*- C++ -*-===//
//
// What several passes of the phase do with the degrees of spectra.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_FUSE_DEGREES_H
#define SPHERICAL_PASSES_FUSE_DEGREES_H

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/IR/PatternMatch.h"

namespace mlir::spherical {

/// The band-limit of a function or spectrum.
inline int64_t bandLimit(Value value) { return getSignal(value.getType())->bandLimit; }

/// `type`, a function or spectrum, with another band-limit.
Type withBandLimit(Type type, int64_t limit);

/// The degrees l < `limit` of a spectrum: a truncate, a pad, or `spectrum` itself.
Value changeDegrees(RewriterBase &rewriter, Location loc, Value spectrum, int64_t limit);

/// The degrees l < `keep` of a spectrum, then zeros up to `limit`.
Value keepDegrees(RewriterBase &rewriter, Location loc, Value spectrum, int64_t keep,
                  int64_t limit);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_FUSE_DEGREES_H
