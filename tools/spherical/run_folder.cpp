//===- run_folder.cpp - the folder of a training --------------------------===//

#include "tools/spherical/run_folder.h"

#include "tools/spherical/output.h"

#include "runtime/data/files.h"
#include "runtime/data/samples.h"
#include "runtime/train/checkpoint.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>

namespace spherical::driver {

namespace fs = std::filesystem;
namespace run_files = runtime::run_files;

namespace {

std::string timeText(const char *form) {
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text = {};
  std::strftime(text.data(), text.size(), form, &parts);
  return text.data();
}

/// Whether a file is one that runs leave in their folders.
bool isOfRun(const std::string &name) {
  const std::string previous = runtime::previousCheckpoint(run_files::checkpoint);
  return name.starts_with("events.out.tfevents.") ||
         std::ranges::count(std::array<std::string, 8>{run_files::record, run_files::metrics,
                                                       run_files::best, run_files::last,
                                                       run_files::checkpoint, previous,
                                                       "model.yaml", "model.mlir"},
                            name) > 0;
}

bool isPictureOfRun(const fs::path &path) {
  return path.extension() == ".png" && std::ranges::count(run_files::pictureNames, path.stem()) > 0;
}

/// What a run has left, or would replace, in a folder, which need not be there.
std::vector<fs::path> filesOfRun(const std::string &folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder, error))
    if (isOfRun(entry.path().filename().string()))
      found.push_back(entry.path());
  for (const fs::directory_entry &entry :
       fs::directory_iterator(folder + "/" + run_files::pictures, error))
    if (isPictureOfRun(entry.path()))
      found.push_back(entry.path());
  return found;
}

/// Options that say where the run is, or that hold for one process.
bool isOfProcess(const std::string &name) {
  return std::ranges::count(
             std::array<std::string, 5>{"--run", "--resume", "--force", "--help", "FILE"}, name) >
         0;
}

} // namespace

std::string hashText(uint64_t hash) {
  std::array<char, 17> digits = {};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
  return digits.data();
}

/// Whether two files hold the same.
static bool hasSameBytes(const fs::path &one, const std::string &other) {
  return fs::is_regular_file(one) && fs::is_regular_file(other) &&
         runtime::readFile(one.string()) == runtime::readFile(other);
}

RunFolder::~RunFolder() {
  if (lock >= 0)
    ::close(lock);
}

Status RunFolder::check(bool resume, bool force, const std::string &model) {
  const bool holdsRun = fs::exists(file(run_files::record));
  if (resume && !holdsRun)
    return commandError("--resume: expected the folder of a run, got '" + path +
                        "', which has no " + run_files::record);
  if (holdsRun && !resume && !force)
    return commandError("--run: expected a new folder, got '" + path + "', which holds a run",
                        "--force replaces it, --resume " + path + " goes on with it");
  if (!holdsRun && !resume && !force)
    for (const fs::path &name : filesOfRun(path))
      if (!hasSameBytes(name, model)) // a process that died before its record has left the model
        return commandError("--run: expected a folder without files of a run's names, got '" +
                                path + "' with " + fs::relative(name, path).string(),
                            "--force replaces them");
  replaces = !resume && force;
  resumes = resume;
  return Done{};
}

Status RunFolder::claim() {
  fs::create_directories(path);
  lock = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0 || ::flock(lock, LOCK_EX | LOCK_NB) != 0)
    return commandError("expected a run that has ended, got '" + path +
                        "', in which another process trains");
  if (!resumes && !replaces && fs::exists(file(run_files::record)))
    return commandError("--run: expected a new folder, got '" + path +
                        "', in which another run has been meanwhile");
  expectWritable({file(run_files::record)});
  if (!replaces)
    return Done{};
  const std::vector<fs::path> old = filesOfRun(path);
  if (!old.empty())
    std::printf("--run: replaces the run in '%s'\n", path.c_str());
  for (const fs::path &name : old)
    fs::remove(name);
  return Done{};
}

