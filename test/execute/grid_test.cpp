//===- grid_test.cpp - users' fields and rotations on all targets -*- C++ -*-===//
//
// Transforms on every kind of grid, interpolation, and rotations by angles that
// are operands, against the fp64 definitions; and one field entered on six grids.
//
//===----------------------------------------------------------------------===//

#include "runtime/reference/rotation.h"
#include "runtime/reference/sample_grid.h"
#include "test/execute/op_cases.h"
#include "test/golden/program_text.h"
#include "test/runtime/reference/random_values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace spherical {
namespace {

using golden::Tensor;
using golden::Values;
using reference::Complex;
using reference::Domain;
using reference::GridKind;

/// A grid in the IR, and the extents of a field on it.
struct Grid {
  std::string text;
  reference::SampleGrid value;
  int64_t bandLimit;

  std::vector<int64_t> shape(int64_t batch, int64_t channels) const {
    if (value.nside > 0)
      return {batch, channels, 12 * value.nside * value.nside};
    return {batch, channels, value.rows, value.columns};
  }
};

const std::vector<Grid> exactGrids = {
    {"<soft, 12x12>", {GridKind::Soft, 12, 12}, 6},
    {"<equirectangular, 13x17>", {GridKind::Equirectangular, 13, 17}, 7},
    {"<equirectangular, 12x24>", {GridKind::Equirectangular, 12, 24}, 6},
    {"<equirectangular_poles, 11x14>", {GridKind::EquirectangularPoles, 11, 14}, 6},
    {"<driscoll_healy, 12x13>", {GridKind::DriscollHealy, 12, 13}, 6},
    {"<gauss_legendre, 6x11>", {GridKind::GaussLegendre, 6, 11}, 6}};
const std::vector<Grid> healpixGrids = {
    {"<healpix_ring, 3>", {GridKind::HealpixRing, 0, 0, 3}, 6},
    {"<healpix_nested, 4>", {GridKind::HealpixNested, 0, 0, 4}, 8},
    {"<healpix_ring, 1>", {GridKind::HealpixRing, 0, 0, 1}, 2}};

std::vector<Grid> allGrids() {
  std::vector<Grid> all = exactGrids;
  all.insert(all.end(), healpixGrids.begin(), healpixGrids.end());
  return all;
}

Slot batched(Slot slot) {
  slot.batched = true;
  return slot;
}

std::string opText(const std::string &op, const std::string &grid, const Slot &from,
                   const Slot &to, bool adjoint) {
  return "  %y_out = spherical." + op + " %a grid " + grid + (adjoint ? " {adjoint}" : "") + " : " +
         from.type + " -> " + to.type + "\n";
}

// Sums of some hundred terms in single precision, and as many on the way back.
TEST(Grids, TransformsAndTheirGradientsAreThoseOfTheDefinitions) {
  OpCases cases;
  for (const Grid &grid : allGrids())
    for (const int64_t degrees : {grid.bandLimit, std::max<int64_t>(1, grid.bandLimit - 2)}) {
      const Slot field = batched(tensor(grid.shape(3, 2), "f32"));
      const Slot spectrum = signal("s2_spectrum", 3, 2, degrees, "f32");
      for (const bool adjoint : {false, true}) {
        cases.add("grid_ft " + grid.text, {adjoint ? spectrum : field}, adjoint ? field : spectrum,
                  opText("grid_ft", grid.text, adjoint ? spectrum : field,
                         adjoint ? field : spectrum, adjoint));
        cases.add("grid_ift " + grid.text, {adjoint ? field : spectrum}, adjoint ? spectrum : field,
                  opText("grid_ift", grid.text, adjoint ? field : spectrum,
                         adjoint ? spectrum : field, adjoint));
      }
    }
  cases.check(1e-5);
}

/// Every target on a function @f of %a, %b that returns %y.
struct Targets {
  std::string text;

  Targets(const std::vector<Slot> &arguments, const Slot &result, const std::string &body) {
    std::vector<golden::NamedType> types;
    for (const Slot &slot : arguments)
      types.push_back({std::string(1, static_cast<char>('a' + types.size())), slot.type,
                       slot.batched ? "input" : ""});
    text = golden::functionText("f", types, {{"y", result.type}}, body, false);
  }

