//===- winograd_convolutions.cpp - convolutions by minimal filters ===//
//
// Y = A^t (U . (B^t d B)) A with U = G g G^t of the kernel, made once (winograd.h). A task makes a
// block of tiles of all channels of a lane group. For each input channel it copies the values that
// the block covers and combines their rows: row i of B^t d of all tiles, i < T, side by side as
// they are in the image. Then for each i it combines columns to positions (i, j), multiplies those
// of each j with U, with (tile) as columns of a product over channels, and combines the positions
// to columns of results; at last, for each output channel, rows of these to rows of results. What
// lies between i and i + 1 are T positions of T^2, which stay in a cache.
//   samples in the lanes   C(o, tile) = sum_i U(o, i) V(i, tile)     U [i][j][pairs]V
//   channels in the lanes  C(tile, o) = sum_i V(tile, i) U(i, o)     U [i][j][in][lane group of o]W
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/winograd_convolutions.h"

#include "dialects/nn/stages/tiles.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::nn {

using namespace mlir::spherical;

bool isWinograd(const StageBuilder &stages) {
  return stages.choice() && stages.choice().getAlgorithm() == kWinograd;
}

//===----------------------------------------------------------------------===//
// Linear maps of a few values
//===----------------------------------------------------------------------===//

/// Whether column c of a matrix is column c + 1 up to the signs of its values.
static bool isPairedColumn(const Coefficients &matrix, size_t c) {
  return c + 1 < matrix.front().size() && llvm::all_of(matrix, [&](const auto &row) {
           return std::abs(row[c]) == std::abs(row[c + 1]);
         });
}

/// sum of factors times values, null if all factors are 0
static Value sumOf(ScalarBuilder &s, ArrayRef<double> factors, ValueRange values) {
  Value sum;
  for (auto [factor, value] : llvm::zip_equal(factors, values)) {
    if (factor == 0)
      continue;
    if (sum && factor == -1) {
      sum = s.sub(sum, value);
      continue;
    }
    Value term = factor == 1 ? value : s.mul(s.constant(value.getType(), factor), value);
    sum = sum ? s.add(sum, term) : term;
  }
  return sum;
}

/// Replaces pairs of values by their sum and difference, where the columns of both are one up to
/// signs.
static void pairColumns(ScalarBuilder &s, Coefficients &matrix, SmallVector<Value> &values) {
  for (size_t c = 0; c < values.size(); ++c) {
    if (!isPairedColumn(matrix, c))
      continue;
    Value sum = s.add(values[c], values[c + 1]), difference = s.sub(values[c], values[c + 1]);
    values[c] = sum, values[c + 1] = difference;
    for (auto &row : matrix) {
      const double first = row[c], second = row[c + 1];
      row[c] = (first + second) / 2, row[c + 1] = (first - second) / 2;
    }
    ++c;
  }
}

/// matrix * values. Two rows in turn that are one up to signs share the sums of equal factors and
/// of opposite ones.
static SmallVector<Value> product(ScalarBuilder s, Coefficients matrix, ValueRange given) {
  SmallVector<Value> values(given), results;
  pairColumns(s, matrix, values);
  for (size_t r = 0; r < matrix.size(); ++r) {
    SmallVector<double> equal(matrix[r]), opposite(matrix[r]);
    bool paired = r + 1 < matrix.size();
    for (size_t c = 0; paired && c < values.size(); ++c) {
      const double first = matrix[r][c], second = matrix[r + 1][c];
      paired = std::abs(first) == std::abs(second);
      (first == second ? opposite : equal)[c] = 0;
    }
    Value even = paired ? sumOf(s, equal, values) : Value();
    Value odd = paired ? sumOf(s, opposite, values) : Value();
    if (!even || !odd) {
      results.push_back(sumOf(s, matrix[r], values));
      continue;
    }
    results.push_back(s.add(even, odd));
    results.push_back(s.sub(even, odd));
    ++r;
  }
  return results;
}

/// For a number of values the map to each from the points of a space.
using Places = function_ref<SmallVector<AffineExpr>(int64_t number)>;

