//===- session.h - a model on its way through the compiler ------*- C++ -*-===//
//
// What the subcommands share: load a model of any form and phase, take it to a
// later phase, print it. Includes no header of MLIR, so that commands and tests
// compile quickly.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_SESSION_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_SESSION_H

#include "passes/lower/chips.h"
#include "runtime/data/model_record.h"
#include "tools/spherical/codegen/compile_times.h"
#include "tools/spherical/model/description.h"
#include "tools/spherical/result.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class MemoryBuffer;
} // namespace llvm

namespace mlir {
class DialectRegistry;
class ModuleOp;
class MLIRContext;
} // namespace mlir

namespace spherical::driver {

/// How to compile. Empty strings and zeros stand for defaults.
struct SessionOptions {
  /// reference, cpu, cuda, cuda-emulated or cuda-emulated:strict.
  std::string target = "cpu";
  /// The GPU that target cuda makes code for, and the number of the one that runs it.
  std::string gpu{mlir::spherical::kDefaultChip};
  int64_t device = 0;
  /// x86-64-v3, x86-64-v4, native (all that this machine has), or empty for its best level.
  std::string cpu;
  /// The file of a machine, or the name of a GPU, that the schedule is made for, and that times are
  /// predicted for; empty: `cpu`, or the first card of `gpu` (passes/schedule/machine.h).
  std::string machine;
  /// What the schedule takes in place of the fastest (passes/schedule/preferences.h).
  std::vector<std::string> choose;
  /// The most rounding of a way to compute an op (passes/pipeline.h); 0: any.
  double exact = 0;
  /// Names of optional passes that are left out (passes/pipeline.h).
  std::vector<std::string> without;
  /// Worker threads when running; 0: one for each core.
  int64_t threads = 0;
  /// Bytes that arena, tables, scratch and parameters together may take; 0: what the machine has
  /// available if the code runs here, else any.
  int64_t memoryLimit = 0;
  /// The entries that will run, which the limit bounds; empty: all. `probe` is built only if it is
  /// one of them.
  std::vector<std::string> entries;
  /// Capacity of the batch; 0: what the model says.
  int64_t batch = 0;
  /// Folder that gets one numbered file for each pass that changed something.
  std::string dumpDir;
  /// Adds dialects whose ops implement `Schedulable` (dialects/interfaces) to those of this
  /// project; null: none.
  void (*registerDialects)(mlir::DialectRegistry &registry) = nullptr;
  /// Whether a session says at its end, on standard error, where the time of compiling went.
  bool compileTimes = false;
};

/// What the options leave out and take in place of the fastest, for keys of caches.
std::string choicesText(const SessionOptions &options);

/// A model in memory with its MLIR context.
class Session {
public:
  /// Reads a model: YAML (.yaml, .yml), MLIR text or bytecode of any phase, "-" for MLIR on
  /// standard input. Fails with a located error if it is not a model.
  static Result<std::unique_ptr<Session>> load(const std::string &path,
                                               const SessionOptions &options);
  /// The same of a text in memory; `name` stands for its path.
  static Result<std::unique_ptr<Session>> parse(const std::string &name, const std::string &text,
                                                const SessionOptions &options);
  ~Session();
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  const SessionOptions &options() const;
  /// The path that was loaded.
  const std::string &path() const;

  /// Runs the phases from where the module stands up to and including `phase` (graph, expand,
  /// differentiate, fuse, schedule, plan or lower).
  Status runTo(const std::string &phase);
  /// The phase that the module has passed.
  std::string phase();

  /// Names an entry that will run besides those of the options.
  void addEntry(const std::string &name);

  /// The most bytes of values that may live at once (passes/pipeline.h), 0: any. For phases to
  /// come.
  void setLiveLimit(int64_t bytes);
  int64_t liveLimit() const;

  /// Whether the entry `probe` is built: the options name it.
  bool buildsProbe() const;

  /// The module as text, with locations in `withLocations`.
  std::string text(bool withLocations);
  /// The module as MLIR bytecode.
  std::string bytecode();
  /// The model as a description; fails at the first op without words for it. Graph phase only.
  Result<ModelDescription> description();
  /// The same as YAML.
  Result<std::string> yaml();

  /// The model's name and the digest of its graph (model/digest.h), which modules of later phases
  /// carry along; empty if they do not.
  runtime::ModelRecord record();

  /// What the model file says of training and of the loss, or the defaults.
  TrainingDescription training();
  LossDescription loss();
  /// Compiles for another training or loss, in the graph phase. Fails at what does not belong
  /// together (trainingFault) or to the model, and changes nothing then.
  Status setTraining(const TrainingDescription &training);
  Status setLoss(const LossDescription &loss);
  /// Gives the loss the weights of `class_weights: balanced` for these numbers of labels, one a
  /// class. Fails at a class without labels.
  Status balanceClasses(const std::vector<int64_t> &counts);
  /// Optimizer and loss, by name, as text: what training depends on besides the schedule.
  std::map<std::string, std::string> trainingSettings();

  /// Where the time of steps goes, or null if nobody asks.
  CompileTimes *times();

  mlir::ModuleOp module();
  mlir::MLIRContext &context();
  /// Drops what MLIR has said so far and returns it: one line for each message.
  std::string takeDiagnostics();

private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  static Result<std::unique_ptr<Session>> read(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                               const std::string &path,
                                               const SessionOptions &options);
  /// Fails if the module is past a phase that options are for.
  Status checkEarly();
  std::unique_ptr<State> state;
};

/// The error for a name that is none of the model's entries, with a guess.
Error noSuchEntry(const std::string &path, const std::vector<std::string> &entries,
                  const std::string &entry);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_SESSION_H
