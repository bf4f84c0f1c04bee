//===- emit_products.cpp - matrix products as stages ------------*- C++ -*-===//
//
// Block products of spectra, R_z = R_x R_y^T degree by degree in the real basis
// (math.md, section 2), kernels' transforms at scattered points (section 4) and
// linear layers, all as lists of small products (problem_tables.cpp).
//
//===----------------------------------------------------------------------===//

#include "passes/plan/emitter.h"
#include "passes/plan/scalars.h"

#include "runtime/layout.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

/// One dense product in blocks: strides in units of elements (scalar operands) or V (lanes).
struct Emitter::Matrix {
  int64_t rows, depth, columns, rowBlock, columnBlock;
  int64_t aRow, aDepth, bDepth, bColumn, cRow, cColumn;
  int64_t depthBlock = 0, cBlock = 0; ///< with depthBlock, partial products cBlock apart
};

std::pair<Value, int64_t> Emitter::matrixProblems(const Matrix &m) {
  int64_t count = llvm::divideCeil(m.rows, m.rowBlock) * llvm::divideCeil(m.columns, m.columnBlock);
  SmallVector<std::pair<StringRef, int64_t>> parameters = {{"rows", m.rows},
                                                           {"depth", m.depth},
                                                           {"columns", m.columns},
                                                           {"row_block", m.rowBlock},
                                                           {"column_block", m.columnBlock},
                                                           {"a_row", m.aRow},
                                                           {"a_depth", m.aDepth},
                                                           {"b_depth", m.bDepth},
                                                           {"b_column", m.bColumn},
                                                           {"c_row", m.cRow},
                                                           {"c_column", m.cColumn}};
  if (m.depthBlock > 0) {
    count *= llvm::divideCeil(m.depth, m.depthBlock);
    parameters.append({{"depth_block", m.depthBlock}, {"c_block", m.cBlock}});
  }
  return {
      table("matrix_problems", parameters, {count, stage::kProblemFields}, builder.getI32Type()),
      count};
}

Value Emitter::problemAt(Value problems, Value index) { return range(problems, 0, index, 1); }

void Emitter::contract(stage::ContractKind kind, Value a, Value b, Value problems, Value c,
                       int64_t lanes) {
  stage::ContractOp::create(builder, loc, kind, a, b, problems, c, lanes);
}

void Emitter::emitMatmul(SpectralMatmulOp op) {
  bool gradKernel = op.getForm() == ProductForm::GradKernel;
  Signal lhs = *getSignal(op.getLhs().getType()), rhs = *getSignal(op.getRhs().getType());
  int64_t in = gradKernel ? rhs.channels : rhs.batch;
  int64_t out = gradKernel ? lhs.channels : rhs.channels;
  int64_t count = 0;
  for (int64_t l = 0; l < lhs.bandLimit; ++l)
    count += gradKernel ? (rhs.onSO3() ? in : 1) : llvm::divideCeil(2 * l + 1, kOrdersOfTask);
  emitBlockProduct("spectral_matmul", op, {in, out, rhs.onSO3(), /*thin=*/false}, count);
}

void Emitter::emitBlockProduct(StringRef name, Operation *op, const BlockProduct &product,
                               int64_t count) {
  ProductForm form = cast<ProductFormAttr>(op->getAttr("form")).getValue();
  Extents batch = extentsOf(op->getOperand(0).getType());
  int64_t degrees = getSignal(op->getOperand(0).getType())->bandLimit;
  SmallVector<std::pair<StringRef, int64_t>> parameters = {
      {"so3", product.so3},      {"degrees", degrees}, {"form", static_cast<int64_t>(form)},
      {"in", product.in},        {"out", product.out}, {"groups", batch.groups},
      {"columns", kOrdersOfTask}};
  if (product.thin)
    parameters.push_back({"thin", 1});
  Value problems =
      table("product_problems", parameters, {count, stage::kProblemFields}, builder.getI32Type());
  Value left = buffer(op->getOperand(0)), right = buffer(op->getOperand(1));
  Value result = buffer(op->getResult(0));
  stage::SweepOp sweeps;
  if (form == ProductForm::GradKernel)
    sweeps = sweep(name, {count}, {}, [&](ValueRange at, ValueRange) {
      contract(stage::ContractKind::Reduce, left, right, problemAt(problems, at[0]), result,
               batch.lanes);
    });
  else // Degrees outermost, the large ones first: tasks even out.
    sweeps = sweep(name, {count, batch.groups}, {}, [&](ValueRange at, ValueRange) {
      contract(stage::ContractKind::Scalar, right, slice(left, at[1]), problemAt(problems, at[0]),
               slice(result, at[1]), batch.lanes);
    });
  if (sweeps.getTasks() > 1 && sweeps.getChunk() > 1 && degrees > 2)
    sweeps.setChunk(1);
}

