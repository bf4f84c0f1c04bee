//===- grids.cpp - transforms on users' grids as stages ---------*- C++ -*-===//
//
// One sweep over (lane group, channel). Analysis:
//   field [point] --waves along rings--> bins [m][ring][re, im] --Wigner product-->
//   columns (m, l)[re, im] --sparse map--> real basis
// and synthesis the reverse; what lies between is scratch. Waves along rings are
// lists of small products (problem_tables.cpp), for rings of any lengths, or, of
// rows of one length, short transforms: those begin at alpha = 0, and the sparse
// map turns their coefficients to where pixels have their centres. The adjoint of
// analysis is synthesis with the weights in place of 2l + 1, and the reverse.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "dialects/spherical/sample_grid.h"
#include "dialects/spherical/stages/products.h"
#include "dialects/spherical/stages/transforms.h"
#include "dialects/spherical/work.h"
#include "runtime/layout.h"

namespace mlir::spherical {

using namespace ::spherical::runtime;

namespace {
/// A transform between the fields of a grid and `degrees` degrees, with its tables.
struct RingTransform {
  SampleGrid grid;
  int64_t degrees;
  bool analysis; ///< or synthesis
  bool weighted; ///< the weights, or 2l + 1
  int64_t lanes;
  Type element;
  SmallVector<int64_t> radices = {}; ///< of short transforms along rows, or none
  DftTables dft = {};
  Value waves = {}, waveProblems = {}, wigner = {}, wignerProblems = {};
  SparseTables map = {}, nested = {};

