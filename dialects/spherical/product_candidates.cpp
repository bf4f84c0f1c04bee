//===- product_candidates.cpp - register tiles of products ------*- C++ -*-===//
//
// Ops that are lists of small products (runtime/math/problem_tables.cpp): a
// candidate for each tile. Operations are counted as in math.md, section 6.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/channel_lanes.h"
#include "dialects/spherical/stages/kernel_transforms.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/tiles.h"
#include "dialects/spherical/work.h"
#include "runtime/layout.h"
#include "runtime/math/kernel_orders.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace mlir::spherical {

using namespace ::spherical::runtime;

using Candidates = SmallVector<Candidate>;

/// Adds products whose columns are cut into blocks.
static void addBlocks(SmallVectorImpl<Products> &list, Products whole, int64_t block) {
  const int64_t blocks = whole.columns / block, rest = whole.columns % block;
  if (blocks > 0)
    list.push_back({whole.rows, block, whole.depth, whole.count * blocks});
  if (rest > 0)
    list.push_back({whole.rows, rest, whole.depth, whole.count});
}

/// The products of one degree, all lane groups.
static Products productsOf(const BlockProduct &p, int64_t l, int64_t groups) {
  const int64_t width = 2 * l + 1, inner = p.so3 ? width : 1, outer = p.thin ? 1 : width;
  const int64_t orders = p.orders(l);
  if (p.form == ProductForm::GradKernel)
    return p.so3 ? Products{p.out * outer, width, groups * orders, p.in}
                 : Products{p.out * width, p.in, groups * orders};
  if (p.form == ProductForm::Forward)
    return {p.out * outer, orders, p.in * inner, groups};
  return {p.in * inner, orders, p.out * outer, groups};
}

/// A candidate for each tile of a product's blocks.
static Candidates productCandidates(Operation *op, const Machine &machine,
                                    const BlockProduct &product, StringRef algorithm,
                                    StringRef reason) {
  const Type left = op->getOperand(0).getType();
  const int64_t lanes = std::max<int64_t>(1, lanesOf(left));
  const int64_t groups = laneBatch(*getSignal(left)) / lanes;
  SmallVector<Products> products;
  int64_t multiplyAdds = 0;
  for (int64_t l = 0; l < product.degrees; ++l) {
    Products p = productsOf(product, l, groups);
    p.count *= product.planes > 0 ? kComplexPlanes : 1;
    addBlocks(products, p, product.form == ProductForm::GradKernel ? p.columns : kOrdersOfTask);
    multiplyAdds += p.rows * p.columns * p.depth * p.count;
  }
  return tileCandidates(direct(op, machine, algorithm, 2 * lanes * multiplyAdds, reason), machine,
                        products, lanes * elementBits(left) / 8);
}

/// What it takes to bring one spectrum of a complex product to its planes, or from there back.
static std::pair<int64_t, int64_t> planesOf(Type type, bool half, bool isResult) {
  const Signal signal = *getSignal(type);
  const int64_t all = coefficientsOf(signal), kept = half ? halfCoefficientsOf(signal) : all;
  const int64_t terms = signal.onSO3() ? 2 : 1;
  const int64_t flop =
      isResult ? 3 * kept + 2 * all * terms * (half ? 1 : 2) : kept + 2 * (2 * kept) * terms;
  const int64_t channels = laneSeries(signal);
  return {channels * flop, channels * kComplexPlanes * kept * elementBits(type) / 8};
}

/// Adds the ways to the planes and back: each plane is written once and read once.
static void addPlanes(SpectralMatmulOp op, const Machine &machine, Candidates &candidates) {
  const bool gradKernel = op.getForm() == ProductForm::GradKernel;
  int64_t flop = 0, bytes = 0;
  for (Value value : {op.getLhs(), op.getRhs(), op.getResult()}) {
    const bool isKernel = value == (gradKernel ? op.getResult() : op.getRhs());
    const auto [work, held] =
        planesOf(value.getType(), /*half=*/!isKernel, /*isResult=*/value == op.getResult());
    flop += work;
    bytes += 2 * held;
  }
  for (Candidate &candidate : candidates) {
    candidate.flop += flop;
    candidate.bytes += bytes;
    candidate.seconds += machine.moveSeconds(static_cast<double>(bytes), bytes);
  }
}

