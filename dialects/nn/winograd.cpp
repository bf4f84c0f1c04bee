//===- winograd.cpp - minimal filters, their cost ---------------*- C++ -*-===//
//
// A result takes as many multiply-adds for each pair of channels as a tile has positions, by its
// results: T^2 / m^2 in place of k^2.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/winograd.h"

#include "dialects/spherical/stages/stage_builder.h"
#include "dialects/spherical/tiles.h"
#include "dialects/spherical/work.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

namespace mlir::nn {

using spherical::Candidate;
using spherical::evenBlock;
using spherical::Machine;

/// Whether there are filters of both axes.
static bool hasFilters(const Correlation &c, int64_t length) {
  return FilterAxis{c.rows, length}.exists() && FilterAxis{c.columns, length}.exists();
}

std::optional<int64_t> winogradLength(spherical::ChoiceAttr choice,
                                      const Correlation &correlation) {
  ArrayRef<int64_t> radices = choice.getRadices();
  if (radices.size() != 1 || !hasFilters(correlation, radices[0]))
    return std::nullopt;
  return radices[0];
}

/// An axis in blocks of so many tiles.
static void setBlock(TileAxis &axis, int64_t length, int64_t tiles) {
  const FilterAxis filter{axis, length};
  axis.unit = filter.results();
  axis.length = (tiles - 1) * axis.inputOf(axis.unit) + filter.inputs();
}

void setBlocks(CorrelationShape &shape, int64_t length) {
  constexpr int64_t cache = 1 << 20, memory = 24 << 20, tasks = 16, fewest = 8;
  TileAxis &y = shape.correlation.rows, &x = shape.correlation.columns;
  setBlock(y, length, 1), setBlock(x, length, 1);
  const int64_t vector = shape.lanes * shape.valueBytes;
  const int64_t row = FilterAxis{x, length}.positions() * (shape.in + shape.out) * vector;
  const int64_t halves = FilterAxis{y, length}.positions() *
                         (x.inputOf(x.unit) * shape.in + x.unit * shape.out) * vector;
  const int64_t most = std::max({int64_t(1), cache / row, std::min(fewest, memory / halves)});
  const int64_t down = y.tiles(), across = x.tiles(), width = evenBlock(across, most);
  const int64_t strips = shape.groups * llvm::divideCeil(across, width);
  const int64_t shared = std::max<int64_t>(1, down * strips / tasks);
  setBlock(x, length, width);
  setBlock(y, length, evenBlock(down, std::clamp<int64_t>(most / width, 1, shared)));
}

/// Of a tile.
static int64_t positionsOf(const CorrelationShape &shape, int64_t length) {
  const Correlation &c = shape.correlation;
  return FilterAxis{c.rows, length}.positions() * FilterAxis{c.columns, length}.positions();
}

/// Bytes of the kernel's positions.
static int64_t kernelBytes(const CorrelationShape &shape, int64_t length) {
  return positionsOf(shape, length) * shape.pairs() * shape.valueBytes;
}

/// Blocks of tiles, of all lane groups.
static int64_t blocksOf(const CorrelationShape &shape) {
  return shape.correlation.tiles() * shape.groups;
}

/// Tiles of all lane groups.
static int64_t tilesOf(const CorrelationShape &shape) {
  const TileAxis &y = shape.correlation.rows, &x = shape.correlation.columns;
  return y.units() * x.units() * shape.groups;
}

void setTileRows(CorrelationShape &shape, int64_t length) {
  TileAxis &y = shape.correlation.rows, &x = shape.correlation.columns;
  setBlock(y, length, 1), setBlock(x, length, 1);
  setBlock(x, length, x.tiles());
}

/// Bytes of the positions of all tiles, of input and results.
static int64_t positionBytes(const CorrelationShape &shape, int64_t length) {
  return positionsOf(shape, length) * tilesOf(shape) * (shape.in + shape.out) * shape.lanes *
         shape.valueBytes;
}

bool readsPositions(const CorrelationShape &shape, int64_t length) {
  constexpr int64_t cache = 512 << 10; // holds a kernel's positions from block to block
  const int64_t kernel = kernelBytes(shape, length);
  return shape.depth > 0 && kernel > cache &&
         kernel * (blocksOf(shape) - 1) > 2 * positionBytes(shape, length);
}

GradientPart gradientPart(const CorrelationShape &shape, int64_t length) {
  constexpr int64_t memory = 64 << 20;
  const int64_t rows = shape.correlation.rows.tiles();
  const int64_t group = positionBytes(shape, length) / shape.groups;
  auto most = [&](int64_t all, int64_t bytes) {
    return evenBlock(all, std::clamp<int64_t>(memory / bytes, 1, all));
  };
  return {most(shape.groups, group), most(rows, group / rows)};
}

namespace {
/// Work of one way, in parts that are predicted each by itself.
struct WinogradWork {
  const Machine &machine;
  const CorrelationShape &shape; ///< in blocks
  int64_t length;                ///< T
  bool gradient = false;         ///< of the kernel

