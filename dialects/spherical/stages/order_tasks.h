//===- order_tasks.h - transforms whose orders are tasks --------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_STAGES_ORDER_TASKS_H
#define SPHERICAL_DIALECTS_SPHERICAL_STAGES_ORDER_TASKS_H

#include "dialects/spherical/stages/transforms.h"

namespace mlir::spherical {

/// Whether the op's transforms have latitudes in the lanes.
bool isByRingLanes(const StageBuilder &stages);
/// Whether these have two of kAnchorDistance degrees of Wigner functions from a table and the
/// others by their recursion.
bool isByRecursion(const StageBuilder &stages);
/// Whether orders, rows and coefficients of one lane group and channel are tasks: with latitudes in
/// the lanes, or without.
bool isByOrders(const StageBuilder &stages);

/// A lane group and channel.
struct Series {
  int64_t group, channel;

  /// Their part of a buffer [groups][channels]...
  Value of(StageBuilder &stages, Value buffer) const;
};

/// Calls `body` for each lane group and channel.
void forEachSeries(const Extents &extents, function_ref<void(Series)> body);

/// The sweeps of a transform of one lane group and channel after the other.
class OrderTasks {
public:
  /// The sweeps' names begin with `name`, and their work is a share of that of all series of an op
  /// with transforms `all`.
  OrderTasks(StageBuilder &stages, StringRef name, const Transform &t, int64_t series,
             ArrayRef<const Transform *> all);

  /// Memory for a half-transformed function of so many orders.
  static Value makeHalf(StageBuilder &stages, const Transform &t, int64_t orders);

  /// Between the columns and the spectrum [coefficients] of a series.
  void emitSums(Value spectrum);
  /// Between the half-transformed function and the columns.
  void emitOrders(Value half);
  /// Between the function of a series and the half-transformed one.
  void emitRows(Value function, Value half);
  /// The share of the rows in the op's work, of a sweep that makes them.
  void countRows(stage::SweepOp sweep);

private:
  int64_t pairs() const { return t.rings() / 2; }
  std::string nameOf(StringRef part) const { return name + "." + part.str(); }
  void count(stage::SweepOp sweep, double work);
  void emitRings(Value function, Value half);
  void ringsOnS2(Value function, Value half, Value pair, Value rows);
  void ringsOnSO3(Value function, Value half, ValueRange at, Value rows);
  void moveRings(Value function, bool south, Value pair, Value rows);

  StageBuilder &stages;
  const std::string name;
  const Transform &t;
  double work = 0;   ///< of the op
  int64_t meridians; ///< with latitudes in the lanes, on SO(3): values of alpha of a task
  Value columns;
};

/// The stages of a transform op by tasks of orders.
void emitOrderTransform(StageBuilder &stages, Operation *op, const Transform &t);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_STAGES_ORDER_TASKS_H
