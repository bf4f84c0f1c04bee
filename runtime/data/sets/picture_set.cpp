//===- picture_set.cpp - samples in folders of pictures ---------*- C++ -*-===//

#include "runtime/data/sets/picture_set.h"

#include "runtime/data/samples.h"
#include "runtime/data/sets/image_file.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <mutex>
#include <stdexcept>

namespace spherical::runtime {
namespace {

/// Rows, columns, channels, bits.
using Form = std::array<int64_t, 4>;

Form formOf(const ImageHeader &header) {
  return {header.rows, header.columns, header.channels, header.bits};
}

std::string formText(const Form &form) {
  return std::to_string(form[0]) + " x " + std::to_string(form[1]) + " pixels, " +
         (form[2] == 3 ? "RGB" : "grey");
}

/// Decoded pictures, as many as there is memory for; others are decoded each time.
class ImageCache {
public:
  ImageCache(size_t count, std::shared_ptr<CacheMemory> memory)
      : images(count), memory(std::move(memory)) {}

  template <typename Decode>
  std::shared_ptr<const Image> get(size_t index, const Decode &decode) const {
    {
      const std::lock_guard guard(lock);
      if (images[index])
        return images[index];
    }
    auto image = std::make_shared<const Image>(decode());
    const std::lock_guard guard(lock);
    if (!images[index] && memory && memory->take(bytesOf(*image)))
      images[index] = image;
    return image;
  }

  void forget(size_t index) const {
    const std::lock_guard guard(lock);
    if (images[index])
      memory->give(bytesOf(*images[index]));
    images[index] = nullptr;
  }

private:
  static int64_t bytesOf(const Image &image) {
    return static_cast<int64_t>(image.bytes.size() + image.opaque.size());
  }

  mutable std::mutex lock;
  mutable std::vector<std::shared_ptr<const Image>> images;
  std::shared_ptr<CacheMemory> memory;
};

class PictureSet : public DataSet {
public:
  PictureSet(PictureFolder pictures, const SetOptions &options);

  int64_t count() const override { return static_cast<int64_t>(folder.entries.size()); }
  FieldLayout layout() const override { return field; }
  TargetLayout target() const override {
    return {folder.kind,
            folder.kind == TargetKind::PointClasses ? field.points()
                                                    : int64_t(folder.kind == TargetKind::Class),
            0, 0};
  }
  void load(int64_t index, float *x, Target out) const override;
  std::string stamp() const override;
  void forget(int64_t index) const override {
    images.forget(index);
    labelImages.forget(index);
  }
  std::string sampleName(int64_t index) const override { return folder.entries[index].name; }
  const std::vector<std::string> &classNames() const override { return folder.classes; }
  const std::vector<Color> &palette() const override { return folder.palette; }
  const std::vector<int64_t> &groups() const override { return groupOf; }
  const std::vector<double> &times() const override { return timeOf; }

private:
  std::string pathOf(const std::string &name) const {
    return (std::filesystem::path(folder.path) / name).string();
  }
  Form commonForm() const;
  void loadValues(int64_t index, float *x) const;
  void loadLabels(int64_t index, int32_t *labels) const;
  void classesOfColors(const Image &image, const std::string &path, int32_t *labels) const;

