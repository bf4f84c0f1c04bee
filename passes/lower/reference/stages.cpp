//===- stages.cpp - transforms, products and gathers of stages --*- C++ -*-===//
//
// Each op by the sums of its description (dialects/stage): no
// fast transform, no packing, no blocking.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/reference/buffers.h"

#include "dialects/stage/dialect.h"
#include "runtime/math/wigner_anchors.h"
#include "runtime/problem.h"

#include <cmath>
#include <complex>
#include <numbers>

namespace mlir::spherical {
namespace {

using ::spherical::runtime::kProblemFieldCount;
using ::spherical::runtime::kProblemFields;
using ::spherical::runtime::Problem;
using Complex = std::complex<double>;

/// The extents and operands of a stage.dft, at one lane.
struct Dft {
  const Buffer &in, &out;
  const Buffer *mask, *positive;
  bool maskBits;
  int64_t n, limit, rows, stride, orders, lanes;
  bool relu, parity;
  SmallVector<Complex> roots; ///< e^{2 pi i k / n}

  /// e^{2 pi i k / n}
  Complex root(int64_t k) const { return roots[((k % n) + n) % n]; }
  double read(int64_t at, int64_t lane) const { return in.at(at * lanes + lane); }
  double &write(int64_t at, int64_t lane) const { return out.at(at * lanes + lane); }
  Complex readPair(int64_t at, int64_t lane) const { return {read(at, lane), read(at + 1, lane)}; }
  Complex readOut(int64_t at, int64_t lane) const { return {write(at, lane), write(at + 1, lane)}; }
  void writePair(int64_t at, int64_t lane, Complex value) const {
    write(at, lane) = value.real();
    write(at + 1, lane) = value.imag();
  }

  /// Whether the mask lets lane `lane` of point `at` pass.
  bool passes(int64_t at, int64_t lane) const {
    if (!mask)
      return true;
    if (!maskBits)
      return mask->at(at * lanes + lane) > 0;
    return static_cast<int64_t>(mask->at(at)) >> lane & 1;
  }

