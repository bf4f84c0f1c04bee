//===- own_data.h - users' data sets, for the commands ----------*- C++ -*-===//
//
// What --data names other than digits: found, divided, checked against the model
// before anything compiles, scanned, and prepared as the weights say.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_OWN_DATA_H
#define SPHERICAL_TOOLS_SPHERICAL_OWN_DATA_H

#include "runtime/data/sets/open_set.h"
#include "runtime/data/sets/prepared_samples.h"
#include "runtime/data/sets/set_record.h"
#include "runtime/train/record.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/digits.h"
#include "tools/spherical/driver/tables.h"
#include "tools/spherical/projected_samples.h"

#include <memory>
#include <optional>
#include <string>

namespace spherical::driver {

/// How data in files is taken.
struct OwnDataOptions {
  std::string kind, grid, split, part, rotate, project = "exact";
  /// The folder of caches, empty: none; and bytes in it, and in memory, below 0: a share of what is
  /// available.
  std::string cache;
  int64_t cacheSize = int64_t(16) << 30, cacheMemory = -1;
  runtime::PreparationOptions preparation;
  int64_t skipBad = 0, workers = 2;
  std::optional<int64_t> ignore;
  const CLI::App *command = nullptr; ///< tells which of these the command line gave
};

/// Data that is ready to enter a network.
struct OwnData {
  std::unique_ptr<runtime::PreparedSamples> samples;
  /// The same on the grid of the model, if theirs is another one or they are rotated.
  std::unique_ptr<ProjectedSamples> projected;
  /// The same from a cache, if they are pictures that need no other grid and there is a folder.
  std::unique_ptr<runtime::CachedSamples> cached;
  /// What caches in memory share; of predictions, where samples are read once, null.
  std::shared_ptr<runtime::CacheMemory> memory;
  /// All that values and targets depend on, for caches.
  std::string identity;
  runtime::Preparation preparation;
  runtime::SetRecord record;
  std::string text; ///< one line: what and how many
  runtime::SetKind kind = runtime::SetKind::Arrays;
  runtime::Part part = runtime::Part::All;

  /// What enters the network.
  const runtime::SampleSource &source() const;

  /// What predictions call a sample: the name of its picture, else its number.
  std::string sampleName(int64_t index) const;
};

/// Adds --data-kind, --data-grid, --ignore-label, --skip-bad and --workers; for a training also
/// --split, --normalize and --fill, for a test --split and --part; for both those of caches.
enum class DataUse { Training, Test, Prediction };
void addOwnDataOptions(CLI::App &command, OwnDataOptions &options, DataUse use);

/// The folder of caches, for what is to be kept there besides memory.
runtime::SampleCacheOptions cacheOf(const OwnDataOptions &options);

/// Whether --data is data in files rather than digits, or nothing is said and the weights were
/// trained on such, `recorded`. Fails if nothing is found there, and for options that only the
/// other kind has. Notes in `digits` if --data-kind says that pictures in IDX are flat.
Result<bool> takesOwnData(DigitOptions &digits, const OwnDataOptions &options,
                          const std::optional<runtime::SetRecord> &recorded = std::nullopt);

/// Opens, divides, checks and scans the data of a training.
Result<OwnData> openTrainingData(const DigitOptions &digits, const OwnDataOptions &options,
                                 const std::optional<ModelInterface> &model);

/// The same of a test of weights with that metadata: normalised as these say, the classes numbered
/// as in the training, and of the training's own data the part that it did not see.
Result<OwnData> openTestData(const DigitOptions &digits, const OwnDataOptions &options,
                             const std::optional<ModelInterface> &model,
                             const runtime::Metadata &metadata);

/// Brings the data to the grid of the model, and rotates it, where that is needed; `session` says
/// on which target, with how many threads. What is costly to make is kept in memory and, if it is
/// asked for, in a folder. An error if that is needed and the model's grid is not
/// known.
Status project(OwnData &data, const OwnDataOptions &options,
               const std::optional<ModelInterface> &model, const SessionOptions &session,
               uint64_t seed);

/// Says what least squares have left of the fields that were brought to the model's grid, if any.
void printResidual(const OwnData &data);

/// Data of which nothing needs to be known, all of it, without a scan.
Result<OwnData> openPredictionData(const std::string &path, const OwnDataOptions &options,
                                   const std::optional<ModelInterface> &model,
                                   const runtime::Metadata &metadata);

/// The record of the samples in the training's or the test's.
runtime::DataRecord ownDataRecord(const OwnData &data, uint64_t seed);

/// What a class is called: its name in the data, else "class 3".
std::string ownClassName(const runtime::SetRecord &record, int64_t index);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_OWN_DATA_H
