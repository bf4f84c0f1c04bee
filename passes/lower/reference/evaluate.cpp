//===- evaluate.cpp - functions on tensors and spherical types --*- C++ -*-===//
//
// Walks a function's ops in order, one value after the other.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/reference/evaluate.h"
#include "passes/lower/reference/scalar_program.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/signal.h"

namespace mlir::spherical {
namespace {

LogicalResult evaluateConstant(arith::ConstantOp op, Results &results) {
  HostTensor result = zeros(hostShape(op.getType()));
  const Attribute value = op.getValue();
  if (auto integer = dyn_cast<IntegerAttr>(value)) {
    result.values[0] = static_cast<double>(integer.getInt());
  } else if (auto real = dyn_cast<FloatAttr>(value)) {
    result.values[0] = real.getValueAsDouble();
  } else if (auto reals = dyn_cast<DenseFPElementsAttr>(value)) {
    for (auto [to, from] : llvm::zip(result.values, reals.getValues<FloatAttr>()))
      to = from.getValueAsDouble();
  } else if (auto integers = dyn_cast<DenseIntElementsAttr>(value)) {
    for (auto [to, from] : llvm::zip(result.values, integers.getValues<IntegerAttr>()))
      to = static_cast<double>(from.getInt());
  } else {
    return op.emitOpError() << "expected numbers, got " << value;
  }
  results.push_back(std::move(result));
  return success();
}

/// Applies an op's epilogue to the values that it has without.
LogicalResult applyEpilogue(Epilogued op, Operands operands, HostTensor &result) {
  if (op.getEpilogue().empty())
    return success();
  std::vector<HostTensor> extras;
  for (unsigned i = 0; i < op.getExtras().size(); ++i) {
    extras.push_back(*operands[op.getExtras().getBeginOperandIndex() + i]);
    if (failed(alignSamples(op, result, extras.back())))
      return failure();
  }
  const auto addresses =
      llvm::map_to_vector(extras, [](const HostTensor &extra) { return &extra; });
  return mapNumbers(op.getEpilogue().front(), result, addresses);
}

LogicalResult evaluateOp(Operation *op, Operands operands, Results &results) {
  if (isa<nn::NNDialect>(op->getDialect())) {
    if (failed(evaluateNetwork(op, operands, results)))
      return failure();
    auto layer = dyn_cast<Epilogued>(op);
    return layer ? applyEpilogue(layer, operands, results.front()) : success();
  }
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case<S2FTOp, SO3FTOp, S2IFTOp, SO3IFTOp, BoundaryOp, KernelFTOp, SO3IntegrateOp>(
          [&](Operation *transform) { return evaluateTransform(transform, operands, results); })
      .Case<GridFTOp, GridIFTOp, InterpolateOp, RotateByOp, RotateZOp>(
          [&](Operation *grid) { return evaluateGrid(grid, operands, results); })
      .Case<SumNOp, SO3OrbitMeanOp, ProjectKernelOp, ThinMatmulOp, RotateOp>(
          [&](Operation *projection) { return evaluateProjection(projection, operands, results); })
      .Case<S2ConvOp, SO3ConvOp, SO3ToS2Op, SO3ShortcutOp, ResampleOp>(
          [&](Operation *layer) { return evaluateLayer(layer, operands, results); })
      .Case<SpectralMatmulOp, TruncateOp, PadOp, RealPartOp, ImagPartOp, ComplexOp>(
          [&](Operation *spectral) { return evaluateSpectral(spectral, operands, results); })
      .Case<AddBiasOp, BiasGradOp, SamplesOp, ConvertLayoutOp, ZeroOp>(
          [&](Operation *signal) { return evaluateSignal(signal, operands, results); })
      .Case([&](arith::ConstantOp constant) { return evaluateConstant(constant, results); })
      .Default([](Operation *other) {
        return other->emitOpError() << "is not supported by the reference target";
      });
}

} // namespace

LogicalResult mapNumbers(Block &region, HostTensor &values, Operands extras) {
  FailureOr<ScalarProgram> program = translateScalars(region, [](Value) { return 0.0; });
  if (failed(program))
    return failure();
  for (size_t i = 0; i < values.values.size(); ++i) {
    program->slots[0] = values.values[i];
    for (auto [index, extra] : llvm::enumerate(extras))
      program->slots[1 + index] = extra->values[i];
    program->run();
    values.values[i] = program->slots[program->yielded.front()];
  }
  return success();
}

FailureOr<SmallVector<HostTensor>> evaluateFunction(func::FuncOp function,
                                                    SmallVector<HostTensor> arguments) {
  DenseMap<Value, HostTensor> values;
  DenseMap<Value, int64_t> uses;
  for (auto [argument, value] : llvm::zip(function.getArguments(), arguments))
    values[argument] = std::move(value);
  for (Operation &op : function.front().without_terminator()) {
    SmallVector<const HostTensor *> operands;
    for (Value operand : op.getOperands())
      operands.push_back(&values.find(operand)->second);
    SmallVector<HostTensor> results;
    if (failed(evaluateOp(&op, operands, results)))
      return failure();
    for (auto [result, value] : llvm::zip(op.getResults(), results))
      values[result] = std::move(value);
    // A value that no later op reads makes room: a network's functions are large.
    for (Value operand : op.getOperands())
      if (++uses[operand] == std::distance(operand.use_begin(), operand.use_end()))
        values.erase(operand);
  }
  SmallVector<HostTensor> results;
  for (Value result : function.front().getTerminator()->getOperands())
    results.push_back(values.find(result)->second);
  return results;
}

} // namespace mlir::spherical
