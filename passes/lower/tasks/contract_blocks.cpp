//===- contract_blocks.cpp - what of a product lies in which cache -*- C++ -*-===//
//
// A long depth is cut into segments: the sums of those before are in memory, not at the far end of
// one chain of roundings. On CPUs, where C has lanes, they are in C, and all rows run within a
// segment, whose panel of B stays in the first-level cache (Goto and van de Geijn 2008). Rows of A
// lie in the second-level cache while the columns run.
//
// Where values of a column of B lie apart and rows are many, a panel is packed, [k][column], for
// caches and their prefetching; where B is larger than a part of the second-level cache, blocks of
// its depth and columns lie there while all rows run.
//
// A table is read once, problem by problem: its values for the next one are asked for.
//
// Of a table of anchors (runtime/math/wigner_anchors.h) a block of degrees at a time is computed,
// which the products read from the first-level cache.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/tasks/contract_emitter.h"

namespace mlir::spherical {

void ContractEmitter::problem(Value index) {
  p = loadProblem(c, problems, index);
  shares = index;
  if (codelet.asksAhead)
    lookAhead(index);
  if (codelet.hasAnchors())
    return anchoredProblem();
  segment1 = p.K1, segment0 = p.K0;
  if (codelet.packs) {
    depthB = c.maximum(p.K0, c.integer(1));
    Value single = c.equal(p.aK1, c.mul(p.K0, p.aK0)); // A has one depth, B any two
    p.K0 = c.select(single, c.mul(p.K1, p.K0), p.K0);
    p.K1 = c.select(single, c.minimum(p.K1, c.integer(1)), p.K1);
  }
  if (codelet.segments) {
    Value most = c.integer(segmentDepth);
    segment0 = c.maximum(c.minimum(p.K0, most), c.integer(1));
    segment1 = c.div(most, segment0);
  }
  if (codelet.packs)
    return allBlocks();
  wholeBlock();
}

/// What the next problem reads of A, if its values lie side by side or leave out every other one,
/// as for one parity: each row of this problem asks for its share of the cache lines.
void ContractEmitter::lookAhead(Value index) {
  const int64_t line = 64, bytes = c.lane.bytes() / c.lane.width;
  Value one = c.integer(1);
  const ProblemOf<Value> next =
      loadProblem(c, problems, c.minimum(c.add(index, one), c.sub(count, one)));
  auto reach = [&](Value extent, Value stride) { return c.mul(c.sub(extent, one), stride); };
  Value values = c.maximum(c.add(c.add(reach(next.R0, next.aR0), reach(next.K0, next.aK0)), one),
                           c.integer(0));
  Value dense = c.less(values, c.add(c.mul(c.mul(next.R0, next.K0), 2), one));
  Value lines = c.div(c.add(c.mul(values, bytes), line - 1), c.integer(line));
  Value all = c.maximum(c.mul(p.R1, p.R0), one);
  ahead = c.atScalar(a, next.aOff);
  aheadLines = c.select(dense, c.div(c.add(lines, c.sub(all, one)), all), c.integer(0));
}

/// All of B at once. Without any depth there are sums, too.
void ContractEmitter::wholeBlock() {
  Value zero = c.integer(0), one = c.integer(1);
  firstColumn = zero, width = p.N;
  from1 = zero, to1 = c.maximum(p.K1, one), from0 = zero, to0 = c.maximum(p.K0, one);
  allRows();
}

/// Blocks of columns and depth: all of B, or of some 16 columns what lies in a quarter of a 1 MB
/// cache. Their depths are whole segments, so that sums are the same for all sizes of blocks.
void ContractEmitter::allBlocks() {
  constexpr int64_t cache = 288 << 10, columns = 16;
  Value zero = c.integer(0), one = c.integer(1), vectors = c.integer(cache / c.lane.bytes());
  Value depth1 = c.maximum(p.K1, one), depth0 = c.maximum(p.K0, one);
  Value fits = c.less(c.mul(c.mul(depth1, depth0), p.N), c.add(vectors, 1));
  Value count = c.maximum(c.div(c.add(p.N, columns / 2), c.integer(columns)), one);
  Value even = c.add(c.div(c.add(p.N, c.sub(count, one)), count), tile.columns - 1);
  Value most = c.mul(c.div(even, c.integer(tile.columns)), tile.columns);
  Value columnStep = c.select(fits, c.maximum(p.N, one), most);
  Value deepest = c.div(vectors, columnStep);
  auto wholeSegments = [&](Value depth, Value segment) {
    return c.maximum(c.mul(c.div(depth, segment), segment), segment);
  };
  Value step0 = c.select(c.less(deepest, depth0), wholeSegments(deepest, segment0), depth0);
  Value step1 = wholeSegments(c.div(deepest, step0), segment1);
  c.loop(zero, p.N, columnStep, [&](Value column) {
    firstColumn = column, width = c.minimum(columnStep, c.sub(p.N, column));
    c.loop(zero, depth1, step1, [&](Value outer) {
      c.loop(zero, depth0, step0, [&](Value inner) {
        from1 = outer, to1 = c.minimum(c.add(outer, step1), depth1);
        from0 = inner, to0 = c.minimum(c.add(inner, step0), depth0);
        allRows();
      });
    });
  });
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
    wholeBlock();
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
  Value bytes = c.integer(secondCache);
  Value depth = c.add(c.mul(c.sub(to1, from1), c.sub(to0, from0)), 1);
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
  Value across = c.integer(tile.columns);
  Value full = c.div(width, across), tail = c.rem(width, across);
  auto column = [&](Value number) { return c.add(firstColumn, c.mul(number, across)); };
  c.loop(full, [&](Value i) { panel(column(i), tile.columns); });
  for (int64_t columns = 1; columns < tile.columns; ++columns)
    c.branch(c.equal(tail, c.integer(columns)), [&] { panel(column(full), columns); });
}

/// All rows of so many columns, for each segment of the depth at hand where sums are in C.
void ContractEmitter::panel(Value column, int64_t columns) {
  if (!codelet.sumsInC())
    return overTiles(column, columns);
  c.loop(from1, to1, segment1, [&](Value outer) {
    c.loop(from0, to0, segment0, [&](Value inner) {
      first1 = outer, first0 = inner;
      continues = c.less(c.integer(0), c.add(outer, inner));
      if (codelet.packs)
        packPanel(column, columns);
      overTiles(column, columns);
    });
  });
}

/// Copies B's segment of so many columns to `partial`, [k][column].
void ContractEmitter::packPanel(Value column, int64_t columns) {
  Value zero = c.integer(0), one = c.integer(1);
  Value extent1 = c.sub(c.minimum(c.add(first1, segment1), p.K1), first1);
  Value extent0 = c.sub(c.minimum(c.add(first0, segment0), p.K0), first0);
  Value first = c.add(c.mul(first1, p.K0), first0);
  Value outer = c.div(first, depthB), inner = c.rem(first, depthB);
  Value start = c.add(p.bOff, c.add(c.mul(outer, p.bK1), c.mul(inner, p.bK0)));
  Value wrap = c.sub(p.bK1, c.mul(c.sub(depthB, one), p.bK0));
  c.loop(zero, c.mul(extent1, extent0), one, {c.add(start, c.mul(column, p.bV)), inner},
         [&](Value k, ValueRange carried) {
           Value from = c.at(b, carried[0]), to = c.at(partial, c.mul(k, columns));
           for (int64_t j = 0; j < columns; ++j)
             c.store(c.load(from, c.mul(p.bV, j)), to, j);
           Value next = c.add(carried[1], one), wraps = c.equal(next, depthB);
           return SmallVector<Value>{c.add(carried[0], c.select(wraps, wrap, p.bK0)),
                                     c.select(wraps, zero, next)};
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

} // namespace mlir::spherical
