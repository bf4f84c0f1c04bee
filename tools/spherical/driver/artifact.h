//===- artifact.h - compiled models -----------------------------*- C++ -*-===//
//
// From a session to machine code: a program in this process, a shared library,
// or a summary of what either holds.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_DRIVER_ARTIFACT_H
#define SPHERICAL_TOOLS_SPHERICAL_DRIVER_ARTIFACT_H

#include "runtime/execute/program.h"
#include "tools/spherical/driver/session.h"

#include <memory>
#include <string>
#include <vector>

namespace spherical::driver {

/// A program whose code lives in this process. For target cpu, entries that the session's options
/// do not name are compiled when they first run: the session must outlive the program.
class LoadedProgram {
public:
  /// Compiles what is left to do for the entries of the options, and loads the code.
  static Result<std::unique_ptr<LoadedProgram>> load(Session &session);
  ~LoadedProgram();

  runtime::Program &program();

private:
  struct State;
  explicit LoadedProgram(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

/// Compiles all that is left to do and writes the shared library `path`; gives the path of the
/// runtime that it needs, and finds beside itself or there.
Result<std::string> writeLibrary(Session &session, const std::string &path);

/// Takes the session to the phase plan, and fails if the plan takes more than the options' memory
/// limit. For target cpu.
Status planWithinLimit(Session &session);

struct StageSummary {
  std::string name, place;
  double flop = 0, bytes = 0;
  int64_t tasks = 0;
  /// How its kernel is launched on a GPU; all 0 on CPUs. `shared`: bytes a block.
  int64_t blocks = 0, threads = 0, shared = 0;
  /// What it calls of a library, such as "cuFFT real_analysis, 400 x 20"; empty for a kernel.
  std::string call;
};

struct EntrySummary {
  std::string name;
  double arenaBytes = 0, tableBytes = 0, scratchBytes = 0;
  std::vector<StageSummary> stages;
  /// Floating-point operations of one run at full capacity.
  double flop() const;
};

struct ArtifactSummary {
  /// What the code is made for, such as "cpu x86-64-v4".
  std::string processor;
  std::vector<EntrySummary> entries;
};

/// Plans what is left to do, on GPUs compiles it too, and describes the result.
Result<ArtifactSummary> summarize(Session &session);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_DRIVER_ARTIFACT_H
