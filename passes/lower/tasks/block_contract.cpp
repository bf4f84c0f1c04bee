//===- block_contract.cpp - matrix products by blocks of threads -*- C++ -*-===//
//
// A tile of C(r, v) = sum_k A(r, k) B(k, v), depth by depth:
//   scalar  C and B have lanes: a thread has 8 rows and one or two quads, four
//           lanes of a column each; 32 threads in a row share the rows.
//           Per step A [8 k][rows], B [8 k][quads].
//   reduce  A and B have lanes, which are summed too: a thread has 4 rows and 4
//           columns. Per step A [32][rows], B [32][64 columns], the 32 being the
//           lanes of one k or of several.
// A step is: loads of the next values, barrier, stores to shared memory, barrier,
// products. Rows, columns and depth beyond the problem's repeat the last one;
// their products are multiplied by zero, or not stored.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/tasks/block_contract.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::spherical {

namespace {

/// Values of an access, and its bytes.
constexpr int64_t kQuad = 4, kQuadBytes = 16;
/// Depth of a step: of values k, and of lanes.
constexpr int64_t kScalarStep = 8, kReduceStep = 32;
/// Rows of C of a thread.
constexpr int64_t kScalarRows = 8, kReduceRows = 4;
/// Threads that share rows, and columns of a tile of reduce.
constexpr int64_t kColumnThreads = 32, kReduceColumns = 64, kReduceColumnThreads = 16;

/// The extents of a block's tiles.
struct BlockTile {
  explicit BlockTile(const ContractCodelet &codelet)
      : threads(codelet.lane.threads),
        rows(codelet.reduce ? threads / kReduceColumnThreads * kReduceRows
                            : threads / kColumnThreads * kScalarRows),
        step(codelet.reduce ? kReduceStep : kScalarStep),
        columns(codelet.reduce ? kReduceColumns : kColumnThreads * quadsOfThread(codelet) * kQuad) {
  }

  /// More quads take more registers, of which totals of segments need as many.
  static int64_t quadsOfThread(const ContractCodelet &codelet) {
    return codelet.narrow || codelet.segments ? 1 : 2;
  }
  /// Values from one k to the next in shared memory: padded, so that stores of neighbours in k go
  /// to different banks.
  int64_t rowsPadded() const { return rows + kQuad; }
  int64_t columnsPadded(bool reduce) const { return columns + (reduce ? kQuad : 0); }
  int64_t bytes(bool reduce) const {
    return step * (rowsPadded() + columnsPadded(reduce)) * kQuadBytes / kQuad;
  }

  int64_t threads, rows, step, columns;
};

/// Emits the products of one problem after the other.
class BlockContract {
public:
  BlockContract(CodeletBuilder &c, const ContractCodelet &codelet, ValueRange args, Value shared)
      : c(c), codelet(codelet), tile(codelet), width(codelet.lane.width), a(args[0]), b(args[1]),
        problems(args[2]), out(args[3]), sharedA(shared), thread(c.thread()),
        vector(VectorType::get({kQuad}, c.lane.element)) {
    sharedB = c.atScalar(shared, c.integer(tile.step * tile.rowsPadded()));
  }

  void problem(Value index);

private:
  /// What a thread brings to shared memory in each step: from `from` plus the depth, to `to`.
  struct Piece {
    Value from, to;
  };
  using Sums = SmallVector<Value>;

  void makeTile(Value firstRow, Value firstColumn);
  Value rowPosition(Value row, Value offset, Value outer, Value inner);
  void findScalarPieces(Value firstRow, Value firstColumn);
  void findReducePieces(Value firstRow, Value firstColumn);
  Sums overDepth();
  Sums steps(Value first, Value end);
  Sums step(Value k, ArrayRef<Value> sums);
  Value depthPosition(Value k, Value outer, Value inner);
  void bring(ArrayRef<Piece> pieces, ArrayRef<Value> values, bool transposed);
  Sums multiply(ArrayRef<Value> sums);
  void store(Value firstRow, Value firstColumn, ArrayRef<Value> sums);
  void storeScalar(Value firstRow, Value firstColumn, ArrayRef<Value> sums);
  void storeReduce(Value firstRow, Value firstColumn, ArrayRef<Value> sums);

  Value loadQuad(Value pointer, int64_t bytes);
  void storeQuad(Value value, Value pointer, int64_t bytes);
  Value part(Value quad, int64_t number);
  Value splat(Value scalar);
  /// Threads of a block in a row of these, and the number of such a row.
  Value among(int64_t count) { return c.rem(thread, c.integer(count)); }
  Value beyond(int64_t count) { return c.div(thread, c.integer(count)); }

