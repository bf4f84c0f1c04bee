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
// Complex values are three planes in shared memory, re, im and re + im, and three
// sums in registers, of which the real and the imaginary part are made at the end
// (stage.contract).
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
constexpr int64_t kScalarRows = 8, kReduceRows = 4, kComplexRows = 4;
/// Threads that share rows, and columns of a tile of reduce.
constexpr int64_t kColumnThreads = 32, kReduceColumns = 64, kReduceColumnThreads = 16;

/// The extents of a block's tiles.
struct BlockTile {
  explicit BlockTile(const ContractCodelet &codelet)
      : threads(codelet.lane.threads), ownRows(codelet.reduce    ? kReduceRows
                                               : codelet.complex ? kComplexRows
                                                                 : kScalarRows),
        ownQuads(codelet.reduce || codelet.narrow || codelet.segments ? 1 : 2),
        planes(codelet.complex ? 3 : 1),
        rows(threads / (codelet.reduce ? kReduceColumnThreads : kColumnThreads) * ownRows),
        step(codelet.reduce ? kReduceStep : kScalarStep),
        columns(codelet.reduce ? kReduceColumns : kColumnThreads * ownQuads * kQuad),
        rowsPadded(rows + kQuad), columnsPadded(columns + (codelet.reduce ? kQuad : 0)) {}

  /// Values of a plane of A and of B in shared memory.
  int64_t valuesA() const { return step * rowsPadded; }
  int64_t valuesB() const { return step * columnsPadded; }
  int64_t bytes() const { return planes * (valuesA() + valuesB()) * kQuadBytes / kQuad; }
  /// Sums of a thread, quads.
  int64_t sums() const { return planes * ownRows * ownQuads; }

  /// Of a thread, rows and quads of columns: more quads take more registers, of which totals of
  /// segments need as many.
  int64_t threads, ownRows, ownQuads, planes;
  int64_t rows, step, columns;
  /// Values from one k to the next in shared memory: padded, so that stores of neighbours in k go
  /// to different banks.
  int64_t rowsPadded, columnsPadded;
};

/// Emits the products of one problem after the other.
class BlockContract {
public:
  BlockContract(CodeletBuilder &c, const ContractCodelet &codelet, ValueRange args, Value shared)
      : c(c), codelet(codelet), tile(codelet), width(codelet.lane.width), a(args[0]), b(args[1]),
        problems(args[2]), out(args[3]), sharedA(shared), thread(c.thread()),
        vector(VectorType::get({kQuad}, c.lane.element)) {
    sharedB = c.atScalar(shared, c.integer(tile.planes * tile.valuesA()));
    if (codelet.complex)
      planeA = args[5], planeB = args[6], planeC = args[7];
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
  SmallVector<Value> load(const Piece &piece, Value position, Value plane, bool quads,
                          int64_t align);
  void bring(const Piece &piece, ArrayRef<Value> planes, bool transposed, int64_t padded,
             int64_t values);
  Sums complexParts(ArrayRef<Value> sums);
  Sums multiply(ArrayRef<Value> sums);
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
  Value planeA, planeB, planeC; ///< positions from real to imaginary parts
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
  if (codelet.complex)
    sums = complexParts(sums);
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
                       c.atScalar(sharedA, c.add(c.mul(depthA, tile.rowsPadded), at))});
  }
  for (int64_t i = 0; i < quads / fellows; ++i) {
    Value value = c.mul(c.add(among(fellows), i * fellows), kQuad);
    Value all = c.add(firstColumn, value);
    Value column = c.minimum(c.div(all, c.integer(width)), c.add(p.N, -1));
    Value lane = c.rem(all, c.integer(width));
    Value from = c.add(c.mul(c.add(p.bOff, c.mul(column, p.bV)), width), lane);
    piecesB.push_back({c.atScalar(b, from),
                       c.atScalar(sharedB, c.add(c.mul(depthB, tile.columnsPadded), value))});
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
        {c.atScalar(a, c.add(c.mul(position, width), lane)), to(sharedA, tile.rowsPadded, at)});
  }
  for (int64_t i = 0; i < tile.columns / fellows; ++i) {
    Value at = c.add(beyond(quads), i * fellows);
    Value column = c.minimum(c.add(firstColumn, at), c.add(p.N, -1));
    Value position = c.add(p.bOff, c.mul(column, p.bV));
    piecesB.push_back(
        {c.atScalar(b, c.add(c.mul(position, width), lane)), to(sharedB, tile.columnsPadded, at)});
  }
}