  void addToPair(int64_t k, int64_t j, int64_t lane, Complex value) const;
  Complex realBin(int64_t k, int64_t j, int64_t lane) const;
  void realAnalysis(int64_t lane) const;
  void realSynthesis(int64_t lane) const;
  void complexAnalysis(int64_t lane) const;
  void complexSynthesis(int64_t lane) const;
  void plainAnalysis(int64_t lane) const;
  void plainSynthesis(int64_t lane) const;
};

void Dft::realAnalysis(int64_t lane) const {
  for (int64_t j = 0; j < rows; ++j)
    for (int64_t k = 0; k < limit; ++k) {
      Complex sum = 0.0;
      for (int64_t a = 0; a < n; ++a) {
        const int64_t at = j * n + a;
        if (passes(at, lane))
          sum += read(at, lane) * root(-k * a);
      }
      if (!parity)
        writePair((k * stride + j) * 2, lane, sum);
      else
        addToPair(k, j, lane, sum);
    }
}

/// Adds row j of a mirrored pair to the sum and the difference, which the first of the two starts.
void Dft::addToPair(int64_t k, int64_t j, int64_t lane, Complex value) const {
  const bool first = j < rows / 2;
  const int64_t at = (k * stride + 2 * (first ? j : rows - 1 - j)) * 2;
  writePair(at, lane, first ? value : readOut(at, lane) + value);
  writePair(at + 2, lane, first ? value : readOut(at + 2, lane) - value);
}

/// F[j](k) of a real synthesis.
Complex Dft::realBin(int64_t k, int64_t j, int64_t lane) const {
  if (!parity)
    return readPair((k * stride + j) * 2, lane);
  const bool first = j < rows / 2;
  const int64_t at = (k * stride + 2 * (first ? j : rows - 1 - j)) * 2;
  const Complex sum = readPair(at, lane), difference = readPair(at + 2, lane);
  return first ? sum + difference : sum - difference;
}

void Dft::realSynthesis(int64_t lane) const {
  for (int64_t j = 0; j < rows; ++j)
    for (int64_t a = 0; a < n; ++a) {
      double sum = realBin(0, j, lane).real();
      for (int64_t k = 1; k < limit && 2 * k < n; ++k)
        sum += 2 * (realBin(k, j, lane) * root(k * a)).real();
      if (n % 2 == 0 && limit == n / 2 + 1)
        sum += (a % 2 == 0 ? 1 : -1) * realBin(n / 2, j, lane).real();
      write(j * n + a, lane) = relu && !(sum > 0) && !std::isnan(sum) ? 0.0 : sum;
      if (positive) {
        double &word = positive->at(j * n + a);
        word = (lane == 0 ? 0.0 : word) + (sum > 0 ? std::ldexp(1.0, static_cast<int>(lane)) : 0.0);
      }
    }
}

void Dft::complexAnalysis(int64_t lane) const {
  for (int64_t o = 0; o < orders; ++o)
    for (int64_t j = 0; j < rows; ++j)
      for (int64_t k = 0; k < limit; ++k) {
        Complex positive = 0.0, negative = 0.0;
        for (int64_t a = 0; a < n; ++a) {
          positive += readPair(((o * rows + j) * n + a) * 2, lane) * root(-k * a);
          negative += readPair(((o * rows + rows - 1 - j) * n + a) * 2, lane) * root(k * a);
        }
        const int64_t at = ((o * limit + k) * rows + j) * 4;
        writePair(at, lane, positive);
        writePair(at + 2, lane, negative);
      }
}

void Dft::complexSynthesis(int64_t lane) const {
  for (int64_t o = 0; o < orders; ++o)
    for (int64_t j = 0; j < rows; ++j)
      for (int64_t a = 0; a < n; ++a) {
        Complex sum = 0.0;
        for (int64_t k = 0; k < limit; ++k) {
          const int64_t first = (o * limit + k) * rows;
          sum += readPair((first + j) * 4, lane) * root(k * a);
          if (k > 0)
            sum += readPair((first + rows - 1 - j) * 4 + 2, lane) * root(-k * a);
        }
        writePair(((o * rows + j) * n + a) * 2, lane, sum);
      }
}

void Dft::plainAnalysis(int64_t lane) const {
  for (int64_t j = 0; j < rows; ++j)
    for (int64_t k = 0; k < n; ++k) {
      Complex sum = 0.0;
      for (int64_t a = 0; a < n; ++a)
        sum += readPair((j * n + a) * 2, lane) * root(-k * a);
      writePair((k * stride + j) * 2, lane, sum);
    }
}

void Dft::plainSynthesis(int64_t lane) const {
  for (int64_t j = 0; j < rows; ++j)
    for (int64_t a = 0; a < n; ++a) {
      Complex sum = 0.0;
      for (int64_t k = 0; k < n; ++k)
        sum += readPair((k * stride + j) * 2, lane) * root(k * a);
      writePair((j * n + a) * 2, lane, sum);
    }
}

/// e^{2 pi i k / n}, k < n.
SmallVector<Complex> rootsOfUnity(int64_t n) {
  SmallVector<Complex> roots;
  for (int64_t k = 0; k < n; ++k)
    roots.push_back(std::polar(1.0, 2 * std::numbers::pi * k / n));
  return roots;
}

LogicalResult evaluateDft(stage::DftOp op, Frame &frame) {
  auto optional = [&](Value value) { return value ? &frame.buffers.find(value)->second : nullptr; };
  Dft dft{frame.buffers.find(op.getInput())->second,
          frame.buffers.find(op.getOutput())->second,
          optional(op.getMask()),
          optional(op.getPositive()),
          op.hasMaskBits(),
          static_cast<int64_t>(op.getN()),
          static_cast<int64_t>(op.getLimit()),
          static_cast<int64_t>(op.getRows()),
          op.getBinStride(),
          static_cast<int64_t>(op.getOrders()),
          static_cast<int64_t>(op.getLanes()),
          op.getRelu(),
          op.getParity(),
          rootsOfUnity(static_cast<int64_t>(op.getN()))};
  for (int64_t lane = 0; lane < dft.lanes; ++lane) {
    switch (op.getKind()) {
    case stage::DftKind::RealAnalysis:
      dft.realAnalysis(lane);
      break;
    case stage::DftKind::RealSynthesis:
      dft.realSynthesis(lane);
      break;
    case stage::DftKind::ComplexAnalysis:
      dft.complexAnalysis(lane);
      break;
    case stage::DftKind::ComplexSynthesis:
      dft.complexSynthesis(lane);
      break;
    case stage::DftKind::PlainAnalysis:
      dft.plainAnalysis(lane);
      break;
    case stage::DftKind::PlainSynthesis:
      dft.plainSynthesis(lane);
      break;
    }
  }
  return success();
}

/// Through a function of all rows, lane by lane.
LogicalResult evaluateDftMap(stage::DftMapOp op, Frame &frame) {
  const auto n = static_cast<int64_t>(op.getN()), rows = static_cast<int64_t>(op.getRows());
  const auto lanes = static_cast<int64_t>(op.getLanes());
  std::vector<double> values(static_cast<size_t>(rows * n * lanes));
  const Buffer function{&values, 0, {rows * n * lanes}, {1}};
  auto optional = [&](Value value) { return value ? &frame.buffers.find(value)->second : nullptr; };
  const SmallVector<Complex> roots = rootsOfUnity(n);
  auto transform = [&](const Buffer &in, const Buffer &out, uint64_t limit, int64_t stride) {
    const bool back = &in == &function;
    return Dft{in,
               out,
               back ? optional(op.getMask()) : nullptr,
               back ? nullptr : optional(op.getPositive()),
               /*maskBits=*/true,
               n,
               static_cast<int64_t>(limit),
               rows,
               stride,
               /*orders=*/1,
               lanes,
               !back && op.getRelu(),
               /*parity=*/false,
               roots};
  };
  const Dft synthesis = transform(frame.buffers.find(op.getInput())->second, function,
                                  op.getLimit(), op.getBinStride(/*ofOutput=*/false));
  const Dft analysis = transform(function, frame.buffers.find(op.getOutput())->second,
                                 op.getResult(), op.getBinStride(/*ofOutput=*/true));
  for (int64_t lane = 0; lane < lanes; ++lane)
    synthesis.realSynthesis(lane);
  for (int64_t lane = 0; lane < lanes; ++lane)
    analysis.realAnalysis(lane);
  return success();
}

/// Row j of any length n, out[k] = sum_{a < n} in[a] e^{-+ 2 pi i k a / n} as the kind says.
struct Fft {
  const Buffer &in, &out;
  stage::DftKind kind;
  int64_t n, rows;
  SmallVector<Complex> roots; ///< e^{2 pi i k / n}

