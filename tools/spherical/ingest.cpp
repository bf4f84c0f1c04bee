//===- ingest.cpp - fields from one grid to another -----------------------===//

#include "tools/spherical/ingest.h"

#include "runtime/data/conversion.h"
#include "runtime/execute/program.h"
#include "tools/spherical/model/program_text.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace spherical::driver {
namespace {

using runtime::DType;
using runtime::GridKind;
using runtime::SampleGrid;
using runtime::Tensor;

constexpr int leastSquaresSteps = 6;
constexpr int64_t mostDegrees = 256;

bool hasResidual(const IngestOptions &options) {
  return options.from.isHealpix() && options.method == IngestMethod::Exact &&
         options.part != IngestPart::FromSpectrum;
}

bool takesAngles(const IngestOptions &options) {
  return options.rotated && options.part != IngestPart::ToSpectrum;
}

/// Extents of what enters, and of what comes out.
std::vector<int64_t> spectrumShape(const IngestOptions &options, int64_t count) {
  const int64_t degrees = ingestDegrees(options);
  return {count, options.channels, degrees * degrees, 2};
}
std::vector<int64_t> shapeIn(const IngestOptions &options, int64_t count) {
  return options.part == IngestPart::FromSpectrum
             ? spectrumShape(options, count)
             : fieldShape(options.from, count, options.channels);
}
std::vector<int64_t> shapeOut(const IngestOptions &options, int64_t count) {
  return options.part == IngestPart::ToSpectrum ? spectrumShape(options, count)
                                                : fieldShape(options.to, count, options.channels);
}

/// Writes the lines of @ingest; values are named as in the equations.
class IngestBody {
public:
  explicit IngestBody(const IngestOptions &options)
      : degrees(ingestDegrees(options)),
        field(tensorType(fieldShape(options.from, options.batch, options.channels))),
        result(tensorType(fieldShape(options.to, options.batch, options.channels))),
        options(options) {}

  std::string build();

  /// The types of x and y.
  std::string inputType() const {
    return options.part == IngestPart::FromSpectrum ? spectrum() : field;
  }
  std::string outputType() const {
    return options.part == IngestPart::ToSpectrum ? spectrum() : result;
  }

private:
  int64_t degrees;
  std::string field, result;
  const IngestOptions &options;
  std::string text;