/// Long depths in segments, whose sums are added.
SmallVector<Value> BlockContract::overDepth() {
  if (!codelet.segments)
    return steps(c.integer(0), depth);
  SmallVector<Value> zeros(tile.sums(), LLVM::ZeroOp::create(c.ops, c.loc, vector));
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
  const int64_t depthOfStep = codelet.reduce ? kReduceStep / width : kScalarStep;
  SmallVector<Value> zeros(tile.sums(), LLVM::ZeroOp::create(c.ops, c.loc, vector));
  return c.loop(first, end, c.integer(depthOfStep), zeros,
                [&](Value k, ValueRange sums) { return step(k, SmallVector<Value>(sums)); });
}

/// Where depth k lies; what is beyond the last is the last.
Value BlockContract::depthPosition(Value k, Value outer, Value inner) {
  Value inside = c.minimum(k, c.add(depth, -1));
  return c.add(c.mul(c.div(inside, p.K0), outer), c.mul(c.rem(inside, p.K0), inner));
}

/// The planes of what a thread brings from a place behind its own.
SmallVector<Value> BlockContract::load(const Piece &piece, Value position, Value plane, bool quads,
                                       int64_t align) {
  auto from = [&](Value at) {
    return quads ? loadQuad(c.atScalar(piece.from, c.mul(at, width)), align)
                 : c.loadScalar(piece.from, at);
  };
  SmallVector<Value> planes = {from(position)};
  if (codelet.complex) {
    planes.push_back(from(c.add(position, plane)));
    planes.push_back(c.addf(planes[0], planes[1]));
  }
  return planes;
}

/// The sums after the step from depth k on: no product is made of A beyond the problem's depth.
SmallVector<Value> BlockContract::step(Value k, ArrayRef<Value> sums) {
  SmallVector<SmallVector<Value>> valuesA, valuesB;
  Value ownA = c.add(k, depthA), there = c.less(ownA, depth);
  Value positionA = depthPosition(ownA, p.aK1, p.aK0);
  Value positionB = depthPosition(c.add(k, depthB), p.bK1, p.bK0);
  for (const Piece &piece : piecesA) {
    SmallVector<Value> &planes =
        valuesA.emplace_back(load(piece, positionA, planeA, codelet.reduce, codelet.alignA));
    for (Value &value : planes)
      value = c.select(there, value, LLVM::ZeroOp::create(c.ops, c.loc, value.getType()));
  }
  for (const Piece &piece : piecesB)
    valuesB.push_back(load(piece, positionB, planeB, true, codelet.alignB));
  c.barrier();
  for (auto [piece, planes] : llvm::zip_equal(piecesA, valuesA))
    bring(piece, planes, true, tile.rowsPadded, tile.valuesA());
  for (auto [piece, planes] : llvm::zip_equal(piecesB, valuesB))
    bring(piece, planes, codelet.reduce, tile.columnsPadded, tile.valuesB());
  c.barrier();
  return multiply(sums);
}

/// Puts values into shared memory, planes of `values` one after the other; lanes one below the
/// other, `padded` apart, if `transposed`.
void BlockContract::bring(const Piece &piece, ArrayRef<Value> planes, bool transposed,
                          int64_t padded, int64_t values) {
  for (auto [number, value] : llvm::enumerate(planes)) {
    const int64_t first = static_cast<int64_t>(number) * values;
    if (!isa<VectorType>(value.getType()))
      c.storeScalar(value, piece.to, first);
    else if (!transposed)
      storeQuad(value, c.atScalar(piece.to, c.integer(first)), kQuadBytes);
    else
      for (int64_t i = 0; i < kQuad; ++i)
        c.storeScalar(part(value, i), piece.to, first + i * padded);
  }
}