/// The points of a grid, flat: two angles each on S2, three on SO(3).
static SmallVector<double> flatPoints(GridAttr grid) {
  SmallVector<double> flat;
  for (const std::array<double, 3> &point : grid.points())
    flat.append(point.begin(), point.begin() + (grid.onSO3() ? 3 : 2));
  return flat;
}

/// The matrix of the kernel transform, [points][coefficients].
Value Emitter::kernelMatrix(KernelFTOp op, int64_t degrees, ArrayRef<int64_t> shape) {
  SmallVector<std::pair<StringRef, int64_t>> parameters = {{"degrees", degrees}, {"transposed", 0}};
  if (std::optional<Projection> projection = op.getProjection())
    parameters.push_back({"projection", *projection == Projection::SumN ? 1 : 2});
  return table(op.getGrid().onSO3() ? "so3_kernel" : "s2_kernel", parameters, shape,
               elementOf(op.getType()), flatPoints(op.getGrid()), op.getScale().convertToDouble());
}

void Emitter::emitKernelTransform(KernelFTOp op, int64_t lanes) {
  auto weights = cast<RankedTensorType>(op.getInput().getType());
  Signal spectrum = *getSignal(op.getType());
  bool so3 = spectrum.onSO3();
  int64_t points = weights.getDimSize(2), rows = weights.getDimSize(0) * weights.getDimSize(1);
  int64_t pad = padded(so3 ? so3Size(spectrum.bandLimit) : s2Size(spectrum.bandLimit));
  int64_t vectors = pad / lanes;
  Value values = kernelMatrix(op, spectrum.bandLimit, {points, pad});
  auto [problems, count] =
      matrixProblems({rows, points, vectors, 96, 12, points, 1, vectors, 1, vectors, 1});
  Value in = buffer(op.getInput()), out = buffer(op.getResult()), list = problems;
  sweep("kernel_ft", {count}, {}, [&](ValueRange at, ValueRange) {
    contract(stage::ContractKind::Scalar, in, values, problemAt(list, at[0]), out, lanes);
  });
}

/// Vectors of coefficients that one task of a kernel's adjoint sums over: the table's rows of them
/// stay in the second-level cache.
static constexpr int64_t kVectorsOfTask = 64;

/// input[i,o,p] = sum of gradient times table over the coefficients, which lie along the vectors:
/// blocks of them make partial sums, which are then added in order. What is left of the last vector
/// is a block of its own, because the padding of spectra holds anything.
void Emitter::emitKernelAdjoint(KernelFTOp op, int64_t lanes) {
  auto weights = cast<RankedTensorType>(op.getType());
  Signal spectrum = *getSignal(op.getInput().getType());
  int64_t in = weights.getDimSize(0), out = weights.getDimSize(1), points = weights.getDimSize(2);
  int64_t size = spectrum.onSO3() ? so3Size(spectrum.bandLimit) : s2Size(spectrum.bandLimit);
  int64_t pad = padded(size), vectors = size / lanes, rest = size % lanes;
  int64_t blocks = llvm::divideCeil(vectors, kVectorsOfTask), parts = blocks + (rest > 0 ? 1 : 0);
  Type element = elementOf(op.getType());
  Value values = kernelMatrix(op, spectrum.bandLimit, {points, pad});
  Value grad = buffer(op.getInput()), result = buffer(op.getResult());
  Value sums = temporary("kernel_sums", {parts, in, out, points}, element);
  if (blocks > 0) {
    Matrix matrix{in * out, vectors, points,      in * out, points, pad / lanes,
                  1,        1,       pad / lanes, points,   1};
    matrix.depthBlock = kVectorsOfTask;
    matrix.cBlock = in * out * points;
    Value problems = matrixProblems(matrix).first;
    stage::SweepOp products =
        sweep("kernel_ft.adjoint", {blocks}, {}, [&](ValueRange at, ValueRange) {
          contract(stage::ContractKind::Reduce, grad, values, problemAt(problems, at[0]), sums,
                   lanes);
        });
    products.setChunk(1);
  }
  if (rest > 0)
    emitKernelRest(grad, values, select(sums, 0, builder.getIndexAttr(blocks)), vectors * lanes,
                   rest);
  emitPartSums("kernel_ft.adjoint", sums, result);
}

