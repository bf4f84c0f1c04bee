//===- array_file.h - named arrays in files of any form ---------*- C++ -*-===//
//
// .npy (with the files beside it), .npz, safetensors, HDF5 and NetCDF, behind one
// interface that reads a part of an array at a time.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_ARRAY_FILE_H
#define SPHERICAL_RUNTIME_DATA_SETS_ARRAY_FILE_H

#include "runtime/data/safetensors.h"
#include "runtime/data/sets/open_file.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spherical::runtime {

/// A dense array in C order that stays in its file.
class StoredArray {
public:
  StoredArray(std::string name, DType dtype, std::vector<int64_t> shape)
      : name(std::move(name)), dtype(dtype), shape(std::move(shape)) {}
  virtual ~StoredArray() = default;

  /// Copies `count` elements from element `first` on, both along the first axis, to `out`: for
  /// shape [N, ...] rows first ... first + count - 1. Several threads may call it at once. Throws
  /// std::runtime_error with the path.
  virtual void read(int64_t first, int64_t count, std::byte *out) const = 0;

  /// Elements of one row.
  int64_t rowSize() const;

  /// What messages call it: "data.npz: x".
  const std::string name;
  const DType dtype;
  const std::vector<int64_t> shape;
  /// The numbers that stand for a missing value, as their attributes have them, and value = number
  /// * scale + offset (NetCDF).
  std::vector<double> fills;
  double scale = 1.0, offset = 0.0;
};

/// What a file (or several that belong together) holds.
struct ArrayFile {
  std::string path;
  std::map<std::string, std::unique_ptr<StoredArray>> arrays;
  /// Texts by name: attributes, metadata, arrays of strings.
  std::map<std::string, std::vector<std::string>> words;
  /// Arrays of other types than numbers, with the reason.
  std::map<std::string, std::string> unreadable;
};

/// The forms of files with arrays.
enum class ArrayForm { Npy, Npz, Safetensors, Hdf5, NetCdf };

/// "npy", "npz", "safetensors", "hdf5", "netcdf".
const char *arrayFormName(ArrayForm form);

/// The form of a file by its first bytes and, where HDF5 may be NetCDF-4, its ending; nothing for
/// any other file. Throws if it cannot be read.
std::optional<ArrayForm> arrayFormOf(const std::string &path);

/// The form that the ending of a name promises (.npy, .npz, .safetensors, .h5, .hdf5, .nc).
std::optional<ArrayForm> arrayFormByEnding(const std::string &path);

/// Opens the file `path`. Of NAME.npy the files NAME.labels.npy, NAME.target.npy, NAME.mask.npy,
/// NAME.groups.npy and NAME.times.npy belong to it; the file of a folder, x.npy, has labels.npy and
/// so on beside it, grid.txt and classes.txt. Throws std::runtime_error with the path and the
/// reason for files that are damaged, and of a form that this build does not read.
ArrayFile openArrayFile(const std::string &path, ArrayForm form);

/// Whether this build reads and writes the form, and the sentence that says what is missing.
bool hasArrayForm(ArrayForm form);
std::string missingFormText(ArrayForm form);

/// The readers of the forms.
ArrayFile openNpyFiles(const std::string &path);
ArrayFile openNpz(const std::string &path);
ArrayFile openSafetensors(const std::string &path);
ArrayFile openHdf5(const std::string &path);
ArrayFile openNetCdf(const std::string &path);

/// An array whose values lie in one piece of a file, `swapped` if they are big-endian. Throws
/// std::runtime_error if the file is too short for it.
std::unique_ptr<StoredArray> arrayInFile(std::shared_ptr<const OpenFile> file, std::string name,
                                         DType dtype, std::vector<int64_t> shape, uint64_t offset,
                                         bool swapped = false);

/// An array in memory: `bytes` are its values.
std::unique_ptr<StoredArray> arrayInMemory(std::string name, DType dtype,
                                           std::vector<int64_t> shape, std::vector<std::byte> bytes,
                                           bool swapped = false);

/// Lines of a text, without spaces at their ends and empty ones; of a single line that has commas,
/// what they part; of a JSON list of strings, these.
std::vector<std::string> wordsOf(const std::string &text);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_ARRAY_FILE_H
