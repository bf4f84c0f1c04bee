//===- candidates.cpp - ways to compute the ops -----------------*- C++ -*-===//
//
// Layers with weights; the others are one pass over their values.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/nn/channel_lanes.h"
#include "dialects/nn/fourier.h"
#include "dialects/nn/planar.h"
#include "dialects/nn/winograd.h"
#include "dialects/spherical/tiles.h"
#include "dialects/spherical/work.h"

namespace mlir::nn {

using spherical::addLibraryProducts;
using spherical::Candidate;
using spherical::direct;
using spherical::hasChannelLanes;
using spherical::lanesOf;
using spherical::Machine;
using spherical::Products;
using spherical::valuesOf;

using Candidates = SmallVector<Candidate>;

/// Operations of the epilogue on all values of the result.
static int64_t epilogueFlop(spherical::Epilogued op) {
  Region &region = op.getEpilogue();
  if (region.empty())
    return 0;
  const int64_t operations = llvm::count_if(region.front().without_terminator(), [](Operation &o) {
    return o.getNumOperands() > 0 && !isa<CastOpInterface>(o);
  });
  return operations * valuesOf(op->getResult(0).getType());
}

static int64_t extentOf(Value value, int64_t axis) {
  return cast<RankedTensorType>(value.getType()).getDimSize(axis);
}

static int64_t numbersOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getNumElements();
}

/// Each weight once for each window.
static int64_t convolutionFlop(Value windows, Value weight) {
  return 2 * numbersOf(windows) / extentOf(windows, 1) * numbersOf(weight);
}

/// A candidate for each register tile of products whose lanes are those of `lanes`.
static Candidates tiled(const Candidate &candidate, const Machine &machine,
                        const Products &products, Value lanes) {
  const Type type = lanes.getType();
  const int64_t width = std::max<int64_t>(1, lanesOf(type));
  return spherical::tileCandidates(candidate, machine, products,
                                   width * spherical::elementBits(type) / 8);
}

/// Groups of samples that share the lanes of a value.
static int64_t groupsOf(Value value) {
  return llvm::divideCeil(extentOf(value, 0), std::max<int64_t>(1, lanesOf(value.getType())));
}

Candidates LinearOp::getCandidates(const Machine &machine) {
  const int64_t in = extentOf(getInput(), 1), out = extentOf(getResult(), 1);
  Candidates candidates =
      tiled(direct(*this, machine, spherical::kGeneratedProducts,
                   2 * valuesOf(getInput().getType()) * out + epilogueFlop(*this)),
            machine, {out, 1, in, groupsOf(getInput())}, getInput());
  const bool hasEpilogue = getBias() || !getEpilogue().empty();
  addLibraryProducts(*this, machine, {out, lanesOf(getInput().getType()), in, groupsOf(getInput())},
                     hasEpilogue ? 1 : 0, candidates);
  return candidates;
}

Candidates LinearGradInputOp::getCandidates(const Machine &machine) {
  const int64_t in = extentOf(getGrad(), 1), out = extentOf(getResult(), 1);
  Candidates candidates = tiled(direct(*this, machine, spherical::kGeneratedProducts,
                                       2 * valuesOf(getGrad().getType()) * out),
                                machine, {out, 1, in, groupsOf(getGrad())}, getGrad());
  addLibraryProducts(*this, machine, {out, lanesOf(getGrad().getType()), in, groupsOf(getGrad())},
                     0, candidates);
  return candidates;
}

/// A task has 8 rows.
Candidates LinearGradWeightOp::getCandidates(const Machine &machine) {
  const int64_t rows = extentOf(getResult(), 0), tasks = llvm::divideCeil(rows, 8);
  const int64_t columns = extentOf(getResult(), 1), groups = groupsOf(getInput());
  Candidates candidates =
      tiled(direct(*this, machine, spherical::kGeneratedProducts,
                   2 * numbersOf(getResult()) * extentOf(getInput(), 0)),
            machine, {std::min<int64_t>(rows, 8), columns, groups, tasks}, getInput());
  addLibraryProducts(*this, machine, {rows, columns, lanesOf(getInput().getType()), groups},
                     groups > 1, candidates);
  return candidates;
}

