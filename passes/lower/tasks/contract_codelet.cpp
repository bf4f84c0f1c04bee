//===- contract_codelet.cpp - kernels of ragged matrix products -*- C++ -*-===//
//
// C(r, v) = sum_k A(r, k) B(k, v) for a list of problems. A tile of rows x columns accumulators
// stays in registers while k runs; each step loads `columns` values of B and `rows` of A for
// rows * columns multiply-adds. Smaller tiles have code of their own; where lanes are threads they
// are whole and repeat the last row and column, as code costs registers there.
//
// A long depth is cut into segments: the sums of those before are in memory, not at the far end of
// one chain of roundings. On CPUs, where C has lanes, they are in C, and all rows run within a
// segment, whose panel of B stays in the first-level cache (Goto and van de Geijn 2008).
//
// Of a table of anchors (runtime/math/wigner_anchors.h) a block of degrees at a time is computed,
// which the products read from the first-level cache.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/tasks/contract_codelet.h"

#include "passes/lower/tasks/block_contract.h"

namespace mlir::spherical {

using ::spherical::runtime::kProblemFields;
using ::spherical::runtime::Problem;

ProblemOf<Value> loadProblem(CodeletBuilder &c, Value problems, Value index) {
  Value record = c.atByte(problems, c.mul(index, sizeof(Problem)));
  ProblemOf<Value> problem;
  for (auto [position, field] : llvm::enumerate(kProblemFields<Value>))
    problem.*field.member = c.loadInteger(record, static_cast<int64_t>(position));
  return problem;
}

namespace {

/// Emits the body of one contract kernel.
class ContractEmitter {
public:
  ContractEmitter(CodeletBuilder &c, const ContractCodelet &codelet, Tile tile,
                  int64_t segmentDepth, ValueRange args, Value partial)
      : c(c), codelet(codelet), tile(tile), segmentDepth(segmentDepth), a(args[0]), b(args[1]),
        problems(args[2]), out(args[3]), partial(partial) {}

  /// One problem: blocks of rows of A that stay in cache while the columns run, in columns of
  /// tiles, so that a panel of B stays in cache while the block's rows run.
  void problem(Value index);

private:
  void anchoredProblem();
  void writeDegrees(Value cosines, Value block);
  void allRows();
  void rowBlock();
  void wholeTiles();
  Value rowsInCache();
  void panel(Value column, int64_t columns);
  void overTiles(Value column, int64_t columns);
  void block(Value row, Value column, Tile size);
  void nextRow(Value row, Value &outer, Value &inner);
  SmallVector<Value> accumulate(ArrayRef<Value> rowA, ArrayRef<Value> columnB);
  SmallVector<Value> overSegments(ArrayRef<Value> rowA, ArrayRef<Value> columnB);
  SmallVector<Value> segment(ArrayRef<Value> rowA, ArrayRef<Value> columnB, Value first1,
                             Value first0);
  SmallVector<Value> step(ArrayRef<Value> rowA, ArrayRef<Value> columnB, ValueRange carried);
  void putAside(Value number, ValueRange sums);
  SmallVector<Value> plusPartial(ValueRange sums);
  SmallVector<Value> plusStored(ArrayRef<Value> places, ValueRange sums);
  void storeLanes(ArrayRef<Value> sums, ArrayRef<Value> rowC, ArrayRef<Value> columns);
  void storeSums(ArrayRef<Value> sums, ArrayRef<Value> rowC, ArrayRef<Value> columns);
  /// base + offset in bytes of A's or C's element (a lane value or a scalar).
  Value element(Value base, Value offset, bool lanes) {
    return lanes ? c.at(base, offset) : c.atScalar(base, offset);
  }

  CodeletBuilder &c;
  const ContractCodelet &codelet;
  Tile tile;
  int64_t segmentDepth;
  Value a, b, problems, out;
  Value partial; ///< with segments, memory for the sums of a tile, if not C; the degrees of anchors