  const TileAxis &y() const { return shape.correlation.rows; }
  const TileAxis &x() const { return shape.correlation.columns; }
  FilterAxis rows() const { return {y(), length}; }
  FilterAxis columns() const { return {x(), length}; }
  int64_t positions() const { return positionsOf(shape, length); }
  int64_t blocks() const { return blocksOf(shape); }
  int64_t tiles() const { return tilesOf(shape); }
  /// Of a block.
  int64_t tilesTogether() const { return llvm::divideCeil(tiles(), blocks()); }
  /// Vectors of half-combined tiles, each with its share of a block's columns.
  int64_t inHalf() const {
    const int64_t across = llvm::divideCeil(x().step(), x().unit);
    return shape.in * rows().positions() * llvm::divideCeil(x().length, across);
  }
  int64_t outHalf() const { return shape.out * rows().positions() * x().unit; }
  /// Parts of a gradient's sums.
  int64_t parts() const {
    const GradientPart part = gradientPart(shape, length);
    return llvm::divideCeil(shape.groups, part.groups) * llvm::divideCeil(y().tiles(), part.rows);
  }

  double combineFlop() const;
  double combineSeconds() const;
  double kernelSeconds() const;
  spherical::TiledSeconds products() const;
  double moveSeconds() const;
};
} // namespace

/// Multiplications and additions of a matrix, pairs of rows or columns left out of account.
static int64_t flopOf(const Coefficients &matrix) {
  int64_t flop = 0;
  for (const auto &row : matrix)
    flop += 2 * llvm::count_if(row, [](double factor) { return factor != 0; }) - 1;
  return flop;
}

/// Of vectors of a tile's combinations of rows and columns, on both sides.
double WinogradWork::combineFlop() const {
  const MinimalFilter down = minimalFilter(rows()), across = minimalFilter(columns());
  const int64_t positions = rows().positions();
  auto side = [](const Coefficients &matrix, bool turned) {
    return flopOf(turned ? transposed(matrix) : matrix);
  };
  const int64_t in = shape.in * positions * flopOf(across.input) +
                     inHalf() / positions * flopOf(down.input);
  const int64_t out = shape.out * (positions * side(across.result, gradient) +
                                   x().unit * side(down.result, gradient));
  return static_cast<double>(in + out);
}

/// Beside these, trips to a cache: of a copy, of half-combined tiles, and of positions; and back.
double WinogradWork::combineSeconds() const {
  constexpr double trip = 8;
  const int64_t all = positions() * (gradient ? shape.in + shape.out : shape.in) +
                      x().unit * y().unit * shape.out;
  const auto values = static_cast<double>(2 * inHalf() + outHalf() + all);
  return machine.workSeconds((combineFlop() + trip * values) *
                                 static_cast<double>(tiles() * shape.lanes),
                             spherical::kTransformShare);
}

/// Taps are put in the lanes one by one, then made positions; or back.
double WinogradWork::kernelSeconds() const {
  constexpr double one = 150, trip = 8; // operations in the time of a value
  const auto taps = static_cast<double>(y().kernel * x().kernel);
  return machine.workSeconds(static_cast<double>(shape.pairs()) *
                                 (one * taps + 2 * trip * static_cast<double>(positions())),
                             spherical::kTransformShare);
}

/// The products of all positions of a block; of a gradient those of a part, and sums over lanes.
spherical::TiledSeconds WinogradWork::products() const {
  const int64_t vector = shape.lanes * shape.valueBytes;
  if (gradient) {
    constexpr double laneSum = 4; // cycles of a value
    const int64_t count = positions() * parts();
    const auto depth = static_cast<int64_t>(llvm::divideCeil(tiles(), parts()));
    spherical::TiledSeconds found = spherical::fastestTile(
        machine, {shape.out, shape.in, depth, count}, shape.lanes, vector);
    const auto sums = static_cast<double>(count * shape.pairs() * shape.lanes);
    found.seconds += machine.workSeconds(4 * laneSum * sums, spherical::kProductShare);
    return found;
  }
  const bool all = readsPositions(shape, length);
  const int64_t together = all ? tiles() : tilesTogether();
  const int64_t count = positions() * (all ? 1 : blocks());
  const spherical::Products each =
      shape.depth > 0 ? spherical::Products{together, shape.out, shape.in * shape.depth, count}
                      : spherical::Products{shape.out, together, shape.in, count};
  return spherical::fastestTile(machine, each, shape.lanes, vector);
}

/// Half-combined tiles go to a cache and back, and so do the positions of all tiles, or each block
/// reads the kernel's; of a gradient, positions and sums.
double WinogradWork::moveSeconds() const {
  const int64_t vector = shape.lanes * shape.valueBytes;
  const int64_t tile = (inHalf() + outHalf()) * vector;
  const int64_t kernel = kernelBytes(shape, length), positions = positionBytes(shape, length);
  auto seconds = [&](int64_t bytes, int64_t held) {
    return machine.moveSeconds(static_cast<double>(bytes), held);
  };
  if (gradient)
    return seconds(2 * positions, positions / parts()) + seconds(3 * kernel * parts(), 2 * kernel);
  const double halves = seconds(2 * tile * tiles(), tile * tilesTogether());
  if (readsPositions(shape, length))
    return halves + seconds(2 * positions + kernel, positions);
  return halves + seconds(kernel * (blocks() + 1), kernel);
}

static Candidate candidateOf(const Candidate &direct, const WinogradWork &work) {
  constexpr double stages = 4; // the kernel's positions and blocks at edges beside those inside
  const spherical::TiledSeconds products = work.products();
  const int64_t length = work.length, lanes = work.shape.lanes;
  Candidate candidate = direct;
  candidate.algorithm = kWinograd;
  candidate.rounding = std::sqrt(squaredRounding(work.rows()) * squaredRounding(work.columns()));
  candidate.radices = {length};
  candidate.tile = products.tile;
  candidate.tasks = work.gradient ? work.positions() : work.blocks();
  candidate.flop = work.shape.epilogueFlop +
                   static_cast<int64_t>(work.combineFlop()) * work.tiles() * lanes +
                   2 * work.positions() * work.shape.steps() * work.tiles() * lanes;
  const double computing =
      work.kernelSeconds() + work.combineSeconds() + products.seconds + work.moveSeconds();
  const double moving =
      work.machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes);
  candidate.seconds = std::max(computing, moving) + stages * work.machine.stageSeconds;
  candidate.reason =
      llvm::formatv("tiles of {0} x {1} for {2} x {3} results", work.rows().inputs(),
                    work.columns().inputs(), work.y().unit, work.x().unit)
          .str();
  if (!candidate.tile.empty())
    candidate.reason += ", " + spherical::tileText(candidate.tile);
  return candidate;
}

void addWinogradCandidates(const Machine &machine, const CorrelationShape &given, bool gradient,
                           SmallVectorImpl<Candidate> &candidates) {
  const Candidate direct = candidates.front();
  const int64_t parts = given.correlation.parts();
  if (machine.registers == 0 || parts == 1 || (gradient && given.depth > 0))
    return;
  for (const int64_t length : {4, 5, 6, 7, 8}) {
    // The longest tiles save little of small kernels, for errors that are several times larger.
    if (!hasFilters(given.correlation, length) || (length > 6 && parts < 4))
      continue;
    CorrelationShape shape = given;
    if (gradient)
      setTileRows(shape, length);
    else
      setBlocks(shape, length);
    candidates.push_back(candidateOf(direct, {machine, shape, length, gradient}));
  }
}

} // namespace mlir::nn
