//===- open_set.h - what lies at a path -------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_OPEN_SET_H
#define SPHERICAL_RUNTIME_DATA_SETS_OPEN_SET_H

#include "runtime/data/sets/array_set.h"
#include "runtime/data/sets/split.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace spherical::runtime {

/// The kinds of data sets: IDX files of flat pictures, which are projected on the sphere
/// (generator.h); arrays; a folder of pictures for each class; pictures beside label pictures;
/// pictures of which nothing is known.
enum class SetKind { Idx, Arrays, ClassFolders, LabelledPictures, Pictures };

/// "idx", "arrays", "class-folders", "labelled-pictures", "pictures".
const char *setKindName(SetKind kind);
std::optional<SetKind> parseSetKind(std::string_view name);

/// Where the samples of one part are.
struct SetPlace {
  SetKind kind = SetKind::Arrays;
  std::string path;
  /// Whether the files are divided into train, validation and test, and which of them this is.
  bool hasParts = false;
  Part part = Part::All;
};

/// Finds the data set at `path`, or that of `kind`. If `path` has parts (train, validation or val,
/// test: folders, or files as train.npz), the place is that of `wanted`: for a test without one the
/// validation's. Throws std::runtime_error that begins with the path and says what was expected if
/// nothing is found.
SetPlace findSet(const std::string &path, std::optional<SetKind> kind, Part wanted);

/// Opens it; all of it, whatever its part. Not for IDX. Throws std::runtime_error.
std::unique_ptr<DataSet> openSet(const SetPlace &place, const SetOptions &options);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_OPEN_SET_H
