//===- data_convert.cpp - `spherical data convert` ------------------------===//
//
// Fields from one grid to another, both ways, by the program of ingest.h.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/field_file.h"
#include "tools/spherical/ingest.h"
#include "tools/spherical/output.h"

#include "runtime/data/conversion.h"
#include "runtime/data/files.h"
#include "runtime/data/sets/array_values.h"
#include "runtime/pictures/figures.h"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

using runtime::DType;
using runtime::SampleGrid;
using runtime::Tensor;
using runtime::TensorFile;

struct DataConvertOptions {
  std::string input, output, from, to, method = "exact", orientation;
  int64_t bandLimit = 0;
  SessionOptions session;
};

/// The grid that --to names; a kind without a size is that of the band-limit.
Result<SampleGrid> targetGrid(const std::string &text, int64_t bandLimit) {
  std::optional<SampleGrid> grid = runtime::parseGrid(text);
  if (!grid)
    return commandError("--to: " + runtime::gridProblem(text));
  if (grid->points() > 0)
    return *grid;
  if (grid->kind != runtime::GridKind::Soft)
    return commandError("--to: expected a size, got '" + text + "'",
                        text + (grid->isHealpix() ? " 32" : " 64x128") + ", for example");
  return softGrid(bandLimit);
}

/// Whether a tensor has a value at each point of the grid; its leading axes.
std::optional<std::vector<int64_t>> leadingAxes(const Tensor &tensor, const SampleGrid &grid) {
  const std::vector<int64_t> extents = fieldShape(grid, 1, 1);
  const std::span<const int64_t> points = std::span(extents).subspan(2);
  if (tensor.shape.size() <= points.size() ||
      !std::equal(points.rbegin(), points.rend(), tensor.shape.rbegin()))
    return std::nullopt;
  return std::vector<int64_t>(tensor.shape.begin(), tensor.shape.end() - points.size());
}

/// One conversion: grids, method, and what it said on the way.
class Converter {
public:
  Converter(const DataConvertOptions &options, const SampleGrid &from, const SampleGrid &to)
      : options(options), from(from), to(to) {}

  /// All tensors that lie on the grid: numbers of x by the method, whole numbers of others by the
  /// nearest point; the rest as they are.
  Status convert(TensorFile &file);
  double residual() const { return worst; }

private:
  Result<Tensor> byProgram(const std::string &name, const Tensor &tensor,
                           const std::vector<int64_t> &leading);
  Tensor byNearest(const Tensor &tensor, const std::vector<int64_t> &leading);
  Tensor made(DType dtype, std::vector<int64_t> leading) const;

  const DataConvertOptions &options;
  SampleGrid from, to;
  double worst = 0.0;
  std::vector<int64_t> nearest;
};

Tensor Converter::made(DType dtype, std::vector<int64_t> leading) const {
  const std::vector<int64_t> extents = fieldShape(to, 1, 1);
  leading.insert(leading.end(), extents.begin() + 2, extents.end());
  return Tensor::zeros(dtype, leading);
}

Tensor Converter::byNearest(const Tensor &tensor, const std::vector<int64_t> &leading) {
  if (nearest.empty())
    nearest = runtime::NearestPoints(from, to).find();
  Tensor result = made(tensor.dtype, leading);
  takeNearest(nearest, from.points(), runtime::dtypeBytes(tensor.dtype),
              runtime::elementCount(leading), tensor.bytes.data(), result.bytes.data());
  return result;
}

/// Numbers in single precision, pixels as value / 255.
Tensor numbersOf(const std::string &path, const std::string &name, const Tensor &tensor) {
  if (tensor.dtype == DType::U8)
    return runtime::scaledPixels(tensor, DType::F32);
  try {
    Tensor numbers = runtime::weightValues(tensor, DType::F32);
    const auto values = numbers.as<float>();
    const auto found = std::ranges::find_if(values, runtime::isUnseen);
    if (found != values.end())
      throw std::runtime_error("expected a value in each pixel, got UNSEEN (-1.6375e30) at "
                               "position " +
                               std::to_string(found - values.begin()));
    return numbers;
  } catch (const std::runtime_error &fault) {
    throw std::runtime_error(path + ": '" + name + "' " + fault.what());
  }
}

