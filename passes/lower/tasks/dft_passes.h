//===- dft_passes.h - passes of short Fourier transforms --------*- C++ -*-===//
//
// Stockham's self-sorting passes, decimation in frequency. Pass t with sub-length n_t, radix R,
// m = n_t / R and stride s (the product of the radices before):
//   y[q + s (R p + r)] = w_{n_t}^{p r} sum_{k<R} x[q + s (p + m k)] w_R^{k r},  p < m, q < s.
// Passes of the other sign transposed, last one first, are the adjoint transform (decimation in
// time):
//   x[q + s (p + m k)] = sum_{r<R} conj(w_{n_t}^{p r}) y[q + s (R p + r)] conj(w_R^{k r}).
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_DFT_PASSES_H
#define SPHERICAL_PASSES_LOWER_TASKS_DFT_PASSES_H

#include "passes/lower/tasks/codelet.h"

#include <functional>

namespace mlir::spherical {

/// One pass; `twiddles` is where its factors start in the table.
struct DftPass {
  int64_t radix, m, stride, twiddles;
};

SmallVector<DftPass> passesOf(ArrayRef<int64_t> radices);

/// How a transform is split, as a part of a kernel's name: "_7x12".
std::string splitName(ArrayRef<int64_t> radices);

/// Bytes of buffers of so many lane values, where lanes are threads for all units of a block.
int64_t blockBytes(const LaneType &lane, ArrayRef<int64_t> buffers);

/// Element base + offset of what a pass reads or writes.
using DftLoad = std::function<Complex(Value base, int64_t offset)>;
using DftStore = std::function<void(Value base, int64_t offset, Complex value)>;

/// Of an array of complex lane values.
DftLoad loadFrom(CodeletBuilder &c, Value buffer);
DftStore storeTo(CodeletBuilder &c, Value buffer);

/// Re and im side by side.
Complex loadPair(CodeletBuilder &c, Value pointer);
void storePair(CodeletBuilder &c, Complex value, Value pointer);

/// Calls body for each p and q of a pass, with in = q + s p and out = q + s R p.
void overButterflies(CodeletBuilder &c, const DftPass &pass,
                     llvm::function_ref<void(Value row, Value in, Value out)> body);

/// One butterfly of a pass of at most kLargestRadix, from base `in` to base `out`.
void butterflyPass(CodeletBuilder &c, const DftPass &pass, Value twiddles, int sign, Value row,
                   Value in, Value out, const DftLoad &load, const DftStore &store);

/// The values x of one butterfly of the transposed pass of sign `sign`, whose y begin at `out`.
SmallVector<Complex> transposedButterfly(CodeletBuilder &c, const DftPass &pass, Value twiddles,
                                         int sign, Value row, Value out, const DftLoad &load);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_DFT_PASSES_H
