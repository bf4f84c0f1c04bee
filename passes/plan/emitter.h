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

namespace mlir::spherical {

/// Where a value lies, from its layout.
enum class Place { File, Lanes, Kernel };

/// The place and extents of a value: Lanes [groups][channels][elements]W (elements of one channel
/// of one sample; tensors of rank 1 have one channel), Kernel [in][out][padded coefficients], File
/// dense.
struct Extents {
  Place place = Place::File;
  int64_t groups = 1, channels = 1, elements = 1, lanes = 1;
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
  LogicalResult emitLayout(Operation *op);
  LogicalResult emitSpectrum(Operation *op);
  LogicalResult emitPointwise(Operation *op);
  LogicalResult emitNormalization(Operation *op);
  LogicalResult emitLoss(Operation *op);

  // emit_transforms.cpp
  struct Transform;
  FailureOr<Transform> transformOf(Operation *op);
  void emitAnalysis(const Transform &t, Value in, Value mask, Value out);
  void emitSynthesis(const Transform &t, Value in, Value out, bool relu);
  void dft(const Transform &t, stage::DftKind kind, Value in, Value out, Value mask, int64_t rows,
           bool relu);
  void forEachOrder(const Transform &t, Value half, Value problems, bool analysis, Value columns,
                    Value bins);

  // emit_products.cpp
  void emitMatmul(SpectralMatmulOp op);
  void emitKernelTransform(KernelFTOp op, int64_t lanes);
  void emitKernelAdjoint(KernelFTOp op, int64_t lanes);
  void emitLinear(nn::LinearOp op);
  void emitLinearGradInput(nn::LinearGradInputOp op);
  void emitLinearGradWeight(nn::LinearGradWeightOp op);
  struct Matrix;
  std::pair<Value, int64_t> matrixProblems(const Matrix &matrix);
  Value problemAt(Value problems, Value index);
  void contract(stage::ContractKind kind, Value a, Value b, Value problems, Value c, int64_t lanes);

  // emit_layouts.cpp
  LogicalResult emitConvert(ConvertLayoutOp op);
  void emitToLanes(Value in, Value out, Type type, bool imaginary);
  void emitFromLanes(Value in, Value out, Type type);
  void emitToKernel(Value in, Value out, const Signal &signal, bool imaginary);
  void emitFromKernel(Value in, Value out, const Signal &signal);
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
  void emitBatchNorm(nn::BatchNormOp op);
  void emitBatchNormTrain(nn::BatchNormTrainOp op);
  void emitBatchNormGrad(nn::BatchNormGradOp op);

  // emit_losses.cpp
  void emitSoftmax(Value logits, Value maxima, Value sums, const Extents &extents);
  void emitCrossEntropy(nn::CrossEntropyOp op);
  void emitCrossEntropyGrad(nn::CrossEntropyGradOp op);
  void emitAdam(nn::AdamOp op);

  // Helpers, emitter.cpp.
  stage::SweepOp sweep(StringRef name, ArrayRef<int64_t> space, ArrayRef<Type> scratch, Body body);
  void map(ArrayRef<int64_t> space, ValueRange inputs, ValueRange outputs, ArrayRef<AffineMap> maps,
           Scalars scalars, std::optional<stage::Combine> combine = std::nullopt,
           std::optional<int64_t> lanes = std::nullopt);
  void gather(stage::GatherMode mode, Value in, Value out, SparseTables tables, int64_t count,
              int64_t lanes, Value group = {});
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
