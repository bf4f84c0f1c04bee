//===- winograd.cpp - minimal filters, their cost ---------------*- C++ -*-===//
//
// A result takes T^2 / m^2 multiply-adds for each pair of channels in place of k^2. Of points that
// are next to each other in size and in pairs p and -p, errors are the least (Barabasz, Anderson,
// Soodhalter and Gregg 2020, who compare many): with 0, 5/8, -5/8, 3/2, -3/2 those of F(4, 3) in
// both axes are twice those of a sum, with the usual 0, 1, -1, 2, -2 four times. Of seven points 0,
// 1/2, -1/2, 1, -1, 2, -2 err the least.
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

static SmallVector<double> pointsOf(int64_t length) {
  if (length == 4)
    return {0, 1, -1};
  if (length == 6)
    return {0, 0.625, -0.625, 1.5, -1.5};
  return {0, 0.5, -0.5, 1, -1, 2, -2};
}

bool isWinogradLength(int64_t length) { return length == 4 || length == 6 || length == 8; }

std::optional<int64_t> winogradLength(spherical::ChoiceAttr choice, int64_t kernel) {
  ArrayRef<int64_t> radices = choice.getRadices();
  if (radices.size() != 1 || !isWinogradLength(radices[0]) || radices[0] <= kernel)
    return std::nullopt;
  return radices[0];
}

/// Coefficients of the product of (x - p) over all points but number `skipped`, x^0 first.
static SmallVector<double> monicWithout(ArrayRef<double> points, int64_t skipped) {
  SmallVector<double> product = {1};
  for (auto [number, point] : llvm::enumerate(points)) {
    if (static_cast<int64_t>(number) == skipped)
      continue;
    product.push_back(0);
    for (size_t i = product.size() - 1; i > 0; --i)
      product[i] = product[i - 1] - point * product[i];
    product[0] *= -point;
  }
  return product;
}

MinimalFilter minimalFilter(int64_t length, int64_t kernel, bool turned) {
  const SmallVector<double> points = pointsOf(length);
  const auto last = static_cast<int64_t>(points.size());
  const int64_t results = length - kernel + 1;
  MinimalFilter filter;
  filter.result.assign(results, SmallVector<double>(length, 0));
  for (int64_t j = 0; j < length; ++j) {
    SmallVector<double> monic = monicWithout(points, j);
    monic.resize(length, 0);
    SmallVector<double> &weights = filter.kernel.emplace_back(kernel, 0.0);
    filter.input.push_back(monic);
    filter.result[results - 1][j] = weights[kernel - 1] = 1; // at infinity the leading coefficient
    if (j < last) {
      double scale = 1;
      for (int64_t other = 0; other < last; ++other)
        scale *= other == j ? 1 : points[j] - points[other];
      for (int64_t r = 0; r < kernel; ++r)
        weights[r] = std::pow(points[j], r) / scale;
      for (int64_t i = 0; i < results; ++i)
        filter.result[i][j] = std::pow(points[j], i);
    }
    if (turned)
      std::reverse(weights.begin(), weights.end());
  }
  return filter;
}

static double squares(ArrayRef<double> row) {
  double sum = 0;
  for (double factor : row)
    sum += factor * factor;
  return sum;
}

double squaredRounding(int64_t length, int64_t kernel) {
  const MinimalFilter filter = minimalFilter(length, kernel, /*turned=*/false);
  double sum = 0;
  for (const auto &result : filter.result)
    for (auto [position, factor] : llvm::enumerate(result))
      sum += factor * factor * squares(filter.kernel[position]) * squares(filter.input[position]);
  return sum / static_cast<double>(filter.result.size()) / static_cast<double>(kernel);
}

/// An axis in blocks of so many tiles.
static void setBlock(TileAxis &axis, int64_t length, int64_t tiles) {
  axis.unit = length - axis.kernel + 1;
  axis.length = tiles * axis.unit + axis.kernel - 1;
}

