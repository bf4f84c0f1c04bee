//===- dialect.cpp - the stage dialect's registration -----------*- C++ -*-===//

#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/CheckedArithmetic.h"

#include "dialects/stage/dialect.cpp.inc"
#include "dialects/stage/enums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/stage/attributes.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/stage/ops.cpp.inc"

#include <cmath>

namespace mlir::stage {

void StageDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/stage/attributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/stage/ops.cpp.inc"
      >();
}

/// What an argument must hold is said by an attribute of that kind, and fits its type.
LogicalResult StageDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned argument,
                                                     NamedAttribute attribute) {
  const StringAttr name = attribute.getName();
  if (name != kIntegersAttr && name != kSpectrumAttr && name != kMissingAttr)
    return success();
  auto function = dyn_cast<func::FuncOp>(op);
  Type given = function ? function.getArgumentTypes()[argument] : Type();
  auto type = dyn_cast_or_null<MemRefType>(given);
  const Type element = given ? getElementTypeOrSelf(given) : Type();
  bool fits = false;
  if (isa<UnitAttr>(attribute.getValue())) {
    fits = name == kMissingAttr && element;
  } else if (isa<IntegersAttr>(attribute.getValue())) {
    fits = name == kIntegersAttr && element && (element.isInteger(32) || element.isInteger(64));
  } else if (auto spectrum = dyn_cast<SpectrumAttr>(attribute.getValue())) {
    const int64_t b = spectrum.getDegrees();
    const bool small = b >= 1 && b <= 256;
    fits = name == kSpectrumAttr && type && small && type.getRank() == 4 &&
           type.getDimSize(2) == (spectrum.getOnSo3() ? b * (4 * b * b - 1) / 3 : b * b) &&
           type.getDimSize(3) == 2 && isa<FloatType>(type.getElementType());
  }
  if (fits)
    return success();
  return op->emitOpError() << "expected `" << name.getValue() << "` to be what argument "
                           << argument << " can hold, got " << attribute.getValue();
}

std::optional<int64_t> productOf(ArrayRef<int64_t> factors) {
  std::optional<int64_t> product = 1;
  for (int64_t factor : factors)
    if (product)
      product = llvm::checkedMul(*product, factor);
  return product;
}

bool isLaneCount(uint64_t lanes) { return lanes <= 64 && llvm::isPowerOf2_64(lanes); }

bool isTile(ArrayRef<int64_t> tile) {
  auto fits = [](int64_t extent) { return extent >= 1 && extent <= 8; };
  return tile.size() == 2 && llvm::all_of(tile, fits) && tile[0] * tile[1] <= 32;
}

bool isPlannedMemory(Type type) {
  constexpr int64_t mostBytes = int64_t(1) << 40;
  auto memref = dyn_cast<MemRefType>(type);
  SmallVector<int64_t> strides;
  int64_t offset;
  if (!memref || !memref.hasStaticShape() || memref.getMemorySpace() ||
      failed(memref.getStridesAndOffset(strides, offset)))
    return false;
  Type element = memref.getElementType();
  if (!element.isF32() && !element.isF64() && !element.isBF16() && !element.isSignlessInteger(16) &&
      !element.isSignlessInteger(32) && !element.isSignlessInteger(64))
    return false;
  int64_t bytes = element.getIntOrFloatBitWidth() / 8;
  std::optional<int64_t> span = bytes;
  for (auto [extent, stride] : llvm::zip(memref.getShape(), strides)) {
    if (extent < 1 || stride < 0)
      return false; // of a stride that is not known, too
    std::optional<int64_t> steps = productOf({extent - 1, stride, bytes});
    span = span && steps ? llvm::checkedAdd(*span, *steps) : std::nullopt;
  }
  std::optional<int64_t> elements = productOf(memref.getShape());
  return span && *span <= mostBytes && elements && *elements <= mostBytes;
}

double transformFlop(DftKind kind, uint64_t length) {
  const auto n = static_cast<double>(length);
  return (isReal(kind) ? 2.5 : 5.0) * n * std::log2(n);
}

/// Checks the strides of axes `first` and up; axes of extent 1 may have any.
static bool isRowMajorFrom(MemRefType type, int64_t first) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (!type.hasStaticShape() || failed(type.getStridesAndOffset(strides, offset)))
    return false;
  int64_t expected = 1;
  for (int64_t axis = type.getRank() - 1; axis >= first; --axis) {
    if (type.getDimSize(axis) != 1 && strides[axis] != expected)
      return false;
    expected *= type.getDimSize(axis);
  }
  return true;
}

bool isContiguous(MemRefType type) { return isRowMajorFrom(type, 0); }

bool isContiguousAfterFirstAxis(MemRefType type) {
  return type.getRank() >= 1 && isRowMajorFrom(type, 1);
}

} // namespace mlir::stage
