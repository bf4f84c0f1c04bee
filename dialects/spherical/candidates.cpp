//===- candidates.cpp - ways to compute the ops -----------------*- C++ -*-===//
//
// Operations are counted as in math.md, section 6; short transforms of N points
// as 5 N log2 N, whatever their radices.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/radices.h"
#include "dialects/spherical/work.h"
#include "runtime/layout.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

namespace mlir::spherical {

using namespace ::spherical::runtime;

using Candidates = SmallVector<Candidate>;

// Transforms: one candidate for each split of their length.

namespace {
/// What a transform does beside its short transforms.
struct ShortTransforms {
  int64_t n;        ///< length of the short transforms
  int64_t series;   ///< functions of one sample and channel
  int64_t shorts;   ///< short transforms of a series, halved where they are real
  int64_t products; ///< operations of the products with Wigner functions of a series
  int64_t half;     ///< values of the half-transformed function of a series
  int64_t moved;    ///< values of a series that go to the cache and back between its steps
};
} // namespace

/// `quadrature`: of a Fourier transform or its adjoint, which may reach degrees beyond b.
static ShortTransforms shortTransformsOf(const Signal &function, const Signal &spectrum,
                                         bool quadrature) {
  const int64_t b = function.bandLimit, n = 2 * b;
  const int64_t degrees = quadrature ? spectrum.bandLimit : std::min(spectrum.bandLimit, b);
  const int64_t orders = std::min(degrees, b);
  ShortTransforms t{n, laneSeries(function), n / 2, 0, 2 * orders * n, 0};
  t.moved = 2 * t.half;
  if (function.onSO3()) {
    t.shorts = n * n / 2 + orders * n;
    t.products = 2 * 4 * n * so3OrderOffset(degrees, orders, orders, 0);
    t.half *= n;
    t.moved = 2 * (t.half + 4 * orders * orders * n); // and the bins of each order
  } else {
    t.products = 2 * 2 * n * s2OrderOffset(degrees, orders);
  }
  return t;
}

/// Values of a function of one sample and channel.
static int64_t valuesOf(const Signal &function) {
  const int64_t n = 2 * function.bandLimit;
  return function.onSO3() ? n * n * n : n * n;
}

/// Lanes of a register of the op's elements.
static int64_t widestLanes(Operation *op, const Machine &machine) {
  return machine.vectorBytes * 8 / elementBits(op->getOperand(0).getType());
}

/// Times that the operations on registers take of those on full ones.
static double emptyLanesFactor(Operation *op, const Machine &machine) {
  const int64_t lanes = std::max<int64_t>(lanesOf(op->getOperand(0).getType()), 1);
  const int64_t widest = widestLanes(op, machine);
  return machine.registers > 0 && lanes < widest
             ? static_cast<double>(widest) / static_cast<double>(lanes)
             : 1.0;
}

static Candidates splitCandidates(Operation *op, const Machine &machine, const ShortTransforms &t) {
  Candidates candidates;
  const Type input = op->getOperand(0).getType();
  const int64_t valueBytes = elementBits(input) / 8, lanes = lanesOf(input);
  const auto n = static_cast<double>(t.n);
  const double empty = emptyLanesFactor(op, machine);
  const auto nominal = static_cast<int64_t>(5 * n * std::log2(n)); // of a complex transform
  for (const Split &split : splitsOf(t.n)) {
    Candidate &candidate = candidates.emplace_back(
        direct(op, machine, kGeneratedTransforms, t.series * (t.shorts * nominal + t.products)));
    candidate.radices = split.radices;
    candidate.reason = llvm::formatv("{0} pass{1} of {2:$[ x ]}", split.radices.size(),
                                     split.radices.size() == 1 ? "" : "es",
                                     llvm::make_range(split.radices.begin(), split.radices.end()));
    // Trips to the cache and spills take the time of so many operations.
    const double passes = split.cost * n * static_cast<double>(t.shorts * t.series);
    const auto products = static_cast<double>(t.products * t.series);
    const double busy = machine.busyShare(candidate.tasks);
    candidate.seconds =
        std::max(machine.workSeconds(empty * passes, kTransformShare * busy) +
                     machine.workSeconds(empty * products, kDegreeSumShare * busy) +
                     machine.moveSeconds(static_cast<double>(t.moved * t.series * valueBytes),
                                         t.half * std::max<int64_t>(lanes, 1) * valueBytes),
                 machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes));
  }
  return candidates;
}