  /// The spectrum after so many steps of least squares; the last may be the result.
  std::string spectrumAfter(int steps) const {
    const int last = hasResidual(options) ? leastSquaresSteps : 0;
    return steps == last && options.part == IngestPart::ToSpectrum ? "%y_out"
                                                                   : "%s" + std::to_string(steps);
  }
  std::string spectrum() const { return signal("s2_spectrum", degrees); }
  std::string signal(const char *kind, int64_t b) const {
    return signalType(kind, options.batch, options.channels, b);
  }
  static std::string gridAttribute(const SampleGrid &grid);
  void line(const std::string &name, const std::string &op) {
    text += "  " + name + " = " + op + "\n";
  }
  void analyse(const std::string &name, const std::string &x);
  void synthesise(const std::string &name, const std::string &x, const SampleGrid &grid);
  void leastSquares();
  bool interpolated();
  std::string toSpectrum();
};

/// "<equirectangular, 16x33>"
std::string IngestBody::gridAttribute(const SampleGrid &grid) {
  std::string kind = runtime::gridKindName(grid.kind);
  std::replace(kind.begin(), kind.end(), '-', '_');
  return "<" + kind + ", " +
         (grid.isHealpix() ? std::to_string(grid.nside)
                           : std::to_string(grid.rows) + "x" + std::to_string(grid.columns)) +
         ">";
}

void IngestBody::analyse(const std::string &name, const std::string &x) {
  const SampleGrid &grid = options.from;
  if (grid.kind != GridKind::Soft)
    return line(name, "spherical.grid_ft " + x + " grid " + gridAttribute(grid) + " : " + field +
                          " -> " + spectrum());
  const std::string function = signal("s2", grid.rows / 2);
  line(name + "_f", "spherical.samples " + x + " : " + field + " -> " + function);
  line(name, "spherical.s2_ft " + name + "_f : " + function + " -> " + spectrum());
}

void IngestBody::synthesise(const std::string &name, const std::string &x, const SampleGrid &grid) {
  const std::string to = tensorType(fieldShape(grid, options.batch, options.channels));
  if (grid.kind != GridKind::Soft)
    return line(name, "spherical.grid_ift " + x + " grid " + gridAttribute(grid) + " : " +
                          spectrum() + " -> " + to);
  const std::string function = signal("s2", grid.rows / 2);
  line(name + "_f", "spherical.s2_ift " + x + " : " + spectrum() + " -> " + function);
  line(name, "spherical.samples " + name + "_f : " + function + " -> " + to);
}

/// From %s0: %s<k> = %s<k-1> + A (x - S %s<k-1>), and what the last leaves of x.
void IngestBody::leastSquares() {
  for (int step = 0; step <= leastSquaresSteps; ++step) {
    const std::string k = std::to_string(step);
    synthesise("%y" + k, spectrumAfter(step), options.from);
    line("%r" + k, "nn.sub %x, %y" + k + " : " + field);
    if (step == leastSquaresSteps)
      break;
    analyse("%d" + k, "%r" + k);
    line(spectrumAfter(step + 1),
         "nn.add " + spectrumAfter(step) + ", %d" + k + " : " + spectrum());
  }
  const std::string last = std::to_string(leastSquaresSteps);
  line("%zero", "spherical.zero : " + field);
  for (const auto &[name, of] : {std::pair("%residual_out", "%r" + last), {"%energy_out", "%x"}})
    line(name, "nn.mean_squared_error " + of + ", %zero, %count : " + field +
                   ", tensor<i64> -> tensor<f32>");
}

/// The field on the soft grid, and its spectrum where that is needed; whether it is.
bool IngestBody::interpolated() {
  const int64_t b = options.to.rows / 2;
  const std::string function = signal("s2", b);
  line("%f", "spherical.interpolate %x grid " + gridAttribute(options.from) + " : " + field +
                 " -> " + function);
  if (options.rotated || options.part == IngestPart::ToSpectrum) {
    line(spectrumAfter(0), "spherical.s2_ft %f : " + function + " -> " + spectrum());
    return true;
  }
  line("%y_out", "spherical.samples %f : " + function + " -> " + result);
  return false;
}

/// The lines from the field to its spectrum, and the name of that; empty if there is no need of it.
std::string IngestBody::toSpectrum() {
  if (options.method == IngestMethod::Bilinear)
    return interpolated() ? spectrumAfter(0) : "";
  analyse(spectrumAfter(0), "%x");
  if (!hasResidual(options))
    return spectrumAfter(0);
  leastSquares();
  return spectrumAfter(leastSquaresSteps);
}

std::string IngestBody::build() {
  std::string last = options.part == IngestPart::FromSpectrum ? "%x" : toSpectrum();
  if (options.part == IngestPart::ToSpectrum || last.empty())
    return text;
  if (options.rotated) {
    line("%turned", "spherical.rotate_by " + last + ", %angles : " + spectrum() + ", " +
                        tensorType({options.batch, 3}));
    last = "%turned";
  }
  synthesise("%y_out", last, options.to);
  return text;
}

/// Why there is no way from one grid to the other, or nothing.
std::string problemOf(const IngestOptions &options) {
  for (const SampleGrid &grid : {options.from, options.to})
    if (!grid.onSphere() || !grid.isPossible())
      return "expected a grid on the sphere, got " + runtime::gridText(grid);
  if (options.method == IngestMethod::Bilinear && options.to.kind != GridKind::Soft)
    return "expected bilinear interpolation to a soft grid, got " + runtime::gridText(options.to);
  for (const SampleGrid &grid : {options.from, options.to})
    if (grid.kind == GridKind::Soft && grid.rows > 2 * mostDegrees)
      return "expected a soft grid of band-limit 256 at most, got " + runtime::gridText(grid);
  if (options.bandLimit < 1 || options.bandLimit > mostDegrees)
    return "expected a band-limit from 1 to 256, got " + std::to_string(options.bandLimit);
  const int64_t degrees = ingestDegrees(options);
  for (const SampleGrid &grid : {options.from, options.to}) {
    const int64_t values = runtime::ringTableValues(grid, degrees);
    if (grid.kind != GridKind::Soft && values > runtime::kMostRingTableValues)
      return "expected tables of at most " + std::to_string(runtime::kMostRingTableValues) +
             " numbers, got " + std::to_string(values) + " for " + runtime::gridText(grid) +
             " and " + std::to_string(degrees) + " degrees";
  }
  return "";
}

} // namespace

SampleGrid softGrid(int64_t b) { return {GridKind::Soft, 2 * b, 2 * b, 0}; }

std::vector<int64_t> fieldShape(const SampleGrid &grid, int64_t count, int64_t channels) {
  if (grid.isHealpix())
    return {count, channels, grid.points()};
  return {count, channels, grid.rows, grid.columns};
}

int64_t ingestBatch(const SampleGrid &from, const SampleGrid &to, int64_t channels) {
  constexpr int64_t mostBatch = 32, mostBytes = int64_t(1) << 26;
  const int64_t bytes = 4 * channels * std::max(from.points(), to.points());
  return std::clamp<int64_t>(mostBytes / bytes, 1, mostBatch);
}

int64_t ingestDegrees(const IngestOptions &options) {
  return std::min(options.bandLimit, options.method == IngestMethod::Bilinear
                                         ? options.to.rows / 2
                                         : options.from.bandLimit());
}

