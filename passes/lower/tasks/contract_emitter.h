//===- contract_emitter.h - the body of a contract kernel -------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_EMITTER_H
#define SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_EMITTER_H

#include "passes/lower/tasks/contract_codelet.h"

namespace mlir::spherical {

/// Emits the body of one contract kernel.
class ContractEmitter {
public:
  ContractEmitter(CodeletBuilder &c, const ContractCodelet &codelet, Tile tile,
                  int64_t segmentDepth, ValueRange args, Value partial)
      : c(c), codelet(codelet), tile(tile), segmentDepth(segmentDepth), a(args[0]), b(args[1]),
        problems(args[2]), out(args[3]), count(args[4]), partial(partial) {}

  /// One problem: blocks of rows of A that stay in cache while the columns run, in columns of
  /// tiles, so that a panel of B stays in cache while the block's rows run.
  void problem(Value index);

private:
  void anchoredProblem();
  void writeDegrees(Value cosines, Value block);
  void allBlocks();
  void wholeBlock();
  void allRows();
  void rowBlock();
  void wholeTiles();
  Value rowsInCache();
  void panel(Value column, int64_t columns);
  void packPanel(Value column, int64_t columns);
  void overTiles(Value column, int64_t columns);
  void block(Value row, Value column, Tile size);
  void lookAhead(Value index);
  void askAhead(Value row, Value column, int64_t rows);
  void prefetchRows(ArrayRef<Value> rowA, Value column);
  void nextRow(Value row, Value &outer, Value &inner);
  SmallVector<Value> accumulate(ArrayRef<Value> rowA, ArrayRef<Value> columnB);
  SmallVector<Value> overSegments(ArrayRef<Value> rowA, ArrayRef<Value> columnB);
  SmallVector<Value> segment(ArrayRef<Value> rowA, ArrayRef<Value> columnB, Value first1,
                             Value first0);
  SmallVector<Value> step(ArrayRef<Value> rowA, ArrayRef<Value> columnB, ValueRange carried);
  void putAside(Value number, ValueRange sums);
  SmallVector<Value> plusPartial(ValueRange sums);
  SmallVector<Value> placesOf(ArrayRef<Value> rowC, ArrayRef<Value> columns);
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
  Value a, b, problems, out, count;
  /// With segments, memory for the sums of a tile, if not C, or for a packed panel of B; else for
  /// the degrees of anchors.
  Value partial;

  ProblemOf<Value> p;       ///< the problem at hand
  Value firstRow, rows;     ///< of the block of rows at hand
  Value tiles, low, higher; ///< of these rows: tiles, rows of the low ones, number of higher ones
  Value shares;             ///< the problem's number: its first tile is this unit's work
  Value segment1, segment0; ///< extents of a segment of the depth
  Value firstColumn, width; ///< of the block of B at hand: columns, depth from, to
  Value from1, from0, to1, to0;
  Value depthB;             ///< with packed panels, the inner extent of B's depth
  Value first1, first0;     ///< where the segment at hand starts, if sums are in C
  Value ahead, aheadLines;  ///< of A, for the next problem: where it is, cache lines for each row
  Value continues;          ///< whether the results have sums already, or null
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_EMITTER_H
