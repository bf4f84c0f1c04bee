//===- emitter.h - what turns one op into stages ----------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_PLAN_EMITTER_H
#define SPHERICAL_PASSES_PLAN_EMITTER_H

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"
#include "dialects/stage/dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

#include "llvm/ADT/DenseMap.h"

namespace mlir::nn {
struct Planar;
} // namespace mlir::nn

namespace mlir::spherical {

class ScalarBuilder;

/// Where a value lies, from its layout.
enum class Place { File, Lanes, Kernel };

/// The place and extents of a value: Lanes [groups][channels][elements]W (elements of one channel
/// of one sample; tensors of rank 1 have one channel), Kernel [in][out][padded coefficients], File
/// dense.
struct Extents {
  Place place = Place::File;
  int64_t groups = 1, channels = 1, elements = 1, lanes = 1;
  bool batched = false; ///< lanes hold samples of the batch, valid up to the run-time count
};

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

/// Orders m of a degree that one task of a block product computes: a multiple of every register
/// tile's columns.
inline constexpr int64_t kOrdersOfTask = 12;

/// A value with a batch in lanes as rows that tasks share: [groups][channels][rows][points]W. Rows
/// are the first axis behind the channels of functions and tensors (the latitudes beta), else one.
struct Rows {
  int64_t groups = 1, channels = 1, rows = 1, points = 1, lanes = 1;

  int64_t elements() const { return rows * points; }
  int64_t bytes() const { return points * lanes * 4; }
};

using Parameters = ArrayRef<std::pair<StringRef, int64_t>>;

/// Emits stages at the end of a planned function. `emit` turns one op into sweeps; buffers of its
/// operands and results are known before.
class Emitter {
public:
  Emitter(OpBuilder &builder, TablePool &tables, bool doublePrecision, int64_t vectorLanes)
      : builder(builder), tables(tables), doublePrecision(doublePrecision),
        vectorLanes(vectorLanes) {}

  /// Emits the stages of `op`. Errors are at the op.
  LogicalResult emit(Operation *op);

  /// The memref type of a value: file shape, lanes, or kernel spectrum.
  MemRefType bufferType(Type type) const;
  /// Place and extents of a value.
  static Extents extentsOf(Type type);
  /// Sets the buffer of a value.
  void setBuffer(Value value, Value buffer) { buffers[value] = buffer; }
  /// The buffer of a value, null if there is none yet.
  Value bufferOf(Value value) const { return buffers.lookup(value); }

  /// Copies File values; batched ones (first axis the batch) only up to the run-time count.
  void emitCopy(Location loc, Value source, Value target, bool batched);
  /// Fills a buffer with a constant.
  void emitFill(Location loc, StringRef name, Value buffer, double value);

private:
  using Body = function_ref<void(ValueRange indices, ValueRange scratch)>;
  using Scalars = function_ref<SmallVector<Value>(OpBuilder &, Location, ValueRange)>;

  // One family of ops each; failure without a diagnostic if the op is of another family.
  LogicalResult emitTransform(Operation *op);
  LogicalResult emitProduct(Operation *op);
  LogicalResult emitProjection(Operation *op);
  LogicalResult emitLayout(Operation *op);
  LogicalResult emitSpectrum(Operation *op);
  LogicalResult emitPointwise(Operation *op);
  LogicalResult emitConstant(arith::ConstantOp op, Value out);
  LogicalResult emitNormalization(Operation *op);
  LogicalResult emitLoss(Operation *op);
  LogicalResult emitOptimizer(Operation *op);
  LogicalResult emitPlanar(Operation *op);

  // emit_transforms.cpp
  struct Transform;
  FailureOr<Transform> transformOf(Operation *op);
  Value withoutPadding(Value half, int64_t rows);
  void emitAnalysis(const Transform &t, Value in, Value mask, Value out);
  void emitSynthesis(const Transform &t, Value in, Value out, bool relu);
  void dft(const Transform &t, stage::DftKind kind, Value in, Value out, Value mask, int64_t rows,
           bool relu);
  void forEachOrder(const Transform &t, Value half, Value problems, bool analysis, Value columns,
                    Value bins);

