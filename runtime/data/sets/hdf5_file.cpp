//===- hdf5_file.cpp - arrays in HDF5 ---------------------------*- C++ -*-===//
//
// Datasets of the root group, by its C interface; attributes of the root and of x.
// (https://docs.hdfgroup.org/hdf5/v1_10)
//
//===----------------------------------------------------------------------===//

#include "runtime/data/sets/array_file.h"
#include "runtime/data/sets/hdf5_handle.h"
#include "runtime/data/sets/integer_sign.h"
#include "runtime/data/sets/library_lock.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr size_t mostTextBytes = 1 << 24;

/// How the numbers of a floating-point type are coded: bits of exponent and fraction.
struct FloatCode {
  DType dtype;
  size_t exponent, fraction, bias;
};
constexpr std::array<FloatCode, 4> floatCodes = {{{DType::F16, 5, 10, 15},
                                                  {DType::BF16, 8, 7, 127},
                                                  {DType::F32, 8, 23, 127},
                                                  {DType::F64, 11, 52, 1023}}};

/// The type that is coded as IEEE 754 and bfloat16 say; nothing for any other, as of VAX.
std::optional<DType> floatOf(hid_t type) {
  size_t sign = 0, exponentAt = 0, exponent = 0, fractionAt = 0, fraction = 0;
  if (H5Tget_fields(type, &sign, &exponentAt, &exponent, &fractionAt, &fraction) < 0 ||
      H5Tget_order(type) == H5T_ORDER_VAX || H5Tget_norm(type) != H5T_NORM_IMPLIED)
    return std::nullopt;
  for (const FloatCode &code : floatCodes)
    if (8 * H5Tget_size(type) == 1 + code.exponent + code.fraction && exponent == code.exponent &&
        fraction == code.fraction && H5Tget_ebias(type) == code.bias && fractionAt == 0 &&
        exponentAt == fraction && sign == fraction + exponent)
      return code.dtype;
  return std::nullopt;
}

/// The type of an element; nothing for compounds, enumerations and the like, and for numbers that
/// are coded in another way.
std::optional<DType> dtypeOfHdf5(hid_t type) {
  const size_t size = H5Tget_size(type);
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_FLOAT)
    return floatOf(type);
  if (kind == H5T_ENUM && size == 1) // h5py's booleans
    return DType::U8;
  if (kind != H5T_INTEGER || H5Tget_precision(type) != 8 * size)
    return std::nullopt;
  return parseDType((H5Tget_sign(type) == H5T_SGN_NONE ? "U" : "I") + std::to_string(8 * size));
}

/// What an element is, for a message: "VAX floating-point numbers of 32 bits".
std::string typeText(hid_t type) {
  const std::string bits = std::to_string(H5Tget_precision(type)) + " bits";
  const std::string held = " in " + std::to_string(H5Tget_size(type)) + " bytes";
  switch (H5Tget_class(type)) {
  case H5T_FLOAT: {
    if (H5Tget_order(type) == H5T_ORDER_VAX)
      return "VAX floating-point numbers of " + bits;
    size_t exponent = 0, fraction = 0, ignored = 0;
    H5Tget_fields(type, &ignored, &ignored, &exponent, &ignored, &fraction);
    return "floating-point numbers of " + bits + held + ", " + std::to_string(exponent) +
           " of exponent and " + std::to_string(fraction) + " of fraction";
  }
  case H5T_INTEGER:
    return "integers of " + bits + held;
  case H5T_COMPOUND:
    return "compounds";
  case H5T_ENUM:
    return "enumerations" + held;
  default:
    return "values of another type";
  }
}

/// How values lie in memory: the file's type in this machine's order.
Hdf5Handle memoryType(hid_t type) {
  Hdf5Handle native(H5Tcopy(type), H5Tclose);
  if (H5Tget_class(type) != H5T_ENUM)
    H5Tset_order(native.get(), H5T_ORDER_LE);
  return native;
}

class Hdf5Array : public StoredArray {
public:
  Hdf5Array(std::shared_ptr<Hdf5Handle> file, Hdf5Handle dataset, std::string name, DType dtype,
            std::vector<int64_t> shape)
      : StoredArray(std::move(name), dtype, std::move(shape)), file(std::move(file)),
        dataset(std::move(dataset)) {}

  ~Hdf5Array() override {
    const std::lock_guard guard(libraryLock());
    dataset.close();
    file.reset();
  }

  void read(int64_t first, int64_t count, std::byte *out) const override {
    const std::lock_guard guard(libraryLock());
    const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose),
        space(H5Dget_space(dataset.get()), H5Sclose);
    const Hdf5Handle memory = memoryType(type.get());
    bool read = true;
    hid_t memorySpace = H5S_ALL;
    Hdf5Handle selected;
    if (!shape.empty()) {
      std::vector<hsize_t> begin(shape.size(), 0), extents(shape.begin(), shape.end());
      begin[0] = static_cast<hsize_t>(first);
      extents[0] = static_cast<hsize_t>(count);
      read = H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, begin.data(), nullptr, extents.data(),
                                 nullptr) >= 0;
      selected = {H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                  H5Sclose};
      memorySpace = selected.get();
    }
    if (!read || H5Dread(dataset.get(), memory.get(), memorySpace,
                         shape.empty() ? H5S_ALL : space.get(), H5P_DEFAULT, out) < 0)
      throw std::runtime_error(name + ": cannot read " + std::to_string(count) + " rows from row " +
                               std::to_string(first) + ": the file is truncated or damaged");
  }

private:
  std::shared_ptr<Hdf5Handle> file;
  Hdf5Handle dataset;
};

