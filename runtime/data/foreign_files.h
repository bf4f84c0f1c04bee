//===- foreign_files.h - what other programs write --------------*- C++ -*-===//
//
// Messages for files that are not ours: their form, and names with a prefix.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_FOREIGN_FILES_H
#define SPHERICAL_RUNTIME_DATA_FOREIGN_FILES_H

#include "runtime/data/safetensors.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

/// What a file is, in words: "a PyTorch file", "a model in YAML", "text"; and what helps who gave
/// it in place of tensors, if anything does. The name is empty for a form that is not known.
struct FileForm {
  std::string name, remedy;
  /// Whether people can read it.
  bool isText = false;
};

/// The form by the first bytes, and of text by the ending of the name `path`, too. Knows what
/// commands read and write (YAML, MLIR, safetensors, IDX, NumPy, JSON, PNG, libraries) and what is
/// often given in their place: files of PyTorch (zip archives and pickles), HDF5, gzip, pictures,
/// pointers of Git LFS and web pages. Never reads outside `bytes`.
FileForm fileForm(std::span<const std::byte> bytes, const std::string &path);

/// The same of the file at `path`, which can be read.
FileForm fileForm(const std::string &path);

/// What stands before all names of `file` and is no part of them, with its dot: "module." of a
/// wrapped PyTorch model. The longest prefix with which the file has one of the names `wanted`; if
/// there is none, the longest that all names share, unless a wanted name has it, too. Empty if
/// names share nothing or there is one tensor only.
std::string foreignPrefix(const TensorFile &file, const std::vector<std::string> &wanted);

/// "; all names begin with 'module.': 'spherical weights import' takes them with --prefix module.",
/// or nothing if there is no such prefix.
std::string prefixAdvice(const TensorFile &file, const std::vector<std::string> &wanted);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_FOREIGN_FILES_H
