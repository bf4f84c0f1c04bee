//===- netcdf_writer.cpp - arrays into NetCDF -------------------*- C++ -*-===//
//
// NetCDF-4; the first axis of every array is the dimension `sample`.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/sets/array_writer.h"
#include "runtime/data/sets/library_lock.h"

#include <netcdf.h>

#include <stdexcept>

namespace spherical::runtime {
namespace {

nc_type typeOf(DType dtype) {
  switch (dtype) {
  case DType::U8:
    return NC_UBYTE;
  case DType::I32:
    return NC_INT;
  case DType::F32:
    return NC_FLOAT;
  case DType::F64:
    return NC_DOUBLE;
  default:
    throw std::logic_error(std::string("NetCDF files are not written with ") + dtypeName(dtype));
  }
}

class NetCdfWriter : public ArrayWriter {
public:
  NetCdfWriter(const std::string &path, const std::vector<TensorSpec> &arrays, const Words &words)
      : path(path), part(path), arrays(arrays), rows(arrays) {
    const std::lock_guard guard(libraryLock());
    expect(nc_create(part.name().c_str(), NC_NETCDF4 | NC_CLOBBER, &file));
    isOpen = true;
    for (const TensorSpec &array : arrays)
      define(array);
    for (const auto &[name, texts] : words) {
      const std::string text = joinedWords(texts);
      expect(nc_put_att_text(file, NC_GLOBAL, name.c_str(), text.size(), text.data()));
    }
    expect(nc_enddef(file));
  }

  ~NetCdfWriter() override {
    const std::lock_guard guard(libraryLock());
    if (isOpen)
      nc_close(file);
  }

  void write(size_t index, std::span<const std::byte> bytes) override {
    const int64_t first = rows.take(index, bytes.size());
    if (bytes.empty())
      return;
    std::vector<size_t> begin(arrays[index].shape.size(), 0),
        extents(arrays[index].shape.begin(), arrays[index].shape.end());
    begin[0] = static_cast<size_t>(first);
    extents[0] = bytes.size() / static_cast<size_t>(rows.rowBytes(index));
    const std::lock_guard guard(libraryLock());
    expect(nc_put_vara(file, variables[index], begin.data(), extents.data(), bytes.data()));
  }

  void commit() override {
    rows.expectComplete();
    {
      const std::lock_guard guard(libraryLock());
      isOpen = false;
      expect(nc_close(file));
    }
    part.commit();
  }

private:
  void expect(int status) const {
    if (status != NC_NOERR)
      throw std::runtime_error(path + ": cannot write: " + nc_strerror(status));
  }

  void define(const TensorSpec &array) {
    std::vector<int> dimensions;
    for (size_t axis = 0; axis < array.shape.size(); ++axis) {
      const std::string name = axis == 0 ? "sample" : array.name + "_axis" + std::to_string(axis);
      int dimension = 0;
      if (nc_inq_dimid(file, name.c_str(), &dimension) != NC_NOERR)
        expect(nc_def_dim(file, name.c_str(), static_cast<size_t>(array.shape[axis]), &dimension));
      dimensions.push_back(dimension);
    }
    int variable = 0;
    expect(nc_def_var(file, array.name.c_str(), typeOf(array.dtype),
                      static_cast<int>(dimensions.size()), dimensions.data(), &variable));
    variables.push_back(variable);
  }

  std::string path;
  NamedPart part;
  const std::vector<TensorSpec> arrays;
  RowCount rows;
  int file = 0;
  bool isOpen = false;
  std::vector<int> variables;
};

} // namespace

std::unique_ptr<ArrayWriter>
writeNetCdf(const std::string &path, const std::vector<TensorSpec> &arrays, const Words &words) {
  return std::make_unique<NetCdfWriter>(path, arrays, words);
}

} // namespace spherical::runtime