std::string ingestText(const IngestOptions &options) {
  IngestBody writer(options);
  std::vector<NamedType> arguments = {{"x", writer.inputType(), "input"}};
  if (takesAngles(options))
    arguments.push_back({"angles", tensorType({options.batch, 3}), "input"});
  std::vector<NamedType> results = {{"y", writer.outputType()}};
  if (hasResidual(options))
    results.insert(results.end(), {{"residual", "tensor<f32>"}, {"energy", "tensor<f32>"}});
  if (hasResidual(options))
    arguments.push_back({"count", "tensor<i64>", "count"});
  return functionText("ingest", arguments, results, writer.build(), false);
}

Result<std::unique_ptr<Ingest>> Ingest::create(const IngestOptions &options) {
  if (const std::string problem = problemOf(options); !problem.empty())
    return Error{"spherical: error: " + problem};
  std::unique_ptr<Ingest> ingest(new Ingest(options));
  SessionOptions session = options.session;
  session.entries = {"ingest"};
  session.batch = 0;
  Result<std::unique_ptr<Session>> parsed =
      Session::parse("ingest.mlir", ingestText(options), session);
  if (!parsed)
    return parsed.error();
  ingest->session = std::move(*parsed);
  Result<std::unique_ptr<Executable>> created = Executable::create(*ingest->session, "ingest");
  if (!created)
    return created.error();
  ingest->executable = std::move(*created);
  return ingest;
}

Ingest::~Ingest() = default;

std::string Ingest::processor() const {
  const runtime::Program *program = executable->program();
  return program ? program->manifest().cpu : "";
}

void Ingest::run(const float *fields, const float *anglesOrNull, int64_t count, float *out) {
  if (takesAngles(options) != (anglesOrNull != nullptr))
    throw std::runtime_error(takesAngles(options)
                                 ? "expected angles for fields that are rotated, got none"
                                 : "expected no angles for fields that are not rotated");
  const int64_t in = runtime::elementCount(shapeIn(options, 1));
  const int64_t made = runtime::elementCount(shapeOut(options, 1));
  for (int64_t first = 0; first < count; first += options.batch)
    runPart(fields + first * in, anglesOrNull ? anglesOrNull + 3 * first : nullptr,
            std::min(options.batch, count - first), out + first * made);
}

void Ingest::runPart(const float *fields, const float *angles, int64_t count, float *out) {
  const std::vector<int64_t> shape = shapeIn(options, count), made = shapeOut(options, count);
  const std::vector<int64_t> three = {count, 3};
  runtime::Program *program = executable->program();
  if (!program) {
    TensorMap arguments;
    const auto size = static_cast<size_t>(runtime::elementCount(shape));
    arguments["x"] = Tensor::of<float>(shape, {fields, size});
    if (angles)
      arguments["angles"] = Tensor::of<float>(three, {angles, static_cast<size_t>(3 * count)});
    return runInterpreted(arguments, count, out);
  }
  // Views are of values that are read alone.
  std::vector<runtime::BufferView> inputs = {
      {"x", runtime::Element::F32, shape, const_cast<float *>(fields)}};
  if (angles)
    inputs.push_back({"angles", runtime::Element::F32, three, const_cast<float *>(angles)});
  std::vector<runtime::BufferView> outputs = {{"y", runtime::Element::F32, made, out}};
  float residual = 0.0F, energy = 0.0F;
  if (hasResidual(options)) {
    outputs.push_back({"residual", runtime::Element::F32, {}, &residual});
    outputs.push_back({"energy", runtime::Element::F32, {}, &energy});
  }
  program->run("ingest", inputs, outputs, count);
  left.add({static_cast<double>(count) * residual, static_cast<double>(count) * energy});
}

void Ingest::runInterpreted(const TensorMap &arguments, int64_t count, float *out) {
  const Result<TensorMap> results =
      runOnce(*executable, "ingest", arguments, {.file = "ingest", .allowNonFinite = true});
  if (!results)
    throw std::runtime_error(results.error().message);
  const Tensor y = runtime::converted(results->at("y"), DType::F32);
  std::memcpy(out, y.bytes.data(), y.bytes.size());
  if (const auto found = results->find("residual"); found != results->end())
    left.add({static_cast<double>(count) * found->second.as<double>()[0],
              static_cast<double>(count) * results->at("energy").as<double>()[0]});
}

void takeNearest(const std::vector<int64_t> &nearest, int64_t fromPoints, int64_t size,
                 int64_t count, const std::byte *values, std::byte *out) {
  for (int64_t s = 0; s < count; ++s)
    for (const int64_t point : nearest) {
      std::memcpy(out, values + (s * fromPoints + point) * size, size);
      out += size;
    }
}

} // namespace spherical::driver
