//===- array_writer.h - named arrays into files of any form -----*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_ARRAY_WRITER_H
#define SPHERICAL_RUNTIME_DATA_SETS_ARRAY_WRITER_H

#include "runtime/data/safetensors.h"
#include "runtime/data/sets/array_file.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spherical::runtime {

/// Texts that go with arrays: the names of the classes, the grid.
using Words = std::map<std::string, std::vector<std::string>>;

/// A file of arrays that take their rows piece by piece, those of several arrays in turns. Nothing
/// is at its path before `commit`; if the object goes away before, nothing stays.
class ArrayWriter {
public:
  virtual ~ArrayWriter() = default;

  /// Adds the next rows of the array at `index` of those it was made for. Throws std::runtime_error
  /// if the file cannot be written.
  virtual void write(size_t index, std::span<const std::byte> rows) = 0;

  /// Completes the file. Throws std::logic_error if rows are missing.
  virtual void commit() = 0;
};

/// Starts a file. NAME.npy holds the first array, NAME.<array>.npy the others. Throws
/// std::runtime_error if it cannot be written or this build does not know its form.
std::unique_ptr<ArrayWriter> createArrays(const std::string &path, ArrayForm form,
                                          const std::vector<TensorSpec> &arrays,
                                          const Words &words);

/// The writers of the forms whose libraries write files of their own.
std::unique_ptr<ArrayWriter> writeHdf5(const std::string &path,
                                       const std::vector<TensorSpec> &arrays, const Words &words);
std::unique_ptr<ArrayWriter> writeNetCdf(const std::string &path,
                                         const std::vector<TensorSpec> &arrays, const Words &words);

/// A file that a library writes by its name, beside `path`. Goes away unless `commit` renames it.
class NamedPart {
public:
  explicit NamedPart(std::string path);
  ~NamedPart();
  NamedPart(const NamedPart &) = delete;
  NamedPart &operator=(const NamedPart &) = delete;

  /// Where to write.
  const std::string &name() const { return part; }
  /// Flushes what was written and closed to the disk and renames it to `path`.
  void commit();

private:
  std::string path, part;
};

/// Counts rows, so that a file is complete when it is committed.
class RowCount {
public:
  explicit RowCount(const std::vector<TensorSpec> &arrays);

  /// The first of the next rows of array `index`, which have that many bytes. Throws
  /// std::logic_error for parts of rows and more rows than there are.
  int64_t take(size_t index, uint64_t bytes);
  /// Bytes of a row.
  int64_t rowBytes(size_t index) const;
  void expectComplete() const;

private:
  const std::vector<TensorSpec> arrays;
  std::vector<int64_t> rows;
};

/// Words as one text: lines.
std::string joinedWords(const std::vector<std::string> &words);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_ARRAY_WRITER_H
