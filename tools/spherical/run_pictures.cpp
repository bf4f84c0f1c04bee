//===- run_pictures.cpp - what a run predicts, drawn ----------------------===//

#include "tools/spherical/run_pictures.h"

#include "runtime/data/files.h"
#include "runtime/runs/run_curves.h"

#include <cstdio>
#include <exception>
#include <filesystem>

namespace spherical::driver {

namespace run_files = runtime::run_files;

std::string whyNoPictures(const runtime::Executable &network) {
  try {
    runtime::expectDrawable();
  } catch (const std::runtime_error &error) {
    return error.what();
  }
  const bool isWide = !isNumeric(network.target()) && network.classes() > mostPicturedClasses;
  return isWide ? "more than " + std::to_string(mostPicturedClasses) + " classes" : "";
}

void RunPictures::validated(const runtime::Batch &batch, std::span<const float> outputs) {
  if (!pictures)
    pictures.emplace(PictureOptions{.folder = folder.file(run_files::pictures)}, network, data);
  pictures->add(batch, outputs);
}

void RunPictures::afterEpoch(const runtime::EpochReport &report, const runtime::Evaluation *found) {
  if (!found || !pictures)
    return;
  for (const auto &[name, png] : draw(*found)) {
    runtime::replaceFile(folder.file(std::string(run_files::pictures) + "/" + name + ".png"), png);
    events.addPicture("validation/" + name, report.step, png);
  }
  pictures.reset();
}

/// Predictions may be such that nothing can be drawn: that does not end a run.
std::map<std::string, std::vector<std::byte>> RunPictures::draw(const runtime::Evaluation &found) {
  std::map<std::string, std::vector<std::byte>> drawn;
  try {
    for (const auto &[name, figure] : pictures->figures(found))
      drawn.emplace(name, figure.encode(runtime::PictureForm::Png));
  } catch (const std::exception &error) {
    if (!hasFailed)
      std::fprintf(stderr, "spherical: note: no pictures of this validation: %s\n", error.what());
    hasFailed = true;
    drawn.clear();
  }
  return drawn;
}

void drawRunCurves(const RunFolder &folder, const std::string &name) {
  try {
    const std::string pictures = folder.file(run_files::pictures);
    runtime::RunCurves curves = runtime::readCurves(folder.path);
    curves.name = name;
    if (const auto steps = curves.columns.find("step");
        steps == curves.columns.end() || steps->second.empty())
      return; // it ended before there was a number
    std::filesystem::create_directories(pictures);
    runtime::drawRuns({&curves, 1}).write(pictures + "/curves.png");
  } catch (const std::exception &error) {
    std::fprintf(stderr, "spherical: note: no picture of the run's curves: %s\n", error.what());
  }
}

} // namespace spherical::driver
