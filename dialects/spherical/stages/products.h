//===- products.h - lists of small products ---------------------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_STAGES_PRODUCTS_H
#define SPHERICAL_DIALECTS_SPHERICAL_STAGES_PRODUCTS_H

#include "dialects/spherical/stages/stage_builder.h"
#include "dialects/spherical/work.h"

namespace mlir::spherical {

/// One dense product in blocks: strides in units of elements (scalar operands) or V (lanes).
struct Matrix {
  int64_t rows, depth, columns, rowBlock, columnBlock;
  int64_t aRow, aDepth, bDepth, bColumn, cRow, cColumn;
  int64_t depthBlock = 0, cBlock = 0; ///< with depthBlock, partial products cBlock apart
};

/// The list of a product's blocks, and how many there are.
std::pair<Value, int64_t> matrixProblems(StageBuilder &stages, const Matrix &matrix);
/// The one problem at `index` of a list.
Value problemAt(StageBuilder &stages, Value problems, Value index);
/// The products of a list, in the register tile that was chosen for the op.
void contract(StageBuilder &stages, stage::ContractKind kind, Value a, Value b, Value problems,
              Value c, int64_t lanes, DenseI64ArrayAttr planes = {},
              DenseI64ArrayAttr anchors = {});

/// Whether the op's product of dense matrices is a call of the target's library.
bool isLibraryProduct(const StageBuilder &stages);

/// How a call reads its matrices.
struct GemmFlags {
  int64_t batch = 1;
  bool sharedA = false, transposeA = false, transposeB = false;
};

/// A call of the target's library: c = op(a) op(b), as stage.gemm says.
void gemm(StageBuilder &stages, StringRef name, Value a, Value b, Value c, const GemmFlags &flags);

/// Orders m of a degree that one task of a block product computes, and vectors of coefficients that
/// one of a kernel's transform does: a multiple of most register tiles' columns.
inline constexpr int64_t kOrdersOfTask = 12, kVectorsOfKernelTask = 12;

/// A product of spectra, degree by degree.
struct BlockProduct {
  ProductForm form;
  int64_t degrees, in, out;
  bool so3, thin; ///< manifold of the right operand; X c in place of X Y^T
  /// Complex matrices in place of real ones: in so many planes, three with the sums of the other
  /// two, of which each has products of its own, or two (problem_tables.cpp). 0: real.
  int64_t planes = 0;

  /// Orders m of a degree that signals have.
  int64_t orders(int64_t degree) const { return planes > 0 ? degree + 1 : 2 * degree + 1; }
  /// Lists of products of a degree.
  int64_t lists() const { return planes == kComplexPlanes ? kComplexPlanes : 1; }
};

/// The product that a spectral_matmul or thin_matmul is.
BlockProduct blockProductOf(Operation *op);

/// Buffers of a product: those of the op, or what stands for them. `planes` as in stage.contract.
struct ProductBuffers {
  Value left, right, result;
  DenseI64ArrayAttr planes = {};
};

/// The sweep of a product of the op's lane groups.
void emitBlockProduct(StageBuilder &stages, Operation *op, const BlockProduct &product,
                      const ProductBuffers &buffers);

/// The stages of a product whose operands have channels in the lanes.
void emitChannelProduct(StageBuilder &stages, Operation *op, const BlockProduct &product);

/// The stages of a product of complex matrices.
void emitComplexProduct(StageBuilder &stages, SpectralMatmulOp op);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_STAGES_PRODUCTS_H
