//===- complex_products.cpp - products of complex spectra -------*- C++ -*-===//
//
// The block product with complex matrices, degree by degree, in place of real
// ones (products.cpp): three real products for each complex one (Karatsuba and
// Ofman 1962; errors: Higham 1992),
//   P1 = re re,  P2 = im im,  P3 = (re + im) (re + im),
//   re = P1 - P2,  im = P3 - P1 - P2,
// of planes re, im, re + im that lie one behind the other in each channel. On GPUs
// blocks of threads make the third plane, and what follows the products, in
// registers and shared memory (block_contract.cpp): planes are re, im alone.
// Functions are real, X_{-m,-n} = (-1)^{m-n} conj X_mn: of signals the orders
// m >= 0 are enough, of kernels all orders are needed, which stand on both sides.
//   spectra --sparse map, sum--> planes --products--> planes --sum, sparse map--> spectrum
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/scalars.h"

#include "dialects/spherical/work.h"

namespace mlir::spherical {

namespace {

/// Which orders m of complex coefficients there are: the values of `half` in index_tables.cpp.
enum class Orders { All, Half, HalfDoubled };

/// Planes of one spectrum, [channel by channel][3 of `count`] and lanes where the spectrum has any.
class Planes {
public:
  Planes(StageBuilder &stages, StringRef name, Value spectrum, Orders orders, int64_t number);

  /// Fills the planes from the spectrum, or from its conjugate.
  void fill(bool conjugate);
  /// Fills the spectrum from the products that the planes hold.
  void combine();

  /// Coefficients of a plane.
  int64_t size() const { return count; }

  Value planes;

private:
  SparseTables tables(StringRef kind, bool conjugate, int64_t count, int64_t terms);
  void gather(Value in, Value out, SparseTables tables, int64_t count);
  /// One of the planes of a channel.
  Value plane(Value channel, int64_t number) {
    return stages.range(channel, 0, stages.getIndexAttr(number * count), count);
  }
  void map(ValueRange inputs, ValueRange outputs, Scalars scalars);

