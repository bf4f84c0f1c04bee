//===- train_command.h - what `spherical train` goes by ---------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_TRAIN_COMMAND_H
#define SPHERICAL_TOOLS_SPHERICAL_TRAIN_COMMAND_H

#include "tools/spherical/run_folder.h"
#include "tools/spherical/timings.h"
#include "tools/spherical/training_options.h"
#include "tools/spherical/validation_data.h"

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace spherical::driver {

/// The options of the command, and what follows from them.
struct TrainCommand {
  std::string file, output;
  /// Of --run and --resume: their values, where they have one.
  std::string run, resume;
  bool force = false;
  CLI::App *command = nullptr; ///< tells which options the command line gave
  std::set<std::string> given; ///< these alone, where a resumed run has added its own
  TrainingOverrides overrides;
  /// Weights to start from, and globs over the values that do not come from them.
  std::string startWeights;
  std::vector<std::string> fresh;
  Timings timings;
  DigitOptions digits;
  OwnDataOptions own;
  runtime::TrainOptions training;
  SessionOptions session;

  // What follows from these.
  std::unique_ptr<RunFolder> folder;
  runtime::RunRecord record;
  ValidationSource validation;
  std::string validationText;
  TrainingDescription description;
  LossDescription loss;
};

/// Reads what --run and --resume say, which may do without a value, and takes the options of a run
/// that is gone on with.
Status readPlaces(TrainCommand &options);

/// Takes what the model and the command line say of the training into the options of the loop and
/// the record of the run.
Status resolveSettings(TrainCommand &options, Session &session);

/// Makes sure that the files of the run may be written: those of its folder if it has one, which
/// take the place of those that options name.
Status claimPlaces(TrainCommand &options, const runtime::ModelRecord &model);

/// Opens data in files, if --data names such, before anything compiles; else makes sure that the
/// model and its loss take digits.
Result<std::optional<OwnData>> openOwnData(TrainCommand &options, Session &session);

/// Fails for a loss that compares with numbers, which digits do not have, instead of classes.
Status expectLabels(const LossDescription &loss);

/// Gives balanced class weights, if the loss has such, the numbers of labels in the training part.
Status balanceClasses(TrainCommand &options, Session &session, const std::optional<OwnData> &own,
                      const std::optional<ModelInterface> &model);

/// Trains the program. `end` is where the model's last layer stands.
Status trainProgram(TrainCommand &options, runtime::Program &program, const std::string &end,
                    const std::optional<OwnData> &own, const std::optional<ModelInterface> &model);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_TRAIN_COMMAND_H
