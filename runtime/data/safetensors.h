//===- safetensors.h - tensors in files -------------------------*- C++ -*-===//
//
// The safetensors format: a little-endian 64-bit header length, a JSON header
// {"name": {"dtype", "shape", "data_offsets"}, ..., "__metadata__": {strings}}, then the
// values, little-endian, in C order, without gaps or overlaps.
// (https://github.com/huggingface/safetensors)
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_SAFETENSORS_H
#define SPHERICAL_RUNTIME_DATA_SAFETENSORS_H

#include "runtime/data/files.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::runtime {

/// The element types of the format.
enum class DType { Bool, U8, I8, U16, I16, F16, BF16, U32, I32, F32, U64, I64, F64 };

/// Bytes of one element: 1, 2, 4 or 8.
int64_t dtypeBytes(DType dtype);

/// The name in files: "F32", "I64", "BOOL", ...
const char *dtypeName(DType dtype);

/// The type with that name in files, or nothing for any other name.
std::optional<DType> parseDType(std::string_view name);

/// The type of files for a C++ type.
template <typename T> constexpr DType dtypeOf();
template <> constexpr DType dtypeOf<uint8_t>() { return DType::U8; }
template <> constexpr DType dtypeOf<int8_t>() { return DType::I8; }
template <> constexpr DType dtypeOf<int32_t>() { return DType::I32; }
template <> constexpr DType dtypeOf<uint64_t>() { return DType::U64; }
template <> constexpr DType dtypeOf<int64_t>() { return DType::I64; }
template <> constexpr DType dtypeOf<float>() { return DType::F32; }
template <> constexpr DType dtypeOf<double>() { return DType::F64; }

/// Product of the extents, 1 for a scalar. Throws std::invalid_argument if an extent is negative
/// or the product does not fit in 62 bits.
int64_t elementCount(std::span<const int64_t> shape);

/// "2x3x4", or "scalar".
std::string shapeText(std::span<const int64_t> shape);

/// A dense array in C order that owns its values.
struct Tensor {
  DType dtype = DType::F32;
  std::vector<int64_t> shape;
  /// elementCount(shape) * dtypeBytes(dtype) bytes.
  std::vector<std::byte> bytes;

  /// A tensor of zeros.
  static Tensor zeros(DType dtype, std::vector<int64_t> shape);

  /// A tensor that holds a copy of `values`, one for each element of `shape`.
  template <typename T> static Tensor of(std::vector<int64_t> shape, std::span<const T> values) {
    Tensor tensor = zeros(dtypeOf<T>(), std::move(shape));
    if (tensor.bytes.size() != values.size_bytes())
      throw std::invalid_argument("expected one value for each element of " +
                                  shapeText(tensor.shape) + ", got " +
                                  std::to_string(values.size()));
    if (!values.empty())
      std::memcpy(tensor.bytes.data(), values.data(), values.size_bytes());
    return tensor;
  }

  /// A tensor of no axes that holds `value`.
  template <typename T> static Tensor scalar(T value) { return of<T>({}, {&value, 1}); }

  /// Number of elements.
  int64_t size() const { return elementCount(shape); }

  /// The elements. Throws std::invalid_argument if T is not this tensor's type.
  template <typename T> std::span<T> as() {
    expect(dtypeOf<T>());
    return {reinterpret_cast<T *>(bytes.data()), bytes.size() / sizeof(T)};
  }
  template <typename T> std::span<const T> as() const {
    expect(dtypeOf<T>());
    return {reinterpret_cast<const T *>(bytes.data()), bytes.size() / sizeof(T)};
  }

private:
  void expect(DType wanted) const;
};

/// What one file holds.
struct TensorFile {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor `name`; throws std::runtime_error that lists the names there are.
  const Tensor &at(const std::string &name) const;
};

/// A tensor without its values.
struct TensorSpec {
  std::string name;
  DType dtype = DType::F32;
  std::vector<int64_t> shape;
};

/// A tensor in a file, whose values begin at byte `offset`.
struct TensorPlace {
  TensorSpec spec;
  uint64_t offset = 0;

  /// Of its values.
  uint64_t bytes() const;
};

/// What a file says of itself; its tensors by name.
struct SafetensorsLayout {
  std::vector<TensorPlace> tensors;
  std::map<std::string, std::string> metadata;
};

/// Bytes that `parseSafetensorsHeader` needs of a file of `fileBytes` bytes that begins with the
/// bytes `start`, 8 or as many as it has.
uint64_t safetensorsHeaderBytes(std::span<const std::byte> start, uint64_t fileBytes);

/// Reads the header of a file of `fileBytes` bytes, of which `start` are the first; throws as
/// `parseSafetensors`, which see.
SafetensorsLayout parseSafetensorsHeader(std::span<const std::byte> start, uint64_t fileBytes,
                                         const std::string &origin);

/// Reads what `writeSafetensors` or any other tool wrote. `origin` begins every message. Throws
/// std::runtime_error with the reason for anything that is not a valid file: a truncated header
/// or truncated data, a header above 100 MB, unknown types, shapes that do not fit their bytes,
/// gaps, overlaps, repeated names; files of other forms are named (foreign_files.h). Never reads
/// outside `bytes`, whatever they are.
TensorFile parseSafetensors(std::span<const std::byte> bytes, const std::string &origin);

/// `parseSafetensors` on the file `path`.
TensorFile readSafetensors(const std::string &path);

/// Replaces the file `path` in one step (files.h). The order of the data is by size of the element
/// type, then by name, so that every tensor is aligned; equal contents give equal bytes.
/// Throws std::runtime_error if the file cannot be written; then nothing has changed.
void writeSafetensors(const std::string &path, const TensorFile &file);

/// A file that takes its values piece by piece, for tensors that do not fit in memory. Nothing is
/// at `path` before `commit`. Throws as writeSafetensors.
class SafetensorsWriter {
public:
  /// Starts the file. `tensors` are put in the order of writeSafetensors.
  SafetensorsWriter(const std::string &path, std::vector<TensorSpec> tensors,
                    const std::map<std::string, std::string> &metadata = {});

  /// In the order in which their values are to be written.
  const std::vector<TensorSpec> &order() const { return tensors; }

  /// Adds the next values.
  void write(std::span<const std::byte> bytes);

  /// Completes the file. Throws std::logic_error if values are missing or there were too many.
  void commit();

private:
  std::vector<TensorSpec> tensors;
  ReplacingFile file;
  uint64_t expected = 0; // bytes of values
  uint64_t written = 0;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SAFETENSORS_H