  // emit_products.cpp
  void emitMatmul(SpectralMatmulOp op);
  struct BlockProduct {
    int64_t in, out;
    bool so3, thin; ///< manifold of the right operand; X c in place of X Y^T
  };
  void emitBlockProduct(StringRef name, Operation *op, const BlockProduct &product, int64_t count);
  Value kernelMatrix(KernelFTOp op, int64_t degrees, ArrayRef<int64_t> shape);
  void emitKernelRest(Value grad, Value values, Value out, int64_t first, int64_t count);
  void emitPartSums(StringRef name, Value parts, Value out);
  void emitKernelTransform(KernelFTOp op, int64_t lanes);
  void emitKernelAdjoint(KernelFTOp op, int64_t lanes);
  void emitLinear(nn::LinearOp op);
  void emitLinearGradInput(nn::LinearGradInputOp op);
  void emitLinearGradWeight(nn::LinearGradWeightOp op);
  struct Matrix;
  std::pair<Value, int64_t> matrixProblems(const Matrix &matrix);
  Value problemAt(Value problems, Value index);
  void contract(stage::ContractKind kind, Value a, Value b, Value problems, Value c, int64_t lanes);

  // emit_projections.cpp
  void emitThinMatmul(ThinMatmulOp op);
  std::pair<Value, Value> projectionTables(int64_t degrees, int64_t projection, bool adjoint,
                                           bool transposed, Type element);
  void emitOrderSum(StringRef name, Operation *op, int64_t projection, bool adjoint);
  void emitProjectKernel(ProjectKernelOp op);
  void emitOrbitMean(SO3OrbitMeanOp op);
  void emitRotate(RotateOp op);

  // emit_layouts.cpp
  LogicalResult emitConvert(ConvertLayoutOp op);
  void emitToLanes(Value in, Value out, Type type);
  void emitFromLanes(Value in, Value out, Type type);
  void emitFromKernel(Value in, Value out, const Signal &signal);
  void emitRows(Value in, Value out, const Signal &signal, const Extents &lanes, bool toLanes);
  struct PartRows;
  PartRows partRowsOf(Type part) const;
  Value denseRow(const PartRows &rows, Value dense, ValueRange at);
  Value partRow(const PartRows &rows, Value part, ValueRange at);
  void emitPart(Value in, Value out, Type type, bool imaginary);
  void emitComplex(ComplexOp op);
  struct SparseTables {
    Value index, values;
  };
  SparseTables fileTables(StringRef map, const Signal &signal, int64_t terms, int64_t count,
                          Parameters extra);

  // emit_spectra.cpp
  void emitResize(Value in, Value out, const Signal &from, const Signal &to);
  void emitIntegral(SO3IntegrateOp op);
  void emitIntegralAdjoint(SO3IntegrateOp op);
  void emitBiasGrad(BiasGradOp op);
  void emitAddBias(AddBiasOp op);

  // emit_pointwise.cpp
  void emitElementwise(StringRef name, Value result, ValueRange inputs, Scalars scalars);

  // emit_normalization.cpp
  struct Statistics;
  Statistics statisticsOf(Type input, nn::Measure measure);
  void emitBatchNorm(nn::BatchNormOp op);
  void emitBatchNormTrain(nn::BatchNormTrainOp op);
  void emitChannelMean(nn::BatchNormTrainOp op, Value sums, const Statistics &how);
  void emitChannelVariance(nn::BatchNormTrainOp op, Value sums, const Statistics &how);
  void emitBatchNormGrad(nn::BatchNormGradOp op);
  void emitNormSums(nn::BatchNormGradOp op, const Statistics &how);