/// out(r) = sum_c matrix[r][c] in(c) at each point of `space`, whose last extent is the lanes.
static void combine(StageBuilder &stages, const Coefficients &matrix, ArrayRef<int64_t> space,
                    Value in, Places from, Value out, Places to) {
  const auto inputs = static_cast<int64_t>(matrix.front().size());
  const auto outputs = static_cast<int64_t>(matrix.size());
  SmallVector<AffineMap> maps;
  auto add = [&](Places places, int64_t number) {
    maps.push_back(AffineMap::get(space.size(), 0, places(number), stages.getContext()));
  };
  for (int64_t c = 0; c < inputs; ++c)
    add(from, c);
  for (int64_t r = 0; r < outputs; ++r)
    add(to, r);
  stages.map(
      space, SmallVector<Value>(inputs, in), SmallVector<Value>(outputs, out), maps,
      [&](OpBuilder &b, Location l, ValueRange v) {
        return product(ScalarBuilder(b, l), matrix, v);
      },
      std::nullopt, space.back());
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

/// U [i][j]... = G_y g G_x^t of taps [row][column]...V.
static Value kernelPositions(StageBuilder &stages, Value taps, const MinimalFilter &y,
                             const MinimalFilter &x) {
  auto type = cast<MemRefType>(taps.getType());
  const auto rows = static_cast<int64_t>(y.kernel.size());
  const auto columns = static_cast<int64_t>(x.kernel.size());
  const int64_t kernelRows = type.getDimSize(0), kernelColumns = type.getDimSize(1);
  SmallVector<int64_t> shape(type.getShape());
  shape[0] = rows, shape[1] = columns;
  Value positions = stages.temporary("positions", shape, type.getElementType());
  // Position (i, j) is a sum of all taps with factors G_y[i][r] G_x[j][q]: columns first.
  auto both = [&](OpBuilder &b, Location l, ValueRange v) {
    const ScalarBuilder s(b, l);
    SmallVector<Value> half, all(rows * columns);
    for (int64_t r = 0; r < kernelRows; ++r)
      llvm::append_range(half, product(s, x.kernel, v.slice(r * kernelColumns, kernelColumns)));
    for (int64_t j = 0; j < columns; ++j) {
      SmallVector<Value> column;
      for (int64_t r = 0; r < kernelRows; ++r)
        column.push_back(half[r * columns + j]);
      for (auto [i, value] : llvm::enumerate(product(s, y.kernel, column)))
        all[i * columns + j] = value;
    }
    return all;
  };
  auto block = [&](const RowBlock &part) {
    Value from = part.of(stages, taps, 2), to = part.of(stages, positions, 2);
    ArrayRef<int64_t> space = cast<MemRefType>(from.getType()).getShape().drop_front(2);
    SmallVector<AffineMap> maps;
    auto add = [&](int64_t count, int64_t across) {
      for (int64_t number = 0; number < count * across; ++number) {
        SmallVector<AffineExpr> place = {stages.getAffineConstantExpr(number / across),
                                         stages.getAffineConstantExpr(number % across)};
        for (size_t dim = 0; dim < space.size(); ++dim)
          place.push_back(stages.getAffineDimExpr(dim));
        maps.push_back(AffineMap::get(space.size(), 0, place, stages.getContext()));
      }
    };
    add(kernelRows, kernelColumns), add(rows, columns);
    stages.map(space, SmallVector<Value>(kernelRows * kernelColumns, from),
               SmallVector<Value>(rows * columns, to), maps, both, std::nullopt, space.back());
  };
  constexpr int64_t values = 2048; // of a task and a tap
  const int64_t count = shape[2];
  const int64_t each = type.getNumElements() / (kernelRows * kernelColumns * count);
  const int64_t size = std::clamp<int64_t>(values / each, 1, count);
  stages.uncountedSweep("winograd.kernel", {count / size}, [&](ValueRange at, ValueRange) {
    block({at[0], 0, size});
  });
  if (count % size)
    stages.uncountedSweep("winograd.kernel", {1}, [&](ValueRange, ValueRange) {
      block({Value(), count / size * size, count % size});
    });
  return positions;
}

//===----------------------------------------------------------------------===//
// Blocks of tiles
//===----------------------------------------------------------------------===//

namespace {
/// The convolution at hand.
struct WinogradConvolution {
  StringRef name;
  Correlation correlation; ///< in blocks
  int64_t length;          ///< T
  MinimalFilter y, x;
  Value in, out, kernel;
  Image from, to;
  int64_t outStride, inStride; ///< of channels in pairs
  int64_t depth = 0;           ///< input channels of a lane group, if channels are in the lanes
  Epilogue epilogue;
};

/// The tiles of a block, and where their values lie.
struct Block {
  const WinogradConvolution &w;
  std::array<const TileRun *, 2> runs;
  int64_t rows, columns; ///< of tiles

  Block(const WinogradConvolution &w, std::array<const TileRun *, 2> runs)
      : w(w), runs(runs), rows(llvm::divideCeil(runs[0]->size, w.correlation.rows.unit)),
        columns(llvm::divideCeil(runs[1]->size, w.correlation.columns.unit)) {}

  int64_t tiles() const { return rows * columns; }
  std::array<int64_t, 2> steps() const {
    return {w.correlation.rows.step(), w.correlation.columns.step()};
  }
  MemRefType type(ArrayRef<int64_t> shape) const {
    SmallVector<int64_t> all(shape);
    all.push_back(w.to.lanes);
    return MemRefType::get(all, w.to.element);
  }
  /// Values of the image, [row][column]W.
  MemRefType image() const {
    return type({1, w.correlation.rows.length, w.correlation.columns.length});
  }
  /// Combined rows [i][channel][row of tiles][column]W of the input.
  MemRefType inHalf() const {
    return type({w.length, w.from.channels, rows, w.correlation.columns.length});
  }
  /// Of the results.
  MemRefType outHalf() const {
    return type({w.length, w.to.channels, rows, columns * w.correlation.columns.unit});
  }
  /// Positions [j][channel][tile]W of an i, or with channels in the lanes [j][tile][channel]W.
  MemRefType positions(int64_t channels) const {
    return w.depth > 0 ? type({w.length, tiles(), channels}) : type({w.length, channels, tiles()});
  }
  MemRefType results() const {
    return type({1, rows * w.correlation.rows.unit, columns * w.correlation.columns.unit});
  }
};
} // namespace

/// One product for each j.
static Value positionProblems(StageBuilder &stages, const WinogradConvolution &w, int64_t tiles) {
  const int64_t in = w.from.channels, out = w.to.channels;
  auto type = cast<MemRefType>(w.kernel.getType());
  const int64_t plane = type.getNumElements() / (type.getDimSize(0) * type.getDimSize(1));
  if (w.depth > 0)
    return equalProblems(stages,
                         {{"R0", tiles},
                          {"K1", w.depth == w.from.lanes ? 1 : in},
                          {"K0", w.depth == w.from.lanes ? in * w.depth : w.depth},
                          {"N", out},
                          {"aStep", tiles * in * w.from.lanes},
                          {"aR0", in * w.from.lanes},
                          {"aK1", w.from.lanes},
                          {"aK0", 1},
                          {"bStep", plane / w.to.lanes},
                          {"bK1", w.depth * out},
                          {"bK0", out},
                          {"bV", 1},
                          {"cStep", tiles * out},
                          {"cR0", out},
                          {"cV", 1}},
                         w.length);
  return equalProblems(stages,
                       {{"R0", out},
                        {"K0", in},
                        {"N", tiles},
                        {"aStep", plane},
                        {"aR0", w.outStride},
                        {"aK0", w.inStride},
                        {"bStep", tiles * in},
                        {"bK0", tiles},
                        {"bV", 1},
                        {"cStep", tiles * out},
                        {"cR0", tiles},
                        {"cV", 1}},
                       w.length);
}

/// Rows of an input channel, for all i.
static void emitRows(StageBuilder &stages, const Block &b, ValueRange at, Value channel,
                     Value image, Value half) {
  const WinogradConvolution &w = b.w;
  copyTile(stages, stages.slice(w.in, {at[2], channel}), image, b.runs, b.steps(), at, false);
  AffineExpr t, x, v, zero = stages.getAffineConstantExpr(0);
  bindDims(stages.getContext(), t, x, v);
  const int64_t step = w.correlation.rows.unit;
  combine(
      stages, w.y.input, {b.rows, w.correlation.columns.length, w.to.lanes}, image,
      [&](int64_t i) {
        return SmallVector<AffineExpr>{zero, t * step + i, x, v};
      },
      half,
      [&](int64_t i) {
        return SmallVector<AffineExpr>{stages.getAffineConstantExpr(i), t, x, v};
      });
}

/// The products of row i of all tiles.
static void emitPositions(StageBuilder &stages, const Block &b, Value i, Value problems,
                          ValueRange memory) {
  const WinogradConvolution &w = b.w;
  Value inHalf = stages.slice(memory[0], i), in = memory[1], out = memory[2];
  Value outHalf = stages.slice(memory[3], i), kernel = stages.slice(w.kernel, i);
  const int64_t step = w.correlation.columns.unit;
  AffineExpr c, t, u, v;
  bindDims(stages.getContext(), c, t, u, v);
  auto position = [&](int64_t j) {
    SmallVector<AffineExpr> place = {stages.getAffineConstantExpr(j), c, t * b.columns + u, v};
    if (w.depth > 0)
      std::swap(place[1], place[2]);
    return place;
  };
  auto column = [&](int64_t number) { return SmallVector<AffineExpr>{c, t, u * step + number, v}; };
  combine(stages, w.x.input, {w.from.channels, b.rows, b.columns, w.to.lanes}, inHalf, column, in,
          position);
  if (w.depth > 0)
    contract(stages, stage::ContractKind::Scalar, in, kernel, problems, out, w.to.lanes);
  else
    contract(stages, stage::ContractKind::Scalar, kernel, in, problems, out, w.to.lanes);
  combine(stages, w.x.result, {w.to.channels, b.rows, b.columns, w.to.lanes}, out, position,
          outHalf, column);
}

/// The results of an output channel.
static void emitResults(StageBuilder &stages, const Block &b, ValueRange at, Value channel,
                        Value half, Value results) {
  const WinogradConvolution &w = b.w;
  AffineExpr t, x, v, zero = stages.getAffineConstantExpr(0);
  bindDims(stages.getContext(), t, x, v);
  const int64_t step = w.correlation.rows.unit;
  combine(
      stages, w.y.result, {b.rows, b.columns * w.correlation.columns.unit, w.to.lanes}, half,
      [&](int64_t i) {
        return SmallVector<AffineExpr>{stages.getAffineConstantExpr(i), t, x, v};
      },
      results,
      [&](int64_t p) {
        return SmallVector<AffineExpr>{zero, t * step + p, x, v};
      });
  Value values = stages.range(stages.range(results, 1, stages.getIndexAttr(0), b.runs[0]->size), 2,
                              stages.getIndexAttr(0), b.runs[1]->size);
  placeResults(stages, values, w.out, w.epilogue, b.runs, b.steps(), at, at[2], channel);
}

/// The blocks of two runs, each of which is a task's.
static void emitBlocks(StageBuilder &stages, const Block &b) {
  const WinogradConvolution &w = b.w;
  Value problems = positionProblems(stages, w, b.tiles());
  const std::array<Type, 6> scratch = {
      b.image(),   b.inHalf(), b.positions(w.from.channels), b.positions(w.to.channels),
      b.outHalf(), b.results()};
  auto op = stages.sweep(
      w.name, {b.runs[0]->count, b.runs[1]->count, w.to.groups}, scratch,
      [&](ValueRange at, ValueRange memory) {
        forEach(stages, w.from.channels, [&](Value channel) {
          emitRows(stages, b, at, channel, memory[0], stages.select(memory[1], 1, channel));
        });
        forEach(stages, w.length,
                [&](Value i) { emitPositions(stages, b, i, problems, memory.slice(1, 4)); });
        forEach(stages, w.to.channels, [&](Value channel) {
          emitResults(stages, b, at, channel, stages.select(memory[4], 1, channel), memory[5]);
        });
      });
  stages.countShare(op, b.runs[0]->size * b.runs[0]->count * b.runs[1]->size * b.runs[1]->count,
                    w.to.rows * w.to.columns);
}

LogicalResult emitWinogradConvolution(StageBuilder &stages, Operation *op, const Planar &planar,
                                      bool adjoint, PackingAttr packing, const Epilogue &epilogue) {
  std::optional<Correlation> correlation = correlationOf(planar, adjoint);
  if (!correlation)
    return op->emitOpError("expected a stride of 1 for algorithm ") << kWinograd;
  ArrayRef<int64_t> radices = stages.choice().getRadices();
  const int64_t kernel = std::max(correlation->rows.kernel, correlation->columns.kernel);
  if (radices.size() != 1 || !isWinogradLength(radices[0]) || radices[0] <= kernel)
    return op->emitOpError(
               "expected `spherical.choice` to have one of the radices 4, 6 and 8, above ")
           << kernel << ", for algorithm " << kWinograd << ", got " << radices;
  WinogradConvolution w;
  w.name = adjoint ? "conv_transpose2d" : "conv2d";
  w.in = stages.buffer(op->getOperand(0)), w.out = stages.buffer(op->getResult(0));
  w.from = imageOf(w.in), w.to = imageOf(w.out);
  w.epilogue = epilogue;
  w.length = radices[0];
  w.y = minimalFilter(w.length, correlation->rows.kernel, correlation->turned);
  w.x = minimalFilter(w.length, correlation->columns.kernel, correlation->turned);
  FailureOr<TapsInLanes> taps = tapsInLanes(stages, "winograd.taps", op, adjoint, packing);
  if (failed(taps))
    return failure();
  w.depth = taps->depth;
  w.outStride = adjoint ? 1 : w.from.channels;
  w.inStride = adjoint ? w.to.channels : 1;
  w.kernel = kernelPositions(stages, taps->taps, w.y, w.x);
  CorrelationShape shape = shapeOf(*correlation, w.from, w.to);
  setBlocks(shape, w.length);
  w.correlation = shape.correlation;
  const TileAxis &y = w.correlation.rows, &x = w.correlation.columns;
  for (const TileRun &rows : inputRuns(y, 0, y.tiles()))
    for (const TileRun &columns : inputRuns(x, 0, x.tiles()))
      emitBlocks(stages, Block(w, {&rows, &columns}));
  return success();
}

} // namespace mlir::nn
