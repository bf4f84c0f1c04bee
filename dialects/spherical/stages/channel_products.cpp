//===- channel_products.cpp - products with channels in the lanes ---------===//
//
// Batches of few samples leave lanes empty, channels fill them. Of the operands of
// R_z = R_x R_y^T the input is then read as scalars, from rows in file order, and
// kernel and output have output channels in the lanes (problem_tables.cpp):
//   forward      z[m, n](o) += x_i[m, k] y_i[n, k](o)
//   grad_input   x_i[m, k]   = sum over the lanes of z[m, n](o) y_i[n, k](o)
//   grad_kernel  y_i[n, k](o) += x_i[m, k] z[m, n](o)
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/channel_lanes.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/work.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

/// The list of one sample's products, or of all samples' in grad_kernel.
static std::pair<Value, int64_t> channelProblems(StageBuilder &stages, const BlockProduct &product,
                                                 int64_t groups, int64_t samples) {
  int64_t count = 0;
  for (int64_t l = 0; l < product.degrees; ++l) {
    const int64_t blocks = product.thin ? 1 : llvm::divideCeil(2 * l + 1, kOrdersOfTask);
    if (product.form == ProductForm::Forward)
      count += groups * blocks;
    else
      count +=
          (product.so3 ? product.in : 1) * (product.form == ProductForm::GradKernel ? groups : 1);
  }
  SmallVector<std::pair<StringRef, int64_t>> parameters = {
      {"so3", product.so3},
      {"degrees", product.degrees},
      {"form", static_cast<int64_t>(product.form)},
      {"in", product.in},
      {"groups", groups},
      {"samples", samples},
      {"columns", kOrdersOfTask},
      {"thin", product.thin}};
  return {stages.problems("channel_problems", parameters, count), count};
}

void emitChannelProduct(StageBuilder &stages, Operation *op, const BlockProduct &product) {
  const bool gradInput = product.form == ProductForm::GradInput;
  const bool gradKernel = product.form == ProductForm::GradKernel;
  const ProductSides sides = sidesOf(op);
  const Value x = sides.x, z = sides.z;
  const Value y = gradKernel ? op->getResult(0) : op->getOperand(1);
  const Extents out = extentsOf(z.getType());
  const int64_t samples = out.groups;
  Value rows = stages.temporary("rows", {samples * product.in, extentsOf(x.getType()).elements},
                                stages.elementOf(x.getType()));
  Value xBuffer = stages.buffer(x), yBuffer = stages.buffer(y), zBuffer = stages.buffer(z);
  auto [list, count] = channelProblems(stages, product, out.channels, samples);
  Value problems = list;
  const StringRef name = op->getName().stripDialect();
  auto multiply = [&](stage::ContractKind kind, Value a, Value b, Value c, Value index) {
    contract(stages, kind, a, b, problemAt(stages, problems, index), c, out.lanes);
  };
  if (gradKernel) {
    emitChannelRows(stages, x.getType(), xBuffer, rows, /*toLanes=*/false);
    stages.sweep(name, {count}, {}, [&](ValueRange at, ValueRange) {
      multiply(stage::ContractKind::Scalar, rows, zBuffer, yBuffer, at[0]);
    });
    return;
  }
  if (!gradInput)
    emitChannelRows(stages, x.getType(), xBuffer, rows, /*toLanes=*/false);
  stages.sweep(name, {count, samples}, {}, [&](ValueRange at, ValueRange) {
    Value own = rowsOfSample(stages, rows, at[1], product.in);
    Value output = stages.slice(zBuffer, at[1]);
    if (gradInput)
      multiply(stage::ContractKind::Reduce, output, yBuffer, own, at[0]);
    else
      multiply(stage::ContractKind::Scalar, own, yBuffer, output, at[0]);
  });
  if (gradInput)
    emitChannelRows(stages, x.getType(), rows, xBuffer, /*toLanes=*/true);
}

} // namespace mlir::spherical