/// The first axis counts samples, those between it and the grid channels.
Result<Tensor> Converter::byProgram(const std::string &name, const Tensor &tensor,
                                    const std::vector<int64_t> &leading) {
  const Tensor numbers = numbersOf(options.input, name, tensor);
  const int64_t count = leading[0];
  const int64_t channels = runtime::elementCount(std::span(leading).subspan(1));
  Tensor result = made(DType::F32, leading);
  if (count == 0 || channels == 0)
    return result;
  const int64_t batch = std::min(count, ingestBatch(from, to, channels));
  IngestOptions program{from, to, channels, batch, options.bandLimit};
  program.method = options.method == "bilinear" ? IngestMethod::Bilinear : IngestMethod::Exact;
  program.session = options.session;
  Result<std::unique_ptr<Ingest>> ingest = Ingest::create(program);
  if (!ingest)
    return ingest.error();
  (*ingest)->run(numbers.as<float>().data(), nullptr, count, result.as<float>().data());
  worst = std::max(worst, (*ingest)->residual().relative());
  return result;
}

Status Converter::convert(TensorFile &file) {
  for (auto &[name, tensor] : file.tensors) {
    const auto leading = leadingAxes(tensor, from);
    if (!leading)
      continue;
    const bool numbers = runtime::isFloat(tensor.dtype) || name == "x";
    if (options.method == "nearest" || !numbers) {
      tensor = byNearest(tensor, *leading);
      continue;
    }
    Result<Tensor> result = byProgram(name, tensor, *leading);
    if (!result)
      return result.error();
    tensor = std::move(*result);
  }
  file.metadata["grid"] = runtime::gridText(to);
  return Done{};
}

/// "3 fields of 2 channels on healpix-nested 32"
std::string fieldsText(const Tensor &x, const SampleGrid &grid) {
  const auto counted = [](int64_t n, const std::string &word) {
    return std::to_string(n) + " " + word + (n == 1 ? "" : "s");
  };
  return counted(x.shape[0], "field") + " of " + counted(x.shape[1], "channel") + " on " +
         runtime::gridText(grid);
}

void printWay(const DataConvertOptions &options, const SampleGrid &from, const SampleGrid &to) {
  if (options.method != "exact") {
    std::printf("to %s, %s\n", runtime::gridText(to).c_str(),
                options.method == "bilinear" ? "bilinear" : "by the nearest point");
    return;
  }
  const int64_t carried = from.bandLimit(), degrees = std::min(options.bandLimit, carried);
  std::printf(
      "to %s by %s, %lld degrees%s\n", runtime::gridText(to).c_str(),
      from.isHealpix() ? "least squares" : "quadrature", static_cast<long long>(degrees),
      degrees < options.bandLimit
          ? (" (of " + std::to_string(options.bandLimit) + ", more than the grid carries)").c_str()
          : "");
}

runtime::Figure firstField(const DataConvertOptions &options, const Tensor &x,
                           const SampleGrid &grid) {
  std::vector<int64_t> one = x.shape;
  one[0] = one[1] = 1;
  const auto bytes = static_cast<size_t>(runtime::elementCount(one) * runtime::dtypeBytes(x.dtype));
  if (x.bytes.size() < bytes)
    throw std::runtime_error("expected a field to draw, got none");
  Tensor first = Tensor::zeros(x.dtype, one);
  std::copy_n(x.bytes.begin(), bytes, first.bytes.begin());
  const Tensor values = runtime::converted(first, DType::F32);
  return runtime::drawOrientation(
      grid, values.as<float>(), "first field of " + options.input + ", " + runtime::gridText(grid));
}

/// Writes the file's tensors on the grid that the options name.
Status writeConverted(const DataConvertOptions &options, const SampleGrid &from, TensorFile &file) {
  const Result<SampleGrid> to = targetGrid(options.to, options.bandLimit);
  if (!to)
    return to.error();
  Converter converter(options, from, *to);
  if (Status status = converter.convert(file); !status)
    return status;
  printWay(options, from, *to);
  if (options.method == "exact" && from.isHealpix())
    std::printf("residual: %.2e of the norm of the fields\n", converter.residual());
  writeFields(options.output, file);
  std::printf("fields: %s\n", options.output.c_str());
  return Done{};
}

