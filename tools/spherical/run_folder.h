//===- run_folder.h - the folder of a training ------------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_RUN_FOLDER_H
#define SPHERICAL_TOOLS_SPHERICAL_RUN_FOLDER_H

#include "tools/spherical/commands.h"

#include "runtime/data/safetensors.h"
#include "runtime/runs/run_record.h"
#include "runtime/train/trainer.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace spherical::driver {

/// A hash in 16 hexadecimal digits.
std::string hashText(uint64_t hash);

/// The folder of a run, which one process has at a time.
class RunFolder {
public:
  explicit RunFolder(std::string path) : path(std::move(path)) {}
  ~RunFolder();
  RunFolder(const RunFolder &) = delete;
  RunFolder &operator=(const RunFolder &) = delete;

  /// The path of one of its files.
  std::string file(const std::string &name) const { return path + "/" + name; }

  /// Fails if a run is to be resumed of which it holds none, and if it holds one, or files that a
  /// run would replace other than a copy of `model`, and neither that nor `force` is meant. Nothing
  /// is written.
  Status check(bool resume, bool force, const std::string &model);

  /// Makes the folder, or takes that which `check` has allowed. Fails if another process has it.
  /// The files of a run that is replaced are removed, which is said.
  Status claim();

  const std::string path;

private:
  bool replaces = false, resumes = false;
  int lock = -1;
};

/// A name for a run of the model file `model` that no folder has yet: runs/NAME-2026-01-31, then
/// with -2 behind it and so on.
std::string freshRunFolder(const std::string &model);

/// The bytes of a model file to keep. Standard input cannot be kept: an error.
Result<std::vector<std::byte>> readModel(const std::string &model);

/// Keeps them in the folder, as model.yaml or model.mlir; gives their digest.
std::string keepModel(const std::string &model, const std::vector<std::byte> &bytes,
                      const RunFolder &folder);

/// The model that a run folder keeps.
std::string keptModel(const std::string &folder);

/// The options that a command line gave, by name, but for those that say where the run is.
std::map<std::string, std::vector<std::string>> givenOptions(const CLI::App &command);

/// Gives the command the options of the run, where the command line says nothing else.
void takeOptions(CLI::App &command, const std::map<std::string, std::vector<std::string>> &options);

/// Writes a run into its folder: the record, the best and the last weights.
class RunWriter : public runtime::RunObserver {
public:
  /// What a file of weights holds after so many steps, at an end or not.
  using Weights = std::function<runtime::TensorFile(int64_t steps, bool finished)>;

  /// `run` has the seconds of earlier processes.
  RunWriter(const RunFolder &folder, runtime::RunRecord run, Weights weights)
      : folder(folder), run(std::move(run)), weights(std::move(weights)),
        secondsBefore(this->run.seconds) {}

  void begin(std::optional<int64_t> after) override;
  void record(const runtime::LogRecord &record) override {
    run.planned = record.planned;
    run.seconds = secondsBefore + record.seconds;
  }
  void improved(int64_t step) override;
  void afterEpoch(const runtime::EpochReport &report, const runtime::Evaluation *) override;
  void diverged(int64_t goodStep) override;

  /// Writes the last weights and why the run ended.
  void finish(const runtime::TrainResult &result, const std::string &state);

private:
  void write();

  const RunFolder &folder;
  runtime::RunRecord run;
  Weights weights;
  double secondsBefore;
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_RUN_FOLDER_H