  bool isByDft() const { return !radices.empty(); }
  int64_t columns() const { return s2OrderOffset(degrees, degrees); }
  SmallVector<Type> scratch() const;
};
} // namespace

/// Bins, columns, and nested pixels in ring order.
SmallVector<Type> RingTransform::scratch() const {
  SmallVector<Type> types = {MemRefType::get({degrees, grid.rings(), 2, lanes}, element),
                             MemRefType::get({columns(), 2, lanes}, element)};
  if (nested.index)
    types.push_back(MemRefType::get({grid.points(), lanes}, element));
  return types;
}

using ParameterList = SmallVector<std::pair<StringRef, int64_t>>;

static ParameterList gridParameters(const SampleGrid &grid) {
  return {{"grid", static_cast<int64_t>(grid.kind)},
          {"rows", grid.rows},
          {"columns", grid.columns},
          {"nside", grid.nside}};
}

static void makeWaves(StageBuilder &stages, RingTransform &t) {
  if (t.isByDft()) {
    t.dft = dftTables(stages, t.grid.columns, t.radices, t.element);
    return;
  }
  ParameterList waves = gridParameters(t.grid);
  waves.push_back({"degrees", t.degrees});
  t.waves = stages.table("ring_waves", waves, {2 * t.degrees * ringWavePoints(t.grid)}, t.element);
  waves.push_back({"analysis", t.analysis});
  t.waveProblems = stages.problems("ring_problems", waves, ringProblemCount(t.grid));
}

static void makeWigner(StageBuilder &stages, RingTransform &t) {
  ParameterList wigner = gridParameters(t.grid);
  // Products sum orders m >= 0 in synthesis: m > 0 stands for -m too.
  wigner.append(
      {{"degrees", t.degrees}, {"factor", !t.weighted}, {"doubled", !t.analysis && !t.isByDft()}});
  t.wigner = stages.table("ring_wigner", wigner, {t.columns(), t.grid.rings()}, t.element);
  t.wignerProblems = stages.problems("wigner_problems",
                                     {{"so3", 0},
                                      {"b", t.degrees},
                                      {"rings", t.grid.rings()},
                                      {"degrees", t.degrees},
                                      {"orders", t.degrees},
                                      {"analysis", t.analysis}},
                                     t.degrees);
}

static void makeMaps(StageBuilder &stages, RingTransform &t) {
  ParameterList parameters = {{"so3", 0}, {"degrees", t.degrees}, {"orders", t.degrees}};
  if (t.analysis)
    parameters.push_back({"result", t.degrees});
  const bool turns = t.isByDft() && t.grid.kind == ::spherical::runtime::GridKind::Equirectangular;
  if (turns)
    parameters.push_back({"shift", t.grid.columns});
  const int64_t count = t.analysis ? s2Size(t.degrees) : 2 * t.columns(), terms = turns ? 2 : 1;
  const StringRef name = t.analysis ? "quad_to_basis" : "basis_to_quad";
  t.map.index =
      stages.table((name + "_index").str(), parameters, {count, terms}, stages.getI32Type());
  t.map.values = stages.table((name + "_values").str(), parameters, {count, terms}, t.element);
  if (t.grid.kind == ::spherical::runtime::GridKind::HealpixNested)
    t.nested.index = stages.table("nested_index", {{"nside", t.grid.nside}, {"back", !t.analysis}},
                                  {t.grid.points(), 1}, stages.getI32Type());
}

/// Between the field, in ring order, and the bins.
static void emitWaves(StageBuilder &stages, const RingTransform &t, Value in, Value out) {
  if (!t.isByDft())
    return contract(stages, stage::ContractKind::Scalar, t.waves, in, t.waveProblems, out, t.lanes);
  const auto kind = t.analysis ? stage::DftKind::RealAnalysis : stage::DftKind::RealSynthesis;
  stage::DftOp::create(stages, kind, in, out, t.dft.twiddles, t.dft.roots, /*mask=*/Value(),
                       /*positive=*/Value(), t.grid.columns, /*limit=*/t.degrees, t.grid.rows,
                       /*orders=*/1, t.radices, t.lanes, /*relu=*/false);
}

static void emitAnalysis(StageBuilder &stages, const RingTransform &t, Value field, Value spectrum,
                         ValueRange scratch) {
  Value bins = scratch[0], columns = scratch[1];
  if (t.nested.index) {
    stages.gather(stage::GatherMode::Lanes, field, scratch[2], t.nested, t.grid.points(), t.lanes);
    field = scratch[2];
  }
  emitWaves(stages, t, field, bins);
  contract(stages, stage::ContractKind::Scalar, t.wigner, bins, t.wignerProblems, columns, t.lanes);
  stages.gather(stage::GatherMode::Lanes, columns, spectrum, t.map, s2Size(t.degrees), t.lanes);
}

static void emitSynthesis(StageBuilder &stages, const RingTransform &t, Value spectrum, Value field,
                          ValueRange scratch) {
  Value bins = scratch[0], columns = scratch[1], target = t.nested.index ? scratch[2] : field;
  stages.gather(stage::GatherMode::Lanes, spectrum, columns, t.map, 2 * t.columns(), t.lanes);
  contract(stages, stage::ContractKind::Scalar, t.wigner, columns, t.wignerProblems, bins, t.lanes);
  emitWaves(stages, t, bins, target);
  if (t.nested.index)
    stages.gather(stage::GatherMode::Lanes, target, field, t.nested, t.grid.points(), t.lanes);
}

/// `weighted`: by the quadrature weights.
static LogicalResult emitTransform(StageBuilder &stages, Operation *op, StringRef name,
                                   const SampleGrid &grid, bool weighted) {
  const Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
  const bool analysis = getSignal(to).has_value();
  const Extents e = extentsOf(analysis ? to : from);
  if (e.place != Place::Lanes)
    return op->emitOpError("expected values in lanes; run the schedule phase");
  RingTransform t{.grid = grid,
                  .degrees = getSignal(analysis ? to : from)->bandLimit,
                  .analysis = analysis,
                  .weighted = weighted,
                  .lanes = e.lanes,
                  .element = stages.elementOf(from)};
  if (ChoiceAttr choice = stages.choice(); choice && choice.getAlgorithm() == kGeneratedTransforms)
    t.radices.assign(choice.getRadices().begin(), choice.getRadices().end());
  makeWaves(stages, t);
  makeWigner(stages, t);
  makeMaps(stages, t);
  Value in = stages.buffer(op->getOperand(0)), out = stages.buffer(op->getResult(0));
  stages.sweep(name, {e.groups, e.channels}, t.scratch(), [&](ValueRange at, ValueRange scratch) {
    (analysis ? emitAnalysis : emitSynthesis)(stages, t, stages.slice(in, at),
                                              stages.slice(out, at), scratch);
  });
  return success();
}

LogicalResult GridFTOp::emitStages(StageBuilder &stages) {
  return emitTransform(stages, *this, getAdjoint() ? "grid_ft.adjoint" : "grid_ft",
                       sampleGridOf(getGrid()), /*weighted=*/true);
}

LogicalResult GridIFTOp::emitStages(StageBuilder &stages) {
  return emitTransform(stages, *this, getAdjoint() ? "grid_ift.adjoint" : "grid_ift",
                       sampleGridOf(getGrid()), /*weighted=*/false);
}

LogicalResult InterpolateOp::emitStages(StageBuilder &stages) {
  const Signal signal = *getSignal(getType());
  const Extents e = extentsOf(getType());
  const int64_t samples = 4 * signal.bandLimit * signal.bandLimit;
  ParameterList parameters = gridParameters(sampleGridOf(getGrid()));
  parameters.push_back({"b", signal.bandLimit});
  const SparseTables terms = {
      stages.table("linear_index", parameters, {samples, 4}, stages.getI32Type()),
      stages.table("linear_values", parameters, {samples, 4}, stages.elementOf(getType()))};
  Value in = stages.buffer(getInput()), out = stages.buffer(getResult());
  stages.sweep("interpolate", {e.groups, e.channels}, {}, [&](ValueRange at, ValueRange) {
    stages.gather(stage::GatherMode::Lanes, stages.slice(in, at), stages.slice(out, at), terms,
                  samples, e.lanes);
  });
  return success();
}

} // namespace mlir::spherical