Status convertFile(DataConvertOptions options) {
  TensorFile file = readFields(options.input);
  const Tensor &x = file.at("x");
  const auto recorded = file.metadata.find("grid");
  if (options.from.empty() && recorded == file.metadata.end())
    return commandError(options.input + ": expected a grid of x " + runtime::shapeText(x.shape) +
                            ", got none",
                        "--from says it: equirectangular, healpix-ring, and so on");
  SampleGrid from;
  try {
    from = gridOfFields(options.from.empty() ? recorded->second : options.from, x.shape);
  } catch (const std::runtime_error &fault) {
    return commandError(options.input + ": " + fault.what());
  }
  if (!from.onSphere())
    return commandError("expected a grid on the sphere, got " + runtime::gridText(from));
  if (options.bandLimit == 0)
    options.bandLimit = std::min<int64_t>(from.bandLimit(), 256);
  std::printf("%s: %s\n", options.input.c_str(), fieldsText(x, from).c_str());
  std::optional<runtime::Figure> picture;
  if (!options.orientation.empty())
    picture = firstField(options, x, from);
  if (!options.output.empty())
    if (Status status = writeConverted(options, from, file); !status)
      return status;
  if (picture) {
    picture->write(options.orientation);
    std::printf("picture: %s\n", options.orientation.c_str());
  }
  return Done{};
}

Status convert(const DataConvertOptions &options) {
  if (options.output.empty() && options.orientation.empty())
    return commandError("expected --output or --orientation with a file to write, got neither");
  if (options.output.empty() != options.to.empty())
    return commandError(options.to.empty() ? "expected --to with the grid of --output, got none"
                                           : "expected --output for --to, got none");
  const std::string wrong = wrongForm(options.output, {".safetensors", ".npy"});
  if (!options.output.empty() && !wrong.empty())
    return commandError(wrong);
  try {
    expectWritable({options.output, options.orientation});
    return convertFile(options);
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples =
    R"(Files hold x, [samples, channels, rows, columns] or, of HEALPix, [samples, channels, pixels],
of F32, F64, F16 or U8 (value / 255). Safetensors may have more: numbers on the same grid go the same
way, whole numbers (labels) take the nearest point, the rest stays. Rows run from north to south, columns
eastwards; pixels of an equirectangular picture begin just east of longitude 0: see --orientation.

Grids: soft 2Bx2B (a model's), equirectangular HxW (centres of pixels), equirectangular-poles HxW,
driscoll-healy HxW, gauss-legendre HxW, healpix-ring N, healpix-nested N. The size may be left out
where the file has it, and for soft, where --bandlimit says it.

Examples:
  spherical data convert maps.npy --from healpix-nested --to soft --bandlimit 32 -o maps.safetensors
  spherical data convert maps.safetensors --to "equirectangular 180x360" -o maps.npy
  spherical data convert panorama.npy --from equirectangular --orientation panorama.png
)";

} // namespace

void addDataConvertCommand(Commands &commands, CLI::App &data) {
  auto options = std::make_shared<DataConvertOptions>();
  CLI::App &command = commands.addBelow(data, "convert", "fields from one grid to another",
                                        examples, [options] { return convert(*options); });
  command.add_option("FILE", options->input, "fields: .npy or .safetensors")->required();
  command.add_option("--from", options->from, "the grid of the file; without it, what that says");
  command.add_option("--to", options->to, "the grid to write");
  command.add_option("-o,--output", options->output, "file to write: .safetensors or .npy");
  command.add_option("--bandlimit", options->bandLimit, "degrees that are kept")
      ->default_str("what the grid of the file carries")
      ->transform(natural(1, 256));
  command.add_option("--method", options->method, "exact, bilinear or nearest")
      ->capture_default_str()
      ->transform(oneOf({"exact", "bilinear", "nearest"}));
  command
      .add_option(
          "--orientation", options->orientation,
          "picture of the first field: north, sense of longitudes, seam; .png, .svg or .pdf")
      ->check(pictureFile());
  addTargetOption(command, options->session, true);
  addCodeOptions(command, options->session);
}

} // namespace spherical::driver