  // emit_losses.cpp
  struct Pixels;
  Pixels pixelsOf(Operation *op, Type logits);
  Value logitsOf(const Pixels &p, Value logits, ValueRange at);
  Value labelsOf(const Pixels &p, Value labels, ValueRange at);
  void emitSoftmax(const Pixels &p, Value logits, Value maxima, Value sums);
  Value atLabel(const Pixels &p, ScalarBuilder &s, Value value, Value label, Value weight,
                Value count, Value group);
  void emitLabelWeights(const Pixels &p, Value labels, Value count, Value group, AffineMap target,
                        Value out);
  void emitCrossEntropy(nn::CrossEntropyOp op);
  Value emitLossFactor(nn::CrossEntropyGradOp op, const Pixels &p);
  void emitCrossEntropyGrad(nn::CrossEntropyGradOp op);
  void emitSquaredError(nn::MeanSquaredErrorOp op);
  void emitSquaredErrorGrad(nn::MeanSquaredErrorGradOp op);

  // emit_optimizer.cpp
  void emitAdamFactors(nn::AdamOp op, Value factors);
  void emitAdam(nn::AdamOp op);
  void emitSumSquares(nn::SumSquaresOp op);
  void emitClipFactor(nn::ClipFactorOp op);

  // emit_images.cpp
  /// Extents of images [groups][channels][rows][columns]W.
  struct Image {
    int64_t groups, channels, rows, columns, lanes;
    Type element;
  };
  /// Rows and columns around an image; circular: those beside it continue on the other side.
  struct Margins {
    int64_t above, below, left, right;
    bool circular;
  };
  static Image imageOf(Value buffer);
  Value temporaryImage(StringRef name, const Image &image);
  Value linear(Value index, int64_t factor, int64_t first);
  void copyBlock(Value source, Value target, bool add);
  Value columns(Value image, int64_t first, int64_t size);
  Value window(Value image, int64_t row, int64_t rows, int64_t column, int64_t width);
  Value padImage(Value in, const Margins &margins, double value);
  void cropImage(Value in, Value out, const Margins &margins);
  static Margins marginsOf(const nn::Planar &planar);
  static Margins spreadMargins(const nn::Planar &planar);
  void addChannelBias(Value block, Value bias, int64_t rowStep);

  // emit_convolutions.cpp
  struct WindowProducts;
  struct WindowColumns;
  int64_t rowsOfTask(const WindowProducts &products);
  void emitWindowProducts(const WindowProducts &products);
  void emitWindowRows(const WindowProducts &products, int64_t first, int64_t blocks, int64_t size);
  Value rowProblems(const WindowProducts &products, const WindowColumns &columns, int64_t first,
                    int64_t blocks, int64_t size);
  Value windowProblems(Parameters given, int64_t count);
  Value rowsOutermost(Value weight);
  Value emitPhases(Value weight, const nn::Planar &planar);
  Value slicePhase(Value phases, int64_t py, int64_t px, Value out);
  void emitPhase(Value weight, Value phase, const nn::Planar &planar, int64_t py, int64_t px);
  void emitConv2d(nn::Conv2dOp op);
  void emitConvTranspose2d(nn::ConvTranspose2dOp op);

  // emit_weight_gradients.cpp
  struct WeightParts;
  WeightParts weightPartsOf(const Image &from, const Image &to, const nn::Planar &planar);
  void emitWeightParts(const WeightParts &parts, Value in, Value grad, Value sums, int64_t row,
                       int64_t channel);
  void emitConv2dGradWeight(nn::Conv2dGradWeightOp op);
  void addWeightParts(Value parts, Value out);

  // emit_planar.cpp
  void emitWindows(StringRef name, const nn::Planar &planar, Value in, Value out,
                   stage::Combine combine, double factor);
  AffineMap windowMap(int64_t stride, bool columns);
  void combineColumns(const nn::Planar &planar, Value in, Value out, stage::Combine combine);
  void combineRows(const nn::Planar &planar, Value in, Value out, stage::Combine combine,
                   double factor);
  void firstPlaces(ValueRange inputs, AffineMap windows, Value out, int64_t kernel);
  void spreadWindows(StringRef name, const nn::Planar &planar, ValueRange images, Value codes,
                     Value out, Scalars scalars);
  Value emitFirstLargest(nn::MaxPool2dGradOp op, const nn::Planar &planar);
  void emitMaxPoolGrad(nn::MaxPool2dGradOp op);
  void emitAveragePool(nn::AvgPool2dOp op);
  void emitGlobalMean(nn::GlobalAvgPoolOp op);
  void emitNearest(nn::UpsampleNearestOp op);
  void copyChannels(StringRef name, Value in, Value out, int64_t from, int64_t to, int64_t count);
  void emitConcat(nn::ConcatOp op);
  void emitSumChannels(nn::SumChannelsOp op);
  LogicalResult emitActivation(Operation *op);

