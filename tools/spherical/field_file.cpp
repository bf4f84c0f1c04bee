//===- field_file.cpp - fields in the files of a user ---------------------===//

#include "tools/spherical/field_file.h"

#include "runtime/data/files.h"
#include "runtime/data/npy.h"

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace spherical::driver {
namespace {

using runtime::DType;
using runtime::SampleGrid;
using runtime::Tensor;
using runtime::TensorFile;

[[noreturn]] void refuse(const std::string &path, const std::string &expected,
                         const std::string &got) {
  throw std::runtime_error(path + ": expected " + expected + ", got " + got);
}

/// What stands behind 'key': in NumPy's header, without spaces before it.
std::string_view behind(std::string_view header, const std::string &key, const std::string &path) {
  const std::string quoted = "'" + key + "':";
  const size_t at = header.find(quoted);
  if (at == header.npos)
    refuse(path, "a header with '" + key + "'", "'" + std::string(header) + "'");
  header.remove_prefix(at + quoted.size());
  while (header.starts_with(' '))
    header.remove_prefix(1);
  return header;
}

/// The type of a descriptor such as '<f4'.
DType typeOf(std::string_view text, const std::string &path) {
  const std::string word(text.substr(0, text.find(',')));
  const std::pair<const char *, DType> known[] = {
      {"'<f4'", DType::F32}, {"'<f8'", DType::F64}, {"'<f2'", DType::F16}, {"'|u1'", DType::U8},
      {"'|i1'", DType::I8},  {"'<i4'", DType::I32}, {"'<i8'", DType::I64}, {"'<u2'", DType::U16},
      {"'<i2'", DType::I16}, {"'|b1'", DType::Bool}};
  for (const auto &[name, dtype] : known)
    if (word == name)
      return dtype;
  refuse(path, "numbers such as '<f4', '<f8', '|u1' or '<i4'", word);
}

/// The extents of a tuple such as (3, 1, 8, 16).
std::vector<int64_t> shapeOf(std::string_view text, const std::string &path) {
  std::vector<int64_t> shape;
  const size_t end = text.find(')');
  if (!text.starts_with('(') || end == text.npos)
    refuse(path, "a shape in parentheses", "'" + std::string(text) + "'");
  for (text = text.substr(1, end - 1); !text.empty();) {
    if (text.front() == ' ' || text.front() == ',') {
      text.remove_prefix(1);
      continue;
    }
    int64_t extent = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), extent);
    if (error != std::errc() || extent < 0)
      refuse(path, "extents of 0 or more", "'" + std::string(text) + "'");
    shape.push_back(extent);
    text.remove_prefix(rest - text.data());
  }
  return shape;
}

Tensor parseNpy(std::span<const std::byte> bytes, const std::string &path) {
  const std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  const auto byteAt = [&](size_t at) { return static_cast<size_t>(bytes[at]); };
  if (!text.starts_with("\x93NUMPY") || text.size() < 12 || byteAt(6) < 1 || byteAt(6) > 3)
    refuse(path, "an array of NumPy", "another file");
  const size_t preamble = byteAt(6) == 1 ? 10 : 12;
  size_t length = byteAt(8) | byteAt(9) << 8;
  if (preamble == 12)
    length |= byteAt(10) << 16 | byteAt(11) << 24;
  if (length > text.size() - preamble)
    refuse(path, std::to_string(length) + " bytes of header",
           std::to_string(text.size() - preamble));
  const std::string_view header = text.substr(preamble, length);
  if (!behind(header, "fortran_order", path).starts_with("False"))
    refuse(path, "values in C order", "Fortran order");
  const DType dtype = typeOf(behind(header, "descr", path), path);
  const std::vector<int64_t> shape = shapeOf(behind(header, "shape", path), path);
  const auto expected =
      static_cast<size_t>(runtime::elementCount(shape) * runtime::dtypeBytes(dtype));
  const auto values = bytes.subspan(preamble + length);
  if (values.size() != expected)
    refuse(path, std::to_string(expected) + " bytes of values", std::to_string(values.size()));
  return {dtype, shape, {values.begin(), values.end()}};
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
    throw std::runtime_error("expected fields of " + std::to_string(axes) + " axes, " +
                             (grid.isHealpix() ? "samples x channels x pixels"
                                               : "samples x channels x rows x columns") +
                             ", got " + got);
  if (grid.points() == 0 && grid.isHealpix()) {
    grid.nside = std::llround(std::sqrt(static_cast<double>(shape[2]) / 12.0));
  } else if (grid.points() == 0) {
    grid.rows = shape[2];
    grid.columns = shape[3];
  }
  const bool fits = grid.isHealpix() ? shape[2] == grid.points()
                                     : shape[2] == grid.rows && shape[3] == grid.columns;
  if (!fits || !grid.isPossible())
    throw std::runtime_error("expected fields on " + text + ", got " + got);
  return grid;
}

} // namespace spherical::driver