/// What a convolution by transforms of tiles works on.
static CorrelationShape shapeOf(const Correlation &correlation, Value input, Value result,
                                int64_t epilogueFlop) {
  const Type type = input.getType();
  const int64_t lanes = std::max<int64_t>(1, lanesOf(type));
  CorrelationShape shape{correlation,
                         extentOf(input, 1),
                         extentOf(result, 1),
                         groupsOf(input),
                         lanes,
                         spherical::elementBits(type) / 8,
                         epilogueFlop};
  if (hasChannelLanes(type)) {
    shape.depth = std::min(shape.in, lanes);
    shape.in = llvm::divideCeil(shape.in, lanes);
    shape.out = llvm::divideCeil(shape.out, lanes);
    shape.groups = extentOf(input, 0);
  }
  return shape;
}

/// A convolution, its adjoint, or the gradient of its weight, by transforms of tiles if there is a
/// correlation: by Fourier's if the stride is 1.
static void addTransforms(std::optional<Correlation> correlation, const Machine &machine,
                          Value input, Value result, bool gradient, int64_t epilogueFlop,
                          Candidates &candidates) {
  if (!correlation)
    return;
  const CorrelationShape shape = shapeOf(*correlation, input, result, epilogueFlop);
  if (!correlation->hasStride())
    addFourierCandidates(machine, shape, gradient, candidates);
  addWinogradCandidates(machine, shape, gradient, candidates);
}

/// Predicts so many times the time of all.
static void scaleTimes(Candidates &candidates, double share) {
  for (Candidate &candidate : candidates)
    candidate.seconds *= share;
}

/// The direct way of a convolution, whose tasks share out the rows of an image.
static Candidate byRows(Operation *op, const Machine &machine, StringRef algorithm, int64_t flop,
                        Value image, StringRef reason = {}) {
  Candidate candidate = direct(op, machine, algorithm, flop, reason);
  const int64_t groups = hasChannelLanes(image.getType()) ? extentOf(image, 0) : groupsOf(image);
  candidate.tasks = groups * extentOf(image, 2);
  return candidate;
}

/// Values of a kernel for a pair of channels.
static int64_t tapsOf(Value weight) { return extentOf(weight, 2) * extentOf(weight, 3); }

/// What a convolution multiplies where channels are in the lanes: each position of `positions` with
/// the weights of all windows, from channels of `in` to lane groups of `out`.
static Products channelProducts(Value positions, Value in, Value out, Value weight) {
  const int64_t lanes = lanesOf(in.getType()), channels = extentOf(in, 1);
  const int64_t depth = llvm::divideCeil(channels, lanes) * packedDepth(channels, lanes);
  const int64_t groups = llvm::divideCeil(extentOf(out, 1), lanes);
  return {extentOf(positions, 2) * extentOf(positions, 3), groups, tapsOf(weight) * depth,
          extentOf(positions, 0)};
}

/// Operations of such products on all lanes.
static int64_t flopOf(const Products &p, int64_t lanes) {
  return 2 * p.rows * p.columns * p.depth * p.count * lanes;
}

/// A candidate for each register tile of products whose vectors come from the second cache: six
/// rows of four columns were measured to be faster there than the usual five, which suit the first.
static Candidates tiledFromCache(const Candidate &candidate, const Machine &machine,
                                 const Products &products, Value lanes) {
  constexpr double gain = 1.14;
  Candidates candidates = tiled(candidate, machine, products, lanes);
  for (Candidate &each : candidates)
    if (products.columns > 2 && ArrayRef(each.tile) == ArrayRef<int64_t>{6, 4})
      each.seconds /= gain;
  return candidates;
}

/// A convolution with channels in the lanes, all values of the kernel for each of `positions`.
template <typename Op>
static Candidates inChannelLanes(Op op, const Machine &machine, StringRef algorithm,
                                 Value positions) {
  const Value in = op.getInput();
  const Products products = channelProducts(positions, in, op.getResult(), op.getWeight());
  const int64_t flop = flopOf(products, lanesOf(in.getType())) + epilogueFlop(op);
  Candidates candidates = tiledFromCache(
      byRows(op, machine, algorithm, flop, op.getResult(), "channels in the lanes"), machine,
      products, in);
  // Where results are one lane group, each multiply-add loads a value of its own, and rows are
  // copied for one column: 1.5 to 2 times as long was measured.
  constexpr double single = 1.65;
  if (products.columns == 1)
    scaleTimes(candidates, single);
  return candidates;
}