  CodeletBuilder &c;
  const ContractCodelet &codelet;
  const BlockTile tile;
  const int64_t width; ///< lanes
  Value a, b, problems, out, sharedA, sharedB, thread;
  VectorType vector;

  ProblemOf<Value> p; ///< the problem at hand
  Value rows, depth;
  Value depthA, depthB; ///< of a step, what this thread brings
  SmallVector<Piece> piecesA, piecesB;
};

Value BlockContract::loadQuad(Value pointer, int64_t bytes) {
  return LLVM::LoadOp::create(c.ops, c.loc, vector, pointer, bytes);
}

void BlockContract::storeQuad(Value value, Value pointer, int64_t bytes) {
  LLVM::StoreOp::create(c.ops, c.loc, value, pointer, bytes);
}

Value BlockContract::part(Value quad, int64_t number) {
  Value position =
      LLVM::ConstantOp::create(c.ops, c.loc, c.ops.getI32IntegerAttr(static_cast<int32_t>(number)));
  return LLVM::ExtractElementOp::create(c.ops, c.loc, quad, position);
}

Value BlockContract::splat(Value scalar) {
  Value quad = LLVM::PoisonOp::create(c.ops, c.loc, vector);
  Value first = LLVM::ConstantOp::create(c.ops, c.loc, c.ops.getI32IntegerAttr(0));
  quad = LLVM::InsertElementOp::create(c.ops, c.loc, quad, scalar, first);
  return LLVM::ShuffleVectorOp::create(c.ops, c.loc, quad, quad, ArrayRef<int32_t>{0, 0, 0, 0});
}

void BlockContract::problem(Value index) {
  p = loadProblem(c, problems, index);
  rows = c.mul(p.R1, p.R0);
  depth = c.mul(p.K1, p.K0);
  Value columns = codelet.reduce ? p.N : c.mul(p.N, width);
  auto parts = [&](Value all, int64_t each) {
    return c.div(c.add(all, each - 1), c.integer(each));
  };
  Value across = parts(columns, tile.columns);
  c.loop(c.mul(parts(rows, tile.rows), across), [&](Value i) {
    makeTile(c.mul(c.div(i, across), tile.rows), c.mul(c.rem(i, across), tile.columns));
  });
}

void BlockContract::makeTile(Value firstRow, Value firstColumn) {
  piecesA.clear(), piecesB.clear();
  if (codelet.reduce)
    findReducePieces(firstRow, firstColumn);
  else
    findScalarPieces(firstRow, firstColumn);
  SmallVector<Value> sums = overDepth();
  if (codelet.reduce)
    storeReduce(firstRow, firstColumn, sums);
  else
    storeScalar(firstRow, firstColumn, sums);
}

/// Where a row of A or C begins; rows beyond the last are the last.
Value BlockContract::rowPosition(Value row, Value offset, Value outer, Value inner) {
  Value inside = c.minimum(row, c.add(rows, -1));
  return c.add(offset, c.add(c.mul(c.div(inside, p.R0), outer), c.mul(c.rem(inside, p.R0), inner)));
}

/// A thread brings values of one k: of A two rows, along k or along the rows, whichever follow each
/// other; of B some quads.
void BlockContract::findScalarPieces(Value firstRow, Value firstColumn) {
  const int64_t fellows = tile.threads / tile.step, quads = tile.columns / kQuad;
  Value alongDepth = c.equal(p.aK0, c.integer(1));
  depthB = beyond(fellows);
  depthA = c.select(alongDepth, among(tile.step), depthB);
  Value row = c.select(alongDepth, beyond(tile.step), among(fellows));
  for (int64_t i = 0; i < tile.rows / fellows; ++i) {
    Value at = c.add(row, i * fellows);
    piecesA.push_back({c.atScalar(a, rowPosition(c.add(firstRow, at), p.aOff, p.aR1, p.aR0)),
                       c.atScalar(sharedA, c.add(c.mul(depthA, tile.rowsPadded()), at))});
  }
  for (int64_t i = 0; i < quads / fellows; ++i) {
    Value value = c.mul(c.add(among(fellows), i * fellows), kQuad);
    Value all = c.add(firstColumn, value);
    Value column = c.minimum(c.div(all, c.integer(width)), c.add(p.N, -1));
    Value lane = c.rem(all, c.integer(width));
    Value from = c.add(c.mul(c.add(p.bOff, c.mul(column, p.bV)), width), lane);
    piecesB.push_back(
        {c.atScalar(b, from),
         c.atScalar(sharedB, c.add(c.mul(depthB, tile.columnsPadded(false)), value))});
  }
}

/// A thread brings a quad of lanes of some rows and columns, of one k.
void BlockContract::findReducePieces(Value firstRow, Value firstColumn) {
  const int64_t quads = tile.step / kQuad, quadsOfLanes = width / kQuad;
  const int64_t fellows = tile.threads / quads;
  Value quad = among(quads), lane = c.mul(c.rem(quad, c.integer(quadsOfLanes)), kQuad);
  depthA = depthB = c.div(quad, c.integer(quadsOfLanes));
  auto to = [&](Value shared, int64_t padded, Value at) {
    return c.atScalar(shared, c.add(c.mul(c.mul(quad, kQuad), padded), at));
  };
  for (int64_t i = 0; i < tile.rows / fellows; ++i) {
    Value at = c.add(beyond(quads), i * fellows);
    Value position = rowPosition(c.add(firstRow, at), p.aOff, p.aR1, p.aR0);
    piecesA.push_back(
        {c.atScalar(a, c.add(c.mul(position, width), lane)), to(sharedA, tile.rowsPadded(), at)});
  }
  for (int64_t i = 0; i < tile.columns / fellows; ++i) {
    Value at = c.add(beyond(quads), i * fellows);
    Value column = c.minimum(c.add(firstColumn, at), c.add(p.N, -1));
    Value position = c.add(p.bOff, c.mul(column, p.bV));
    piecesB.push_back({c.atScalar(b, c.add(c.mul(position, width), lane)),
                       to(sharedB, tile.columnsPadded(true), at)});
  }
}

/// Long depths in segments, whose sums are added.
SmallVector<Value> BlockContract::overDepth() {
  if (!codelet.segments)
    return steps(c.integer(0), depth);
  const int64_t count =
      codelet.reduce ? kReduceRows : kScalarRows * BlockTile::quadsOfThread(codelet);
  SmallVector<Value> zeros(count, LLVM::ZeroOp::create(c.ops, c.loc, vector));
  return c.loop(c.integer(0), depth, c.integer(ContractCodelet::kSegment), zeros,
                [&](Value first, ValueRange totals) {
                  Value end = c.minimum(c.add(first, ContractCodelet::kSegment), depth);
                  SmallVector<Value> sums = steps(first, end);
                  for (auto [sum, total] : llvm::zip_equal(sums, totals))
                    sum = c.addf(total, sum);
                  return sums;
                });
}

SmallVector<Value> BlockContract::steps(Value first, Value end) {
  const int64_t count =
      codelet.reduce ? kReduceRows : kScalarRows * BlockTile::quadsOfThread(codelet);
  const int64_t depthOfStep = codelet.reduce ? kReduceStep / width : kScalarStep;
  SmallVector<Value> zeros(count, LLVM::ZeroOp::create(c.ops, c.loc, vector));
  return c.loop(first, end, c.integer(depthOfStep), zeros,
                [&](Value k, ValueRange sums) { return step(k, SmallVector<Value>(sums)); });
}

/// Where depth k lies; what is beyond the last is the last.
Value BlockContract::depthPosition(Value k, Value outer, Value inner) {
  Value inside = c.minimum(k, c.add(depth, -1));
  return c.add(c.mul(c.div(inside, p.K0), outer), c.mul(c.rem(inside, p.K0), inner));
}

/// The sums after the step from depth k on: no product is made of A beyond the problem's depth.
SmallVector<Value> BlockContract::step(Value k, ArrayRef<Value> sums) {
  SmallVector<Value> valuesA, valuesB;
  Value ownA = c.add(k, depthA), there = c.less(ownA, depth);
  Value positionA = depthPosition(ownA, p.aK1, p.aK0);
  Value positionB = depthPosition(c.add(k, depthB), p.bK1, p.bK0);
  for (const Piece &piece : piecesA) {
    Value value = codelet.reduce
                      ? loadQuad(c.atScalar(piece.from, c.mul(positionA, width)), codelet.alignA)
                      : c.loadScalar(piece.from, positionA);
    Value zero = LLVM::ZeroOp::create(c.ops, c.loc, value.getType());
    valuesA.push_back(c.select(there, value, zero));
  }
  for (const Piece &piece : piecesB)
    valuesB.push_back(loadQuad(c.atScalar(piece.from, c.mul(positionB, width)), codelet.alignB));
  c.barrier();
  bring(piecesA, valuesA, true);
  bring(piecesB, valuesB, codelet.reduce);
  c.barrier();
  return multiply(sums);
}

/// Puts values into shared memory; lanes one below the other if `transposed`.
void BlockContract::bring(ArrayRef<Piece> pieces, ArrayRef<Value> values, bool transposed) {
  for (auto [piece, value] : llvm::zip_equal(pieces, values)) {
    if (!isa<VectorType>(value.getType()))
      c.storeScalar(value, piece.to);
    else if (!transposed)
      storeQuad(value, piece.to, kQuadBytes);
    else
      for (int64_t i = 0; i < kQuad; ++i) {
        const int64_t padded =
            pieces.data() == piecesA.data() ? tile.rowsPadded() : tile.columnsPadded(true);
        c.storeScalar(part(value, i), piece.to, i * padded);
      }
  }
}

/// The products of what shared memory holds: each value of A with quads of B.
SmallVector<Value> BlockContract::multiply(ArrayRef<Value> before) {
  const int64_t ownRows = codelet.reduce ? kReduceRows : kScalarRows;
  const int64_t threads = codelet.reduce ? kReduceColumnThreads : kColumnThreads;
  Value firstA = c.atScalar(sharedA, c.mul(beyond(threads), ownRows));
  Value firstB = c.atScalar(sharedB, c.mul(among(threads), kQuad));
  const int64_t quads = static_cast<int64_t>(before.size()) / ownRows;
  return c.loop(c.integer(0), c.integer(tile.step), before, [&](Value d, ValueRange sums) {
    Value rowA = c.atScalar(firstA, c.mul(d, tile.rowsPadded()));
    Value rowB = c.atScalar(firstB, c.mul(d, tile.columnsPadded(codelet.reduce)));
    SmallVector<Value> factors, next;
    for (int64_t quad = 0; quad < quads; ++quad)
      factors.push_back(loadQuad(c.atScalar(rowB, c.integer(quad * threads * kQuad)), kQuadBytes));
    for (int64_t i = 0; i < ownRows; i += kQuad) {
      Value four = loadQuad(c.atScalar(rowA, c.integer(i)), kQuadBytes);
      for (int64_t j = 0; j < kQuad; ++j) {
        Value row = splat(part(four, j));
        for (Value factor : factors)
          next.push_back(c.fma(row, factor, sums[next.size()]));
      }
    }
    return next;
  });
}

void BlockContract::storeScalar(Value firstRow, Value firstColumn, ArrayRef<Value> sums) {
  const int64_t quads = BlockTile::quadsOfThread(codelet);
  for (int64_t i = 0; i < kScalarRows; ++i) {
    Value row = c.add(firstRow, c.add(c.mul(beyond(kColumnThreads), kScalarRows), i));
    Value position = rowPosition(row, p.cOff, p.cR1, p.cR0);
    for (int64_t quad = 0; quad < quads; ++quad) {
      Value all =
          c.add(firstColumn, c.mul(c.add(among(kColumnThreads), quad * kColumnThreads), kQuad));
      Value column = c.div(all, c.integer(width)), lane = c.rem(all, c.integer(width));
      c.branch(c.both(c.less(row, rows), c.less(column, p.N)), [&] {
        Value at = c.add(c.mul(c.add(position, c.mul(column, p.cV)), width), lane);
        storeQuad(sums[i * quads + quad], c.atScalar(out, at), codelet.alignC);
      });
    }
  }
}

void BlockContract::storeReduce(Value firstRow, Value firstColumn, ArrayRef<Value> sums) {
  for (int64_t i = 0; i < kReduceRows; ++i) {
    Value row = c.add(firstRow, c.add(c.mul(beyond(kReduceColumnThreads), kReduceRows), i));
    Value position = rowPosition(row, p.cOff, p.cR1, p.cR0);
    for (int64_t j = 0; j < kQuad; ++j) {
      Value column = c.add(firstColumn, c.add(c.mul(among(kReduceColumnThreads), kQuad), j));
      c.branch(c.both(c.less(row, rows), c.less(column, p.N)), [&] {
        c.storeScalar(part(sums[i], j), c.atScalar(out, c.add(position, c.mul(column, p.cV))));
      });
    }
  }
}

} // namespace

bool isBlockContract(const ContractCodelet &codelet) {
  return codelet.lane.threads > 0 && codelet.lane.element.isF32() &&
         codelet.lane.width % kQuad == 0 && codelet.lane.width <= kReduceStep;
}

int64_t blockContractBytes(const ContractCodelet &codelet) {
  return static_cast<int64_t>(llvm::alignTo(BlockTile(codelet).bytes(codelet.reduce), 64));
}

void emitBlockContract(CodeletBuilder &c, const ContractCodelet &codelet, ValueRange args) {
  Value shared = c.sharedBlock(blockContractBytes(codelet));
  BlockContract products(c, codelet, args, shared);
  c.loop(args[4], [&](Value index) { products.problem(index); });
}

} // namespace mlir::spherical