void setBlocks(CorrelationShape &shape, int64_t length) {
  constexpr int64_t cache = 1 << 20, tasks = 16;
  TileAxis &y = shape.correlation.rows, &x = shape.correlation.columns;
  setBlock(y, length, 1), setBlock(x, length, 1);
  const int64_t tile = length * (shape.in + shape.out) * shape.lanes * shape.valueBytes;
  const int64_t most = std::max<int64_t>(1, cache / tile);
  const int64_t down = y.tiles(), across = x.tiles(), width = evenBlock(across, most);
  const int64_t strips = shape.groups * llvm::divideCeil(across, width);
  const int64_t shared = std::max<int64_t>(1, down * strips / tasks);
  setBlock(x, length, width);
  setBlock(y, length, evenBlock(down, std::clamp<int64_t>(most / width, 1, shared)));
}

/// Bytes of the kernel's positions.
static int64_t kernelBytes(const CorrelationShape &shape, int64_t length) {
  return length * length * shape.pairs() * shape.valueBytes;
}

/// Blocks of tiles, of all lane groups.
static int64_t blocksOf(const CorrelationShape &shape) {
  return shape.correlation.tiles() * shape.groups;
}

/// Tiles of T x T, of all lane groups.
static int64_t tilesOf(const CorrelationShape &shape) {
  const TileAxis &y = shape.correlation.rows, &x = shape.correlation.columns;
  return llvm::divideCeil(y.out, y.unit) * llvm::divideCeil(x.out, x.unit) * shape.groups;
}

/// Bytes of the positions of all tiles, of input and results.
static int64_t positionBytes(const CorrelationShape &shape, int64_t length) {
  return length * length * tilesOf(shape) * (shape.in + shape.out) * shape.lanes * shape.valueBytes;
}

bool readsPositions(const CorrelationShape &shape, int64_t length) {
  constexpr int64_t cache = 512 << 10; // holds a kernel's positions from block to block
  const int64_t kernel = kernelBytes(shape, length);
  return shape.depth > 0 && kernel > cache &&
         kernel * (blocksOf(shape) - 1) > 2 * positionBytes(shape, length);
}

namespace {
/// Work of one way, in parts that are predicted each by itself.
struct WinogradWork {
  const Machine &machine;
  const CorrelationShape &shape; ///< in blocks
  int64_t length;                ///< T

