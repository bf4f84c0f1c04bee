//===- own_data.cpp - users' data sets, for the commands ------------------===//

#include "tools/spherical/own_data.h"

#include "tools/spherical/output.h"
#include "tools/spherical/own_data_checks.h"

#include "runtime/data/random.h"
#include "runtime/data/sets/kept_scan.h"
#include "runtime/execute/memory.h"
#include "runtime/train/progress.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <thread>

namespace spherical::driver {

using runtime::Part;
using runtime::SetKind;

void addOwnDataOptions(CLI::App &command, OwnDataOptions &options, DataUse use) {
  options.command = &command;
  if (use != DataUse::Prediction)
    command.get_option("--data")->description(
        "your data, a file or a folder: see 'spherical help data'; or IDX files as of MNIST");
  const char *const group = "Data in files";
  const auto add = [&](const char *name, auto &value, const char *text) {
    return command.add_option(name, value, text)->group(group);
  };
  add("--data-kind", options.kind,
      "idx, arrays, class-folders, labelled-pictures or pictures; see 'spherical help data'")
      ->default_str("what lies there")
      ->transform(oneOf({"idx", "arrays", "class-folders", "labelled-pictures", "pictures"}));
  add("--data-grid", options.grid, "where values lie: soft, equirectangular, planar and so on")
      ->default_str("what the files say, else by shape");
  add("--skip-bad", options.skipBad, "samples that may be damaged, and are left out")
      ->capture_default_str()
      ->transform(natural(0, 1'000'000'000));
  add("--workers", options.workers, "threads that read samples ahead")
      ->capture_default_str()
      ->transform(natural(1, 256));
  add("--project", options.project,
      "to the model's grid from another: exact (by quadrature or least squares), or bilinear")
      ->capture_default_str()
      ->transform(oneOf({"exact", "bilinear"}));
  if (use == DataUse::Prediction)
    return;
  add("--cache", options.cache,
      "folder that keeps pictures decoded and samples on the model's grid, for other runs, too");
  addBytesOption(command, "--cache-size", options.cacheSize, "most bytes in that folder")
      ->group(group)
      ->default_str("16G");
  addBytesOption(command, "--cache-memory", options.cacheMemory, "most bytes of such in memory", 0)
      ->group(group)
      ->default_str("an eighth of what is available");
  command
      .add_flag("--rotate{all}", options.rotate,
                "rotate each sample, those of files another time in each epoch; --rotate=z about the "
                "polar axis")
      ->group(group)
      ->transform(oneOf({"all", "z"}));
  add("--ignore-label", options.ignore, "a label that stands for none, besides -1")
      ->transform(natural(0, 2147483647));
  add("--split", options.split,
      "sample, group or time, perhaps with shares as in group:70/15/15: what goes together to "
      "training, validation or test")
      ->default_str(use == DataUse::Training ? "none" : "that of the training");
  if (use == DataUse::Test) {
    add("--part", options.part, "train, validation, test or all")
        ->default_str("test")
        ->transform(oneOf({"train", "validation", "test", "all"}));
    return;
  }
  add("--normalize", options.preparation.normalize,
      "each channel: measured, none, or MEAN/DEVIATION with commas between channels")
      ->capture_default_str();
  add("--fill", options.preparation.fill, "of missing values: mean, zero or a number")
      ->capture_default_str();
}

namespace {

/// Options that say how digits are made.
constexpr const char *digitOptions[] = {"--protocol",  "--items",      "--draw",
                                        "--canvas",    "--half-width", "--place",
                                        "--threshold", "--grid",       "--unrotated"};

/// Options that say how data in files is taken.
constexpr const char *fileOptions[] = {
    "--data-grid", "--skip-bad", "--ignore-label", "--project", "--split",      "--part",
    "--normalize", "--fill",     "--predictions",  "--cache",   "--cache-size", "--cache-memory"};

/// Of options that a command may not have.
bool isGiven(const CLI::App &command, const char *name) {
  const CLI::Option *option = command.get_option_no_throw(name);
  return option && option->count() > 0;
}

std::optional<SetKind> kindOf(const OwnDataOptions &options) {
  return options.kind.empty() ? std::nullopt : runtime::parseSetKind(options.kind);
}

int threadCount() { return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

/// Opens the part of a data set that is asked for, with the good samples alone.
class Opener {
public:
  Opener(std::string path, const OwnDataOptions &options,
         const std::optional<ModelInterface> &model)
      : path(std::move(path)), options(options), model(model) {}

  /// Finds and opens the whole set, and checks its form. Decoded pictures are kept in `memory`.
  Status open(Part wanted, bool targets, std::shared_ptr<runtime::CacheMemory> memory);
  /// Keeps the samples of a part.
  void divide(const runtime::Split3 &split, Part part);
  /// Keeps `count` samples at random.
  void sample(int64_t count, uint64_t seed);
  /// Looks at every sample and keeps the good ones.
  Status scan(int64_t knownClasses);

  /// Classes that the samples have.
  int64_t classes() const {
    return std::max<int64_t>(static_cast<int64_t>(set->classNames().size()),
                             statistics.largestLabel + 1);
  }
  runtime::SetRecord record() const;
  std::string text() const;

  runtime::SetPlace place;
  std::unique_ptr<runtime::DataSet> set;
  runtime::SetStatistics statistics;
  std::string splitText;

private:
  std::string path;
  const OwnDataOptions &options;
  const std::optional<ModelInterface> &model;
};

Status Opener::open(Part wanted, bool targets, std::shared_ptr<runtime::CacheMemory> memory) {
  runtime::SetOptions taken;
  taken.memory = std::move(memory);
  if (!options.grid.empty()) {
    taken.grid = runtime::parseGrid(options.grid);
    if (!taken.grid)
      return commandError("--data-grid: expected a grid such as 'soft', 'equirectangular', "
                          "'healpix-ring' or 'planar', got '" +
                          options.grid + "'");
  }
  if (options.ignore)
    taken.ignore = static_cast<int32_t>(*options.ignore);
  place = runtime::findSet(path, kindOf(options), wanted);
  set = runtime::openSet(place, taken);
  if (!model)
    return Done{};
  if (Status fit = checkFields(set->layout(), *model, path); !fit)
    return fit;
  if (Status fit = targets ? checkTarget(set->target(), *model, path) : Done{}; !fit)
    return fit;
  return checkClassCount(targets && !model->values ? classes() : 0, *model);
}

void Opener::divide(const runtime::Split3 &split, Part part) {
  if (place.hasParts)
    throw std::runtime_error(path + ": expected no --split of data that has the parts train and "
                                    "test, got one");
  std::vector<int64_t> samples = runtime::samplesOf(*set, split, part);
  if (samples.empty())
    throw std::runtime_error(path + ": expected samples in the part '" + runtime::partName(part) +
                             "' of the split " + runtime::splitText(split) + ", got none");
  set = runtime::selectSamples(std::move(set), std::move(samples));
  splitText = runtime::splitText(split);
  place.part = part;
}

void Opener::sample(int64_t count, uint64_t seed) {
  if (count <= 0 || count >= set->count())
    return;
  const runtime::RandomNumbers numbers(seed, runtime::RandomStream::Subset,
                                       runtime::hashText("examples"));
  std::vector<int64_t> chosen = runtime::randomSubset(count, set->count(), numbers);
  set = runtime::selectSamples(std::move(set), std::move(chosen));
}

Status Opener::scan(int64_t knownClasses) {
  runtime::ProgressLine progress;
  runtime::ScanOptions wanted{
      .threads = threadCount(), .mostBad = options.skipBad, .classes = knownClasses};
  wanted.progress = [&](int64_t done) {
    if (progress.due())
      progress.show("looking at samples: " + std::to_string(done) + " of " +
                    std::to_string(set->count()));
  };
  statistics = runtime::keptScan(*set, wanted, cacheOf(options));
  progress.clear();
  for (const std::string &reason : statistics.bad)
    std::fprintf(stderr, "spherical: note: skipped %s\n", reason.c_str());
  if (!statistics.bad.empty())
    set = runtime::selectSamples(std::move(set), statistics.good);
  return model && knownClasses == 0 && !model->values ? checkClassCount(classes(), *model)
                                                      : Status(Done{});
}

runtime::SetRecord Opener::record() const {
  char fingerprint[17];
  std::snprintf(fingerprint, sizeof(fingerprint), "%016llx",
                static_cast<unsigned long long>(statistics.fingerprint));
  return {path,
          runtime::setKindName(place.kind),
          gridText(set->layout().grid),
          splitText,
          0,
          fingerprint,
          set->classNames(),
          set->palette()};
}

std::string Opener::text() const {
  const runtime::FieldLayout layout = set->layout();
  std::string text = std::to_string(set->count()) + (set->count() == 1 ? " sample" : " samples") +
                     " of '" + place.path + "' (" + runtime::setKindName(place.kind);
  if (place.part != Part::All && (place.hasParts || !splitText.empty()))
    text += std::string(", part ") + runtime::partName(place.part) +
            (splitText.empty() ? "" : " of " + splitText);
  text += "), " + std::to_string(layout.channels) +
          (layout.channels == 1 ? " channel" : " channels") + ", grid " + gridText(layout.grid) +
          ", " + targetName(set->target().kind);
  int64_t missing = 0;
  for (const runtime::ChannelStatistics &channel : statistics.channels)
    missing += channel.missing;
  if (missing > 0)
    text += ", " + std::to_string(missing) + " values missing";
  if (statistics.unlabelled > 0)
    text += ", " + std::to_string(statistics.unlabelled) + " labels missing";
  if (!statistics.bad.empty())
    text += ", " + std::to_string(statistics.bad.size()) + " skipped";
  return text;
}

Result<runtime::Split3> splitOf(const std::string &text, uint64_t seed) {
  std::optional<runtime::Split3> split = runtime::parseSplit(text);
  if (!split)
    return commandError("--split: expected sample, group or time, perhaps with shares of 100 as in "
                        "sample:80/10/10, got '" +
                        text + "'");
  split->seed = seed;
  return *split;
}

/// The data's classes by their numbers in the training; empty if they are the same.
Result<std::vector<int32_t>> classMap(const std::vector<std::string> &names,
                                      const runtime::SetRecord &record, const std::string &path) {
  std::vector<int32_t> map;
  if (names.empty() || record.classes.empty() || names == record.classes)
    return map;
  for (const std::string &name : names) {
    const auto found = std::ranges::find(record.classes, name);
    if (found == record.classes.end())
      return commandError("expected classes of the training in '" + path + "', got '" + name + "'");
    map.push_back(static_cast<int32_t>(found - record.classes.begin()));
  }
  return map;
}

/// That of the weights; values as they are if these have none.
runtime::Preparation preparationFor(const runtime::Metadata &metadata, int64_t channels) {
  if (const auto recorded = runtime::preparationOf(metadata)) {
    if (static_cast<int64_t>(recorded->channels.size()) != channels)
      throw std::runtime_error("expected data of the " + std::to_string(recorded->channels.size()) +
                               " channels that the weights were trained on, got " +
                               std::to_string(channels));
    return *recorded;
  }
  std::fprintf(stderr, "spherical: note: the weights record no normalisation; values enter as they "
                       "are, missing ones as 0\n");
  return {std::vector<runtime::ChannelPreparation>(channels)};
}

std::string preparationText(const runtime::Preparation &preparation) {
  runtime::Metadata metadata;
  runtime::setPreparation(metadata, preparation);
  return metadata.begin()->second;
}

/// What samples of a data set are in a network: other values or targets, another text.
std::string identityOf(const runtime::SetRecord &record, const runtime::Preparation &preparation,
                       const std::vector<int32_t> &classMap = {}) {
  std::string text =
      record.fingerprint + " " + record.grid + "\n" + preparationText(preparation) + "\n";
  for (const int32_t number : classMap)
    text += std::to_string(number) + " ";
  return text;
}

/// Bytes for what is made of samples: of the command line, else a share of what is free.
std::shared_ptr<runtime::CacheMemory> cacheMemoryOf(const OwnDataOptions &options) {
  constexpr int64_t share = 8;
  return std::make_shared<runtime::CacheMemory>(
      options.cacheMemory >= 0 ? options.cacheMemory : runtime::availableMemory() / share);
}

/// What a run goes on with: the samples, and what is made of them.
uint64_t trainingFingerprint(uint64_t samples, const runtime::Preparation &preparation) {
  const std::string text = preparationText(preparation);
  return runtime::hashBytes({reinterpret_cast<const uint8_t *>(text.data()), text.size()}, samples);
}

} // namespace

/// Digits, if no option is given that they do not have.
static Result<bool> digitsOnly(const OwnDataOptions &options) {
  for (const char *name : fileOptions)
    if (isGiven(*options.command, name))
      return commandError(std::string(name) + " is about data in files, expected --data with such, "
                                              "got digits");
  if (options.rotate == "z")
    return commandError("--rotate=z is about data in files, expected --data with such, got digits");
  return false;
}

Result<bool> takesOwnData(DigitOptions &digits, const OwnDataOptions &options,
                          const std::optional<runtime::SetRecord> &recorded) {
  try {
    const bool isRecorded = digits.folder.empty() && recorded;
    if (digits.folder.empty() && !isRecorded)
      return digitsOnly(options);
    const std::optional<SetKind> kind = kindOf(options);
    if (!isRecorded && runtime::findSet(digits.folder, kind, Part::Train).kind == SetKind::Idx) {
      digits.flat = kind.has_value();
      return digitsOnly(options);
    }
    for (const char *name : digitOptions)
      if (isGiven(*options.command, name))
        return commandError(std::string(name) +
                            " says how digits are made, expected digits, got '" +
                            (isRecorded ? recorded->path : digits.folder) + "'");
    return true;
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

Result<OwnData> openTrainingData(const DigitOptions &digits, const OwnDataOptions &options,
                                 const std::optional<ModelInterface> &model) {
  OwnData data;
  data.memory = cacheMemoryOf(options);
  Opener opener(digits.folder, options, model);
  if (Status fit = opener.open(Part::Train, /*targets=*/true, data.memory); !fit)
    return fit.error();
  if (!options.split.empty()) {
    const Result<runtime::Split3> split = splitOf(options.split, digits.seed);
    if (!split)
      return split.error();
    opener.divide(*split, Part::Train);
  }
  opener.sample(digits.examples, digits.seed);
  if (Status scanned = opener.scan(0); !scanned)
    return scanned.error();
  data.preparation = runtime::makePreparation(opener.statistics, options.preparation);
  data.record = opener.record();
  data.record.seed = digits.seed;
  data.identity = identityOf(data.record, data.preparation);
  data.text = opener.text();
  data.kind = opener.place.kind;
  data.part = opener.place.part;
  data.samples = std::make_unique<runtime::PreparedSamples>(
      std::move(opener.set),
      runtime::PreparedOptions{
          .preparation = data.preparation,
          .classes = opener.statistics.largestLabel + 1,
          .fingerprint = trainingFingerprint(opener.statistics.fingerprint, data.preparation)});
  return data;
}

Result<OwnData> openTestData(const DigitOptions &digits, const OwnDataOptions &options,
                             const std::optional<ModelInterface> &model,
                             const runtime::Metadata &metadata) {
  const runtime::SetRecord trained = runtime::setRecordOf(metadata).value_or(runtime::SetRecord());
  const std::string path = digits.folder.empty() ? trained.path : digits.folder;
  const Part part = runtime::parsePart(options.part).value_or(Part::Test);
  OwnData data;
  data.memory = cacheMemoryOf(options);
  Opener opener(path, options, model);
  if (Status fit = opener.open(part, /*targets=*/true, data.memory); !fit)
    return fit.error();
  const bool isOwn = isSameFile(path, trained.path) && !trained.split.empty();
  const std::string splitText = isOwn && options.split.empty() ? trained.split : options.split;
  const bool asTrained = isOwn && splitText == trained.split;
  if (isOwn && !asTrained)
    std::fprintf(stderr,
                 "spherical: note: --split %s of data that training divided by %s may test "
                 "on samples that it saw\n",
                 splitText.c_str(), trained.split.c_str());
  if (!splitText.empty()) {
    const Result<runtime::Split3> split =
        splitOf(splitText, asTrained ? trained.seed : digits.seed);
    if (!split)
      return split.error();
    opener.divide(*split, part);
  } else if (!options.part.empty() && part != Part::All && !opener.place.hasParts) {
    return commandError("expected --split, or data with the parts train and test, for --part " +
                        options.part);
  }
  opener.sample(digits.examples, digits.seed);
  const Result<std::vector<int32_t>> map = classMap(opener.set->classNames(), trained, path);
  if (!map)
    return map.error();
  const bool values = isNumeric(opener.set->target().kind);
  if (Status scanned = opener.scan(!values && model ? model->output[0] : 0); !scanned)
    return scanned.error();
  data.record = opener.record();
  if (data.record.fingerprint == trained.fingerprint)
    std::fprintf(stderr, "spherical: note: these are the samples that the weights were trained on; "
                         "--split or a part 'test' keeps some apart\n");
  if (!trained.classes.empty())
    data.record.classes = trained.classes;
  data.preparation = preparationFor(metadata, opener.set->layout().channels);
  data.identity = identityOf(data.record, data.preparation, *map);
  data.text = opener.text();
  data.kind = opener.place.kind;
  data.part = opener.place.part;
  data.samples = std::make_unique<runtime::PreparedSamples>(
      std::move(opener.set),
      runtime::PreparedOptions{.preparation = data.preparation,
                               .classes = opener.statistics.largestLabel + 1,
                               .classMap = *map,
                               .fingerprint = opener.statistics.fingerprint});
  return data;
}

Result<OwnData> openPredictionData(const std::string &path, const OwnDataOptions &options,
                                   const std::optional<ModelInterface> &model,
                                   const runtime::Metadata &metadata) {
  Opener opener(path, options, model);
  if (Status fit = opener.open(Part::All, /*targets=*/false, nullptr); !fit)
    return fit.error();
  OwnData data;
  const auto trained = runtime::setRecordOf(metadata);
  data.record = opener.record();
  if (trained && !trained->classes.empty())
    data.record.classes = trained->classes;
  if (trained && data.record.palette.empty())
    data.record.palette = trained->palette;
  data.preparation = preparationFor(metadata, opener.set->layout().channels);
  data.text = opener.text();
  data.kind = opener.place.kind;
  data.part = opener.place.part;
  data.samples = std::make_unique<runtime::PreparedSamples>(
      std::move(opener.set), runtime::PreparedOptions{.preparation = data.preparation,
                                                      .targets = false,
                                                      .mostBad = options.skipBad});
  return data;
}

std::string OwnData::sampleName(int64_t index) const {
  if (kind == SetKind::Arrays)
    return std::to_string(samples->data().number(index));
  const std::string name = samples->data().sampleName(index), folder = "images/";
  return name.starts_with(folder) ? name.substr(folder.size()) : name;
}

runtime::DataRecord ownDataRecord(const OwnData &data, uint64_t seed) {
  runtime::DataRecord record;
  record.protocol = "files";
  record.samples = data.samples->count();
  record.seed = seed;
  return record;
}

std::string ownClassName(const runtime::SetRecord &record, int64_t index) {
  return index < static_cast<int64_t>(record.classes.size()) ? record.classes[index]
                                                             : "class " + std::to_string(index);
}

} // namespace spherical::driver