  Complex pair(int64_t at) const { return {in.at(2 * at), in.at(2 * at + 1)}; }
  Complex read(int64_t j, int64_t a) const;
  void write(int64_t j, int64_t k, Complex value) const;
  void evaluate(int64_t j) const;
};

Complex Fft::read(int64_t j, int64_t a) const {
  if (!stage::isReal(kind))
    return pair(j * n + a);
  if (stage::isAnalysis(kind))
    return in.at(j * n + a);
  if (a == 0 || 2 * a == n)
    return in.at(2 * (a * rows + j));
  return 2 * a < n ? pair(a * rows + j) : std::conj(pair((n - a) * rows + j));
}

void Fft::write(int64_t j, int64_t k, Complex value) const {
  if (kind == stage::DftKind::RealSynthesis) {
    out.at(j * n + k) = value.real();
    return;
  }
  const bool isHalf = stage::isReal(kind);
  if (isHalf && 2 * k > n)
    return;
  const int64_t at = isHalf ? k * rows + j : j * n + k;
  out.at(2 * at) = value.real();
  out.at(2 * at + 1) = value.imag();
}

void Fft::evaluate(int64_t j) const {
  for (int64_t k = 0; k < n; ++k) {
    Complex sum = 0.0;
    for (int64_t a = 0; a < n; ++a) {
      const Complex root = roots[k * a % n];
      sum += read(j, a) * (stage::isAnalysis(kind) ? std::conj(root) : root);
    }
    write(j, k, sum);
  }
}

LogicalResult evaluateFft(stage::FftOp op, Frame &frame) {
  const auto n = static_cast<int64_t>(op.getN()), rows = static_cast<int64_t>(op.getRows());
  const Fft fft{frame.buffers.find(op.getInput())->second,
                frame.buffers.find(op.getOutput())->second,
                op.getKind(),
                n,
                rows,
                rootsOfUnity(n)};
  for (int64_t j = 0; j < rows; ++j)
    fft.evaluate(j);
  return success();
}

LogicalResult evaluateGemm(stage::GemmOp op, Frame &frame) {
  const Buffer &a = frame.buffers.find(op.getA())->second;
  const Buffer &b = frame.buffers.find(op.getB())->second;
  const Buffer &c = frame.buffers.find(op.getC())->second;
  const stage::Matrices left = op.getLeft(), right = op.getRight(), product = op.getProduct();
  auto at = [](const stage::Matrices &matrices, int64_t i, int64_t row, int64_t column,
               bool transposed) {
    const auto [r, c] = transposed ? std::pair(column, row) : std::pair(row, column);
    return i * matrices.stride + r * matrices.ld + c;
  };
  for (int64_t i = 0; i < product.batch; ++i)
    for (int64_t row = 0; row < product.rows; ++row)
      for (int64_t column = 0; column < product.columns; ++column) {
        double sum = 0.0;
        for (int64_t k = 0; k < op.getDepth(); ++k)
          sum += a.at(at(left, i, row, k, op.getTransposeA())) *
                 b.at(at(right, i, k, column, op.getTransposeB()));
        c.at(at(product, i, row, column, false)) = sum;
      }
  return success();
}

/// Problem `row` of a list.
Problem problemAt(const Buffer &list, int64_t row) {
  Problem problem;
  for (auto [position, field] : llvm::enumerate(kProblemFields<int64_t>))
    problem.*field.member =
        static_cast<int64_t>(list.at(row * kProblemFieldCount + static_cast<int64_t>(position)));
  return problem;
}

/// C(r, v) = sum_k A(r, k) B(k, v): visit(row, column, sum over k of product(at A, at B)).
template <typename Product, typename Store>
void evaluateProblem(const Problem &p, Product product, Store store) {
  for (int64_t r = 0; r < p.R1 * p.R0; ++r)
    for (int64_t v = 0; v < p.N; ++v) {
      const int64_t r1 = r / p.R0, r0 = r % p.R0;
      Complex sum = 0.0;
      for (int64_t k = 0; k < p.K1 * p.K0; ++k) {
        const int64_t k1 = k / p.K0, k0 = k % p.K0;
        sum += product(p.aOff + r1 * p.aR1 + r0 * p.aR0 + k1 * p.aK1 + k0 * p.aK0,
                       p.bOff + k1 * p.bK1 + k0 * p.bK0 + v * p.bV);
      }
      store(p.cOff + r1 * p.cR1 + r0 * p.cR0 + v * p.cV, sum);
    }
}

/// A value of a product's operand: complex if it has a plane of imaginary parts.
struct Factor {
  Buffer buffer;
  int64_t width, plane;

