//===- picture_folder.cpp - what folders of pictures hold -------*- C++ -*-===//

#include "runtime/data/files.h"
#include "runtime/data/sets/image_file.h"
#include "runtime/data/sets/picture_set.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <stdexcept>

namespace spherical::runtime {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> linesOf(const fs::path &path) {
  std::error_code error;
  if (!fs::exists(path, error))
    return {};
  const std::vector<std::byte> bytes = readFile(path.string());
  const std::string text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  return wordsOf(text);
}

std::vector<std::string> imagesIn(const std::string &folder) {
  std::vector<std::string> names = entriesOf(folder, false);
  std::erase_if(names, [](const std::string &name) { return !isImageName(name); });
  return names;
}

std::string gridTextIn(const std::string &path) {
  const std::vector<std::string> lines = linesOf(fs::path(path) / "grid.txt");
  return lines.empty() ? "" : lines[0];
}

/// Adds the pictures of a class, and of the groups in it.
void addClass(PictureFolder &folder, int32_t index, std::map<std::string, int64_t> &groups) {
  const std::string &name = folder.classes[index];
  const fs::path place = fs::path(folder.path) / name;
  const size_t before = folder.entries.size();
  for (const std::string &image : imagesIn(place.string()))
    folder.entries.push_back({name + "/" + image, "", index, -1});
  for (const std::string &group : entriesOf(place.string(), true)) {
    // Of several classes, groups of one name are one group.
    const int64_t number =
        groups.try_emplace(group, static_cast<int64_t>(groups.size())).first->second;
    for (const std::string &image : imagesIn((place / group).string()))
      folder.entries.push_back({name + "/" + group + "/" + image, "", index, number});
  }
  if (folder.entries.size() == before)
    throw std::runtime_error(place.string() + ": expected pictures (.png, .jpg) of the class '" +
                             name + "', got none");
}

/// Reads "R G B name" lines.
void readPalette(PictureFolder &folder) {
  const fs::path path = fs::path(folder.path) / "palette.txt";
  const std::vector<std::string> lines = linesOf(path);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::istringstream words(lines[i]);
    int red = -1, green = -1, blue = -1;
    std::string name;
    words >> red >> green >> blue;
    const auto isByte = [](int value) { return value >= 0 && value <= 255; };
    const bool valid = words && isByte(red) && isByte(green) && isByte(blue);
    if (!valid)
      throw std::runtime_error(path.string() + ":" + std::to_string(i + 1) +
                               ": expected red, green, blue (0 to 255) and a name, got '" +
                               lines[i] + "'");
    std::getline(words >> std::ws, name);
    const Color color = {static_cast<uint8_t>(red), static_cast<uint8_t>(green),
                         static_cast<uint8_t>(blue)};
    if (name == "ignore") {
      folder.ignored.push_back(color);
      continue;
    }
    folder.palette.push_back(color);
    folder.classes.push_back(name.empty() ? "class " + std::to_string(folder.classes.size())
                                          : name);
  }
}

} // namespace

std::vector<std::string> entriesOf(const std::string &folder, bool folders) {
  std::vector<std::string> names;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.') && (folders ? entry.is_directory() : entry.is_regular_file()))
      names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

PictureFolder findClassFolders(const std::string &path) {
  PictureFolder folder{path, TargetKind::Class, {}, {}, {}, {}, gridTextIn(path)};
  const std::vector<std::string> found = entriesOf(path, true);
  folder.classes = linesOf(fs::path(path) / "classes.txt");
  if (folder.classes.empty())
    folder.classes = found;
  for (const std::string &name : found)
    if (std::ranges::find(folder.classes, name) == folder.classes.end())
      throw std::runtime_error(path + ": expected classes.txt to name every folder, got no '" +
                               name + "'");
  std::map<std::string, int64_t> groups;
  for (size_t index = 0; index < folder.classes.size(); ++index)
    if (std::ranges::find(found, folder.classes[index]) != found.end())
      addClass(folder, static_cast<int32_t>(index), groups);
  if (folder.entries.empty())
    throw std::runtime_error(path + ": expected a folder of pictures for each class, got none");
  const auto grouped = std::ranges::count_if(
      folder.entries, [](const PictureEntry &entry) { return entry.group >= 0; });
  if (grouped != 0 && grouped != static_cast<int64_t>(folder.entries.size()))
    throw std::runtime_error(path +
                             ": expected all pictures in groups (CLASS/GROUP/NAME) or none, "
                             "got " +
                             std::to_string(grouped) + " of " +
                             std::to_string(folder.entries.size()));
  return folder;
}

PictureFolder findLabelledPictures(const std::string &path) {
  PictureFolder folder{path, TargetKind::PointClasses, {}, {}, {}, {}, gridTextIn(path)};
  std::map<std::string, std::string> labels;
  for (const std::string &name : imagesIn((fs::path(path) / "labels").string()))
    labels[fs::path(name).stem().string()] = name;
  for (const std::string &name : imagesIn((fs::path(path) / "images").string())) {
    const auto found = labels.find(fs::path(name).stem().string());
    if (found == labels.end())
      throw std::runtime_error(path + ": expected labels/" + fs::path(name).stem().string() +
                               ".png for images/" + name + ", got none");
    folder.entries.push_back({"images/" + name, "labels/" + found->second, -1, -1});
    labels.erase(found);
  }
  if (!labels.empty())
    throw std::runtime_error(path + ": expected images/" + labels.begin()->first +
                             ".* for labels/" + labels.begin()->second + ", got none");
  if (folder.entries.empty())
    throw std::runtime_error(path + ": expected pictures in images/, got none");
  readPalette(folder);
  if (folder.palette.empty())
    folder.classes = linesOf(fs::path(path) / "classes.txt");
  return folder;
}

PictureFolder findPictures(const std::string &path) {
  if (std::error_code error; !fs::is_directory(path, error)) {
    const fs::path file(path);
    return {file.parent_path().string(),
            TargetKind::None,
            {{file.filename().string(), "", -1, -1}},
            {},
            {},
            {},
            ""};
  }
  PictureFolder folder{path, TargetKind::None, {}, {}, {}, {}, gridTextIn(path)};
  for (const std::string &name : imagesIn(path))
    folder.entries.push_back({name, "", -1, -1});
  if (folder.entries.empty())
    throw std::runtime_error(path + ": expected pictures (.png, .jpg), got none");
  return folder;
}

} // namespace spherical::runtime
