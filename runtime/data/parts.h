//===- parts.h - temporary files and whose they are -------------*- C++ -*-===//
//
// A file on its way to `path` is called `path`.<process>-<number>.part, and the
// process that writes it holds its lock (flock). The system gives the lock back
// when the process ends, however it ends: a part that nobody holds is rubbish,
// also where process numbers mean nothing, as between containers.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_PARTS_H
#define SPHERICAL_RUNTIME_DATA_PARTS_H

#include <string>
#include <string_view>

namespace spherical::runtime {

/// A name for a temporary file beside `path`, another one at each call.
std::string freshPartName(const std::string &path);

/// Whether `file`, a name without folders, is that of a part of `target`, or of any file if
/// `target` is empty.
bool isPartName(std::string_view file, std::string_view target = {});

/// Locks an open part. False if another process took it for rubbish and removed it before; where
/// the file system has no locks, parts stay unlocked and are never removed.
bool holdPart(int descriptor);

/// Removes the parts of `target` in `folder` that nobody holds; of any file if `target` is empty.
void removeAbandonedParts(const std::string &folder, std::string_view target = {}) noexcept;

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_PARTS_H