  Complex at(int64_t position, int64_t lane) const {
    const double imaginary = plane ? buffer.at((position + plane) * width + lane) : 0.0;
    return {buffer.at(position * width + lane), imaginary};
  }
  void set(int64_t position, int64_t lane, Complex value) const {
    buffer.at(position * width + lane) = value.real();
    if (plane)
      buffer.at((position + plane) * width + lane) = value.imag();
  }
};

/// The values that blocks of anchors from `offset` on stand for, [degrees][vectors]V.
std::vector<double> degreesOf(const Buffer &table, int64_t offset, int64_t count,
                              const ::spherical::runtime::AnchorBlock &anchors) {
  const int64_t width = anchors.rings * anchors.lanes;
  std::vector<double> values(count * width);
  for (int64_t l = 0; l < count; ++l) {
    const int64_t block = offset + l / anchors.distance * anchors.size();
    const int64_t row = l % anchors.distance, factors = (block + 2 * anchors.rings) * anchors.lanes;
    auto factor = [&](int64_t which) { return table.at(factors + 3 * (row - 2) + which); };
    for (int64_t i = 0; i < width; ++i)
      values[l * width + i] =
          row < 2 ? table.at((block + row * anchors.rings) * anchors.lanes + i)
                  : (factor(0) * table.at(i) + factor(1)) * values[(l - 1) * width + i] +
                        factor(2) * values[(l - 2) * width + i];
  }
  return values;
}

LogicalResult evaluateContract(stage::ContractOp op, Frame &frame) {
  const Buffer &problems = frame.buffers.find(op.getProblems())->second;
  const auto lanes = static_cast<int64_t>(op.getLanes());
  const bool reduce = op.getKind() == stage::ContractKind::Reduce;
  auto factor = [&](Value operand, bool hasLanes, size_t number) {
    return Factor{frame.buffers.find(operand)->second, hasLanes ? lanes : 1,
                  op.getPlanes() ? (*op.getPlanes())[number] : 0};
  };
  Factor a = factor(op.getA(), reduce, 0), b = factor(op.getB(), true, 1);
  const Factor c = factor(op.getC(), !reduce, 2);
  for (int64_t row = 0; row < problems.shape[0]; ++row) {
    Problem problem = problemAt(problems, row);
    std::vector<double> degrees; // in place of a table of anchors
    if (std::optional<ArrayRef<int64_t>> anchors = op.getAnchors()) {
      int64_t &offset = reduce ? problem.aOff : problem.bOff;
      degrees = degreesOf(frame.buffers.find(op.getAnchored()->get())->second, offset,
                          reduce ? problem.R0 : problem.K0, {(*anchors)[0], (*anchors)[1], lanes});
      offset = 0;
      (reduce ? a : b).buffer = {&degrees, 0, {static_cast<int64_t>(degrees.size())}, {1}};
    }
    for (int64_t lane = 0; lane < (reduce ? 1 : lanes); ++lane)
      evaluateProblem(
          problem,
          [&](int64_t atA, int64_t atB) {
            Complex sum = 0.0;
            for (int64_t summed = 0; summed < (reduce ? lanes : 1); ++summed)
              sum += a.at(atA, summed) * b.at(atB, reduce ? summed : lane);
            return sum;
          },
          [&](int64_t at, Complex sum) { c.set(at, lane, sum); });
  }
  return success();
}

/// Position of element `i` of the dense side of a gather in sample `sample`.
int64_t denseAt(stage::GatherOp op, const Buffer &dense, int64_t sample, int64_t i) {
  return (op.getMirrored() ? dense.shape[0] - 1 - sample : sample) * dense.strides[0] + i;
}

LogicalResult evaluateGather(stage::GatherOp op, Frame &frame) {
  const Buffer &in = frame.buffers.find(op.getInput())->second;
  const Buffer &out = frame.buffers.find(op.getOutput())->second;
  const Buffer *indices = op.getIndices() ? &frame.buffers.find(op.getIndices())->second : nullptr;
  const Buffer *coefficients =
      op.getCoefficients() ? &frame.buffers.find(op.getCoefficients())->second : nullptr;
  const Buffer *list = indices ? indices : coefficients;
  const int64_t terms = list ? list->shape[1] : 1, results = op.getResultsOfRow();
  const auto count = static_cast<int64_t>(op.getCount()),
             lanes = static_cast<int64_t>(op.getLanes());
  const bool toLanes = op.getMode() == stage::GatherMode::ToLanes;
  const bool fromLanes = op.getMode() == stage::GatherMode::FromLanes;
  const bool scalar = op.getMode() == stage::GatherMode::Scalar;
  const int64_t first = op.getGroup() ? frame.indices.lookup(op.getGroup()) * lanes : 0;
  const int64_t samples = op.getAll() ? (toLanes ? in : out).shape[0] : frame.count;
  for (int64_t lane = 0; lane < (scalar ? 1 : lanes); ++lane) {
    const int64_t sample = first + lane;
    if (fromLanes && sample >= samples)
      continue;
    for (int64_t result = 0; result < count * results; ++result) {
      const int64_t i = result % count;
      double sum = 0.0;
      for (int64_t t = 0; t < terms && !(toLanes && sample >= samples); ++t) {
        const int64_t at = indices ? static_cast<int64_t>(indices->at(i * terms + t)) : i;
        const double value = in.at(toLanes  ? denseAt(op, in, sample, at)
                                   : scalar ? at
                                            : at * lanes + lane);
        sum += coefficients ? coefficients->at((i * terms + t) * results + result / count) * value
                            : value;
      }
      out.at(fromLanes ? denseAt(op, out, sample, result)
             : scalar  ? result
                       : result * lanes + lane) = sum;
    }
  }
  return success();
}

LogicalResult evaluateFill(stage::FillOp op, Frame &frame) {
  const Buffer &out = frame.buffers.find(op.getOutput())->second;
  const Attribute value = op.getValue();
  double number = 0.0;
  if (auto real = dyn_cast<FloatAttr>(value))
    number = real.getValueAsDouble();
  else
    number = static_cast<double>(cast<IntegerAttr>(value).getInt());
  for (int64_t i = 0; i < out.size(); ++i)
    out.at(i) = number;
  return success();
}

} // namespace

LogicalResult evaluateStage(Operation *op, Frame &frame) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](stage::DftOp dft) { return evaluateDft(dft, frame); })
      .Case([&](stage::DftMapOp map) { return evaluateDftMap(map, frame); })
      .Case([&](stage::FftOp fft) { return evaluateFft(fft, frame); })
      .Case([&](stage::GemmOp gemm) { return evaluateGemm(gemm, frame); })
      .Case([&](stage::ContractOp contract) { return evaluateContract(contract, frame); })
      .Case([&](stage::GatherOp gather) { return evaluateGather(gather, frame); })
      .Case([&](stage::FillOp fill) { return evaluateFill(fill, frame); })
      .Case([&](stage::MapOp map) { return evaluateMap(map, frame); })
      .Default([&](Operation *other) { return evaluateAddress(other, frame); });
}

} // namespace mlir::spherical
