//===- linear.cpp - linear layers as stages ---------------------*- C++ -*-===//
//
// y = x w^T + b and its gradients as products of one matrix with lanes.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/nn/stages/epilogue.h"
#include "dialects/spherical/stages/products.h"

namespace mlir::nn {

using namespace mlir::spherical;

LogicalResult LinearOp::emitStages(StageBuilder &stages) {
  Extents x = extentsOf(getInput().getType()), y = extentsOf(getType());
  auto [list, count] =
      matrixProblems(stages, {y.channels, x.channels, 1, y.channels, 1, x.channels, 1, 1, 1, 1, 1});
  Value in = stages.buffer(getInput()), weight = stages.buffer(getWeight());
  Epilogue epilogue(stages, *this, stages.buffer(getBias()));
  Value out = stages.buffer(getResult()), problems = list;
  stages.sweep("linear", {x.groups}, {}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Scalar, weight, stages.slice(in, at), problems,
             stages.slice(out, at), x.lanes);
    epilogue.emit(stages, out, {y.channels, y.lanes}, stages.getMultiDimIdentityMap(2),
                  [&](Value whole) { return stages.slice(whole, at); });
  });
  return success();
}

LogicalResult LinearGradInputOp::emitStages(StageBuilder &stages) {
  Extents g = extentsOf(getGrad().getType()), x = extentsOf(getType());
  auto [list, count] =
      matrixProblems(stages, {x.channels, g.channels, 1, x.channels, 1, 1, x.channels, 1, 1, 1, 1});
  Value in = stages.buffer(getGrad()), weight = stages.buffer(getWeight()),
        out = stages.buffer(getResult());
  Value problems = list;
  stages.sweep("linear_grad_input", {g.groups}, {}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Scalar, weight, stages.slice(in, at), problems,
             stages.slice(out, at), g.lanes);
  });
  return success();
}

LogicalResult LinearGradWeightOp::emitStages(StageBuilder &stages) {
  Extents g = extentsOf(getGrad().getType()), x = extentsOf(getInput().getType());
  auto [list, count] = matrixProblems(stages, {g.channels, g.groups, x.channels, 8, x.channels, 1,
                                               g.channels, x.channels, 1, x.channels, 1});
  Value grad = stages.buffer(getGrad()), in = stages.buffer(getInput()),
        out = stages.buffer(getResult());
  Value problems = list;
  stages.sweep("linear_grad_weight", {count}, {}, [&](ValueRange at, ValueRange) {
    contract(stages, stage::ContractKind::Reduce, grad, in, problemAt(stages, problems, at[0]), out,
             g.lanes);
  });
  return success();
}

} // namespace mlir::nn