/// What a library's transforms do beside those of generated kernels.
namespace {
struct LibraryWork {
  int64_t moved;  ///< values of a series that go to memory or come from it
  int64_t stages; ///< calls and kernels beyond the one of generated transforms
};
} // namespace

/// By calls of the target's library, where lanes are threads and not registers; fp32 alone. Kernels
/// and calls follow each other, so that their times add up.
static void addLibraryCandidate(Operation *op, const Machine &machine, const ShortTransforms &t,
                                const LibraryWork &work, Candidates &candidates) {
  if (machine.registers > 0 || elementBits(op->getOperand(0).getType()) != 32)
    return;
  Candidate candidate = candidates.front();
  candidate.algorithm = kLibraryTransforms;
  candidate.radices.clear();
  candidate.rows = 0;
  candidate.bytes += t.series * work.moved * elementBits(op->getOperand(0).getType()) / 8;
  const double busy = machine.busyShare(candidate.tasks);
  candidate.seconds =
      machine.workSeconds(static_cast<double>(t.products * t.series), kDegreeSumShare * busy) +
      machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes) +
      static_cast<double>(work.stages) * machine.stageSeconds;
  candidate.reason = "calls of cuFFT";
  candidates.push_back(std::move(candidate));
}

/// Whether all samples are in one lane group: groups without a sample are left out only where they
/// are indices of sweeps (stage-skip-groups).
static bool hasOneGroup(Operation *op) {
  const Type type = op->getOperand(0).getType();
  const Signal signal = *getSignal(type);
  const int64_t lanes = std::max<int64_t>(lanesOf(type), 1);
  if (hasSeriesLanes(type))
    return laneSeries(signal) == lanes;
  return laneBatch(signal) == (hasChannelLanes(type) ? 1 : lanes);
}

/// Whether lane groups and channels are too few to be the tasks of a processor.
static bool hasFewSeries(Operation *op, const Machine &machine, const ShortTransforms &t) {
  const int64_t lanes = std::max<int64_t>(lanesOf(op->getOperand(0).getType()), 1);
  return machine.registers > 0 && t.series / lanes < kEnoughSeries && hasOneGroup(op);
}

/// With orders, rows and coefficients of a lane group and channel as tasks, where these are few:
/// five stages of each, with the half-transformed function in memory between them
/// (stages/order_tasks.cpp).
static void addOrderCandidates(Operation *op, const Machine &machine, const ShortTransforms &t,
                               int64_t stages, ArrayRef<Candidate> bySeries,
                               Candidates &candidates) {
  const int64_t lanes = std::max<int64_t>(lanesOf(op->getOperand(0).getType()), 1);
  const int64_t series = t.series / lanes;
  if (!hasFewSeries(op, machine, t))
    return;
  const int64_t bytes = t.half * lanes * elementBits(op->getOperand(0).getType()) / 8;
  for (Candidate candidate : bySeries) {
    candidate.algorithm = kOrderTransforms;
    candidate.tasks = t.n / 2;
    candidate.seconds += static_cast<double>(stages * series) * machine.stageSeconds +
                         machine.moveSeconds(static_cast<double>(2 * series * bytes), bytes);
    candidate.reason += ", orders are tasks";
    candidates.push_back(std::move(candidate));
  }
}