/// out[i,o,p] = sum of grad[i,o,c] times table[p,c] over the `count` coefficients c from `first`
/// on.
void Emitter::emitKernelRest(Value grad, Value values, Value out, int64_t first, int64_t count) {
  ArrayRef<int64_t> shape = cast<MemRefType>(out.getType()).getShape();
  int64_t channels = shape[1], points = shape[2];
  sweep("kernel_ft.adjoint.rest", {shape[0]}, {}, [&](ValueRange at, ValueRange) {
    Value left = range(slice(grad, at), 1, builder.getIndexAttr(first), count);
    Value right = range(values, 1, builder.getIndexAttr(first), count);
    map(
        {channels, points, count}, {left, right}, slice(out, at),
        {dims(3, {0, 2}), dims(3, {1, 2}), dims(3, {0, 1})},
        [](OpBuilder &b, Location l, ValueRange v) {
          return SmallVector<Value>{arith::MulFOp::create(b, l, v[0], v[1])};
        },
        stage::Combine::Sum);
  });
}

/// out = sum of the parts [parts][...], in order.
void Emitter::emitPartSums(StringRef name, Value parts, Value out) {
  ArrayRef<int64_t> shape = cast<MemRefType>(parts.getType()).getShape();
  stage::SweepOp total = sweep(name, {shape[1]}, {}, [&](ValueRange at, ValueRange) {
    map(
        {shape[2], shape[0], shape[3]}, select(parts, 1, at[0]), slice(out, at),
        {dims(3, {1, 0, 2}), dims(3, {0, 2})},
        firstValue,
        stage::Combine::Sum);
  });
  balance(total, shape[0] * shape[2] * shape[3] * 4);
}

void Emitter::emitLinear(nn::LinearOp op) {
  Extents x = extentsOf(op.getInput().getType()), y = extentsOf(op.getType());
  auto [list, count] =
      matrixProblems({y.channels, x.channels, 1, y.channels, 1, x.channels, 1, 1, 1, 1, 1});
  Value in = buffer(op.getInput()), weight = buffer(op.getWeight()), bias = buffer(op.getBias());
  Value out = buffer(op.getResult()), problems = list;
  sweep("linear", {x.groups}, {}, [&](ValueRange at, ValueRange) {
    Value result = slice(out, at);
    contract(stage::ContractKind::Scalar, weight, slice(in, at), problems, result, x.lanes);
    map(
        {y.channels, y.lanes}, {result, bias}, result,
        {dims(2, {0, 1}), dims(2, {0}), dims(2, {0, 1})},
        [](OpBuilder &b, Location l, ValueRange v) {
          return SmallVector<Value>{arith::AddFOp::create(b, l, v[0], v[1])};
        },
        std::nullopt, y.lanes);
  });
}

void Emitter::emitLinearGradInput(nn::LinearGradInputOp op) {
  Extents g = extentsOf(op.getGrad().getType()), x = extentsOf(op.getType());
  auto [list, count] =
      matrixProblems({x.channels, g.channels, 1, x.channels, 1, 1, x.channels, 1, 1, 1, 1});
  Value in = buffer(op.getGrad()), weight = buffer(op.getWeight()), out = buffer(op.getResult());
  Value problems = list;
  sweep("linear_grad_input", {g.groups}, {}, [&](ValueRange at, ValueRange) {
    contract(stage::ContractKind::Scalar, weight, slice(in, at), problems, slice(out, at), g.lanes);
  });
}

void Emitter::emitLinearGradWeight(nn::LinearGradWeightOp op) {
  Extents g = extentsOf(op.getGrad().getType()), x = extentsOf(op.getInput().getType());
  auto [list, count] = matrixProblems({g.channels, g.groups, x.channels, 8, x.channels, 1,
                                       g.channels, x.channels, 1, x.channels, 1});
  Value grad = buffer(op.getGrad()), in = buffer(op.getInput()), out = buffer(op.getResult());
  Value problems = list;
  sweep("linear_grad_weight", {count}, {}, [&](ValueRange at, ValueRange) {
    contract(stage::ContractKind::Reduce, grad, in, problemAt(problems, at[0]), out, g.lanes);
  });
}

LogicalResult Emitter::emitProduct(Operation *op) {
  if (auto matmul = dyn_cast<SpectralMatmulOp>(op)) {
    emitMatmul(matmul);
    return success();
  }
  if (auto kernel = dyn_cast<KernelFTOp>(op)) {
    kernel.getAdjoint() ? emitKernelAdjoint(kernel, choice ? choice.getLanes() : vectorLanes)
                        : emitKernelTransform(kernel, choice ? choice.getLanes() : vectorLanes);
    return success();
  }
  if (auto linear = dyn_cast<nn::LinearOp>(op)) {
    emitLinear(linear);
    return success();
  }
  if (auto linear = dyn_cast<nn::LinearGradInputOp>(op)) {
    emitLinearGradInput(linear);
    return success();
  }
  if (auto linear = dyn_cast<nn::LinearGradWeightOp>(op)) {
    emitLinearGradWeight(linear);
    return success();
  }
  return failure();
}

} // namespace mlir::spherical