std::vector<int64_t> shapeOf(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> extents(std::max(rank, 0));
  H5Sget_simple_extent_dims(space, extents.data(), nullptr);
  return {extents.begin(), extents.end()};
}

/// The strings of a dataset or attribute, of fixed or variable length.
template <typename Read>
std::vector<std::string> stringsOf(hid_t type, hid_t space, const Read &read) {
  const auto count =
      static_cast<size_t>(std::max<hssize_t>(H5Sget_simple_extent_npoints(space), 0));
  std::vector<std::string> strings;
  if (H5Tis_variable_str(type) > 0) {
    Hdf5Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(memory.get(), H5T_VARIABLE);
    H5Tset_cset(memory.get(), H5Tget_cset(type));
    std::vector<char *> texts(count, nullptr);
    if (count * sizeof(char *) > mostTextBytes || read(memory.get(), texts.data()) < 0)
      return {};
    for (const char *text : texts)
      strings.emplace_back(text ? text : "");
    H5Dvlen_reclaim(memory.get(), space, H5P_DEFAULT, texts.data());
    return strings;
  }
  const size_t size = H5Tget_size(type);
  if (size * count > mostTextBytes)
    return {};
  std::vector<char> letters(size * count);
  if (read(type, letters.data()) < 0)
    return {};
  for (size_t i = 0; i < count; ++i) {
    const char *begin = letters.data() + i * size;
    strings.emplace_back(begin, std::find(begin, begin + size, '\0'));
  }
  return strings;
}

/// The strings of an attribute; nothing if it has none.
std::optional<std::vector<std::string>> attributeStrings(hid_t object, const char *name) {
  if (H5Aexists(object, name) <= 0)
    return std::nullopt;
  const Hdf5Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose),
      space(H5Aget_space(attribute.get()), H5Sclose);
  if (H5Tget_class(type.get()) != H5T_STRING)
    return std::nullopt;
  return stringsOf(type.get(), space.get(),
                   [&](hid_t memory, void *out) { return H5Aread(attribute.get(), memory, out); });
}

/// The text of an attribute, "" if it has none.
std::string attributeText(hid_t object, const char *name) {
  const auto strings = attributeStrings(object, name);
  return strings && strings->size() == 1 ? strings->front() : "";
}

/// Adds the attributes of `object` that are strings.
void addAttributes(ArrayFile &result, hid_t object) {
  for (const char *name : {"grid", "classes"})
    if (const auto strings = attributeStrings(object, name))
      result.words[name] = strings->size() == 1 ? wordsOf(strings->front()) : *strings;
}

/// A number that an attribute holds: NetCDF-4 writes such, and xarray by either library.
std::optional<double> attributeNumber(hid_t object, const char *name) {
  if (H5Aexists(object, name) <= 0)
    return std::nullopt;
  const Hdf5Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose),
      space(H5Aget_space(attribute.get()), H5Sclose);
  double value = 0;
  const H5T_class_t kind = H5Tget_class(type.get());
  if ((kind != H5T_INTEGER && kind != H5T_FLOAT) ||
      H5Sget_simple_extent_npoints(space.get()) != 1 ||
      H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value) < 0)
    return std::nullopt;
  return value;
}

void addDataset(ArrayFile &result, const std::shared_ptr<Hdf5Handle> &file,
                const std::string &name) {
  Hdf5Handle dataset(H5Dopen2(file->get(), name.c_str(), H5P_DEFAULT), H5Dclose);
  if (dataset.get() < 0)
    return; // a group
  const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose),
      space(H5Dget_space(dataset.get()), H5Sclose);
  if (H5Tget_class(type.get()) == H5T_STRING) {
    result.words[name] = stringsOf(type.get(), space.get(), [&](hid_t memory, void *out) {
      return H5Dread(dataset.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
    });
    return;
  }
  const std::optional<DType> stored = dtypeOfHdf5(type.get());
  if (!stored) {
    result.unreadable[name] =
        "expected integers, bfloat16 or floating-point numbers of IEEE 754 of "
        "16, 32 or 64 bits, got " +
        typeText(type.get());
    return;
  }
  const DType dtype = withSignOf(*stored, attributeText(dataset.get(), "_Unsigned"));
  addAttributes(result, dataset.get());
  std::vector<double> fills;
  for (const char *attribute : {"_FillValue", "missing_value"})
    if (const std::optional<double> fill = attributeNumber(dataset.get(), attribute))
      fills.push_back(integerOf(dtype, *fill));
  const std::optional<double> scale = attributeNumber(dataset.get(), "scale_factor"),
                              offset = attributeNumber(dataset.get(), "add_offset");
  auto array = std::make_unique<Hdf5Array>(file, std::move(dataset), result.path + ": " + name,
                                           dtype, shapeOf(space.get()));
  array->fills = std::move(fills);
  array->scale = scale.value_or(1.0);
  array->offset = offset.value_or(0.0);
  result.arrays[name] = std::move(array);
}

} // namespace

ArrayFile openHdf5(const std::string &path) {
  const OpenFile readable(path); // says why a file cannot be opened
  const std::lock_guard guard(libraryLock());
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); // what is wrong is said here
  auto file =
      std::make_shared<Hdf5Handle>(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (file->get() < 0)
    throw std::runtime_error(path + ": not a valid HDF5 file: it is truncated or damaged");
  ArrayFile result{path, {}, {}, {}};
  addAttributes(result, file->get());
  H5G_info_t info = {};
  H5Gget_info(file->get(), &info);
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    std::array<char, 256> name = {};
    if (H5Lget_name_by_idx(file->get(), ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(),
                           name.size(), H5P_DEFAULT) > 0)
      addDataset(result, file, name.data());
  }
  return result;
}

} // namespace spherical::runtime