/// The tile of products whose lanes are summed: as many sums as one tree adds up, or as keep the
/// units busy.
static SmallVector<int64_t> ringTile(const Machine &machine, int64_t lanes, int64_t columns) {
  const int64_t across = std::min(columns, std::max<int64_t>(1, machine.registers / 8));
  const int64_t sums = std::max(lanes, machine.registers / 2);
  return {std::clamp<int64_t>(sums / across, 1, 8), across};
}

/// Adds, beside candidates from number `first` on whose tables of Wigner functions have `rings`
/// values to a degree, those with most of these by recursion. Each is read for two orders.
static void addRecursions(Operation *op, const Machine &machine, const ShortTransforms &t,
                          int64_t rings, size_t first, Candidates &candidates) {
  // The products have 8 operations for each of two orders and each latitude.
  const int64_t values = t.series * t.products / (8 * t.n) / 2 * rings;
  const int64_t bytes = values * elementBits(op->getOperand(0).getType()) / 8;
  constexpr int64_t reads = 2, recursion = 6, share = kAnchorDistance / 2;
  const size_t end = candidates.size();
  for (size_t i = first; i < end; ++i) {
    Candidate candidate = candidates[i];
    candidates[i].bytes += reads * bytes;
    candidates[i].seconds += machine.moveSeconds(static_cast<double>(reads * bytes), bytes);
    candidate.algorithm = kRecursionTransforms;
    candidate.rounding = kRecursionRounding;
    candidate.bytes += reads * bytes / share;
    candidate.flop += reads * recursion * values;
    candidate.seconds +=
        machine.moveSeconds(static_cast<double>(reads * bytes / share), bytes / share) +
        machine.workSeconds(static_cast<double>(reads * recursion * values), kDegreeSumShare);
    candidate.reason += ", degrees by recursion";
    candidates.push_back(std::move(candidate));
  }
}

/// With latitudes in the lanes, where values have one sample, or channel, in theirs: three stages,
/// with the half-transformed function in memory between them (stages/order_tasks.cpp).
static void addRingCandidates(Operation *op, const Machine &machine, const ShortTransforms &t,
                              ArrayRef<Candidate> bySeries, Candidates &candidates) {
  const int64_t lanes = widestLanes(op, machine);
  const Signal result = *getSignal(op->getResult(0).getType());
  const size_t before = candidates.size();
  if (lanes < 2 || lanesOf(op->getOperand(0).getType()) != 1 || !hasFewSeries(op, machine, t))
    return;
  const int64_t groups = 2 * ringGroups(t.n / 2, lanes);
  const double padding = static_cast<double>(groups * lanes) / static_cast<double>(t.n);
  const double full = padding / emptyLanesFactor(op, machine);
  const auto moved = static_cast<int64_t>(
      2 * padding *
      static_cast<double>(t.series * t.half * elementBits(op->getOperand(0).getType()) / 8));
  for (Candidate candidate : bySeries) {
    candidate.algorithm = kRingTransforms;
    candidate.lanes = lanes;
    if (result.isSpectrum())
      candidate.tile = ringTile(machine, lanes, result.onSO3() ? 4 : 2);
    candidate.tasks = (result.onSO3() ? t.n : groups) / 2;
    candidate.bytes += moved;
    candidate.seconds = candidate.seconds * full +
                        machine.moveSeconds(static_cast<double>(moved), moved) +
                        static_cast<double>(3 * t.series) * machine.stageSeconds;
    candidate.reason += ", latitudes in the lanes";
    candidates.push_back(std::move(candidate));
  }
  if (result.onSO3())
    addRecursions(op, machine, t, groups * lanes, before, candidates);
}

