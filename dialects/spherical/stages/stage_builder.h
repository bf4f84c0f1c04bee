//===- stage_builder.h - what turns one op into stages ----------*- C++ -*-===//
//
// What `emitStages` of the ops shares: buffers, tables, sweeps, and parts of
// buffers.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_STAGES_STAGE_BUILDER_H
#define SPHERICAL_DIALECTS_SPHERICAL_STAGES_STAGE_BUILDER_H

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"
#include "dialects/spherical/work.h"
#include "dialects/stage/dialect.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

#include "llvm/ADT/DenseMap.h"

namespace mlir::spherical {

/// The place and extents of a value: Lanes [groups][channels][elements]W (elements of one channel
/// of one sample; tensors of rank 1 have one channel), Kernel [in][out][padded coefficients], File
/// dense. Where lanes hold channels, groups are the samples, and channels the groups of channels;
/// kernels have [in][groups of out][coefficients]W then. Where lanes hold channels of all samples,
/// groups are of these, and there is one channel.
struct Extents {
  Place place = Place::File;
  int64_t groups = 1, channels = 1, elements = 1, lanes = 1;
  bool batched = false; ///< lanes hold samples of the batch, valid up to the run-time count
};

/// Place and extents of a value, from its layout.
Extents extentsOf(Type type);

/// Tables of a module, each of its kind, parameters and type once.
class TablePool {
public:
  explicit TablePool(ModuleOp module) : module(module) {}
  /// The table of this content; its address where the builder stands.
  Value get(OpBuilder &builder, Location loc, stage::TableAttr value, MemRefType type);

private:
  ModuleOp module;
  llvm::DenseMap<std::pair<Attribute, Type>, stage::TableOp> tables;
  stage::TableOp last;
};

/// Parameters of a table.
using Parameters = ArrayRef<std::pair<StringRef, int64_t>>;

/// A sparse map as tables of positions and values; null: the identity, or values of 1.
struct SparseTables {
  Value index, values;
};

/// The body of a sweep, from the indices of a point and its scratch buffers.
using SweepBody = function_ref<void(ValueRange indices, ValueRange scratch)>;

/// The region of a map: values of the outputs from those of the inputs.
using Scalars = function_ref<SmallVector<Value>(OpBuilder &, Location, ValueRange)>;

/// Builds the stages of one op after the other in a planned function. Buffers of an op's operands
/// and results are known before its stages are built.
class StageBuilder : public ImplicitLocOpBuilder {
public:
  StageBuilder(OpBuilder builder, TablePool &tables, bool doublePrecision, int64_t vectorLanes,
               bool lanesAreThreads)
      : ImplicitLocOpBuilder(builder.getUnknownLoc(), builder), tables(tables),
        doublePrecision(doublePrecision), lanes(vectorLanes), threads(lanesAreThreads) {}

  /// What follows are stages of `op`: their location and work are its own.
  void begin(Operation *op);
  /// How the op is to be computed; null for an op that nothing was chosen for.
  ChoiceAttr choice() const { return chosen; }
  /// Lanes of a vector register.
  int64_t vectorLanes() const { return lanes; }
  /// Whether lanes are threads of a GPU.
  bool lanesAreThreads() const { return threads; }

  /// The memref type of a value: file shape, lanes, or kernel spectrum.
  MemRefType bufferType(Type type) const;
  /// f32 or f64 on the target for a signal's or tensor's element.
  Type elementOf(Type type) const;
  void setBuffer(Value value, Value buffer) { buffers[value] = buffer; }
  /// The buffer of a value, null if there is none yet.
  Value buffer(Value value) const { return buffers.lookup(value); }
  /// A buffer of the arena for the op alone.
  Value temporary(StringRef name, ArrayRef<int64_t> shape, Type element);
  /// The address of a table; to be asked for before the sweep that uses it.
  Value table(StringRef kind, Parameters parameters, ArrayRef<int64_t> shape, Type element,
              ArrayRef<double> points = {}, double scale = 1.0);
  /// The same of a list of `count` problems.
  Value problems(StringRef kind, Parameters parameters, int64_t count);

