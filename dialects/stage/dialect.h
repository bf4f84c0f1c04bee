//===- dialect.h - scheduled work on planned memory -------------*- C++ -*-===//

#ifndef DIALECTS_STAGE_DIALECT_H
#define DIALECTS_STAGE_DIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/interfaces/library_call.h"
#include "dialects/stage/dialect.h.inc"
#include "dialects/stage/enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/stage/attributes.h.inc"

namespace mlir::stage {

/// Whether a transform's function is real, and whether it goes from values to bins.
constexpr bool isReal(DftKind kind) {
  return kind == DftKind::RealAnalysis || kind == DftKind::RealSynthesis;
}
constexpr bool isAnalysis(DftKind kind) {
  return kind == DftKind::RealAnalysis || kind == DftKind::ComplexAnalysis ||
         kind == DftKind::PlainAnalysis;
}
/// Whether bin -k of the mirrored row lies beside bin k.
constexpr bool isMirrored(DftKind kind) {
  return kind == DftKind::ComplexAnalysis || kind == DftKind::ComplexSynthesis;
}

/// The conventional 5 n log2 n operations of a complex transform, half of it for a real one.
double transformFlop(DftKind kind, uint64_t length);

/// Matrices in row-major order: element (i, row, column) lies `i stride + row ld + column` elements
/// behind the first.
struct Matrices {
  int64_t batch = 1, rows = 0, columns = 0, ld = 0, stride = 0;
};

/// The matrices of a memref: its last axis has the columns, its first one counts them if they are
/// `batched`, and the others are the rows. Nothing if rows or columns are not at equal distances.
std::optional<Matrices> matricesOf(MemRefType type, bool batched);

/// Marks ops that compute on memory in the body of a sweep.
template <typename Op> struct ComputesOnMemory : OpTrait::TraitBase<Op, ComputesOnMemory> {};
} // namespace mlir::stage

#define GET_OP_CLASSES
#include "dialects/stage/ops.h.inc"

namespace mlir::stage {

/// The most points of a sweep or a map.
inline constexpr int64_t kMostPoints = int64_t(1) << 40;

/// Alignment in bytes of every buffer of the arena and of scratch memory.
inline constexpr int64_t kAlignment = 64;

/// Bits of a word that has one bit for each of so many lanes, up to 32.
constexpr int64_t wordBits(int64_t lanes) { return lanes <= 16 ? 16 : 32; }

/// Attribute of a sweep, array<i64: index, lanes>: points of which index number `index`, times
/// `lanes`, is the run-time count of samples or more need not run. A sweep without it runs all.
inline constexpr llvm::StringLiteral kSkipAttr = "stage.skip";

/// Attributes of arguments of planned functions, #stage.integers and #stage.spectrum: what they
/// must hold, to be checked before code runs; and unit: values may be missing, integers
/// -1 and others NaN.
inline constexpr llvm::StringLiteral kIntegersAttr = "stage.integers";
inline constexpr llvm::StringLiteral kSpectrumAttr = "stage.spectrum";
inline constexpr llvm::StringLiteral kMissingAttr = "stage.missing";

/// Whether ops may work on values of the type: the dialect's description, Memory.
bool isPlannedMemory(Type type);

/// Whether an op computes on memory in the body of a sweep.
inline bool computesOnMemory(Operation *op) { return op->hasTrait<ComputesOnMemory>(); }

/// Whether a buffer may have so many lanes: a power of two up to 64.
bool isLaneCount(uint64_t lanes);

/// Whether rows and columns of accumulators are a tile of `stage.contract` (C3), and the rule.
bool isTile(ArrayRef<int64_t> tile);
inline constexpr llvm::StringLiteral kTileRule =
    "rows and columns from 1 to 8 with a product of at most 32";

/// The product of the factors, nothing if it overflows; factors are not negative.
std::optional<int64_t> productOf(ArrayRef<int64_t> factors);

/// The type of a list of `count` problems of `stage.contract`, and whether a type is that of any.
MemRefType problemListType(MLIRContext *context, int64_t count);
bool isProblemList(MemRefType type);

/// Attribute of a sweep for GPUs, a `#stage.launch`: how its kernel is launched.
inline constexpr llvm::StringLiteral kLaunchAttr = "stage.launch";

/// Whether the elements of a static memref of this type follow each other in row-major order
/// (its offset is free).
bool isContiguous(MemRefType type);

/// Like `isContiguous`, but the first axis may have any stride.
bool isContiguousAfterFirstAxis(MemRefType type);

} // namespace mlir::stage

#endif // DIALECTS_STAGE_DIALECT_H