/// The products of what shared memory holds: each value of A with quads of B, plane by plane.
SmallVector<Value> BlockContract::multiply(ArrayRef<Value> before) {
  const int64_t threads = codelet.reduce ? kReduceColumnThreads : kColumnThreads;
  Value firstA = c.atScalar(sharedA, c.mul(beyond(threads), tile.ownRows));
  Value firstB = c.atScalar(sharedB, c.mul(among(threads), kQuad));
  return c.loop(c.integer(0), c.integer(tile.step), before, [&](Value d, ValueRange sums) {
    Value rowA = c.atScalar(firstA, c.mul(d, tile.rowsPadded));
    Value rowB = c.atScalar(firstB, c.mul(d, tile.columnsPadded));
    SmallVector<Value> next;
    for (int64_t plane = 0; plane < tile.planes; ++plane) {
      SmallVector<Value> factors;
      for (int64_t quad = 0; quad < tile.ownQuads; ++quad)
        factors.push_back(
            loadQuad(c.atScalar(rowB, c.integer(plane * tile.valuesB() + quad * threads * kQuad)),
                     kQuadBytes));
      for (int64_t i = 0; i < tile.ownRows; i += kQuad) {
        Value four = loadQuad(c.atScalar(rowA, c.integer(plane * tile.valuesA() + i)), kQuadBytes);
        for (int64_t j = 0; j < kQuad; ++j) {
          Value row = splat(part(four, j));
          for (Value factor : factors)
            next.push_back(c.fma(row, factor, sums[next.size()]));
        }
      }
    }
    return next;
  });
}

/// The real parts of all sums, then the imaginary ones, from those of the three products.
SmallVector<Value> BlockContract::complexParts(ArrayRef<Value> sums) {
  const size_t count = sums.size() / 3;
  SmallVector<Value> parts;
  for (size_t i = 0; i < count; ++i)
    parts.push_back(c.subf(sums[i], sums[count + i]));
  for (size_t i = 0; i < count; ++i)
    parts.push_back(c.subf(c.subf(sums[2 * count + i], sums[i]), sums[count + i]));
  return parts;
}

void BlockContract::storeScalar(Value firstRow, Value firstColumn, ArrayRef<Value> sums) {
  const int64_t count = tile.ownRows * tile.ownQuads;
  for (int64_t i = 0; i < tile.ownRows; ++i) {
    Value row = c.add(firstRow, c.add(c.mul(beyond(kColumnThreads), tile.ownRows), i));
    Value position = rowPosition(row, p.cOff, p.cR1, p.cR0);
    for (int64_t quad = 0; quad < tile.ownQuads; ++quad) {
      Value all =
          c.add(firstColumn, c.mul(c.add(among(kColumnThreads), quad * kColumnThreads), kQuad));
      Value column = c.div(all, c.integer(width)), lane = c.rem(all, c.integer(width));
      c.branch(c.both(c.less(row, rows), c.less(column, p.N)), [&] {
        Value at = c.add(position, c.mul(column, p.cV));
        auto put = [&](Value where, int64_t number) {
          storeQuad(sums[number], c.atScalar(out, c.add(c.mul(where, width), lane)),
                    codelet.alignC);
        };
        put(at, i * tile.ownQuads + quad);
        if (codelet.complex)
          put(c.add(at, planeC), count + i * tile.ownQuads + quad);
      });
    }
  }
}

void BlockContract::storeReduce(Value firstRow, Value firstColumn, ArrayRef<Value> sums) {
  for (int64_t i = 0; i < tile.ownRows; ++i) {
    Value row = c.add(firstRow, c.add(c.mul(beyond(kReduceColumnThreads), tile.ownRows), i));
    Value position = rowPosition(row, p.cOff, p.cR1, p.cR0);
    for (int64_t j = 0; j < kQuad; ++j) {
      Value column = c.add(firstColumn, c.add(c.mul(among(kReduceColumnThreads), kQuad), j));
      c.branch(c.both(c.less(row, rows), c.less(column, p.N)), [&] {
        Value at = c.add(position, c.mul(column, p.cV));
        c.storeScalar(part(sums[i], j), c.atScalar(out, at));
        if (codelet.complex)
          c.storeScalar(part(sums[tile.ownRows + i], j), c.atScalar(out, c.add(at, planeC)));
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
  return static_cast<int64_t>(llvm::alignTo(BlockTile(codelet).bytes(), 64));
}

void emitBlockContract(CodeletBuilder &c, const ContractCodelet &codelet, ValueRange args) {
  Value shared = c.sharedBlock(blockContractBytes(codelet));
  BlockContract products(c, codelet, args, shared);
  c.loop(args[4], [&](Value index) { products.problem(index); });
}

} // namespace mlir::spherical
