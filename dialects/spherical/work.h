//===- work.h - sizes and traffic of values in their layouts ----*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_WORK_H
#define SPHERICAL_DIALECTS_SPHERICAL_WORK_H

#include "dialects/interfaces/candidates.h"
#include "dialects/spherical/signal.h"

namespace mlir::spherical {

/// The type of one real number of a signal or tensor.
Type realElementOf(Type type);

/// Bits of one real number of a signal or tensor.
int64_t elementBits(Type type);

/// Coefficients of one channel of a spectrum, or of the spectrum of a function.
int64_t coefficientsOf(const Signal &signal);

/// Those of orders m >= 0.
int64_t halfCoefficientsOf(const Signal &signal);

/// Real numbers of a value in its layout, lanes without a sample included.
int64_t valuesOf(Type type);

/// Bytes of a value in its layout.
int64_t bytesOf(Type type);

/// Attribute of a module that is scheduled for a target whose lanes are threads.
inline constexpr llvm::StringLiteral kThreadsAttr = "spherical.lanes_are_threads";

/// Lanes of a value, 0 if its layout has none.
int64_t lanesOf(Type type);

/// The most lanes that words of bits are for (stage.dft).
inline constexpr int64_t kWordLanes = 32;

/// Bytes of rows for a first-level cache: with what they come from and go to, within 32 to 48 KiB.
inline constexpr int64_t kCachedRowBytes = 16384;

/// The least number of equal parts, a divisor of `most`, in which so many bytes of rows are for a
/// first-level cache; `most` if none is.
int64_t partsInCache(int64_t most, int64_t bytes);

/// The axes in the lanes of layouts beside batch and row: channels of a sample, channels of all
/// samples one after the other, and output channels of a kernel.
inline constexpr llvm::StringLiteral kChannelAxis = "channel", kSeriesAxis = "series",
                                     kOutAxis = "out";

/// Whether the lanes of a value hold channels, or a kernel's output channels.
bool hasChannelLanes(Type type);

/// Whether the lanes of a value hold channels of one sample after the other.
bool hasSeriesLanes(Type type);

/// The batch of a signal, rounded up to whole lane groups if lanes hold samples alone.
int64_t laneBatch(const Signal &signal);

/// Channels of all samples of a signal, lanes without one included.
int64_t laneSeries(const Signal &signal);

/// Shares of the peak that kernels reach while their values are in the first-level cache
/// (kernel_speed in test/execute): products of blocks, sums over degrees, and short transforms, of
/// which the trips to the cache are counted as operations.
inline constexpr double kProductShare = 0.6, kDegreeSumShare = 0.7, kTransformShare = 0.55;
/// The share of sums of a few terms each, whose places and factors are read from tables.
inline constexpr double kTermShare = 0.15;

/// The algorithms of transforms: by generated kernels, and by calls of the target's library.
inline constexpr llvm::StringLiteral kGeneratedTransforms = "fft", kLibraryTransforms = "cufft";

/// Transforms by generated kernels whose half-transformed functions on SO(3) are stored in 2 bytes
/// a number, half of the traffic between their stages. Taken only where somebody asks for it.
inline constexpr llvm::StringLiteral kBfloat16Transforms = "fft_bfloat16";

/// Their rounding in that of transforms in fp32, which is some 2^-23: each value is rounded to 8
/// bits before its rows and again behind them, 2^-9 at most. As measured (b = 8 to 42).
inline constexpr double kBfloat16Rounding = 4096;

/// Transforms by generated kernels of one lane group and channel after the other, whose orders,
/// rows and coefficients are tasks; the same with latitudes of one function in the lanes; and that
/// with most degrees of Wigner functions by recursion, on SO(3).
inline constexpr llvm::StringLiteral kOrderTransforms = "order_tasks",
                                     kRingTransforms = "ring_lanes",
                                     kRecursionTransforms = "ring_recursion";

/// Degrees from one pair to the next that the latter have in a table: rounding in single precision
/// grows to some four times that of the table's values in so many, and their table is an eighth.
inline constexpr int64_t kAnchorDistance = 16;

/// The rounding of such transforms in that of tables alone, as measured up to b = 128.
inline constexpr double kRecursionRounding = 9;

/// Lane groups and channels from which on they give enough tasks.
inline constexpr int64_t kEnoughSeries = 8;

/// The algorithms of products of dense matrices, likewise.
inline constexpr llvm::StringLiteral kGeneratedProducts = "dense", kLibraryProducts = "cublas";

/// The algorithm of kernels' transforms whose points form a product.
inline constexpr llvm::StringLiteral kSeparableTransform = "separable";

/// The algorithms of products of spectra: in the real basis, and by complex matrices.
inline constexpr llvm::StringLiteral kRealProduct = "real_blocks",
                                     kComplexProduct = "complex_product";
/// Real products in place of a complex one: of the real parts, the imaginary ones, and their sums.
inline constexpr int64_t kComplexPlanes = 3;
/// Their rounding in that of products in the real basis: 1.3 to 1.4 times as much was measured.
inline constexpr double kComplexRounding = 1.5;

/// The one candidate of an op: an algorithm of so many operations that reads its operands and
/// writes its results once.
Candidate direct(Operation *op, const Machine &machine, StringRef algorithm, int64_t flop,
                 StringRef reason = {});

/// Products of dense matrices, `batch` times m x k by k x n.
struct DenseProducts {
  int64_t m, n, k, batch = 1;
};

/// Adds the call of the target's library for the products that are an op, if it has one for the
/// element: where lanes are threads and not registers, and in fp32. `stages` kernels follow the
/// call, which read and write the result once each.
void addLibraryProducts(Operation *op, const Machine &machine, const DenseProducts &products,
                        int64_t stages, SmallVectorImpl<Candidate> &candidates);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_WORK_H