  /// A sweep over a space. The first of an op carries the op's work.
  stage::SweepOp sweep(StringRef name, ArrayRef<int64_t> space, ArrayRef<Type> scratch,
                       SweepBody body);
  /// A sweep that prepares an op and leaves its work to those that follow.
  void uncountedSweep(StringRef name, ArrayRef<int64_t> space, SweepBody body,
                      ArrayRef<Type> scratch = {});
  /// Work of a sweep that makes `done` of `all` equal parts of the op's result.
  void countShare(stage::SweepOp sweep, int64_t done, int64_t all);
  void map(ArrayRef<int64_t> space, ValueRange inputs, ValueRange outputs, ArrayRef<AffineMap> maps,
           Scalars scalars, std::optional<stage::Combine> combine = std::nullopt,
           std::optional<int64_t> lanes = std::nullopt);
  void gather(stage::GatherMode mode, Value in, Value out, SparseTables tables, int64_t count,
              int64_t lanes);
  /// Samples to or from the lanes of a value of these extents.
  void gatherSamples(stage::GatherMode mode, Value in, Value out, SparseTables tables,
                     int64_t count, const Extents &lanes, Value group);

  /// The map from `rank` dimensions to the given ones; -1 is the constant 0.
  AffineMap dims(int64_t rank, ArrayRef<int64_t> selected);
  /// The flat position of a row-major array of these extents.
  AffineMap flat(ArrayRef<int64_t> extents);
  /// `source` at `index` of `axis`, without that axis.
  Value select(Value source, int64_t axis, OpFoldResult index);
  /// `source` at the leading indices, without those axes.
  Value slice(Value source, ValueRange leading);
  /// Positions first ... first + size - 1 of `axis`.
  Value range(Value source, int64_t axis, OpFoldResult first, int64_t size);

private:
  TablePool &tables;
  bool doublePrecision;
  int64_t lanes;
  bool threads;
  llvm::DenseMap<Value, Value> buffers;
  ChoiceAttr chosen;
  bool counted = false; ///< a sweep carries the work
};

/// index * factor + first
Value linear(StageBuilder &stages, Value index, int64_t factor, int64_t first);
/// A loop of `count` steps inside of a sweep; `body` builds one from its number.
void forEach(StageBuilder &stages, int64_t count, function_ref<void(Value)> body);
/// The size, at most `most`, of the blocks of `all` if these are as few and as equal as can be.
int64_t evenBlock(int64_t all, int64_t most);
/// Puts points of so many bytes together to tasks.
void balance(stage::SweepOp sweep, int64_t bytes);
/// Leading axes, two at most, along which a large buffer is split into tasks, and the values of
/// each.
std::pair<SmallVector<int64_t>, int64_t> leadingAxes(MemRefType type);
/// result = scalars(inputs), all of one shape, value by value. Large buffers are split along their
/// leading axes.
void emitElementwise(StageBuilder &stages, StringRef name, Value result, ValueRange inputs,
                     Scalars scalars);
/// Rows of a point of a sweep: `size` of them from `first`, or in block number `block` behind it.
struct RowBlock {
  Value block;
  int64_t first, size;

  /// The position of the first of them where each takes `weight` positions.
  OpFoldResult position(StageBuilder &stages, int64_t weight = 1) const;
  /// The rows along an axis of a buffer on which each takes `weight` positions.
  Value of(StageBuilder &stages, Value source, int64_t axis, int64_t weight = 1) const;
};
/// Sweeps over `space` and, where that has few points, over blocks of `count` rows of `weight`
/// values each, so that all workers have some. `built` gets each sweep, with the rows of all its
/// blocks.
void sweepBlocks(StageBuilder &stages, StringRef name, ArrayRef<int64_t> space, int64_t count,
                 int64_t weight, function_ref<void(ValueRange at, const RowBlock &rows)> body,
                 function_ref<void(stage::SweepOp sweep, int64_t rows)> built = {});
/// Fills a buffer with a constant.
void emitFill(StageBuilder &stages, StringRef name, Value buffer, double value);
/// The rows [channels][elements] of a sample, of [samples][channels][elements] or of
/// [series][elements], the channels of one sample after the other.
Value rowsOfSample(StageBuilder &stages, Value rows, Value sample, int64_t channels);
/// Channels from the lanes of a value of this type to rows [samples][channels][elements], or those
/// of a signal to [series][elements], of kernels [in][out][padded coefficients], and back; lanes
/// without a channel become zeros.
void emitChannelRows(StageBuilder &stages, Type lanes, Value in, Value out, bool toLanes);
/// Copies values in file order; batched ones (first axis the batch) only up to the run-time count.
void emitCopy(StageBuilder &stages, Value source, Value target, bool batched);

} // namespace mlir::spherical

#endif // SPHERICAL_DIALECTS_SPHERICAL_STAGES_STAGE_BUILDER_H