  PictureFolder folder;
  Form form;
  bool namesColors; // palette.txt does
  FieldLayout field;
  std::optional<int32_t> ignore;
  std::vector<int64_t> groupOf;
  const std::vector<double> timeOf; // pictures have none
  ImageCache images, labelImages;
};

PictureSet::PictureSet(PictureFolder pictures, const SetOptions &options)
    : folder(std::move(pictures)), form(commonForm()), namesColors(!folder.palette.empty()),
      ignore(options.ignore), images(folder.entries.size(), options.memory),
      labelImages(folder.entries.size(), options.memory) {
  field.channels = form[2];
  SetOptions chosen = options;
  if (!chosen.grid && folder.grid.empty() && form[0] != form[1])
    chosen.grid = SampleGrid{GridKind::Equirectangular, 0, 0, 0};
  field.grid = gridOf(std::array{form[0], form[1]}, folder.grid, chosen, folder.path);
  if (folder.entries.front().group >= 0)
    for (const PictureEntry &entry : folder.entries)
      groupOf.push_back(entry.group);
  if (folder.kind == TargetKind::PointClasses && !namesColors)
    folder.palette = readImageHeader(pathOf(folder.entries.front().label)).palette;
}

/// That of the most pictures; of several, the one that comes first.
Form PictureSet::commonForm() const {
  std::map<Form, int64_t> found;
  std::vector<Form> order;
  std::string fault;
  for (const PictureEntry &entry : folder.entries)
    try {
      const Form next = formOf(readImageHeader(pathOf(entry.name)));
      if (found[next]++ == 0)
        order.push_back(next);
    } catch (const std::runtime_error &error) {
      fault = fault.empty() ? error.what() : fault; // said when the sample is asked for
    }
  if (order.empty())
    throw std::runtime_error(fault);
  return *std::ranges::max_element(order, {}, [&](const Form &next) { return found[next]; });
}

std::string PictureSet::stamp() const {
  std::string text = std::filesystem::absolute(folder.path).string() + " " + gridText(field.grid) +
                     " " + std::to_string(static_cast<int>(folder.kind)) + " " +
                     std::to_string(ignore.value_or(missingLabel)) + "\n";
  std::vector<Color> colors = folder.palette;
  colors.insert(colors.end(), folder.ignored.begin(), folder.ignored.end());
  for (const Color &color : colors)
    text += std::to_string(color[0]) + " " + std::to_string(color[1]) + " " +
            std::to_string(color[2]) + "\n";
  for (const PictureEntry &entry : folder.entries) {
    text += std::to_string(entry.classOf);
    for (const std::string &name : {entry.name, entry.label}) {
      std::error_code error; // what is not there is said when it is read
      const std::filesystem::path path = pathOf(name);
      const auto changed = std::filesystem::last_write_time(path, error).time_since_epoch();
      text += " " + name + " " + std::to_string(std::filesystem::file_size(path, error)) + " " +
              std::to_string(changed.count());
    }
    text += "\n";
  }
  return std::to_string(text.size()) + " " +
         std::to_string(hashBytes({reinterpret_cast<const uint8_t *>(text.data()), text.size()}));
}

void PictureSet::loadValues(int64_t index, float *x) const {
  const std::string path = pathOf(folder.entries[index].name);
  const auto image = images.get(index, [&] { return readImage(path); });
  const Form got = formOf(image->header);
  if (got[0] != form[0] || got[1] != form[1] || got[2] > form[2])
    throw std::runtime_error(path + ": expected " + formText(form) +
                             ", as most of the pictures are, got " + formText(got));
  const int64_t points = form[0] * form[1], channels = got[2];
  for (int64_t c = 0; c < form[2]; ++c)
    for (int64_t i = 0; i < points; ++i) {
      const int64_t at = i * channels + (channels == 1 ? 0 : c);
      uint16_t wide = image->bytes[got[3] == 16 ? 0 : at];
      if (got[3] == 16)
        std::memcpy(&wide, image->bytes.data() + 2 * at, 2);
      x[c * points + i] = static_cast<float>(wide) / (got[3] == 16 ? 65535.0f : 255.0f);
      if (!image->opaque.empty() && !image->opaque[i])
        x[c * points + i] = std::numeric_limits<float>::quiet_NaN();
    }
}

/// The number of each pixel's colour in the palette.
void PictureSet::classesOfColors(const Image &image, const std::string &path,
                                 int32_t *labels) const {
  if (!namesColors)
    throw std::runtime_error(path + ": expected an indexed or grey PNG, or a palette.txt that says "
                                    "which colours are which classes, got RGB");
  std::map<Color, int32_t> classes;
  for (size_t c = 0; c < folder.palette.size(); ++c)
    classes[folder.palette[c]] = static_cast<int32_t>(c);
  for (const Color &color : folder.ignored)
    classes[color] = missingLabel;
  const ImageHeader &header = image.header;
  for (int64_t i = 0; i < field.points(); ++i) {
    const uint8_t *pixel = image.bytes.data() + header.channels * i;
    const Color color = header.channels == 3             ? Color{pixel[0], pixel[1], pixel[2]}
                        : *pixel < header.palette.size() ? header.palette[*pixel]
                                                         : Color{*pixel, *pixel, *pixel};
    const auto found = classes.find(color);
    if (found == classes.end())
      throw std::runtime_error(path + ": expected colours of the palette, got " +
                               std::to_string(color[0]) + " " + std::to_string(color[1]) + " " +
                               std::to_string(color[2]) + " in row " + std::to_string(i / form[1]) +
                               ", column " + std::to_string(i % form[1]));
    labels[i] = found->second;
  }
}

void PictureSet::loadLabels(int64_t index, int32_t *labels) const {
  const std::string path = pathOf(folder.entries[index].label);
  const auto image = labelImages.get(index, [&] { return readLabelImage(path); });
  const ImageHeader &header = image->header;
  if (header.rows != form[0] || header.columns != form[1])
    throw std::runtime_error(path + ": expected the size of its picture, " +
                             std::to_string(form[0]) + " x " + std::to_string(form[1]) + ", got " +
                             std::to_string(header.rows) + " x " + std::to_string(header.columns));
  if (header.bits != 8)
    throw std::runtime_error(path + ": expected labels of 8 bits, got 16");
  if (header.channels == 3 || (namesColors && !header.palette.empty()))
    classesOfColors(*image, path, labels);
  else
    std::ranges::copy(image->bytes, labels);
  for (int64_t i = 0; i < field.points(); ++i)
    if (ignore && labels[i] == *ignore)
      labels[i] = missingLabel;
}

void PictureSet::load(int64_t index, float *x, Target out) const {
  loadValues(index, x);
  if (out.classes && folder.kind == TargetKind::Class)
    *out.classes = folder.entries[index].classOf;
  if (out.classes && folder.kind == TargetKind::PointClasses)
    loadLabels(index, out.classes);
}

} // namespace

std::unique_ptr<DataSet> makePictureSet(PictureFolder folder, const SetOptions &options) {
  return std::make_unique<PictureSet>(std::move(folder), options);
}

} // namespace spherical::runtime
