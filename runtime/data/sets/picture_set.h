//===- picture_set.h - samples in folders of pictures -----------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_PICTURE_SET_H
#define SPHERICAL_RUNTIME_DATA_SETS_PICTURE_SET_H

#include "runtime/data/sets/array_set.h"
#include "runtime/data/sets/data_set.h"

#include <memory>
#include <string>
#include <vector>

namespace spherical::runtime {

/// A picture with what is known of it.
struct PictureEntry {
  std::string name;  ///< below the data set's folder
  std::string label; ///< name of its label picture; empty: none
  int32_t classOf = -1;
  int64_t group = -1;
};

/// What a folder of pictures holds.
struct PictureFolder {
  std::string path;
  TargetKind kind = TargetKind::None;
  std::vector<PictureEntry> entries;
  std::vector<std::string> classes;
  /// Colours of classes in label pictures of 24 bits; an index that `ignored` is counts as none.
  std::vector<Color> palette;
  std::vector<Color> ignored;
  std::string grid; ///< what grid.txt says
};

/// A folder for each class: CLASS/NAME.png, or CLASS/GROUP/NAME.png; classes are in the order of
/// their names, or of the lines of classes.txt. Throws std::runtime_error with the path for folders
/// without pictures and classes without folders.
PictureFolder findClassFolders(const std::string &path);

/// Pictures images/NAME.* with their classes in labels/NAME.png: indices, grey values, or colours
/// of palette.txt, whose lines are "R G B name" in the order of the classes; the name `ignore`
/// stands for no class. classes.txt gives names without colours. Throws for pictures without a
/// partner.
PictureFolder findLabelledPictures(const std::string &path);

/// The pictures of a folder, or one picture, of which nothing is known.
PictureFolder findPictures(const std::string &path);

/// The data set of a folder: values are 0 ... 255 / 255 or 0 ... 65535 / 65535, transparent pixels
/// are missing. All pictures have the size and channels that most of them have; grey ones stand for
/// RGB. Pictures are decoded when they are first asked for and kept in options.memory as long as
/// there is room. Throws std::runtime_error if no picture can be read or the grid does not fit.
std::unique_ptr<DataSet> makePictureSet(PictureFolder folder, const SetOptions &options);

/// Names of the files or folders in `folder` in the order of their bytes, without those that begin
/// with a dot.
std::vector<std::string> entriesOf(const std::string &folder, bool folders);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_PICTURE_SET_H