  /// cpu, the emulated GPU, and the plan in fp64, against the definition.
  Values check(const Values &inputs, double tolerance) const {
    const Values expected = golden::makeReferenceRunner(text, "graph")->run("f", inputs);
    const auto error = [&](golden::Runner &runner) {
      return golden::relativeError(runner.run("f", inputs).at("y").values, expected.at("y").values);
    };
    EXPECT_LT(error(*golden::makeCpuRunner(text, "")), tolerance);
    EXPECT_LT(error(*golden::makeEmulatedRunner(text, true)), tolerance);
    EXPECT_LT(error(*golden::makeReferenceRunner(text, "plan")), 1e-12);
    return expected;
  }
};

TEST(Grids, TransformsOnTheEmulatedGpuAndInThePlan) {
  std::mt19937_64 engine(3);
  for (const Grid &grid : {exactGrids[1], healpixGrids[1]}) {
    const Slot field = batched(tensor(grid.shape(3, 2), "f32"));
    const Slot spectrum = signal("s2_spectrum", 3, 2, grid.bandLimit, "f32");
    Targets({field}, spectrum, opText("grid_ft", grid.text, field, spectrum, false))
        .check({{"a", randomOf(field, engine)}}, 1e-5);
    Targets({spectrum}, field, opText("grid_ift", grid.text, spectrum, field, false))
        .check({{"a", randomOf(spectrum, engine)}}, 1e-5);
  }
}

// Rows as short transforms: pixel centres, whose coefficients are turned, a prime above 16, which
// is a direct sum, and an odd number of columns.
TEST(Grids, RowsAsShortTransformsAreTheSame) {
  const std::vector<Grid> grids = {
      {"<equirectangular, 12x24>", {GridKind::Equirectangular, 12, 24}, 6},
      {"<equirectangular, 10x34>", {GridKind::Equirectangular, 10, 34}, 5},
      {"<equirectangular_poles, 12x15>", {GridKind::EquirectangularPoles, 12, 15}, 6}};
  std::mt19937_64 engine(7);
  for (const Grid &grid : grids)
    for (const std::string op : {"grid_ft", "grid_ift"})
      for (const bool adjoint : {false, true}) {
        const Slot field = batched(tensor(grid.shape(3, 2), "f32"));
        const Slot spectrum = signal("s2_spectrum", 3, 2, grid.bandLimit, "f32");
        const bool analysis = (op == "grid_ft") != adjoint;
        const Slot &from = analysis ? field : spectrum, &to = analysis ? spectrum : field;
        const Targets targets({from}, to, opText(op, grid.text, from, to, adjoint));
        const Values inputs = {{"a", randomOf(from, engine)}};
        const Values expected = golden::makeReferenceRunner(targets.text, "graph")->run("f", inputs);
        driver::SessionOptions options;
        options.choose = {op + ":algorithm=fft"};
        const Values got = golden::makeCompiledRunner(targets.text, options)->run("f", inputs);
        EXPECT_LT(golden::relativeError(got.at("y").values, expected.at("y").values), 1e-5)
            << op << " " << grid.text;
      }
}

TEST(Grids, InterpolationIsThatOfTheDefinition) {
  std::mt19937_64 engine(4);
  for (const Grid &grid : allGrids()) {
    const Slot field = batched(tensor(grid.shape(3, 2), "f32"));
    const Slot function = signal("s2", 3, 2, 5, "f32");
    Targets({field}, function, opText("interpolate", grid.text, field, function, false))
        .check({{"a", randomOf(field, engine)}}, 1e-5);
  }
}

std::string rotateText(const Slot &spectrum, const Slot &angles) {
  return "  %y_out = spherical.rotate_by %a, %b : " + spectrum.type + ", " + angles.type + "\n";
}

// Angles of all signs and sizes: poles, whole turns, and far beyond a turn.
TEST(Rotations, AnglesAtRunTimeAreThoseOfTheDefinition) {
  std::mt19937_64 engine(5);
  const Slot spectrum = signal("s2_spectrum", 6, 2, 9, "f32");
  const Slot angles = batched(tensor({6, 3}, "f32"));
  Tensor values{{6, 3}, {0.0, 0.0, 0.0,  0.3, 1.1, -2.0, 3.14159274, 3.14159274, -3.14159274,
                         1.0, 0.0, -1.0, 40.0, -7.5, 6.25, -0.7, 2.9, 5.0}};
  for (double &value : values.values)
    value = static_cast<float>(value);
  Targets({spectrum, angles}, spectrum, rotateText(spectrum, angles))
      .check({{"a", randomOf(spectrum, engine)}, {"b", values}}, 1e-5);
}

// The same rotation, as a constant and as an operand, of one sample fewer than the capacity.
TEST(Rotations, AnglesAtRunTimeTurnAsConstantOnesDo) {
  std::mt19937_64 engine(6);
  const Slot spectrum = signal("s2_spectrum", 4, 3, 16, "f32");
  const Slot angles = batched(tensor({4, 3}, "f32"));
  const std::string text =
      golden::functionText("f", {{"a", spectrum.type, "input"}, {"b", angles.type, "input"}},
                           {{"y", spectrum.type}}, rotateText(spectrum, angles), false) +
      golden::functionText("g", {{"a", spectrum.type, "input"}}, {{"y", spectrum.type}},
                           "  %y_out = spherical.rotate %a by [0.5, 1.25, -2.75] : " +
                               spectrum.type + "\n",
                           false);
  Tensor x = randomOf(spectrum, engine), by{{3, 3}, {}};
  x.values.resize(x.values.size() / 4 * 3);
  x.shape[0] = 3;
  for (int sample = 0; sample < 3; ++sample)
    by.values.insert(by.values.end(), {0.5, 1.25, -2.75});
  const auto runner = golden::makeCpuRunner(text, "");
  const Tensor got = runner->run("f", {{"a", x}, {"b", by}}).at("y");
  const Tensor expected = runner->run("g", {{"a", x}}).at("y");
  EXPECT_LT(golden::relativeError(got.values, expected.values), 1e-5);
  EXPECT_GT(golden::relativeError(x.values, expected.values), 0.1);
}

/// |a - b| / |b|, sums over all values.
double distance(const std::vector<double> &a, const std::vector<double> &b) {
  double error = 0.0, norm = 0.0;
  for (size_t i = 0; i < b.size(); ++i) {
    error += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return std::sqrt(error / norm);
}

/// A field of the given spectrum, x + 6 (f - S x) steps from HEALPix, or one exact step.
std::string entryText(const Grid &grid, int64_t degrees, int steps) {
  const std::string field = tensor(grid.shape(1, 1), "f32").type;
  const std::string spectrum = signal("s2_spectrum", 1, 1, degrees, "f32").type;
  const std::string forward = " grid " + grid.text + " : " + field + " -> " + spectrum + "\n";
  const std::string back = " grid " + grid.text + " : " + spectrum + " -> " + field + "\n";
  std::string body = "  %x0 = spherical.grid_ft %a" + forward, last = "%x0";
  for (int step = 1; step <= steps; ++step) {
    const std::string n = std::to_string(step);
    body += "  %s" + n + " = spherical.grid_ift " + last + back;
    body += "  %r" + n + " = nn.sub %a, %s" + n + " : " + field + "\n";
    body += "  %d" + n + " = spherical.grid_ft %r" + n + forward;
    body += "  %x" + n + " = nn.add " + last + ", %d" + n + " : " + spectrum + "\n";
    last = "%x" + n;
  }
  body += "  %y_out = spherical.grid_ift " + last + back;
  // Both values: the spectrum, and the field that it has on the grid.
  return "func.func @f(%a: " + field + " {spherical.name = \"a\"}) -> (" + spectrum +
         " {spherical.name = \"x\"}, " + field + " {spherical.name = \"y\"}) {\n" + body +
         "  return " + last + ", %y_out : " + spectrum + ", " + field + "\n}\n";
}

// Values are rounded to single precision, and so are all sums: the errors of some hundred terms add
// up like random ones. HEALPix: six steps leave 0.16^7 of what the first sum was off by.
TEST(Grids, OneFieldOnEveryGridHasOneSpectrumAndComesBack) {
  constexpr int64_t degrees = 6;
  const std::vector<Complex> values = reference::randomComplex(degrees * degrees, 8);
  const auto spectrum = reference::hermitianPart(Domain::S2, degrees, values.data());
  std::vector<double> expected;
  for (const Complex &value : spectrum)
    expected.insert(expected.end(), {value.real(), value.imag()});
  for (const Grid &grid : allGrids()) {
    if (grid.bandLimit < degrees)
      continue;
    SCOPED_TRACE(grid.text);
    Tensor field{grid.shape(1, 1), reference::gridSynthesis({grid.value, 1, degrees}, spectrum)};
    const bool exact = grid.value.nside == 0;
    const auto runner = golden::makeCpuRunner(entryText(grid, degrees, exact ? 0 : 6), "");
    const Values results = runner->run("f", {{"a", field}});
    EXPECT_LT(distance(results.at("x").values, expected), exact ? 1e-6 : 3e-6);
    EXPECT_LT(distance(results.at("y").values, field.values), exact ? 1e-6 : 3e-6);
  }
}

} // namespace
} // namespace spherical
