//===- products.cpp - matrix products as stages -----------------*- C++ -*-===//
//
// Block products of spectra, R_z = R_x R_y^T degree by degree in the real basis
// (math.md, section 2), as lists of small products (problem_tables.cpp).
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/channel_lanes.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "dialects/spherical/work.h"
#include "runtime/layout.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

std::pair<Value, int64_t> matrixProblems(StageBuilder &stages, const Matrix &m) {
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
  return {stages.problems("matrix_problems", parameters, count), count};
}

Value problemAt(StageBuilder &stages, Value problems, Value index) {
  return stages.range(problems, 0, index, 1);
}

void contract(StageBuilder &stages, stage::ContractKind kind, Value a, Value b, Value problems,
              Value c, int64_t lanes, DenseI64ArrayAttr planes, DenseI64ArrayAttr anchors) {
  ChoiceAttr choice = stages.choice();
  const bool chosen = choice && !choice.getTile().empty();
  stage::ContractOp::create(stages, kind, a, b, problems, c, lanes,
                            chosen ? stages.getDenseI64ArrayAttr(choice.getTile())
                                   : DenseI64ArrayAttr(),
                            planes, anchors);
}

bool isLibraryProduct(const StageBuilder &stages) {
  return stages.choice() && stages.choice().getAlgorithm() == kLibraryProducts;
}

void gemm(StageBuilder &stages, StringRef name, Value a, Value b, Value c, const GemmFlags &flags) {
  const auto batch = static_cast<uint64_t>(flags.batch);
  const bool sharedA = flags.sharedA && batch > 1;
  stages.sweep(name, {1}, {}, [&](ValueRange, ValueRange) {
    stage::GemmOp::create(stages, a, b, c, batch, sharedA, /*shared_b=*/false, flags.transposeA,
                          flags.transposeB);
  });
}

BlockProduct blockProductOf(Operation *op) {
  const ProductForm form = cast<ProductFormAttr>(op->getAttr("form")).getValue();
  const Signal lhs = *getSignal(op->getOperand(0).getType());
  const Signal rhs = *getSignal(op->getOperand(1).getType());
  const bool gradKernel = form == ProductForm::GradKernel, thin = isa<ThinMatmulOp>(op);
  return {form,
          lhs.bandLimit,
          gradKernel ? rhs.channels : rhs.batch,
          gradKernel ? lhs.channels : rhs.channels,
          rhs.onSO3() || thin,
          thin};
}

static void emitRealProduct(StageBuilder &stages, Operation *op) {
  if (hasChannelLanes(sidesOf(op).z.getType()))
    return emitChannelProduct(stages, op, blockProductOf(op));
  emitBlockProduct(stages, op, blockProductOf(op),
                   {stages.buffer(op->getOperand(0)), stages.buffer(op->getOperand(1)),
                    stages.buffer(op->getResult(0))});
}

LogicalResult SpectralMatmulOp::emitStages(StageBuilder &stages) {
  if (ChoiceAttr choice = stages.choice(); choice && choice.getAlgorithm() == kComplexProduct)
    emitComplexProduct(stages, *this);
  else
    emitRealProduct(stages, *this);
  return success();
}

LogicalResult ThinMatmulOp::emitStages(StageBuilder &stages) {
  emitRealProduct(stages, *this);
  return success();
}

/// How many problems the list of a product has.
static int64_t problemsOf(const BlockProduct &product) {
  int64_t count = 0;
  for (int64_t l = 0; l < product.degrees; ++l)
    count += product.form == ProductForm::GradKernel
                 ? (product.so3 ? product.in : 1)
                 : llvm::divideCeil(product.orders(l), kOrdersOfTask);
  return count * product.lists();
}

void emitBlockProduct(StageBuilder &stages, Operation *op, const BlockProduct &product,
                      const ProductBuffers &buffers) {
  const Extents batch = extentsOf(op->getOperand(0).getType());
  const int64_t count = problemsOf(product);
  SmallVector<std::pair<StringRef, int64_t>> parameters = {
      {"so3", product.so3},
      {"degrees", product.degrees},
      {"form", static_cast<int64_t>(product.form)},
      {"in", product.in},
      {"out", product.out},
      {"groups", batch.groups},
      {"columns", kOrdersOfTask}};
  if (product.thin)
    parameters.push_back({"thin", 1});
  if (product.planes > 0)
    parameters.push_back({"complex", product.planes == kComplexPlanes ? 1 : 2});
  Value problems = stages.problems("product_problems", parameters, count);
  const StringRef name = op->getName().stripDialect();
  stage::SweepOp sweeps;
  if (product.form == ProductForm::GradKernel)
    sweeps = stages.sweep(name, {count}, {}, [&](ValueRange at, ValueRange) {
      contract(stages, stage::ContractKind::Reduce, buffers.left, buffers.right,
               problemAt(stages, problems, at[0]), buffers.result, batch.lanes, buffers.planes);
    });
  else // Degrees outermost, the large ones first: tasks even out.
    sweeps = stages.sweep(name, {count, batch.groups}, {}, [&](ValueRange at, ValueRange) {
      contract(stages, stage::ContractKind::Scalar, buffers.right,
               stages.slice(buffers.left, at[1]), problemAt(stages, problems, at[0]),
               stages.slice(buffers.result, at[1]), batch.lanes, buffers.planes);
    });
  if (sweeps.getTasks() > 1 && sweeps.getChunk() > 1 && product.degrees > 2)
    sweeps.setChunk(1);
}

} // namespace mlir::spherical