static Candidates transformCandidates(Operation *op, const Machine &machine, bool quadrature) {
  Signal in = *getSignal(op->getOperand(0).getType()), out = *getSignal(op->getResult(0).getType());
  // An adjoint goes the other way.
  const ShortTransforms t = in.isSpectrum() ? shortTransformsOf(out, in, quadrature)
                                            : shortTransformsOf(in, out, quadrature);
  ShortTransforms folded = t;
  if (!in.onSO3())
    folded.products /= 2; // sums and differences of mirrored latitudes
  Candidates candidates = splitCandidates(op, machine, folded);
  const Candidates series = candidates;
  addRingCandidates(op, machine, folded, series, candidates);
  if (in.onSO3())
    addOrderCandidates(op, machine, t, /*stages=*/3, series, candidates);
  const int64_t function = valuesOf(in.isSpectrum() ? out : in);
  const int64_t copies = lanesOf(op->getOperand(0).getType()) > 1 ? 2 : 0;
  addLibraryCandidate(op, machine, t, {4 * t.half + copies * function, in.onSO3() ? 3 : 2},
                      candidates);
  return candidates;
}

/// Whether transforms of these radices can meet in registers, as all can be done there that a
/// boundary does to values between them: ReLU and its masks, which are words of bits.
static bool valuesMeet(BoundaryOp op, ArrayRef<int64_t> radices) {
  const bool hasMask = op.getMask() || op.getKeepMask();
  return canMeet(radices) && op.hasSynthesis() && op.hasAnalysis() && op.isAppliedByTransforms() &&
         (!hasMask || lanesOf(op.getInput().getType()) <= kWordLanes);
}

/// The candidates, those of which two transforms can meet with a trip to the cache less for
/// `values` values of the function.
static Candidates meetingCandidates(BoundaryOp op, const Machine &machine, int64_t values,
                                    Candidates candidates) {
  for (Candidate &candidate : candidates) {
    if (!valuesMeet(op, candidate.radices))
      continue;
    const double trip = emptyLanesFactor(op, machine) * kTripCost *
                        static_cast<double>(values / 2); // they go in pairs
    const double saved =
        machine.workSeconds(trip, kTransformShare * machine.busyShare(candidate.tasks));
    const double least = machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes);
    candidate.seconds = std::max(candidate.seconds - saved, least);
    candidate.reason += ", values in registers where they meet";
  }
  return candidates;
}

/// Adds the candidates with half-transformed functions in 2 bytes a number: half as many bytes go
/// to the cache and back there.
static void addBfloat16Candidates(BoundaryOp op, const Machine &machine, const ShortTransforms &t,
                                  Candidates &candidates) {
  if (!op.getFunction().onSO3() || machine.registers == 0 ||
      elementBits(op.getInput().getType()) != 32)
    return;
  const int64_t held = t.half * std::max<int64_t>(lanesOf(op.getInput().getType()), 1);
  const auto values = static_cast<double>(2 * t.half * t.series);
  const double saved =
      machine.moveSeconds(4 * values, 4 * held) - machine.moveSeconds(2 * values, 2 * held);
  const Candidates all = candidates;
  for (Candidate candidate : all) {
    const double least = machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes);
    candidate.algorithm = kBfloat16Transforms;
    candidate.rounding = kBfloat16Rounding;
    candidate.onRequest = true;
    candidate.seconds = std::max(candidate.seconds - saved, least);
    candidate.reason += ", 2 bytes a number between their halves, on request";
    candidates.push_back(std::move(candidate));
  }
}