/// Says of some candidates what share of the time of others is predicted for the best of them.
static void compare(Candidates &some, const Candidates &others) {
  auto best = [](const Candidates &candidates) {
    double seconds = candidates.front().seconds;
    for (const Candidate &candidate : candidates)
      seconds = std::min(seconds, candidate.seconds);
    return seconds;
  };
  const std::string share = llvm::formatv(", {0:f2} of the time of {1}", best(some) / best(others),
                                          others.front().algorithm);
  for (Candidate &candidate : some)
    candidate.reason += share;
}

/// With channels in the lanes: matrices of one sample, whose columns are those of all output
/// channels in the lanes.
static Candidates channelCandidates(Operation *op, const Machine &machine,
                                    const BlockProduct &product) {
  const Signal lhs = *getSignal(op->getOperand(0).getType());
  const Type lanesType = sidesOf(op).z.getType();
  const int64_t lanes = lanesOf(lanesType), groups = llvm::divideCeil(product.out, lanes);
  SmallVector<Products> products;
  int64_t multiplyAdds = 0;
  for (int64_t l = 0; l < product.degrees; ++l) {
    const int64_t width = 2 * l + 1, inner = product.so3 ? width : 1;
    const int64_t columns = product.thin ? 1 : width;
    Products p{width, columns, product.in * inner, lhs.batch * groups};
    if (product.form == ProductForm::GradInput)
      p = {width, product.so3 ? inner : product.in, groups * columns,
           lhs.batch * (product.so3 ? product.in : 1)};
    else if (product.form == ProductForm::GradKernel)
      p = {product.so3 ? inner : product.in, columns, lhs.batch * width,
           groups * (product.so3 ? product.in : 1)};
    products.push_back(p);
    multiplyAdds += p.rows * p.columns * p.depth * p.count;
  }
  return tileCandidates(
      direct(op, machine, kRealProduct, 2 * lanes * multiplyAdds, "output channels in the lanes"),
      machine, products, lanes * elementBits(lanesType) / 8);
}

/// In the real basis, or by complex matrices as in published codes.
Candidates SpectralMatmulOp::getCandidates(const Machine &machine) {
  if (hasChannelLanes(sidesOf(*this).z.getType()))
    return channelCandidates(*this, machine, blockProductOf(*this));
  BlockProduct product = blockProductOf(*this);
  Candidates real =
      productCandidates(*this, machine, product, kRealProduct, "a quarter of the complex products");
  product.planes = kComplexPlanes;
  Candidates complex = productCandidates(*this, machine, product, kComplexProduct,
                                         "3 real products of half the orders");
  addPlanes(*this, machine, complex);
  for (Candidate &candidate : complex)
    candidate.rounding = kComplexRounding;
  compare(real, complex);
  compare(complex, real);
  real.append(complex);
  return real;
}

/// In the real basis alone: what is projected out of a kernel leaves no complex matrices.
Candidates ThinMatmulOp::getCandidates(const Machine &machine) {
  if (hasChannelLanes(sidesOf(*this).z.getType()))
    return channelCandidates(*this, machine, blockProductOf(*this));
  return productCandidates(*this, machine, blockProductOf(*this), "real_columns",
                           "one order of the kernel in place of all");
}

