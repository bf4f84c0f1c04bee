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

/// What a file that is no safetensors file is instead, with the remedy: "this is a PyTorch file;
/// save it with safetensors.torch.save_file(...)". Knows files of PyTorch (zip archives and
/// pickles), NumPy and HDF5, pointers of Git LFS and web pages, by their first bytes; an empty text
/// for any other. Never reads outside `bytes`.
std::string foreignForm(std::span<const std::byte> bytes);

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
