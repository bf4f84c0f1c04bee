//===- prediction_folder.cpp - predicted masks as pictures ------*- C++ -*-===//

#include "runtime/data/parts.h"
#include "runtime/data/sets/image_file.h"
#include "runtime/data/sets/prediction_writer.h"

#include <filesystem>
#include <stdexcept>

namespace spherical::runtime {
namespace {

namespace fs = std::filesystem;

constexpr int64_t mostClasses = 256; // of an indexed PNG

/// Pictures in a folder beside `path`, which takes its place when all are there.
class PredictionFolder : public PredictionWriter {
public:
  PredictionFolder(const fs::path &target, const PredictionForm &form)
      : path(target.has_filename() ? target : target.parent_path()), form(form),
        palette(paletteOf(form.palette, form.outputs)), part(freshPartName(path.string())) {
    std::error_code error;
    if (fs::exists(path, error) && !(fs::is_directory(path, error) && fs::is_empty(path, error)))
      throw std::runtime_error(path.string() + ": expected a new folder, got one with files in it");
    fs::create_directories(part);
  }
  ~PredictionFolder() override {
    std::error_code ignored;
    fs::remove_all(part, ignored);
  }
  PredictionFolder(const PredictionFolder &) = delete;
  PredictionFolder &operator=(const PredictionFolder &) = delete;

  void add(const Prediction &prediction) override {
    if (prediction.outputs.empty())
      return; // a picture cannot say that there is none
    std::vector<uint8_t> classes(form.grid.points());
    for (int64_t i = 0; i < form.grid.points(); ++i)
      classes[i] = static_cast<uint8_t>(classOfPoint(prediction.outputs, form.outputs, i));
    fs::path file = fs::path(part) / prediction.name;
    file.replace_extension(".png");
    fs::create_directories(file.parent_path());
    if (fs::exists(file))
      throw std::runtime_error(path.string() + ": expected samples of different names, got '" +
                               prediction.name + "' twice");
    writeIndexedPng(file.string(), form.grid.rows, form.grid.columns, classes, palette);
  }

  void commit() override {
    if (fs::exists(path))
      fs::remove(path); // an empty folder
    fs::rename(part, path);
  }

private:
  fs::path path;
  PredictionForm form;
  std::vector<Color> palette;
  std::string part;
};

} // namespace

std::unique_ptr<PredictionWriter> createPredictionFolder(const std::string &path,
                                                         const PredictionForm &form) {
  if (form.kind != TargetKind::PointClasses)
    throw std::runtime_error(path + ": expected a file (.csv, .json, .jsonl, .npz, .npy, "
                                    ".safetensors, .h5, .nc), got a name without an ending, which "
                                    "is a folder for masks");
  if (form.outputs > mostClasses || form.grid.isHealpix())
    throw std::runtime_error(path + ": expected a file of arrays (.npz, .npy, .safetensors, .h5, "
                                    ".nc) for more than 256 classes or HEALPix, got a folder");
  return std::make_unique<PredictionFolder>(path, form);
}

} // namespace spherical::runtime
