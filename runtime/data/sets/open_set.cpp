//===- open_set.cpp - what lies at a path -----------------------*- C++ -*-===//

#include "runtime/data/sets/open_set.h"

#include "runtime/data/foreign_files.h"
#include "runtime/data/sets/image_file.h"
#include "runtime/data/sets/picture_set.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>

namespace spherical::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char *, 5> kindNames = {"idx", "arrays", "class-folders",
                                                   "labelled-pictures", "pictures"};

bool isThere(const fs::path &path) {
  std::error_code error;
  return fs::exists(path, error);
}

bool isFolder(const fs::path &path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

/// The names by which a part goes.
std::vector<std::string> namesOf(Part part) {
  if (part == Part::Validation)
    return {"validation", "val", "valid"};
  return {partName(part)};
}

/// The folder or the file of arrays of a part in `folder`; nothing if there is none.
std::optional<std::string> placeOf(const fs::path &folder, Part part) {
  for (const std::string &name : namesOf(part)) {
    if (isFolder(folder / name))
      return (folder / name).string();
    for (const char *ending : {".npz", ".npy", ".safetensors", ".h5", ".hdf5", ".nc"})
      if (isThere(folder / (name + ending)))
        return (folder / (name + ending)).string();
  }
  return std::nullopt;
}

/// Whether a folder is divided into parts, and holds nothing but parts as folders: a class may be
/// called `train`, too.
bool hasParts(const fs::path &path) {
  if (!isFolder(path) || !placeOf(path, Part::Train) ||
      !(placeOf(path, Part::Test) || placeOf(path, Part::Validation)))
    return false;
  return std::ranges::all_of(entriesOf(path.string(), true), [](const std::string &name) {
    return std::ranges::any_of(std::array{Part::Train, Part::Validation, Part::Test},
                               [&](Part part) {
                                 const std::vector<std::string> names = namesOf(part);
                                 return std::ranges::find(names, name) != names.end();
                               });
  });
}

/// The kind of a file or an undivided folder; nothing if it is none.
std::optional<SetKind> kindOf(const fs::path &path) {
  if (!isFolder(path)) {
    if (isImageName(path.string()))
      return SetKind::Pictures;
    return arrayFormOf(path.string()) ? std::optional(SetKind::Arrays) : std::nullopt;
  }
  if (isThere(path / "x.npy"))
    return SetKind::Arrays;
  const std::vector<std::string> files = entriesOf(path.string(), false);
  const auto anyFile = [&](auto test) { return std::ranges::any_of(files, test); };
  if (anyFile([](const std::string &name) {
        return name.starts_with("train-images") || name.starts_with("t10k-images");
      }))
    return SetKind::Idx;
  if (isFolder(path / "images") && isFolder(path / "labels"))
    return SetKind::LabelledPictures;
  if (anyFile([](const std::string &name) { return isImageName(name); }))
    return SetKind::Pictures;
  if (!entriesOf(path.string(), true).empty())
    return SetKind::ClassFolders;
  return std::nullopt;
}

[[noreturn]] void failNothing(const std::string &path) {
  if (isFolder(path))
    throw std::runtime_error(
        path +
        ": expected a data set: x.npy, IDX files (train-images-idx3-ubyte and so on), a "
        "folder of pictures for each class, pictures in images/ and labels/, or parts train, "
        "validation and test of these");
  const FileForm form = fileForm(path);
  throw std::runtime_error(
      path +
      ": expected data in .npy, .npz, .safetensors, HDF5 or NetCDF, a picture in PNG or JPEG "
      "or a folder of data, got " +
      (form.name.empty() ? "something else" : form.name));
}

/// The form that an array file has, whatever `--data-kind` says of it.
ArrayForm formOf(const std::string &path) {
  if (const std::optional<ArrayForm> form = arrayFormOf(path))
    return *form;
  failNothing(path);
}

} // namespace

const char *setKindName(SetKind kind) { return kindNames[static_cast<size_t>(kind)]; }

std::optional<SetKind> parseSetKind(std::string_view name) {
  for (size_t kind = 0; kind < kindNames.size(); ++kind)
    if (name == kindNames[kind])
      return static_cast<SetKind>(kind);
  return std::nullopt;
}

SetPlace findSet(const std::string &path, std::optional<SetKind> kind, Part wanted) {
  if (!isThere(path))
    throw std::runtime_error(path + ": cannot open: No such file or directory");
  SetPlace place{kind.value_or(SetKind::Arrays), path, hasParts(path), wanted};
  if (place.hasParts) {
    std::optional<std::string> found = placeOf(path, wanted);
    if (!found && wanted == Part::Test) {
      place.part = Part::Validation;
      found = placeOf(path, Part::Validation);
    }
    if (!found)
      throw std::runtime_error(path + ": expected a part '" + partName(wanted) + "', got none");
    place.path = *found;
  }
  if (kind)
    return place;
  const std::optional<SetKind> found = kindOf(place.path);
  if (!found)
    failNothing(place.path);
  place.kind = *found;
  return place;
}

std::unique_ptr<DataSet> openSet(const SetPlace &place, const SetOptions &options) {
  switch (place.kind) {
  case SetKind::Idx:
    break;
  case SetKind::Arrays: {
    const std::string file =
        isFolder(place.path) ? (fs::path(place.path) / "x.npy").string() : place.path;
    return makeArraySet(openArrayFile(file, formOf(file)), options);
  }
  case SetKind::ClassFolders:
    return makePictureSet(findClassFolders(place.path), options);
  case SetKind::LabelledPictures:
    return makePictureSet(findLabelledPictures(place.path), options);
  case SetKind::Pictures:
    return makePictureSet(findPictures(place.path), options);
  }
  throw std::runtime_error(place.path +
                           ": expected arrays or pictures, got IDX files, whose digits "
                           "are projected by train and eval alone");
}

} // namespace spherical::runtime
