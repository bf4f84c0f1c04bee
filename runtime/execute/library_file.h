//===- library_file.h - whether a file can be loaded ------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_LIBRARY_FILE_H
#define SPHERICAL_RUNTIME_EXECUTE_LIBRARY_FILE_H

#include <string>

namespace spherical::runtime {

/// Checks, before any of it is mapped, that the file `path` is a whole shared library of x86-64:
/// reading a mapped file beyond its end kills the process. Headers and what they place must lie
/// within the file; section headers may be missing, as after stripping. Throws Error:
/// SPH_FILE_ERROR if the file cannot be read or is no ELF file, SPH_BAD_ARTIFACT if it is one of
/// another kind or processor, or cut short.
void checkLibraryFile(const std::string &path);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_LIBRARY_FILE_H
