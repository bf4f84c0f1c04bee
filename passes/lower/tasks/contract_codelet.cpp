//===- contract_codelet.cpp - kernels of ragged matrix products -*- C++ -*-===//
//
// C(r, v) = sum_k A(r, k) B(k, v) for a list of problems. A tile of rows x columns accumulators
// stays in registers while k runs; each step loads `columns` values of B and `rows` of A for
// rows * columns multiply-adds. Smaller tiles have code of their own; where lanes are threads they
// are whole and repeat the last row and column, as code costs registers there.
//
// The order of the tiles and what is in which cache: contract_blocks.cpp.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/tasks/contract_codelet.h"

#include "passes/lower/tasks/block_contract.h"
#include "passes/lower/tasks/contract_emitter.h"

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
    columnB.push_back(codelet.packs ? c.at(partial, j)
                                    : c.at(b, c.add(p.bOff, c.mul(columns.back(), p.bV))));
  }
  if (codelet.packs) {
    for (Value place : placesOf(rowC, columns))
      c.prefetchForUpdate(place);
    prefetchRows(rowA, column);
  }
  if (codelet.asksAhead)
    askAhead(row, column, size.rows);
  SmallVector<Value> sums = accumulate(rowA, columnB);
  if (codelet.reduce)
    storeSums(sums, rowC, columns);
  else
    storeLanes(sums, rowC, columns);
}

/// Asks for the share of so many rows from `row` on in what the next problem reads of A, once for
/// all columns.
void ContractEmitter::askAhead(Value row, Value column, int64_t rows) {
  const int64_t line = 64;
  Value start = c.atByte(ahead, c.mul(c.mul(row, aheadLines), line)), none = c.integer(0);
  c.loop(none, c.select(c.equal(column, firstColumn), c.mul(aheadLines, rows), none),
         c.integer(rows), [&](Value k) {
           for (int64_t i = 0; i < rows; ++i)
             c.prefetch(c.atByte(start, c.mul(c.add(k, i), line)));
         });
}

/// Asks for the rows of the next tile, as many, while this one is computed, if these are columns
/// that meet them first and their depth is contiguous: processors foresee one of such rows alone.
void ContractEmitter::prefetchRows(ArrayRef<Value> rowA, Value column) {
  const int64_t line = 64 / (c.lane.bytes() / c.lane.width);
  Value start = c.add(c.mul(first1, p.aK1), first0), none = c.integer(0);
  Value depth = c.sub(c.minimum(c.add(first0, segment0), p.K0), first0);
  Value contiguous = c.select(c.equal(p.aK0, c.integer(1)), depth, none);
  Value ahead = c.add(start, c.mul(p.aR0, static_cast<int64_t>(rowA.size())));
  c.loop(none, c.select(c.equal(column, firstColumn), contiguous, none), c.integer(line),
         [&](Value k) {
           for (Value row : rowA)
             c.prefetch(c.atScalar(row, c.add(ahead, k)));
         });
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
  const auto columns = static_cast<int64_t>(columnB.size());
  Value stepB = codelet.packs ? c.integer(columns) : p.bK0;
  Value startB = codelet.packs ? c.integer(0) : offset(p.bK1, p.bK0);
  Value end1 = c.minimum(c.add(first1, segment1), p.K1);
  Value end0 = c.minimum(c.add(first0, segment0), p.K0);
  // The offsets are carried, too: one addition a step in place of a multiplication.
  auto body = [&](Value, ValueRange i) {
    return behind({c.add(i[0], p.aK0), c.add(i[1], stepB)}, step(rowA, columnB, i));
  };
  SmallVector<Value> outer = c.loop(
      first1, end1, behind({offset(p.aK1, p.aK0), startB}, zeros),
      [&](Value, ValueRange o) {
        SmallVector<Value> inner(o);
        for (int64_t k = 0; k < codelet.inner; ++k)
          inner = body(first0, inner);
        if (codelet.inner == 0)
          inner = c.loop(first0, end0, o, body);
        Value nextB = codelet.packs ? inner[1] : c.add(o[1], p.bK1);
        return behind({c.add(o[0], p.aK1), nextB}, ArrayRef(inner).drop_front(2));
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

SmallVector<Value> ContractEmitter::placesOf(ArrayRef<Value> rowC, ArrayRef<Value> columns) {
  SmallVector<Value> places;
  for (Value row : rowC)
    for (Value column : columns)
      places.push_back(c.at(row, c.mul(column, p.cV)));
  return places;
}

void ContractEmitter::storeLanes(ArrayRef<Value> sums, ArrayRef<Value> rowC,
                                 ArrayRef<Value> columns) {
  const SmallVector<Value> places = placesOf(rowC, columns);
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

int64_t ContractCodelet::segment(RegisterFile registers) const {
  if (reduce || lane.threads)
    return kSegment;
  return std::clamp<int64_t>(kPanelBytes / (tile(registers).columns * lane.bytes()), 1, kSegment);
}

/// Threads keep two addresses for each row in registers of their own, too: 4 x 4.
Tile ContractCodelet::tile(RegisterFile registers) const {
  if (given)
    return *given;
  Tile usual = usualTile(registers.valuesOf(lane.bytes()));
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
          (packs ? "_packed" : "") + (asksAhead ? "_ahead" : "") + (segments ? "_segments" : ""))
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
                       if (codelet.packs)
                         partial = c.stack(depth * tile.columns);
                       assert(codelet.inner <= depth && "unrolled depths lie in one segment");
                       c.loop(args[4], [&](Value index) {
                         ContractEmitter(c, codelet, tile, depth, args, partial).problem(index);
                       });
                     });
}

} // namespace mlir::spherical
