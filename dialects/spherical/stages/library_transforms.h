//===- library_transforms.h - transforms by a library's FFTs ----*- C++ -*-===//
//
// Transforms whose Fourier series on the grid are calls of the target's library
// (stage.fft), the form of most public codes. Between the calls, functions and
// half-transformed functions of all samples and channels are dense arrays of the
// arena; the products with Wigner functions are those of transforms.h.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_STAGES_LIBRARY_TRANSFORMS_H
#define SPHERICAL_DIALECTS_SPHERICAL_STAGES_LIBRARY_TRANSFORMS_H

#include "dialects/spherical/stages/transforms.h"

namespace mlir::spherical {

/// Whether the library is what was chosen for the op.
bool isByLibrary(const StageBuilder &stages);

/// A dense function [groups][channels][lanes][rows][n] of all samples and channels.
Value makeDenseFunction(StageBuilder &stages, const Transform &t, const Extents &extents);
/// Dense values of W samples, [W][...] with rows in one piece, to lanes [...]W, and the reverse.
void emitToLanes(StageBuilder &stages, Value dense, Value lanes);
void emitFromLanes(StageBuilder &stages, Value lanes, Value dense);

/// From the buffer of a spectrum to a dense function; `name` is that of the op.
void emitLibrarySynthesis(StageBuilder &stages, StringRef name, const Transform &t,
                          const Extents &extents, Value spectrum, Value function);
/// The reverse.
void emitLibraryAnalysis(StageBuilder &stages, StringRef name, const Transform &t,
                         const Extents &extents, Value function, Value spectrum);
/// An op between a spectrum and a function in lanes.
void emitLibraryTransform(StageBuilder &stages, Operation *op, const Transform &t);
/// A boundary of these transforms, one of which may be null.
void emitLibraryBoundary(StageBuilder &stages, BoundaryOp op, const Transform *synthesis,
                         const Transform *analysis);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_STAGES_LIBRARY_TRANSFORMS_H
