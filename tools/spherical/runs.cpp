//===- runs.cpp - `spherical runs` ----------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/output.h"
#include "tools/spherical/text_table.h"

#include "runtime/runs/run_curves.h"
#include "runtime/runs/run_record.h"
#include "runtime/train/text.h"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <set>
#include <sys/file.h>
#include <unistd.h>

namespace spherical::driver {

namespace fs = std::filesystem;
namespace run_files = runtime::run_files;

namespace {

struct RunsOptions {
  std::vector<std::string> folders;
  std::string picture;
};

struct FoundRun {
  std::string folder;
  runtime::RunRecord record;
};

/// Whether a process trains in the folder: it holds its lock (run_folder.h).
bool isHeld(const std::string &folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool held = descriptor >= 0 && ::flock(descriptor, LOCK_SH | LOCK_NB) != 0;
  if (descriptor >= 0)
    ::close(descriptor);
  return held;
}

/// Runs in `folder`, or in the folders in it.
std::vector<FoundRun> findRuns(const std::string &folder) {
  std::vector<std::string> places;
  if (fs::exists(folder + "/" + run_files::record))
    places.push_back(folder);
  else if (fs::is_directory(folder))
    for (const fs::directory_entry &entry : fs::directory_iterator(folder))
      if (fs::exists(entry.path() / run_files::record))
        places.push_back(entry.path().string());
  std::ranges::sort(places);
  std::vector<FoundRun> runs;
  for (const std::string &place : places) {
    FoundRun run{place, {}};
    try {
      run.record = runtime::readRun(place);
    } catch (const std::runtime_error &error) {
      std::fprintf(stderr, "spherical: warning: %s\n", error.what());
      continue;
    }
    if (run.record.state == "running" && !isHeld(place))
      run.record.state = "ended without a word";
    runs.push_back(std::move(run));
  }
  return runs;
}

/// Settings that the runs do not all have in common.
std::set<std::string> differentSettings(const std::vector<FoundRun> &runs) {
  std::set<std::string> different;
  for (const FoundRun &run : runs)
    for (const FoundRun &other : runs)
      for (const auto &[name, value] : run.record.settings)
        if (const auto found = other.record.settings.find(name);
            found == other.record.settings.end() || found->second != value)
          different.insert(name);
  return different;
}

std::string bestText(const runtime::RunRecord &record) {
  if (!record.best.exists)
    return "-";
  return record.metric + " " + runtime::fixedText(record.best.value, 4) + " (epoch " +
         std::to_string(record.best.epoch) + ")";
}

void printRuns(const std::vector<FoundRun> &runs) {
  const std::set<std::string> different = differentSettings(runs);
  TextTable table(
      {"run", "model", "state", "best validation", "epochs", "steps", "time", "settings"}, 4);
  for (const FoundRun &run : runs) {
    const runtime::RunRecord &record = run.record;
    std::string settings;
    for (const std::string &name : different) {
      const auto found = record.settings.find(name);
      settings += (settings.empty() ? "" : ", ") + name + " " +
                  (found == record.settings.end() ? "-" : found->second);
    }
    table.add({run.folder, record.name, record.state, bestText(record),
               std::to_string(record.epochs),
               std::to_string(record.steps) + "/" + std::to_string(record.planned),
               runtime::durationText(record.seconds), settings});
  }
  std::printf("%s", table.text(lineWidth()).c_str());
}

void drawCurves(const std::vector<FoundRun> &runs, const std::string &picture) {
  std::vector<runtime::RunCurves> curves;
  for (const FoundRun &run : runs)
    curves.push_back(runtime::readCurves(run.folder));
  runtime::drawRuns(curves).write(picture);
  std::printf("picture: %s\n", picture.c_str());
}

Status listRuns(const RunsOptions &options) {
  try {
    if (!options.picture.empty())
      runtime::expectDrawable();
    std::vector<FoundRun> runs;
    for (const std::string &folder : options.folders) {
      const std::vector<FoundRun> found = findRuns(folder);
      if (found.empty())
        return commandError("expected the folder of a run, or one that holds such, got '" + folder +
                                "'",
                            "'spherical train --run' makes one");
      runs.insert(runs.end(), found.begin(), found.end());
    }
    printRuns(runs);
    if (!options.picture.empty())
      drawCurves(runs, options.picture);
    return Done{};
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples =
    R"(Shows the state of each run, how far it came, its best validation and the settings in which the runs differ.
Where TensorBoard is there, 'tensorboard --logdir runs' shows the same numbers while they come.

Examples:
  spherical runs
  spherical runs runs/first runs/second --picture curves.svg
)";

} // namespace

void addRunsCommand(Commands &commands) {
  auto options = std::make_shared<RunsOptions>();
  CLI::App &command =
      commands.add("runs", "list and compare trainings in run folders", examples, [options] {
        RunsOptions taken = *options;
        if (taken.folders.empty())
          taken.folders = {"runs"};
        return listRuns(taken);
      });
  command.add_option("FOLDER", options->folders, "folders of runs, or that hold such")
      ->default_str("runs");
  command
      .add_option("--picture", options->picture, "curves of all their numbers: .png, .svg, .pdf")
      ->check(endsIn({".png", ".svg", ".pdf"}));
}

} // namespace spherical::driver