  ProblemOf<Value> p;       ///< the problem at hand
  Value firstRow, rows;     ///< of the block of rows at hand
  Value tiles, low, higher; ///< of these rows: tiles, rows of the low ones, number of higher ones
  Value shares;             ///< the problem's number: its first tile is this unit's work
  Value segment1, segment0; ///< extents of a segment of the depth
  Value first1, first0;     ///< where the segment at hand starts, if sums are in C
  Value continues;          ///< whether the results have sums already, or null
};

void ContractEmitter::problem(Value index) {
  p = loadProblem(c, problems, index);
  shares = index;
  if (codelet.hasAnchors())
    return anchoredProblem();
  segment1 = p.K1, segment0 = p.K0;
  if (codelet.segments) {
    Value most = c.integer(segmentDepth);
    segment0 = c.maximum(c.minimum(p.K0, most), c.integer(1));
    segment1 = c.div(most, segment0);
  }
  allRows();
}

/// Block by block of degrees, which are written to `partial` and are the operand then: some rows of
/// the products, or, as depth, a part of all sums.
void ContractEmitter::anchoredProblem() {
  const ProblemOf<Value> whole = p;
  Value &operand = codelet.reduce ? a : b, &offset = codelet.reduce ? p.aOff : p.bOff;
  Value &degrees = codelet.reduce ? p.R0 : p.K0;
  Value table = operand, start = offset, all = degrees;
  Value distance = c.integer(codelet.anchors.distance);
  Value blocks = c.div(c.sub(c.add(all, distance), c.integer(1)), distance);
  // Without any depth there are sums, too.
  c.loop(codelet.reduce ? blocks : c.maximum(blocks, c.integer(1)), [&](Value block) {
    Value first = c.mul(block, distance);
    Value anchors = c.at(table, c.add(start, c.mul(block, codelet.anchors.size())));
    c.branch(c.less(first, all), [&] { writeDegrees(table, anchors); });
    operand = partial, offset = c.integer(0);
    degrees = c.minimum(distance, c.sub(all, first));
    if (codelet.reduce) {
      p.cOff = c.add(whole.cOff, c.mul(first, p.cR0));
    } else {
      p.aOff = c.add(whole.aOff, c.mul(first, p.aK0));
      continues = c.less(c.integer(0), block);
    }
    segment1 = p.K1, segment0 = p.K0;
    allRows();
  });
}

/// The degrees of a block, [distance][rings]V, by the recursion from its first two. Two vectors at
/// a time share the factors.
void ContractEmitter::writeDegrees(Value cosines, Value block) {
  const int64_t rings = codelet.anchors.rings, together = rings % 2 == 0 ? 2 : 1;
  Value factors = c.at(block, 2 * rings);
  c.loop(rings / together, [&](Value step) {
    SmallVector<Value> at, x, before, now;
    for (int64_t i = 0; i < together; ++i) {
      at.push_back(c.add(c.mul(step, together), i));
      x.push_back(c.load(cosines, at[i]));
      before.push_back(c.load(block, at[i]));
      now.push_back(c.load(block, c.add(at[i], rings)));
      c.store(before[i], partial, at[i]);
      c.store(now[i], partial, c.add(at[i], rings));
    }
    for (int64_t row = 2; row < codelet.anchors.distance; ++row) {
      SmallVector<Value> factor;
      for (int64_t k = 0; k < 3; ++k)
        factor.push_back(c.splat(c.loadScalar(factors, c.integer(3 * (row - 2) + k))));
      for (int64_t i = 0; i < together; ++i) {
        Value next = c.fma(c.fma(factor[0], x[i], factor[1]), now[i], c.mulf(factor[2], before[i]));
        before[i] = now[i], now[i] = next;
        c.store(next, partial, c.add(at[i], row * rings));
      }
    }
  });
}

void ContractEmitter::allRows() {
  Value count = c.mul(p.R1, p.R0);
  firstRow = c.integer(0), rows = count;
  if (c.lane.threads)
    return wholeTiles();
  Value step = rowsInCache(), blocks = c.div(c.sub(c.add(count, step), c.integer(1)), step);
  c.loop(blocks, [&](Value i) {
    firstRow = c.div(c.mul(i, count), blocks);
    rows = c.sub(c.div(c.mul(c.add(i, 1), count), blocks), firstRow);
    rowBlock();
  });
}

/// The most rows of a block, a multiple of the tile's. They fill a third of a 1 MB cache; or, if
/// A has lanes and all of B lies in that cache, most of a first cache of 32 KB, as loads of A then
/// bound the speed.
Value ContractEmitter::rowsInCache() {
  constexpr int64_t secondCache = 320 << 10, firstCache = 24 << 10;
  int64_t rowBytes = (codelet.reduce ? c.lane.bytes() : c.lane.bytes() / c.lane.width) * tile.rows;
  Value depth = c.add(c.mul(p.K1, p.K0), 1), bytes = c.integer(secondCache);
  if (codelet.reduce) {
    Value fits = c.less(c.mul(c.mul(depth, p.N), c.lane.bytes()), bytes);
    bytes = c.select(fits, c.integer(firstCache), bytes);
  }
  Value tiles = c.div(bytes, c.mul(depth, rowBytes));
  return c.mul(c.add(tiles, 1), tile.rows);
}

/// All tiles of the problem, shared out by number.
void ContractEmitter::wholeTiles() {
  Value height = c.integer(tile.rows), width = c.integer(tile.columns), one = c.integer(1);
  Value down = c.div(c.sub(c.add(rows, height), one), height);
  Value across = c.div(c.sub(c.add(p.N, width), one), width);
  auto each = [&](Value i) {
    block(c.mul(c.div(i, across), height), c.mul(c.rem(i, across), width), tile);
  };
  c.distribute(c.mul(down, across), each, shares);
}

/// The rows at hand in tiles whose heights differ by one at most: a last tile of one or two rows
/// would have too few accumulators to hide the latency of a multiply-add.
void ContractEmitter::rowBlock() {
  tiles = c.div(c.add(rows, tile.rows - 1), c.integer(tile.rows));
  low = c.div(rows, tiles);
  higher = c.sub(rows, c.mul(low, tiles));
  Value width = c.integer(tile.columns);
  Value full = c.div(p.N, width), tail = c.rem(p.N, width);
  c.loop(full, [&](Value i) { panel(c.mul(i, width), tile.columns); });
  for (int64_t columns = 1; columns < tile.columns; ++columns)
    c.branch(c.equal(tail, c.integer(columns)), [&] { panel(c.mul(full, width), columns); });
}

/// All rows of so many columns, for each segment of the depth where sums are in C.
void ContractEmitter::panel(Value column, int64_t columns) {
  if (!codelet.sumsInC())
    return overTiles(column, columns);
  Value zero = c.integer(0), one = c.integer(1); // without any depth there are sums, too
  c.loop(zero, c.maximum(p.K1, one), segment1, [&](Value outer) {
    c.loop(zero, c.maximum(p.K0, one), segment0, [&](Value inner) {
      first1 = outer, first0 = inner;
      continues = c.less(zero, c.add(outer, inner));
      overTiles(column, columns);
    });
  });
}

void ContractEmitter::overTiles(Value column, int64_t columns) {
  Value row = firstRow;
  for (int64_t height = tile.rows; height >= 1; --height) {
    Value size = c.integer(height);
    Value count = c.select(c.equal(low, size), c.sub(tiles, higher),
                           c.select(c.equal(c.add(low, 1), size), higher, c.integer(0)));
    c.loop(count, [&, first = row](Value i) {
      block(c.add(first, c.mul(i, size)), column, {height, columns});
    });
    row = c.add(row, c.mul(count, size));
  }
}

void ContractEmitter::block(Value row, Value column, Tile size) {
  SmallVector<Value> rowA, rowC, columnB;
  Value outer = c.div(row, p.R0), inner = c.rem(row, p.R0);
  for (int64_t i = 0; i < size.rows; ++i) {
    Value inA = c.add(p.aOff, c.add(c.mul(outer, p.aR1), c.mul(inner, p.aR0)));
    Value inC = c.add(p.cOff, c.add(c.mul(outer, p.cR1), c.mul(inner, p.cR0)));
    rowA.push_back(element(a, inA, codelet.reduce));
    rowC.push_back(element(out, inC, !codelet.reduce));
    nextRow(c.add(row, i), outer, inner);
  }
  SmallVector<Value> columns;
  for (int64_t j = 0; j < size.columns; ++j) {
    Value v = c.add(column, j);
    columns.push_back(c.lane.threads ? c.minimum(v, c.add(p.N, -1)) : v);
    columnB.push_back(c.at(b, c.add(p.bOff, c.mul(columns.back(), p.bV))));
  }
  SmallVector<Value> sums = accumulate(rowA, columnB);
  if (codelet.reduce)
    storeSums(sums, rowC, columns);
  else
    storeLanes(sums, rowC, columns);
}

/// From (outer, inner), row number `row`, to the next; where lanes are threads not past the last.
void ContractEmitter::nextRow(Value row, Value &outer, Value &inner) {
  Value next = c.add(inner, 1), wraps = c.equal(next, p.R0);
  Value nextOuter = c.select(wraps, c.add(outer, 1), outer);
  Value nextInner = c.select(wraps, c.integer(0), next);
  if (c.lane.threads) {
    Value there = c.less(c.add(row, 1), rows);
    nextOuter = c.select(there, nextOuter, outer);
    nextInner = c.select(there, nextInner, inner);
  }
  outer = nextOuter, inner = nextInner;
}

/// `values` behind `first`.
static SmallVector<Value> behind(ArrayRef<Value> first, ValueRange values) {
  SmallVector<Value> all(first);
  all.append(values.begin(), values.end());
  return all;
}

SmallVector<Value> ContractEmitter::accumulate(ArrayRef<Value> rowA, ArrayRef<Value> columnB) {
  if (codelet.sumsInC())
    return segment(rowA, columnB, first1, first0);
  return codelet.segments ? overSegments(rowA, columnB)
                          : segment(rowA, columnB, c.integer(0), c.integer(0));
}

/// While a segment runs, the total of those before is in memory.
SmallVector<Value> ContractEmitter::overSegments(ArrayRef<Value> rowA, ArrayRef<Value> columnB) {
  Value zero = c.integer(0);
  SmallVector<Value> zeros(rowA.size() * columnB.size(), c.constant(0.0));
  auto next = [&](Value first1, Value first0, ValueRange carried) {
    putAside(carried[0], carried.drop_front());
    return behind(c.add(carried[0], 1), segment(rowA, columnB, first1, first0));
  };
  SmallVector<Value> last =
      c.loop(zero, p.K1, segment1, behind(zero, zeros), [&](Value first1, ValueRange carried) {
        if (codelet.inner > 0)
          return next(first1, zero, carried);
        return c.loop(zero, p.K0, segment0, carried,
                      [&](Value first0, ValueRange inner) { return next(first1, first0, inner); });
      });
  ValueRange sums = ValueRange(last).drop_front();
  return c.branch(
      c.less(c.integer(1), last[0]), [&] { return plusPartial(sums); }, sums);
}

/// The sums of the segment of depth from (first1, first0) on.
SmallVector<Value> ContractEmitter::segment(ArrayRef<Value> rowA, ArrayRef<Value> columnB,
                                            Value first1, Value first0) {
  SmallVector<Value> zeros(rowA.size() * columnB.size(), c.constant(0.0));
  auto offset = [&](Value step1, Value step0) {
    return c.add(c.mul(first1, step1), c.mul(first0, step0));
  };
  Value end1 = c.minimum(c.add(first1, segment1), p.K1);
  Value end0 = c.minimum(c.add(first0, segment0), p.K0);
  // The offsets are carried, too: one addition a step in place of a multiplication.
  auto body = [&](Value, ValueRange i) {
    return behind({c.add(i[0], p.aK0), c.add(i[1], p.bK0)}, step(rowA, columnB, i));
  };
  SmallVector<Value> outer = c.loop(
      first1, end1, behind({offset(p.aK1, p.aK0), offset(p.bK1, p.bK0)}, zeros),
      [&](Value, ValueRange o) {
        SmallVector<Value> inner(o);
        for (int64_t k = 0; k < codelet.inner; ++k)
          inner = body(first0, inner);
        if (codelet.inner == 0)
          inner = c.loop(first0, end0, o, body);
        return behind({c.add(o[0], p.aK1), c.add(o[1], p.bK1)}, ArrayRef(inner).drop_front(2));
      });
  return SmallVector<Value>(ArrayRef(outer).drop_front(2));
}

/// The sums after one step of depth, from offsets of A and B and the sums before.
SmallVector<Value> ContractEmitter::step(ArrayRef<Value> rowA, ArrayRef<Value> columnB,
                                         ValueRange carried) {
  SmallVector<Value> values, next;
  for (Value column : columnB)
    values.push_back(c.load(column, carried[1]));
  size_t position = 2;
  for (Value row : rowA) {
    Value factor =
        codelet.reduce ? c.load(row, carried[0]) : c.splat(c.loadScalar(row, carried[0]));
    for (Value value : values)
      next.push_back(c.fma(factor, value, carried[position++]));
  }
  return next;
}

/// Before segment `number`: adds the sums of the one before to those in memory.
void ContractEmitter::putAside(Value number, ValueRange sums) {
  auto put = [&](ValueRange values) {
    for (auto [i, value] : llvm::enumerate(values))
      c.store(value, partial, static_cast<int64_t>(i));
  };
  c.branch(c.equal(number, c.integer(1)), [&] { put(sums); });
  c.branch(c.less(c.integer(1), number), [&] { put(plusPartial(sums)); });
}

SmallVector<Value> ContractEmitter::plusPartial(ValueRange sums) {
  SmallVector<Value> places;
  for (size_t i = 0; i < sums.size(); ++i)
    places.push_back(c.at(partial, static_cast<int64_t>(i)));
  return plusStored(places, sums);
}

/// The sums and what is in memory at their places.
SmallVector<Value> ContractEmitter::plusStored(ArrayRef<Value> places, ValueRange sums) {
  SmallVector<Value> values;
  for (auto [place, sum] : llvm::zip_equal(places, sums))
    values.push_back(c.addf(c.load(place), sum));
  return values;
}

void ContractEmitter::storeLanes(ArrayRef<Value> sums, ArrayRef<Value> rowC,
                                 ArrayRef<Value> columns) {
  SmallVector<Value> places;
  for (Value row : rowC)
    for (Value column : columns)
      places.push_back(c.at(row, c.mul(column, p.cV)));
  SmallVector<Value> totals(sums);
  if (continues)
    totals = c.branch(
        continues, [&] { return plusStored(places, sums); }, sums);
  for (auto [place, total] : llvm::zip_equal(places, totals))
    c.store(total, place);
}

void ContractEmitter::storeSums(ArrayRef<Value> sums, ArrayRef<Value> rowC,
                                ArrayRef<Value> columns) {
  SmallVector<Value> totals = c.reduceAll(sums);
  c.once([&] {
    size_t position = 0;
    for (Value row : rowC)
      for (Value column : columns)
        c.storeScalar(totals[position++], c.atScalar(row, c.mul(column, p.cV)));
  });
}

} // namespace

int64_t ContractCodelet::segment(RegisterFile registers) const {
  if (reduce || lane.threads)
    return kSegment;
  return std::clamp<int64_t>(kPanelBytes / (tile(registers).columns * lane.bytes()), 1, kSegment);
}

/// Threads keep two addresses for each row in registers of their own, too: 4 x 4.
Tile ContractCodelet::tile(RegisterFile registers) const {
  if (given)
    return *given;
  Tile usual = usualTile(registers.count / std::max<int64_t>(1, lane.bytes() / registers.bytes));
  return lane.threads ? Tile{4, usual.columns} : usual;
}

std::string ContractCodelet::name(RegisterFile registers) const {
  if (isBlockContract(*this))
    return ("contract_block_" + Twine(reduce ? "reduce_" : "scalar_") + lane.name() + "_align" +
            Twine(alignA) + "_" + Twine(alignB) + "_" + Twine(alignC) +
            (complex ? "_complex" : "") + (narrow ? "_narrow" : "") + (segments ? "_segments" : ""))
        .str();
  Tile tile = this->tile(registers);
  return ("contract_" + Twine(reduce ? "reduce_" : "scalar_") + Twine(tile.rows) + "x" +
          Twine(tile.columns) + "_" + lane.name() +
          (inner > 0 ? "_inner" + std::to_string(inner) : std::string()) +
          (hasAnchors()
               ? "_anchors" + std::to_string(anchors.distance) + "x" + std::to_string(anchors.rings)
               : std::string()) +
          (segments ? "_segments" : ""))
      .str();
}

int64_t ContractCodelet::sharedBytes(RegisterFile registers) const {
  if (isBlockContract(*this))
    return blockContractBytes(*this);
  const Tile tile = this->tile(registers);
  return segments ? CodeletBuilder::stackBytes(lane, tile.rows * tile.columns) : 0;
}

LLVM::LLVMFuncOp contractKernel(KernelLibrary &kernels, const ContractCodelet &codelet,
                                Location loc) {
  Type pointer = LLVM::LLVMPointerType::get(kernels.module.getContext());
  Type integer = IntegerType::get(kernels.module.getContext(), 64);
  Tile tile = codelet.tile(kernels.registers);
  SmallVector<Type> arguments = {pointer, pointer, pointer, pointer, integer};
  arguments.append(codelet.complex ? 3 : 0, integer);
  return kernels.get(codelet.name(kernels.registers), arguments, codelet.lane, loc,
                     [&](CodeletBuilder &c, ValueRange args) {
                       if (isBlockContract(codelet))
                         return emitBlockContract(c, codelet, args);
                       Value partial;
                       if (codelet.hasAnchors())
                         partial = c.stack(codelet.anchors.distance * codelet.anchors.rings);
                       else if (codelet.segments && !codelet.sumsInC())
                         partial = c.stack(tile.rows * tile.columns);
                       const int64_t depth = codelet.segment(kernels.registers);
                       assert(codelet.inner <= depth && "unrolled depths lie in one segment");
                       c.loop(args[4], [&](Value index) {
                         ContractEmitter(c, codelet, tile, depth, args, partial).problem(index);
                       });
                     });
}

} // namespace mlir::spherical