std::string freshRunFolder(const std::string &model) {
  const std::string stem = model == "-" ? "model" : fs::path(model).stem().string();
  const std::string first = "runs/" + stem + "-" + timeText("%Y-%m-%d");
  std::string name = first;
  for (int number = 2; fs::exists(name); ++number)
    name = first + "-" + std::to_string(number);
  return name;
}

Result<std::vector<std::byte>> readModel(const std::string &model) {
  if (model == "-")
    return commandError("expected a model file to keep in a run folder, got standard input");
  return runtime::readFile(model);
}

std::string keepModel(const std::string &model, const std::vector<std::byte> &bytes,
                      const RunFolder &folder) {
  const std::string ending = runtime::endingOf(model) == ".mlir" ? ".mlir" : ".yaml";
  const std::string copy = folder.file("model" + ending);
  if (!fs::exists(copy) || !isSameFile(model, copy))
    runtime::replaceFile(copy, bytes);
  return hashText(
      runtime::hashBytes({reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()}));
}

std::string keptModel(const std::string &folder) {
  const std::string module = folder + "/model.mlir";
  return fs::exists(module) ? module : folder + "/model.yaml";
}

std::map<std::string, std::vector<std::string>> givenOptions(const CLI::App &command) {
  std::map<std::string, std::vector<std::string>> options;
  for (const CLI::Option *option : command.get_options())
    if (option->count() > 0 && !isOfProcess(option->get_name()))
      options[option->get_name()] = option->results();
  return options;
}

void takeOptions(CLI::App &command,
                 const std::map<std::string, std::vector<std::string>> &options) {
  for (const auto &[name, values] : options) {
    CLI::Option *option = command.get_option(name);
    const std::set<CLI::Option *> others = option->get_excludes();
    const bool isOverridden =
        option->count() > 0 ||
        std::ranges::any_of(others, [](const CLI::Option *other) { return other->count() > 0; });
    if (isOverridden)
      continue;
    for (const std::string &value : values)
      option->add_result(value);
    option->run_callback();
  }
}

void RunWriter::write() {
  runtime::replaceFile(folder.file(run_files::record), runtime::runText(run));
}

void RunWriter::begin(std::optional<int64_t> after) {
  if (!after || run.started.empty())
    run.started = timeText("%Y-%m-%dT%H:%M:%SZ");
  run.state = "running";
  write();
}

void RunWriter::improved(int64_t step) {
  runtime::writeSafetensors(folder.file(run_files::best), weights(step, false));
}

void RunWriter::afterEpoch(const runtime::EpochReport &report, const runtime::Evaluation *) {
  run.steps = report.step;
  run.epochs = report.epoch;
  if (report.isBest)
    for (const runtime::MetricScore &score : report.validation)
      if (runtime::validationMetricName(score.metric) == run.metric)
        run.best = {true, score.value, report.epoch, report.step, 0};
  write();
}

void RunWriter::diverged(int64_t goodStep) {
  const std::string path = folder.file(run_files::last);
  runtime::writeSafetensors(path, weights(goodStep, false));
  std::printf("weights: %s (after step %lld)\n", path.c_str(), static_cast<long long>(goodStep));
  std::fflush(stdout);
  run.steps = goodStep;
  run.state = "diverged";
  write();
}

void RunWriter::finish(const runtime::TrainResult &result, const std::string &state) {
  const bool finished = result.reason == runtime::StopReason::Finished ||
                        result.reason == runtime::StopReason::NoBetter;
  runtime::writeSafetensors(folder.file(run_files::last), weights(result.steps, finished));
  run.state = state;
  run.steps = result.steps;
  run.epochs = std::max(run.epochs, std::min(result.last.epoch, result.last.epochs));
  run.seconds = secondsBefore + result.seconds;
  run.best = result.best;
  write();
}

} // namespace spherical::driver