  StageBuilder &stages;
  std::string name;
  Value buffer;
  Signal signal;
  Orders orders;
  SmallVector<int64_t> space;
  const int64_t number;
  int64_t lanes; ///< 0: none
  int64_t count;
};

Planes::Planes(StageBuilder &stages, StringRef name, Value spectrum, Orders orders, int64_t number)
    : stages(stages), name(("spectral_matmul." + name).str()), buffer(stages.buffer(spectrum)),
      signal(*getSignal(spectrum.getType())), orders(orders), number(number) {
  const Extents extents = extentsOf(spectrum.getType());
  const bool inLanes = extents.place == Place::Lanes;
  lanes = inLanes ? extents.lanes : 0;
  space = {inLanes ? extents.groups : signal.batch, signal.channels};
  count = orders == Orders::All ? coefficientsOf(signal) : halfCoefficientsOf(signal);
  SmallVector<int64_t> shape = {space[0], space[1], number * count};
  if (inLanes)
    shape.push_back(lanes);
  planes = stages.temporary(this->name, shape, stages.elementOf(signal.element));
}

SparseTables Planes::tables(StringRef kind, bool conjugate, int64_t count, int64_t terms) {
  SmallVector<std::pair<StringRef, int64_t>> parameters = {{"so3", signal.onSO3()},
                                                           {"degrees", signal.bandLimit},
                                                           {"half", static_cast<int64_t>(orders)}};
  if (kind == "basis_to_parts")
    parameters.push_back({"conjugate", conjugate});
  return {stages.table((kind + "_index").str(), parameters, {count, terms}, stages.getI32Type()),
          stages.table((kind + "_values").str(), parameters, {count, terms},
                       stages.elementOf(signal.element))};
}

void Planes::gather(Value in, Value out, SparseTables tables, int64_t count) {
  stages.gather(lanes ? stage::GatherMode::Lanes : stage::GatherMode::Scalar, in, out, tables,
                count, std::max<int64_t>(lanes, 1));
}

void Planes::map(ValueRange inputs, ValueRange outputs, Scalars scalars) {
  SmallVector<int64_t> extents = {count};
  if (lanes)
    extents.push_back(lanes);
  SmallVector<AffineMap> maps(inputs.size() + outputs.size(), stages.flat(extents));
  stages.map(extents, inputs, outputs, maps, scalars, std::nullopt,
             lanes ? std::optional(lanes) : std::nullopt);
}

void Planes::fill(bool conjugate) {
  const SparseTables parts = tables("basis_to_parts", conjugate, 2 * count, signal.onSO3() ? 2 : 1);
  stages.uncountedSweep(name, space, [&](ValueRange at, ValueRange) {
    Value channel = stages.slice(planes, at);
    gather(stages.slice(buffer, at), stages.range(channel, 0, stages.getIndexAttr(0), 2 * count),
           parts, 2 * count);
    if (number == kComplexPlanes)
      map({plane(channel, 0), plane(channel, 1)}, plane(channel, 2),
          [](OpBuilder &b, Location l, ValueRange v) {
            return SmallVector<Value>{ScalarBuilder(b, l).add(v[0], v[1])};
          });
  });
}

void Planes::combine() {
  const int64_t size = coefficientsOf(signal), mixed = orders == Orders::All ? 2 : 1;
  const SparseTables basis =
      tables("parts_to_basis", false, size, signal.onSO3() ? 2 * mixed : mixed);
  stages.uncountedSweep(name, space, [&](ValueRange at, ValueRange) {
    Value channel = stages.slice(planes, at), spectrum = stages.slice(buffer, at);
    Value first = plane(channel, 0), second = plane(channel, 1);
    if (number == kComplexPlanes)
      map({first, second, plane(channel, 2)}, {first, second},
          [](OpBuilder &b, Location l, ValueRange v) {
            ScalarBuilder s(b, l);
            return SmallVector<Value>{s.sub(v[0], v[1]), s.sub(s.sub(v[2], v[0]), v[1])};
          });
    if (!lanes) // A kernel's ends in padding.
      spectrum = stages.range(spectrum, 0, stages.getIndexAttr(0), size);
    gather(stages.range(channel, 0, stages.getIndexAttr(0), 2 * count), spectrum, basis, size);
  });
}

} // namespace

void emitComplexProduct(StageBuilder &stages, SpectralMatmulOp op) {
  const ProductForm form = op.getForm();
  const bool gradKernel = form == ProductForm::GradKernel;
  BlockProduct product = blockProductOf(op);
  // Where blocks of threads make products, they add up real and imaginary parts themselves.
  const int64_t width = lanesOf(op.getLhs().getType());
  const bool fused = stages.lanesAreThreads() && elementBits(op.getResult().getType()) == 32 &&
                     width >= 4 && width <= 32;
  product.planes = fused ? 2 : kComplexPlanes;
  // Z = X Y^H, X = G Y, and Y = G^H X, a sum over the orders m.
  Planes left(stages, "left", op.getLhs(), gradKernel ? Orders::HalfDoubled : Orders::Half,
              product.planes);
  Planes right(stages, "right", op.getRhs(), gradKernel ? Orders::Half : Orders::All,
               product.planes);
  Planes result(stages, "result", op.getResult(), gradKernel ? Orders::All : Orders::Half,
                product.planes);
  left.fill(/*conjugate=*/gradKernel);
  right.fill(/*conjugate=*/form == ProductForm::Forward);
  // The products of kernels have them on the left of the list (emitBlockProduct).
  const Planes &first = gradKernel ? left : right, &second = gradKernel ? right : left;
  const DenseI64ArrayAttr planes =
      fused ? stages.getDenseI64ArrayAttr({first.size(), second.size(), result.size()})
            : DenseI64ArrayAttr();
  emitBlockProduct(stages, op, product, {left.planes, right.planes, result.planes, planes});
  result.combine();
}

} // namespace mlir::spherical
