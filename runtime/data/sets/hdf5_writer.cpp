//===- hdf5_writer.cpp - arrays into HDF5 -----------------------*- C++ -*-===//

#include "runtime/data/sets/array_writer.h"
#include "runtime/data/sets/hdf5_handle.h"
#include "runtime/data/sets/library_lock.h"

#include <stdexcept>

namespace spherical::runtime {
namespace {

hid_t typeOf(DType dtype) {
  switch (dtype) {
  case DType::U8:
    return H5T_STD_U8LE;
  case DType::I32:
    return H5T_STD_I32LE;
  case DType::F32:
    return H5T_IEEE_F32LE;
  case DType::F64:
    return H5T_IEEE_F64LE;
  default:
    throw std::logic_error(std::string("HDF5 files are not written with ") + dtypeName(dtype));
  }
}

class Hdf5Writer : public ArrayWriter {
public:
  Hdf5Writer(const std::string &path, const std::vector<TensorSpec> &arrays, const Words &words)
      : path(path), part(path), arrays(arrays), rows(arrays) {
    const std::lock_guard guard(libraryLock());
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    file = {H5Fcreate(part.name().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose};
    for (const TensorSpec &array : arrays) {
      const std::vector<hsize_t> extents(array.shape.begin(), array.shape.end());
      const Hdf5Handle space(
          H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose);
      datasets.emplace_back(H5Dcreate2(file.get(), array.name.c_str(), typeOf(array.dtype),
                                       space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                            H5Dclose);
      expect(datasets.back().get() >= 0);
    }
    for (const auto &[name, texts] : words)
      putWords(name, texts);
  }

  ~Hdf5Writer() override {
    const std::lock_guard guard(libraryLock());
    datasets.clear();
    file.close();
  }

  void write(size_t index, std::span<const std::byte> bytes) override {
    const int64_t first = rows.take(index, bytes.size());
    if (bytes.empty())
      return;
    const std::lock_guard guard(libraryLock());
    std::vector<hsize_t> begin(arrays[index].shape.size(), 0),
        extents(arrays[index].shape.begin(), arrays[index].shape.end());
    begin[0] = static_cast<hsize_t>(first);
    extents[0] = bytes.size() / static_cast<size_t>(rows.rowBytes(index));
    const Hdf5Handle space(H5Dget_space(datasets[index].get()), H5Sclose),
        memory(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
               H5Sclose);
    expect(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, begin.data(), nullptr, extents.data(),
                               nullptr) >= 0);
    expect(H5Dwrite(datasets[index].get(), typeOf(arrays[index].dtype), memory.get(), space.get(),
                    H5P_DEFAULT, bytes.data()) >= 0);
  }

  void commit() override {
    rows.expectComplete();
    {
      const std::lock_guard guard(libraryLock());
      for (Hdf5Handle &dataset : datasets)
        expect(dataset.close());
      expect(file.close());
    }
    part.commit();
  }

private:
  void expect(bool success) const {
    if (!success)
      throw std::runtime_error(path +
                               ": cannot write (HDF5 gives no reason; the disk may be full)");
  }

  /// An attribute of the file with the strings.
  void putWords(const std::string &name, const std::vector<std::string> &texts) {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    std::vector<const char *> letters;
    for (const std::string &text : texts)
      letters.push_back(text.c_str());
    const hsize_t count = letters.size();
    const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const Hdf5Handle attribute(
        H5Acreate2(file.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    expect(H5Awrite(attribute.get(), type.get(), letters.data()) >= 0);
  }

  std::string path;
  NamedPart part;
  const std::vector<TensorSpec> arrays;
  RowCount rows;
  Hdf5Handle file;
  std::vector<Hdf5Handle> datasets;
};

} // namespace

std::unique_ptr<ArrayWriter> writeHdf5(const std::string &path,
                                       const std::vector<TensorSpec> &arrays, const Words &words) {
  return std::make_unique<Hdf5Writer>(path, arrays, words);
}

} // namespace spherical::runtime
