//===- verify_transforms.cpp - constraints of transforms --------*- C++ -*-===//

#include "dialects/stage/verify.h"

#include "runtime/math/primes.h"

namespace mlir::stage {

using namespace ::spherical::runtime;

/// C1, and the size of the twiddle table.
template <typename Op> static FailureOr<int64_t> verifyRadices(Op op) {
  constexpr uint64_t mostBytes = 512 << 10;
  uint64_t bytes = op.getLanes() * memrefOf(op.getTwiddles()).getElementTypeBitWidth() / 8;
  if (op.getN() > mostBytes / bytes)
    return op.emitOpError("expected n of at most ")
           << mostBytes / bytes << " (C1), got " << op.getN();
  int64_t product = 1, twiddles = 0;
  for (int64_t radix : op.getRadices()) {
    if (radix > static_cast<int64_t>(op.getN()))
      break;
    if (radix < 2 || (radix > kLargestRadix && !isPrime(radix)))
      return op.emitOpError("expected radices of at least 2, prime above 16 (C1), got ") << radix;
    if (op.getN() % (product * radix) != 0)
      break;
    twiddles += op.getN() / product;
    product *= radix;
  }
  if (product != static_cast<int64_t>(op.getN()))
    return op.emitOpError("expected radices with product n = ") << op.getN() << " (C1)";
  return twiddles;
}

/// C2: which bins a transform may leave out.
static LogicalResult verifyLimit(DftOp op) {
  const uint64_t n = op.getN(), limit = op.getLimit();
  const bool isPlain = !isReal(op.getKind()) && !isMirrored(op.getKind());
  if (isPlain && limit != n)
    return op.emitOpError("expected limit = n = ") << n << " (C2), got " << limit;
  const uint64_t most = isPlain ? n : n / 2 + (isReal(op.getKind()) ? 1 : 0);
  if (limit < 1 || limit > most)
    return op.emitOpError("expected a limit of 1 to ")
           << most << " of n = " << n << " (C2), got " << limit;
  return success();
}

/// C2 and C3: counts that no product of them overflows, and one element type, for which `halves`,
/// half-transformed functions, may be stored in bf16.
template <typename Op>
static LogicalResult verifyCounts(Op op, ArrayRef<std::pair<StringRef, uint64_t>> counts,
                                  ArrayRef<Value> reals, ArrayRef<Value> halves) {
  constexpr uint64_t most = uint64_t(1) << 40; // no operand holds more
  for (auto [name, value] : counts)
    if (value < 1 || value > most)
      return op.emitOpError("expected ") << name << " of 1 to " << most << " (C2), got " << value;
  if (!isLaneCount(op.getLanes()))
    return op.emitOpError("expected lanes to be a power of two up to 64 (C2), got ")
           << op.getLanes();
  const Type element = memrefOf(op.getTwiddles()).getElementType();
  for (Value value : reals)
    if (!isReal(element) || memrefOf(value).getElementType() != element)
      return op.emitOpError("expected elements of one type f32 or f64 (C3), got ")
             << value.getType();
  for (Value half : halves) {
    const Type stored = memrefOf(half).getElementType();
    if (stored != element && !(stored.isBF16() && element.isF32()))
      return op.emitOpError("expected a half-transformed function of ")
             << element << ", or of bf16 for f32 (C3), got " << half.getType();
  }
  return success();
}

bool DftOp::hasMaskBits() { return getMask() && memrefOf(getMask()).getElementType().isInteger(); }

/// Rows from one bin to the next.
template <typename Op> static int64_t binStride(Op op, Value spectrum) {
  MemRefType bins = memrefOf(spectrum);
  if (isContiguous(bins))
    return op.getRows();
  int64_t row = 2 * static_cast<int64_t>(op.getLanes());
  return bins.getStridesAndOffset().first.front() / row;
}

int64_t DftOp::getBinStride() {
  return binStride(*this, isAnalysis(getKind()) ? getOutput() : getInput());
}

int64_t DftMapOp::getBinStride(bool ofOutput) {
  return binStride(*this, ofOutput ? getOutput() : getInput());
}

/// C3 for the spectrum of a real or plain transform.
template <typename Op>
static LogicalResult verifyBins(Op op, Value bins, uint64_t limit, StringRef name) {
  MemRefType type = memrefOf(bins);
  std::optional<int64_t> size =
      productOf({static_cast<int64_t>(limit), static_cast<int64_t>(op.getRows()),
                 static_cast<int64_t>(op.getLanes()), 2});
  if (!size)
    return op.emitOpError("expected as many elements as memory can hold (C3), got more");
  const int64_t expected = *size;
  if (isContiguous(type) || !isContiguousAfterFirstAxis(type))
    return verifySize(op, bins, expected, name, "C3");
  int64_t row = 2 * static_cast<int64_t>(op.getLanes());
  int64_t stride = type.getStridesAndOffset().first.front();
  if (type.getNumElements() != expected || type.getDimSize(0) != static_cast<int64_t>(limit) ||
      stride % row != 0 || stride < row * static_cast<int64_t>(op.getRows()))
    return op.emitOpError("expected ")
           << name << " to hold " << limit << " bins of " << op.getRows() << " rows, a multiple of "
           << row << " elements apart (C3), got " << type;
  return success();
}

/// C3 and C4 for a mask or for `positive`: `points` words of one bit for each lane.
template <typename Op>
static LogicalResult verifyBits(Op op, Value bits, int64_t points, StringRef name) {
  auto lanes = static_cast<int64_t>(op.getLanes());
  int64_t width = wordBits(lanes);
  if (!memrefOf(bits).getElementType().isInteger(width) || lanes > 32)
    return op.emitOpError("expected ")
           << name << " of i" << width << " for at most 32 lanes (C4), got " << bits.getType()
           << " for " << lanes;
  return verifySize(op, bits, points, name, "C3");
}

/// C3 and C4 for what comes with ReLU.
static LogicalResult verifyMasks(DftOp op) {
  DftKind kind = op.getKind();
  if (op.getMask() && kind != DftKind::RealAnalysis)
    return op.emitOpError("expected `mask` only with real_analysis (C4)");
  if (op.getRelu() && kind != DftKind::RealSynthesis)
    return op.emitOpError("expected `relu` only with real_synthesis (C4)");
  if (op.getPositive() && !op.getRelu())
    return op.emitOpError("expected `positive` only with `relu` (C4)");
  if (op.getParity() && !isReal(kind))
    return op.emitOpError("expected `parity` only with a real transform (C4)");
  int64_t points = op.getRows() * op.getN();
  if (op.getPositive() && failed(verifyBits(op, op.getPositive(), points, "positive")))
    return failure();
  if (op.hasMaskBits())
    return verifyBits(op, op.getMask(), points, "mask");
  return op.getMask() ? verifySize(op, op.getMask(), points * op.getLanes(), "mask", "C3")
                      : success();
}

/// C2 and C3: the shapes of in and out.
static LogicalResult verifyShapes(DftOp op) {
  DftKind kind = op.getKind();
  int64_t rows = op.getRows(), orders = op.getOrders();
  if (isReal(kind) && (rows % 2 != 0 || orders != 1))
    return op.emitOpError("expected even rows and one order for a real transform (C2), got ")
           << rows << " and " << orders;
  if (!isMirrored(kind) && orders != 1)
    return op.emitOpError("expected one order for a plain transform (C2), got ") << orders;
  int64_t n = op.getN(), limit = op.getLimit(), lanes = op.getLanes();
  std::optional<int64_t> values = productOf({orders, rows, n, lanes, isReal(kind) ? 1 : 2});
  std::optional<int64_t> bins = productOf({orders, limit, rows, lanes, isMirrored(kind) ? 4 : 2});
  if (!values || !bins)
    return op.emitOpError("expected as many elements as memory can hold (C3), got more");
  bool analysis = isAnalysis(kind);
  Value function = analysis ? op.getInput() : op.getOutput();
  Value spectrum = analysis ? op.getOutput() : op.getInput();
  StringRef functionName = analysis ? "in" : "out", spectrumName = analysis ? "out" : "in";
  if (failed(verifySize(op, function, *values, functionName, "C3")))
    return failure();
  return isMirrored(kind) ? verifySize(op, spectrum, *bins, spectrumName, "C3")
                          : verifyBins(op, spectrum, op.getLimit(), spectrumName);
}

static bool isLarge(int64_t radix) { return radix > kLargestRadix; }

LogicalResult DftOp::verify() {
  SmallVector<Value> reals = {getTwiddles()}, halves;
  const bool isPlain = !isReal(getKind()) && !isMirrored(getKind());
  const bool fromHalf = isReal(getKind()) != isAnalysis(getKind());
  (isPlain || !fromHalf ? reals : halves).push_back(getInput());
  (isPlain || fromHalf ? reals : halves).push_back(getOutput());
  if (getRoots())
    reals.push_back(getRoots());
  if (getMask() && !hasMaskBits())
    reals.push_back(getMask());
  if (failed(verifyCounts(*this, {{"rows", getRows()}, {"orders", getOrders()}}, reals, halves)))
    return failure();
  FailureOr<int64_t> twiddles = verifyRadices(*this);
  if (failed(twiddles) || failed(verifyLimit(*this)) || failed(verifyShapes(*this)) ||
      failed(verifyMasks(*this)) ||
      failed(verifySize(*this, getTwiddles(), 2 * *twiddles, "twiddles", "C5")))
    return failure();
  bool large = llvm::any_of(getRadices(), isLarge);
  if (large != static_cast<bool>(getRoots()))
    return emitOpError("expected `roots` exactly if a radix is above 16 (C5)");
  return large ? verifySize(*this, getRoots(), 2 * rootCount(static_cast<int64_t>(getN())), "roots",
                            "C5")
               : success();
}

/// C1 and C2 beyond those of single transforms, and C4.
static LogicalResult verifyMap(DftMapOp op) {
  if (op.getRadices().size() < 2 || llvm::any_of(op.getRadices(), isLarge))
    return op.emitOpError("expected two radices or more, of at most 16 (C1), got ")
           << op.getRadices();
  for (auto [name, limit] :
       {std::pair("limit", op.getLimit()), std::pair("result", op.getResult())})
    if (limit < 1 || limit > op.getN() / 2 + 1)
      return op.emitOpError("expected ") << name << " of 1 to " << op.getN() / 2 + 1
                                         << " of n = " << op.getN() << " (C2), got " << limit;
  if (op.getRows() % 2 != 0)
    return op.emitOpError("expected even rows (C2), got ") << op.getRows();
  if (memrefOf(op.getInput()).getElementType() != memrefOf(op.getOutput()).getElementType())
    return op.emitOpError("expected bins of one type (C3), got ")
           << op.getInput().getType() << " and " << op.getOutput().getType();
  if (op.getMask() && op.getRelu())
    return op.emitOpError("expected `mask` without `relu` (C4)");
  if (op.getPositive() && !op.getRelu())
    return op.emitOpError("expected `positive` only with `relu` (C4)");
  return success();
}

LogicalResult DftMapOp::verify() {
  if (failed(
          verifyCounts(*this, {{"rows", getRows()}}, {getTwiddles()}, {getInput(), getOutput()})))
    return failure();
  FailureOr<int64_t> twiddles = verifyRadices(*this);
  if (failed(twiddles) || failed(verifyMap(*this)) ||
      failed(verifyBins(*this, getInput(), getLimit(), "in")) ||
      failed(verifyBins(*this, getOutput(), getResult(), "out")) ||
      failed(verifySize(*this, getTwiddles(), 2 * *twiddles, "twiddles", "C5")))
    return failure();
  const auto points = static_cast<int64_t>(getRows() * getN());
  for (auto [bits, name] : {std::pair(getMask(), "mask"), std::pair(getPositive(), "positive")})
    if (bits && failed(verifyBits(*this, bits, points, name)))
      return failure();
  return success();
}

} // namespace mlir::stage
