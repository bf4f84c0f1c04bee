//===- buffers.h - memory of planned programs as doubles --------*- C++ -*-===//
//
// Every element is a double, whatever its type says: sums are exact up to the
// rounding of double precision, integers exactly. What nothing has written yet
// is not a number.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_REFERENCE_BUFFERS_H
#define SPHERICAL_PASSES_LOWER_REFERENCE_BUFFERS_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace mlir::spherical {

/// A memref: a view of storage.
struct Buffer {
  std::vector<double> *storage = nullptr;
  int64_t offset = 0;
  SmallVector<int64_t> shape, strides;

  /// Returns the number of elements.
  int64_t size() const;
  /// Returns the element at a flat row-major position of a contiguous buffer; a position outside
  /// of the storage sets `strayed` and returns a dummy.
  double &at(int64_t position) const;
  /// Whether an access by `at` fell outside of the storage of any buffer of this thread.
  static thread_local bool strayed;
};

/// Memrefs and indices of a planned function while it runs.
struct Frame {
  DenseMap<Value, Buffer> buffers;
  DenseMap<Value, int64_t> indices;
  /// Samples in batched arrays.
  int64_t count = 1;
};

/// A row-major buffer of the memref type on `storage` from element `offset` on.
Buffer denseBuffer(MemRefType type, std::vector<double> &storage, int64_t offset = 0);

/// Evaluates memref.subview, affine.apply and index constants into the frame.
LogicalResult evaluateAddress(Operation *op, Frame &frame);

/// Evaluates stage.dft, fft, gemm, contract, gather and fill on the buffers of the frame.
LogicalResult evaluateStage(Operation *op, Frame &frame);

/// Evaluates stage.map.
LogicalResult evaluateMap(Operation *op, Frame &frame);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_REFERENCE_BUFFERS_H
