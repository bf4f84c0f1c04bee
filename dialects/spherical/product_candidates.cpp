//===- product_candidates.cpp - register tiles of products ------*- C++ -*-===//
//
// Ops that are lists of small products (runtime/math/problem_tables.cpp): a
// candidate for each tile. Operations are counted as in math.md, section 6.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/tiles.h"
#include "dialects/spherical/work.h"
#include "runtime/layout.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

using Candidates = SmallVector<Candidate>;

/// Channels that a product of spectra joins.
static BlockProduct channelsOf(ProductForm form, const Signal &lhs, const Signal &rhs, bool thin) {
  const bool gradKernel = form == ProductForm::GradKernel;
  return {gradKernel ? rhs.channels : rhs.batch, gradKernel ? lhs.channels : rhs.channels,
          rhs.onSO3() || thin, thin};
}

/// Adds products whose columns are cut into blocks.
static void addBlocks(SmallVectorImpl<Products> &list, Products whole, int64_t block) {
  const int64_t blocks = whole.columns / block, rest = whole.columns % block;
  if (blocks > 0)
    list.push_back({whole.rows, block, whole.depth, whole.count * blocks});
  if (rest > 0)
    list.push_back({whole.rows, rest, whole.depth, whole.count});
}

/// The products of one degree, all lane groups.
static Products productsOf(ProductForm form, const BlockProduct &p, int64_t l, int64_t groups) {
  const int64_t width = 2 * l + 1, inner = p.so3 ? width : 1, outer = p.thin ? 1 : width;
  if (form == ProductForm::GradKernel)
    return p.so3 ? Products{p.out * outer, width, groups * width, p.in}
                 : Products{p.out * width, p.in, groups * width};
  if (form == ProductForm::Forward)
    return {p.out * outer, width, p.in * inner, groups};
  return {p.in * inner, width, p.out * outer, groups};
}

template <typename Op>
static Candidates productCandidates(Op op, const Machine &machine, bool thin, StringRef algorithm,
                                    StringRef reason) {
  const Signal lhs = *getSignal(op.getLhs().getType()), rhs = *getSignal(op.getRhs().getType());
  const BlockProduct channels = channelsOf(op.getForm(), lhs, rhs, thin);
  const int64_t lanes = std::max<int64_t>(1, lanesOf(op.getLhs().getType()));
  const int64_t groups = laneBatch(lhs) / lanes;
  SmallVector<Products> products;
  int64_t multiplyAdds = 0;
  for (int64_t l = 0; l < lhs.bandLimit; ++l) {
    const Products p = productsOf(op.getForm(), channels, l, groups);
    addBlocks(products, p, op.getForm() == ProductForm::GradKernel ? p.columns : kOrdersOfTask);
    multiplyAdds += p.rows * p.columns * p.depth * p.count;
  }
  return tileCandidates(direct(op, machine, algorithm, 2 * lanes * multiplyAdds, reason), machine,
                        products, lanes * elementBits(op.getLhs().getType()) / 8);
}

Candidates SpectralMatmulOp::getCandidates(const Machine &machine) {
  return productCandidates(*this, machine, /*thin=*/false, "real_blocks",
                           "a quarter of the complex products");
}

Candidates ThinMatmulOp::getCandidates(const Machine &machine) {
  return productCandidates(*this, machine, /*thin=*/true, "real_columns",
                           "one order of the kernel in place of all");
}

/// One small product for each degree: the orders of the result times those of the operand.
Candidates RotateOp::getCandidates(const Machine &machine) {
  const Signal signal = *getSignal(getType());
  const int64_t lanes = std::max<int64_t>(1, lanesOf(getType()));
  const int64_t count = laneBatch(signal) / lanes * signal.channels;
  SmallVector<Products> products;
  int64_t multiplyAdds = 0;
  for (int64_t l = 0; l < signal.bandLimit; ++l) {
    const int64_t width = 2 * l + 1;
    products.push_back({width, signal.onSO3() ? width : 1, width, count});
    multiplyAdds += width * width * products.back().columns * count;
  }
  return tileCandidates(direct(*this, machine, "real_matrix", 2 * lanes * multiplyAdds), machine,
                        products, lanes * elementBits(getType()) / 8);
}

/// The transform of a kernel has no batch: lanes run over its coefficients.
Candidates KernelFTOp::getCandidates(const Machine &machine) {
  const auto weights =
      cast<RankedTensorType>(getAdjoint() ? Type(getType()) : getInput().getType());
  const Signal spectrum = *getSignal(getAdjoint() ? getInput().getType() : Type(getType()));
  const int64_t bytes = elementBits(getInput().getType()) / 8;
  const int64_t points = weights.getDimSize(2), kernels = weights.getNumElements() / points;
  Candidate candidate = direct(*this, machine, "dense_points",
                               2 * weights.getNumElements() * coefficientsOf(spectrum),
                               "scattered points: one dense product");
  candidate.lanes = machine.vectorBytes / bytes;
  const int64_t vectors = llvm::divideCeil(padded(coefficientsOf(spectrum)), candidate.lanes);
  SmallVector<Products> products;
  if (getAdjoint())
    products.push_back({kernels, points, vectors});
  else
    addBlocks(products, {kernels, vectors, points}, kVectorsOfKernelTask);
  return tileCandidates(candidate, machine, products, machine.vectorBytes);
}

} // namespace mlir::spherical