  // emit_rows.cpp
  /// Inputs of a map over one row, in the order of the region's arguments.
  struct RowOperands {
    SmallVector<Value> rows;         ///< with lanes, of the rows' shape
    SmallVector<Value> channels;     ///< one value for each channel
    SmallVector<Value> latitudes;    ///< one for each row
    SmallVector<Value> coefficients; ///< one for each point of a row
    SmallVector<Value> scalars;      ///< one
    Value count;                     ///< of samples, to be last: others count as 0
  };
  Rows rowsOf(Type type) const;
  Value row(Value source, const Rows &rows, ValueRange at);
  std::pair<SmallVector<Value>, SmallVector<AffineMap>>
  operandsOf(const Rows &rows, const RowOperands &operands, ValueRange at);
  SmallVector<Value> validOnly(OpBuilder &b, Location l, ValueRange v, Value group,
                               const Rows &rows, bool counted, Scalars scalars);
  /// Sums of each row into partials [channels][groups][rows], one for each of the region's values.
  void sumRows(StringRef name, const Rows &rows, const RowOperands &operands, ValueRange partials,
               Scalars scalars);
  /// Values of `out`, row by row.
  void mapRows(StringRef name, const Rows &rows, const RowOperands &operands, Value out,
               Scalars scalars);
  /// For each channel, totals of partials (times the rows' weights, if any) and `more` values to
  /// outputs; those of rank 0 are the same for all channels.
  void totalRows(StringRef name, const Rows &rows, ValueRange partials, Value weights,
                 ValueRange more, ValueRange outputs, Scalars scalars);
  void addUp(Value partials, Value weights, Value total);
  /// w_j of the latitudes of a grid of 2b = rows, which add up to 1 over a function.
  Value latitudeWeights(int64_t rows, bool so3, Type element);
  /// A buffer of the arena.
  Value temporary(StringRef name, ArrayRef<int64_t> shape, Type element);
  /// Puts points of so many bytes together to tasks.
  static void balance(stage::SweepOp sweep, int64_t bytes);

  // Helpers, emitter.cpp.
  /// The first sweep of an op carries its work.
  stage::SweepOp sweep(StringRef name, ArrayRef<int64_t> space, ArrayRef<Type> scratch, Body body);
  /// A sweep that prepares an op and leaves its work to those that follow.
  void uncountedSweep(StringRef name, ArrayRef<int64_t> space, Body body);
  /// Work of a sweep that makes `done` of `all` equal parts of the op's result.
  void countShare(stage::SweepOp sweep, int64_t done, int64_t all);
  /// The size, at most `most`, of the blocks of `all` if these are as few and as equal as can be.
  static int64_t evenBlock(int64_t all, int64_t most);
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
  /// The address of a table; to be asked for before the sweep that uses it.
  Value table(StringRef kind, Parameters parameters, ArrayRef<int64_t> shape, Type element,
              ArrayRef<double> points = {}, double scale = 1.0);
  /// f32 or f64 on the target for a signal's or tensor's element.
  Type elementOf(Type type) const;
  MemRefType scratchType(ArrayRef<int64_t> shape, Type element) const;
  Value constant(OpBuilder &b, Location l, Type type, double value);
  Value buffer(Value value) { return buffers.lookup(value); }

  OpBuilder &builder;
  TablePool &tables;
  bool doublePrecision;
  int64_t vectorLanes;
  llvm::DenseMap<Value, Value> buffers;
  /// The op being emitted: location, and work that its first sweep carries.
  Location loc = UnknownLoc::get(builder.getContext());
  ChoiceAttr choice;
  bool counted = false;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_PLAN_EMITTER_H