Candidates BoundaryOp::getCandidates(const Machine &machine) {
  const Signal function = getFunction();
  ShortTransforms both{2 * function.bandLimit, laneSeries(function), 0, 0, 0, 0};
  LibraryWork library{0, 0};
  for (Value value : {getInput(), getResult()}) {
    const Signal spectrum = *getSignal(value.getType());
    if (!spectrum.isSpectrum())
      continue;
    const bool forward = (value == getResult()) != getAdjoint();
    const ShortTransforms one = shortTransformsOf(function, spectrum, forward);
    both.shorts += one.shorts;
    both.products += one.products;
    both.half = std::max(both.half, one.half); // in one memory
    both.moved += one.moved;
    library.moved += 4 * one.half + 2 * valuesOf(function);
    library.stages += function.onSO3() ? 3 : 2;
  }
  const int64_t rows = function.onSO3() ? both.n * both.n : both.n;
  const int64_t lanes = lanesOf(getInput().getType());
  const int64_t rowBytes = both.n * lanes * elementBits(getInput().getType()) / 8;
  const int64_t part = rows / partsInCache(getMostParts(), rows * rowBytes);
  Candidates candidates = splitCandidates(*this, machine, both);
  const int64_t values = both.series * rows * both.n;
  const Candidates bySeries = meetingCandidates(*this, machine, values, candidates);
  if (part < rows && hasScratchRows()) {
    for (Candidate &candidate : candidates) {
      candidate.rows = part;
      candidate.reason += llvm::formatv(", {0} rows at a time", part).str();
    }
    const int64_t bytes = elementBits(getInput().getType()) / 8;
    for (Candidate whole : bySeries) {
      // A function that is there as a whole is written to a larger cache and read again.
      if (!valuesMeet(*this, whole.radices))
        whole.seconds +=
            machine.moveSeconds(static_cast<double>(2 * values * bytes), rows * rowBytes);
      candidates.push_back(whole);
    }
  } else {
    candidates = bySeries;
  }
  addBfloat16Candidates(*this, machine, both, candidates);
  if (function.onSO3()) {
    const size_t before = candidates.size();
    addOrderCandidates(*this, machine, both, /*stages=*/5, bySeries, candidates);
    for (Candidate &candidate : MutableArrayRef(candidates).drop_front(before))
      candidate.rows = part;
  }
  addLibraryCandidate(*this, machine, both, library, candidates);
  return candidates;
}

Candidates S2FTOp::getCandidates(const Machine &machine) {
  return transformCandidates(*this, machine, /*quadrature=*/true);
}

Candidates SO3FTOp::getCandidates(const Machine &machine) {
  return transformCandidates(*this, machine, /*quadrature=*/true);
}

Candidates S2IFTOp::getCandidates(const Machine &machine) {
  return transformCandidates(*this, machine, /*quadrature=*/false);
}

Candidates SO3IFTOp::getCandidates(const Machine &machine) {
  return transformCandidates(*this, machine, /*quadrature=*/false);
}

// Sums over orders, an operation for each value.

static Candidates orderSums(Operation *op, const Machine &machine) {
  Candidate candidate = onePass(op, machine);
  candidate.algorithm = "order_sums";
  return {candidate};
}

Candidates SumNOp::getCandidates(const Machine &machine) { return orderSums(*this, machine); }
Candidates ProjectKernelOp::getCandidates(const Machine &machine) {
  return orderSums(*this, machine);
}

// Biases and integrals of a spectrum touch one coefficient of each sample and channel.

static Candidates lowestCoefficients(Operation *op, const Machine &machine) {
  Candidate candidate = onePass(op, machine);
  for (Value value : {op->getOperand(0), Value(op->getResult(0))}) {
    std::optional<Signal> signal = getSignal(value.getType());
    if (!signal || !signal->isSpectrum())
      continue;
    candidate.flop = laneSeries(*signal);
    candidate.bytes = 2 * candidate.flop * elementBits(op->getOperand(0).getType()) / 8;
    candidate.seconds = machine.secondsOf(candidate.flop, candidate.bytes);
    break;
  }
  return {candidate};
}

Candidates AddBiasOp::getCandidates(const Machine &machine) {
  return lowestCoefficients(*this, machine);
}

Candidates BiasGradOp::getCandidates(const Machine &machine) {
  return lowestCoefficients(*this, machine);
}

Candidates SO3IntegrateOp::getCandidates(const Machine &machine) {
  return lowestCoefficients(*this, machine);
}

// Copies.

Candidates TruncateOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "pointwise", 0)};
}

Candidates PadOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "pointwise", 0)};
}

Candidates ZeroOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "pointwise", 0)};
}

Candidates ConvertLayoutOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "pointwise", 0, "neighbours differ in layout")};
}

Candidates SamplesOp::getCandidates(const Machine &) { return {}; }

} // namespace mlir::spherical
