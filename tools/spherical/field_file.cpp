//===- field_file.cpp - fields in the files of a user ---------------------===//

#include "tools/spherical/field_file.h"

#include "runtime/data/files.h"
#include "runtime/data/npy.h"
#include "runtime/data/sets/npy_header.h"

#include <stdexcept>

namespace spherical::driver {
namespace {

using runtime::SampleGrid;
using runtime::Tensor;
using runtime::TensorFile;

[[noreturn]] void refuse(const std::string &path, const std::string &expected,
                         const std::string &got) {
  throw std::runtime_error(path + ": expected " + expected + ", got " + got);
}

Tensor parseNpy(std::span<const std::byte> bytes, const std::string &path) {
  const runtime::NpyHeader header = runtime::parseNpyHeader(bytes, path);
  if (header.kind != 'n' || header.swapped)
    refuse(path, "little-endian numbers such as '<f4', '<f8', '|u1' or '<i4'",
           "'" + header.type + "'");
  const auto expected =
      static_cast<size_t>(runtime::elementCount(header.shape) * runtime::dtypeBytes(header.dtype));
  const auto values = bytes.subspan(header.bytes);
  if (values.size() != expected)
    refuse(path, std::to_string(expected) + " bytes of values", std::to_string(values.size()));
  return {header.dtype, header.shape, {values.begin(), values.end()}};
}

} // namespace

TensorFile readFields(const std::string &path) {
  if (runtime::endingOf(path) != ".npy")
    return runtime::readSafetensors(path);
  TensorFile file;
  file.tensors.emplace("x", parseNpy(runtime::readFile(path), path));
  return file;
}

void writeFields(const std::string &path, const TensorFile &file) {
  if (runtime::endingOf(path) != ".npy")
    return runtime::writeSafetensors(path, file);
  if (file.tensors.size() != 1)
    refuse(path, "one array in .npy", std::to_string(file.tensors.size()));
  const Tensor &tensor = file.tensors.begin()->second;
  runtime::NpyWriter writer(path, tensor.dtype, tensor.shape);
  writer.write(tensor.bytes);
  writer.commit();
}

SampleGrid gridOfFields(const std::string &text, std::span<const int64_t> shape) {
  const std::optional<SampleGrid> named = runtime::parseGrid(text);
  if (!named)
    throw std::runtime_error(runtime::gridProblem(text));
  SampleGrid grid = *named;
  const size_t axes = grid.isHealpix() ? 3 : 4;
  const std::string got = runtime::shapeText(shape);
  if (shape.size() != axes)
    throw std::runtime_error(
        "expected fields of " + std::to_string(axes) + " axes, " +
        (grid.isHealpix() ? "samples x channels x pixels" : "samples x channels x rows x columns") +
        ", got " + got);
  if (grid.points() == 0)
    grid = runtime::sizedGrid(grid.kind, shape.subspan(2));
  const bool fits = grid.isHealpix() ? shape[2] == grid.points()
                                     : shape[2] == grid.rows && shape[3] == grid.columns;
  if (!fits || !grid.isPossible())
    throw std::runtime_error("expected fields on " + text + ", got " + got);
  return grid;
}

} // namespace spherical::driver