/// One small product for each degree: the orders of the result times those of the operand.
Candidates RotateOp::getCandidates(const Machine &machine) {
  const Signal signal = *getSignal(getType());
  const int64_t lanes = std::max<int64_t>(1, lanesOf(getType()));
  const int64_t count = laneSeries(signal) / lanes;
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

/// Through few sums for each ring of points, if these form a product, on processors: neighbours in
/// a row of coefficients are not those of a unit of threads.
static void addSeparable(KernelFTOp op, const Machine &machine, const RankedTensorType &weights,
                         Candidates &candidates) {
  if (machine.registers == 0 || !op.getGrid().onSO3() || op.getProjection())
    return;
  const Type kernel = op.getAdjoint() ? op.getInput().getType() : Type(op.getType());
  const bool inLanes = hasChannelLanes(kernel);
  const Signal spectrum = *getSignal(kernel);
  const std::optional<KernelOrders> orders =
      KernelOrders::find(flatPoints(op.getGrid()), spectrum.bandLimit);
  if (!orders)
    return;
  Candidate candidate = candidates.front();
  candidate.algorithm = kSeparableTransform;
  candidate.tile.clear();
  if (inLanes)
    candidate.lanes = lanesOf(kernel);
  const int64_t groups =
      weights.getDimSize(0) * llvm::divideCeil(weights.getDimSize(1), candidate.lanes);
  const int64_t size = coefficientsOf(spectrum), kernels = groups * candidate.lanes;
  const int64_t waves = 2 * kernels * orders->values() * orders->ringPoints();
  // Rows of the adjoint's tables are as long as the longest.
  int64_t rowTerms = size * orders->terms();
  if (op.getAdjoint())
    rowTerms = orders->values() * (size / kKernelSumBlock * kernelSumTerms(*orders, false) +
                                   kernelSumTerms(*orders, true));
  const int64_t terms = 2 * kernels * rowTerms;
  const int64_t tables = rowTerms * (elementBits(weights) / 8 + 4);
  candidate.flop = waves + terms;
  candidate.seconds = machine.workSeconds(static_cast<double>(waves), kProductShare) +
                      machine.workSeconds(static_cast<double>(terms), kTermShare) +
                      machine.moveSeconds(static_cast<double>(tables * groups), tables) +
                      machine.moveSeconds(static_cast<double>(candidate.bytes), candidate.bytes);
  candidate.reason =
      llvm::formatv("{0} rings of {1} points: {2} waves, {3} terms a coefficient", orders->rings(),
                    orders->ringPoints(), orders->waves(), orders->terms());
  if (inLanes) // as no other way has them
    candidates.clear();
  candidates.push_back(std::move(candidate));
}

/// The transform of a kernel has no batch: lanes run over its coefficients, or over its output
/// channels.
Candidates KernelFTOp::getCandidates(const Machine &machine) {
  const auto weights =
      cast<RankedTensorType>(getAdjoint() ? Type(getType()) : getInput().getType());
  const Signal spectrum = *getSignal(getAdjoint() ? getInput().getType() : Type(getType()));
  const int64_t bytes = elementBits(getInput().getType()) / 8;
  const int64_t points = weights.getDimSize(2), kernels = weights.getNumElements() / points;
  const int64_t columns = padded(coefficientsOf(spectrum));
  Candidate candidate = direct(*this, machine, kGeneratedProducts,
                               2 * weights.getNumElements() * coefficientsOf(spectrum),
                               "scattered points: one dense product");
  candidate.lanes = machine.vectorBytes / bytes;
  const int64_t vectors = llvm::divideCeil(columns, candidate.lanes);
  SmallVector<Products> products;
  if (getAdjoint())
    products.push_back({kernels, points, vectors});
  else
    addBlocks(products, {kernels, vectors, points}, kVectorsOfKernelTask);
  Candidates candidates = tileCandidates(candidate, machine, products, machine.vectorBytes);
  const DenseProducts dense = getAdjoint()
                                  ? DenseProducts{kernels, points, coefficientsOf(spectrum)}
                                  : DenseProducts{kernels, columns, points};
  addLibraryProducts(*this, machine, dense, 0, candidates);
  addSeparable(*this, machine, weights, candidates);
  return candidates;
}

} // namespace mlir::spherical