/// One product for each row of the result, or by transforms.
Candidates Conv2dOp::getCandidates(const Machine &machine) {
  Candidates candidates =
      hasChannelLanes(getType())
          ? inChannelLanes(*this, machine, "rows", getResult())
          : tiled(byRows(*this, machine, "rows",
                         convolutionFlop(getResult(), getWeight()) + epilogueFlop(*this),
                         getResult()),
                  machine,
                  {extentOf(getWeight(), 0), extentOf(getResult(), 3),
                   numbersOf(getWeight()) / extentOf(getWeight(), 0),
                   groupsOf(getResult()) * extentOf(getResult(), 2)},
                  getResult());
  addTransforms(correlationOf(planarOf(*this), /*adjoint=*/false), machine, getInput(),
                getResult(), /*gradient=*/false, epilogueFlop(*this), candidates);
  return candidates;
}

/// The gradient of a weight with channels in the lanes: for each column of the kernel its rows and
/// the input channels.
static Candidates gradientInChannelLanes(Conv2dGradWeightOp op, const Machine &machine) {
  Value grad = op.getGrad();
  const int64_t lanes = lanesOf(grad.getType());
  const int64_t rows = extentOf(op.getResult(), 2), columns = extentOf(op.getResult(), 3);
  const int64_t in = extentOf(op.getInput(), 1), depth = std::min(in, lanes);
  const int64_t groups = llvm::divideCeil(in, lanes) * columns * extentOf(grad, 0);
  const int64_t out = llvm::divideCeil(extentOf(grad, 1), lanes);
  const Products products{rows * depth, out, extentOf(grad, 2) * extentOf(grad, 3), groups};
  return tiledFromCache(
      byRows(op, machine, "rows", flopOf(products, lanes), grad, "channels in the lanes"), machine,
      products, grad);
}

/// The same with samples there: one product for each value of the kernel and few rows, all channels
/// of the input, or, where channels are fewer, one for each of them, whose columns are the kernel's.
static Candidates gradientOfSamples(Conv2dGradWeightOp op, const Machine &machine) {
  Value grad = op.getGrad(), weight = op.getResult();
  const int64_t in = extentOf(weight, 1), kernel = extentOf(weight, 3);
  const int64_t count = std::min(in, kernel) * extentOf(weight, 2);
  return tiled(byRows(op, machine, "rows", convolutionFlop(grad, weight), grad), machine,
               {extentOf(weight, 0), std::max(in, kernel), extentOf(grad, 3),
                count * extentOf(grad, 2) * groupsOf(grad)},
               grad);
}

/// By products, or by transforms.
Candidates Conv2dGradWeightOp::getCandidates(const Machine &machine) {
  Candidates candidates = hasChannelLanes(getGrad().getType())
                              ? gradientInChannelLanes(*this, machine)
                              : gradientOfSamples(*this, machine);
  addTransforms(correlationOf(planarOf(*this), /*adjoint=*/false), machine, getInput(), getGrad(),
                /*gradient=*/true, /*epilogueFlop=*/0, candidates);
  return candidates;
}

/// One product for each row and phase of the result, or by transforms.
Candidates ConvTranspose2dOp::getCandidates(const Machine &machine) {
  const Planar planar = planarOf(*this);
  const int64_t columns = llvm::divideCeil(extentOf(getResult(), 3), planar.columns.stride);
  Candidates candidates =
      hasChannelLanes(getType())
          ? inChannelLanes(*this, machine, "phases", getInput())
          : tiled(byRows(*this, machine, "phases",
                         convolutionFlop(getInput(), getWeight()) + epilogueFlop(*this),
                         getResult()),
                  machine,
                  {extentOf(getWeight(), 1), columns,
                   extentOf(getWeight(), 0) * planar.rows.parts() * planar.columns.parts(),
                   groupsOf(getResult()) * extentOf(getResult(), 2) * planar.columns.stride},
                  getResult());
  // Phases that are products of few columns each, and whose results lie strides apart, take 1.2 to
  // 1.5 times as long as the same operations without a stride.
  constexpr double phases = 1.25;
  if (planar.rows.stride > 1 || planar.columns.stride > 1)
    scaleTimes(candidates, phases);
  addTransforms(correlationOf(planar, /*adjoint=*/true), machine, getInput(), getResult(),
                /*gradient=*/false, epilogueFlop(*this), candidates);
  return candidates;
}

Candidates UpsampleNearestOp::getCandidates(const Machine &machine) {
  Candidate candidate = spherical::onePass(*this, machine);
  candidate.flop += epilogueFlop(*this);
  candidate.seconds = machine.secondsOf(candidate.flop, candidate.bytes);
  return {candidate};
}

} // namespace mlir::nn
