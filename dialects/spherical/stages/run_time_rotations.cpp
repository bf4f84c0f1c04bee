//===- run_time_rotations.cpp - phases of angles at run time ----*- C++ -*-===//
//
// A turn about the polar axis by phi multiplies order m by e^{-i m phi}; in the
// real basis it mixes m and -m:
//   R'_m = cos(|m| phi) R_m + sign(m) sin(|m| phi) R_{-m}
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/stages/stage_builder.h"
#include "runtime/layout.h"

#include <numbers>

namespace mlir::spherical {

using namespace ::spherical::runtime;

/// The value of a polynomial in x, the lowest coefficient first.
static Value polynomial(ScalarBuilder &s, Value x, ArrayRef<double> coefficients) {
  Value sum = s.constant(x.getType(), coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    sum = s.add(s.mul(sum, x), s.constant(x.getType(), coefficient));
  return sum;
}

/// cos and sin of m angle, in double precision: m angle loses no digits of its fraction of a turn.
/// That fraction r in [-1/2, 1/2] by rounding to a whole number of turns (adding 1.5 2^52 leaves no
/// bits below 1, for less than 2^51 turns); then the series of x = 2 pi r / 8, |x| <= pi / 8, which
/// end below 1e-16, and three times the formulas of the double angle.
static SmallVector<Value> cosineAndSine(OpBuilder &b, Location l, Value angle) {
  ScalarBuilder s(b, l);
  const Type wide = b.getF64Type(), narrow = angle.getType();
  Value integer = arith::IndexCastOp::create(b, l, b.getI64Type(), s.index(0));
  Value m = s.toFloat(integer, wide), whole = s.constant(wide, 0x1.8p52);
  Value turns = s.mul(s.mul(m, s.to(angle, wide)), s.constant(wide, 0.5 / std::numbers::pi));
  Value r = s.sub(turns, s.sub(s.add(turns, whole), whole));
  Value x = s.mul(r, s.constant(wide, std::numbers::pi / 4)), square = s.mul(x, x);
  Value sine = s.mul(x, polynomial(s, square,
                                   {1.0, -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880,
                                    -1.0 / 39916800, 1.0 / 6227020800}));
  Value cosine = polynomial(
      s, square,
      {1.0, -1.0 / 2, 1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600});
  Value one = s.constant(wide, 1.0), two = s.constant(wide, 2.0);
  for (int doubling = 0; doubling < 3; ++doubling) {
    Value twice = s.mul(two, sine);
    Value nextSine = s.mul(twice, cosine);
    cosine = s.sub(one, s.mul(twice, sine));
    sine = nextSine;
  }
  return {s.to(cosine, narrow), s.to(sine, narrow)};
}

namespace {
/// Tables of one spectrum: the order |m| of each coefficient, and where -m lies, with its sign.
struct OrderTables {
  SparseTables order, mirror;
};
} // namespace

static OrderTables orderTables(StageBuilder &stages, int64_t degrees, Type element) {
  const std::pair<StringRef, int64_t> parameters[] = {{"degrees", degrees}};
  const int64_t shape[] = {s2Size(degrees), 1};
  return {{stages.table("order_index", parameters, shape, stages.getI32Type()), {}},
          {stages.table("mirror_index", parameters, shape, stages.getI32Type()),
           stages.table("mirror_values", parameters, shape, element)}};
}

LogicalResult RotateZOp::emitStages(StageBuilder &stages) {
  const int64_t degrees = getSignal(getType())->bandLimit, size = s2Size(degrees);
  const Extents e = extentsOf(getType());
  const Type element = stages.elementOf(getType());
  const OrderTables tables = orderTables(stages, degrees, element);
  const Type ofOrders = MemRefType::get({degrees, e.lanes}, element);
  const Type ofSpectrum = MemRefType::get({size, e.lanes}, element);
  Value in = stages.buffer(getInput()), angles = stages.buffer(getAngles());
  Value out = stages.buffer(getResult());
  const int64_t which = getAt();
  auto phases = [](OpBuilder &b, Location l, ValueRange v) { return cosineAndSine(b, l, v[0]); };
  auto mix = [](OpBuilder &b, Location l, ValueRange v) {
    ScalarBuilder s(b, l);
    return SmallVector<Value>{s.add(s.mul(v[0], v[2]), s.mul(v[1], v[3]))};
  };
  stages.sweep(
      "rotate_z", {e.groups, e.channels}, {ofOrders, ofOrders, ofSpectrum, ofSpectrum, ofSpectrum},
      [&](ValueRange at, ValueRange scratch) {
        Value angle = stages.select(stages.select(angles, 0, at[0]), 0, stages.getIndexAttr(which));
        const AffineMap both = stages.dims(2, {0, 1});
        stages.map({degrees, e.lanes}, angle, {scratch[0], scratch[1]},
                   {stages.dims(2, {1}), both, both}, phases, std::nullopt, e.lanes);
        for (int part : {0, 1})
          stages.gather(stage::GatherMode::Lanes, scratch[part], scratch[2 + part], tables.order,
                        size, e.lanes);
        Value x = stages.slice(in, at);
        stages.gather(stage::GatherMode::Lanes, x, scratch[4], tables.mirror, size, e.lanes);
        stages.map({size, e.lanes}, {x, scratch[4], scratch[2], scratch[3]}, stages.slice(out, at),
                   SmallVector<AffineMap>(5, both), mix, std::nullopt, e.lanes);
      });
  return success();
}

} // namespace mlir::spherical