  const TileAxis &y() const { return shape.correlation.rows; }
  const TileAxis &x() const { return shape.correlation.columns; }
  int64_t blocks() const { return blocksOf(shape); }
  int64_t tiles() const { return tilesOf(shape); }
  /// Of a block.
  int64_t tilesTogether() const { return llvm::divideCeil(tiles(), blocks()); }
  /// Vectors of half-combined tiles, each with its share of a block's columns.
  int64_t inHalf() const {
    const int64_t across = llvm::divideCeil(x().step(), x().unit);
    return shape.in * length * llvm::divideCeil(x().length, across);
  }
  int64_t outHalf() const { return shape.out * length * x().unit; }

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
  const MinimalFilter rows = minimalFilter(length, y().kernel, false);
  const MinimalFilter columns = minimalFilter(length, x().kernel, false);
  const int64_t in =
      shape.in * (length * flopOf(columns.input)) + inHalf() / length * flopOf(rows.input);
  const int64_t out =
      shape.out * (length * flopOf(columns.result) + x().unit * flopOf(rows.result));
  return static_cast<double>(in + out);
}

/// Beside these, trips to a cache: of a copy, of half-combined tiles, and of positions; and back.
double WinogradWork::combineSeconds() const {
  constexpr double trip = 8;
  const int64_t positions = length * length * shape.in + x().unit * y().unit * shape.out;
  const auto values = static_cast<double>(2 * inHalf() + outHalf() + positions);
  return machine.workSeconds((combineFlop() + trip * values) *
                                 static_cast<double>(tiles() * shape.lanes),
                             spherical::kTransformShare);
}

/// Taps are put in the lanes one by one, then made positions.
double WinogradWork::kernelSeconds() const {
  constexpr double one = 150, trip = 8; // operations in the time of a value
  const auto taps = static_cast<double>(y().kernel * x().kernel);
  const auto positions = static_cast<double>(length * length);
  return machine.workSeconds(static_cast<double>(shape.pairs()) *
                                 (one * taps + 2 * trip * positions),
                             spherical::kTransformShare);
}

/// The products of all positions of a block.
spherical::TiledSeconds WinogradWork::products() const {
  const bool all = readsPositions(shape, length);
  const int64_t together = all ? tiles() : tilesTogether();
  const int64_t count = length * length * (all ? 1 : blocks());
  const spherical::Products each =
      shape.depth > 0 ? spherical::Products{together, shape.out, shape.in * shape.depth, count}
                      : spherical::Products{shape.out, together, shape.in, count};
  return spherical::fastestTile(machine, each, shape.lanes, shape.lanes * shape.valueBytes);
}

/// Half-combined tiles go to a cache and back, and so do the positions of all tiles, or each block
/// reads the kernel's.
double WinogradWork::moveSeconds() const {
  const int64_t vector = shape.lanes * shape.valueBytes;
  const int64_t tile = (inHalf() + outHalf()) * vector;
  const double halves =
      machine.moveSeconds(static_cast<double>(2 * tile * tiles()), tile * tilesTogether());
  const int64_t kernel = kernelBytes(shape, length), positions = positionBytes(shape, length);
  if (readsPositions(shape, length))
    return halves + machine.moveSeconds(static_cast<double>(2 * positions + kernel), positions);
  return halves + machine.moveSeconds(static_cast<double>(kernel * (blocks() + 1)), kernel);
}

static Candidate candidateOf(const Candidate &direct, const WinogradWork &work) {
  constexpr double stages = 4; // the kernel's positions and blocks at edges beside those inside
  const spherical::TiledSeconds products = work.products();
  const int64_t length = work.length, lanes = work.shape.lanes;
  Candidate candidate = direct;
  candidate.algorithm = kWinograd;
  candidate.rounding = std::sqrt(squaredRounding(length, work.y().kernel) *
                                 squaredRounding(length, work.x().kernel));
  candidate.radices = {length};
  candidate.tile = products.tile;
  candidate.tasks = work.blocks();
  candidate.flop = work.shape.epilogueFlop +
                   static_cast<int64_t>(work.combineFlop()) * work.tiles() * lanes +
                   2 * length * length * work.shape.steps() * work.tiles() * lanes;
  const double computing =
      work.kernelSeconds() + work.combineSeconds() + products.seconds + work.moveSeconds();
  const double moving =
      work.machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes);
  candidate.seconds = std::max(computing, moving) + stages * work.machine.stageSeconds;
  candidate.reason = llvm::formatv("tiles of {0} x {0} for {1} x {2} results", length,
                                   work.y().unit, work.x().unit)
                         .str();
  if (!candidate.tile.empty())
    candidate.reason += ", " + spherical::tileText(candidate.tile);
  return candidate;
}

void addWinogradCandidates(const Machine &machine, const CorrelationShape &given,
                           SmallVectorImpl<Candidate> &candidates) {
  const Candidate direct = candidates.front();
  const Correlation &c = given.correlation;
  if (machine.registers == 0)
    return;
  const int64_t kernel = std::max(c.rows.kernel, c.columns.kernel);
  for (const int64_t length : {4, 6, 8}) {
    // The longest tiles save little of small kernels, for errors that are five times larger.
    if (length <= kernel || (length == 8 && kernel < 4))
      continue;
    CorrelationShape shape = given;
    setBlocks(shape, length);
    candidates.push_back(candidateOf(direct, {machine, shape, length}));
  }
}

} // namespace mlir::nn
