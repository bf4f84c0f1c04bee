//===- netcdf_file.cpp - arrays in NetCDF -----------------------*- C++ -*-===//
//
// Variables of the root group of NetCDF-3 and -4, with the conventions of packed
// values: _FillValue, missing_value, scale_factor, add_offset, _Unsigned.
// (https://docs.unidata.ucar.edu/netcdf-c; CF conventions, section 8.1)
//
//===----------------------------------------------------------------------===//

#include "runtime/data/sets/array_file.h"
#include "runtime/data/sets/integer_sign.h"
#include "runtime/data/sets/library_lock.h"
#include "runtime/data/sets/netcdf_classic.h"

#include <netcdf.h>

#include <array>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr size_t mostTextBytes = 1 << 24;

/// An open file; closed under the lock.
struct NetCdfFile {
  int id;
  explicit NetCdfFile(int id) : id(id) {}
  NetCdfFile(const NetCdfFile &) = delete;
  NetCdfFile &operator=(const NetCdfFile &) = delete;
  ~NetCdfFile() {
    const std::lock_guard guard(libraryLock());
    nc_close(id);
  }
};

std::optional<DType> dtypeOfNetCdf(nc_type type) {
  switch (type) {
  case NC_BYTE:
    return DType::I8;
  case NC_UBYTE:
    return DType::U8;
  case NC_SHORT:
    return DType::I16;
  case NC_USHORT:
    return DType::U16;
  case NC_INT:
    return DType::I32;
  case NC_UINT:
    return DType::U32;
  case NC_INT64:
    return DType::I64;
  case NC_UINT64:
    return DType::U64;
  case NC_FLOAT:
    return DType::F32;
  case NC_DOUBLE:
    return DType::F64;
  default:
    return std::nullopt;
  }
}

class NetCdfArray : public StoredArray {
public:
  NetCdfArray(std::shared_ptr<NetCdfFile> file, int variable, std::string name, DType dtype,
              std::vector<int64_t> shape)
      : StoredArray(std::move(name), dtype, std::move(shape)), file(std::move(file)),
        variable(variable) {}

  void read(int64_t first, int64_t count, std::byte *out) const override {
    std::vector<size_t> begin(shape.size(), 0), extents(shape.begin(), shape.end());
    if (!shape.empty()) {
      begin[0] = static_cast<size_t>(first);
      extents[0] = static_cast<size_t>(count);
    }
    const std::lock_guard guard(libraryLock());
    const int status = nc_get_vara(file->id, variable, begin.data(), extents.data(), out);
    if (status != NC_NOERR)
      throw std::runtime_error(name + ": cannot read " + std::to_string(count) + " rows from row " +
                               std::to_string(first) + ": " + nc_strerror(status));
  }

private:
  std::shared_ptr<NetCdfFile> file;
  int variable;
};

/// A number that an attribute holds.
std::optional<double> attributeNumber(int file, int variable, const char *name) {
  size_t length = 0;
  nc_type type = NC_NAT;
  double value = 0;
  if (nc_inq_att(file, variable, name, &type, &length) != NC_NOERR || length != 1 ||
      type == NC_CHAR || type == NC_STRING ||
      nc_get_att_double(file, variable, name, &value) != NC_NOERR)
    return std::nullopt;
  return value;
}

/// Adds what stands for missing values, and for floating-point ones that were never written.
void addFills(StoredArray &array, int file, int variable) {
  for (const char *name : {"_FillValue", "missing_value"})
    if (const std::optional<double> fill = attributeNumber(file, variable, name))
      array.fills.push_back(integerOf(array.dtype, *fill));
  if (array.dtype == DType::F32)
    array.fills.push_back(NC_FILL_FLOAT);
  if (array.dtype == DType::F64)
    array.fills.push_back(NC_FILL_DOUBLE);
}

/// The text of an attribute, "" if it has none.
std::string attributeText(int file, int variable, const char *name) {
  size_t length = 0;
  nc_type type = NC_NAT;
  if (nc_inq_att(file, variable, name, &type, &length) != NC_NOERR || length > mostTextBytes)
    return "";
  if (type == NC_CHAR) {
    std::string text(length, ' ');
    return nc_get_att_text(file, variable, name, text.data()) == NC_NOERR ? text : "";
  }
  char *only = nullptr;
  if (type != NC_STRING || length != 1 ||
      nc_get_att_string(file, variable, name, &only) != NC_NOERR)
    return "";
  std::string text = only ? only : "";
  nc_free_string(1, &only);
  return text;
}

/// Adds the attributes grid and classes that are strings.
void addAttributes(ArrayFile &result, int file, int variable) {
  for (const char *name : {"grid", "classes"}) {
    size_t length = 0;
    nc_type type = NC_NAT;
    if (nc_inq_att(file, variable, name, &type, &length) != NC_NOERR || length > mostTextBytes)
      continue;
    if (type == NC_CHAR) {
      std::string text(length, ' ');
      if (nc_get_att_text(file, variable, name, text.data()) == NC_NOERR)
        result.words[name] = wordsOf(text);
    } else if (type == NC_STRING) {
      std::vector<char *> texts(length, nullptr);
      if (nc_get_att_string(file, variable, name, texts.data()) != NC_NOERR)
        continue;
      const std::vector<std::string> words(texts.begin(), texts.end());
      nc_free_string(length, texts.data());
      result.words[name] = words.size() == 1 ? wordsOf(words[0]) : words;
    }
  }
}

void addVariable(ArrayFile &result, const std::shared_ptr<NetCdfFile> &file, int variable) {
  std::array<char, NC_MAX_NAME + 1> name = {};
  nc_type type = NC_NAT;
  int axes = 0;
  std::array<int, NC_MAX_VAR_DIMS> dimensions = {};
  if (nc_inq_var(file->id, variable, name.data(), &type, &axes, dimensions.data(), nullptr) !=
      NC_NOERR)
    return;
  std::vector<int64_t> shape;
  for (int axis = 0; axis < axes; ++axis) {
    size_t extent = 0;
    nc_inq_dimlen(file->id, dimensions[axis], &extent);
    shape.push_back(static_cast<int64_t>(extent));
  }
  const std::optional<DType> stored = dtypeOfNetCdf(type);
  if (!stored) {
    result.unreadable[name.data()] = "expected integers or floating-point numbers";
    return;
  }
  addAttributes(result, file->id, variable);
  const DType dtype = withSignOf(*stored, attributeText(file->id, variable, "_Unsigned"));
  auto array =
      std::make_unique<NetCdfArray>(file, variable, result.path + ": " + name.data(), dtype, shape);
  addFills(*array, file->id, variable);
  array->scale = attributeNumber(file->id, variable, "scale_factor").value_or(1.0);
  array->offset = attributeNumber(file->id, variable, "add_offset").value_or(0.0);
  result.arrays[name.data()] = std::move(array);
}

} // namespace

ArrayFile openNetCdf(const std::string &path) {
  checkClassicLength(OpenFile(path)); // which says why a file cannot be opened, too
  const std::lock_guard guard(libraryLock());
  int id = 0;
  if (const int status = nc_open(path.c_str(), NC_NOWRITE, &id); status != NC_NOERR)
    throw std::runtime_error(path + ": not a valid NetCDF file: " + nc_strerror(status));
  const auto file = std::make_shared<NetCdfFile>(id);
  ArrayFile result{path, {}, {}, {}};
  addAttributes(result, id, NC_GLOBAL);
  int variables = 0;
  nc_inq_nvars(id, &variables);
  for (int variable = 0; variable < variables; ++variable)
    addVariable(result, file, variable);
  return result;
}

} // namespace spherical::runtime
