//===- linear.cpp - linear layers as stages ---------------------*- C++ -*-===//
//
// y = x w^T + b and its gradients: samples are columns, so that with X the inputs
// of a lane group, [in][W], and Y its results, [out][W],
//   Y = w X,   X = w^T Y,   w = sum of Y X^T over the groups,
// by generated products or by calls of a library.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/nn/stages/epilogue.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

namespace mlir::nn {

using namespace mlir::spherical;

LogicalResult LinearOp::emitStages(StageBuilder &stages) {
  Extents x = extentsOf(getInput().getType()), y = extentsOf(getType());
  Value in = stages.buffer(getInput()), weight = stages.buffer(getWeight());
  Value out = stages.buffer(getResult());
  Epilogue epilogue(stages, *this, stages.buffer(getBias()));
  auto finish = [&](ValueRange at) {
    epilogue.emit(stages, out, {y.channels, y.lanes}, stages.getMultiDimIdentityMap(2),
                  [&](Value whole) { return stages.slice(whole, at); });
  };
  if (isLibraryProduct(stages)) {
    gemm(stages, "linear", weight, in, out, {.batch = x.groups, .sharedA = true});
    if (!epilogue.isEmpty())
      stages.sweep("linear.epilogue", {x.groups}, {},
                   [&](ValueRange at, ValueRange) { finish(at); });
    return success();
  }
  Value problems =
      matrixProblems(stages, {y.channels, x.channels, 1, y.channels, 1, x.channels, 1, 1, 1, 1, 1})
          .first;
  stages.sweep("linear", {x.groups}, {}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Scalar, weight, stages.slice(in, at), problems,
             stages.slice(out, at), x.lanes);
    finish(at);
  });
  return success();
}

LogicalResult LinearGradInputOp::emitStages(StageBuilder &stages) {
  Extents g = extentsOf(getGrad().getType()), x = extentsOf(getType());
  Value in = stages.buffer(getGrad()), weight = stages.buffer(getWeight()),
        out = stages.buffer(getResult());
  if (isLibraryProduct(stages)) {
    gemm(stages, "linear_grad_input", weight, in, out,
         {.batch = g.groups, .sharedA = true, .transposeA = true});
    return success();
  }
  Value problems =
      matrixProblems(stages, {x.channels, g.channels, 1, x.channels, 1, 1, x.channels, 1, 1, 1, 1})
          .first;
  stages.sweep("linear_grad_input", {g.groups}, {}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Scalar, weight, stages.slice(in, at), problems,
             stages.slice(out, at), g.lanes);
  });
  return success();
}

/// A product for each lane group, then their sum in a fixed order.
static void emitLibraryGradient(StageBuilder &stages, Value grad, Value in, Value out,
                                int64_t groups) {
  const MemRefType type = cast<MemRefType>(out.getType());
  const int64_t rows = type.getDimSize(0), columns = type.getDimSize(1);
  Value parts =
      groups > 1 ? stages.temporary("linear_sums", {groups, rows, columns}, type.getElementType())
                 : out;
  gemm(stages, "linear_grad_weight", grad, in, parts, {.batch = groups, .transposeB = true});
  if (groups == 1)
    return;
  stages.sweep("linear_grad_weight.sum", {rows}, {}, [&](ValueRange at, ValueRange) {
    stages.map({columns, groups}, stages.select(parts, 1, at[0]), stages.slice(out, at),
               {stages.dims(2, {1, 0}), stages.dims(2, {0})}, firstValue, stage::Combine::Sum);
  });
}

LogicalResult LinearGradWeightOp::emitStages(StageBuilder &stages) {
  Extents g = extentsOf(getGrad().getType()), x = extentsOf(getInput().getType());
  Value grad = stages.buffer(getGrad()), in = stages.buffer(getInput()),
        out = stages.buffer(getResult());
  if (isLibraryProduct(stages)) {
    emitLibraryGradient(stages, grad, in, out, g.groups);
    return success();
  }
  auto [list, count] = matrixProblems(stages, {g.channels, g.groups, x.channels, 8, x.channels, 1,
                                               g.channels, x.channels, 1, x.channels, 1});
  Value problems = list;
  stages.sweep("linear_grad_weight", {count}, {}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Reduce, grad, in, problemAt(stages, problems, at[0]), out,
             g.lanes);
  });
  return success();
}

} // namespace mlir::nn
