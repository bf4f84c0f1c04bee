//===- artifact.cpp - compiled models -------------------------------------===//

#include "tools/spherical/driver/artifact.h"

#include "runtime/execute/memory.h"
#include "tools/spherical/codegen/codegen.h"
#include "tools/spherical/driver/object.h"

#include <filesystem>
#include <numeric>

namespace spherical::driver {

struct LoadedProgram::State {
  // The code outlives the program that runs it.
  std::unique_ptr<LoadedObject> object;
  std::unique_ptr<runtime::Program> program;
};

LoadedProgram::LoadedProgram(std::unique_ptr<State> state) : state(std::move(state)) {}
LoadedProgram::~LoadedProgram() = default;

runtime::Program &LoadedProgram::program() { return *state->program; }

static Result<std::unique_ptr<LoadedObject>> loadObject(Session &session) {
  Result<std::string> object = compileObject(session);
  if (!object)
    return object.error();
  return LoadedObject::load(*object, &sph_parallel);
}

Result<std::unique_ptr<LoadedProgram>> LoadedProgram::load(Session &session) {
  session.setDefaultMemoryLimit(runtime::availableMemory());
  Result<std::unique_ptr<LoadedObject>> object = loadObject(session);
  if (!object)
    return object.error();
  auto state = std::make_unique<State>();
  state->object = std::move(*object);
  const LoadedObject *code = state->object.get();
  try {
    state->program = runtime::Program::fromSymbols(
        code->manifest(), [code](const std::string &symbol) { return code->lookup(symbol); });
    if (session.options().threads > 0)
      state->program->setThreads(session.options().threads);
  } catch (const std::exception &error) {
    return Error{session.path() + ": error: " + error.what()};
  }
  return std::unique_ptr<LoadedProgram>(new LoadedProgram(std::move(state)));
}

/// The shared runtime beside the driver, or an empty path: then the process that loads the library
/// provides it.
static std::string runtimeLibrary() {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path library =
      program.parent_path().parent_path() / "lib" / "libspherical_runtime.so";
  return fs::exists(library, error) ? library.string() : "";
}

Status writeLibrary(Session &session, const std::string &path) {
  std::error_code missing;
  const auto status = std::filesystem::status(path, missing);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return Error{path + ": error: expected the name of a file for the library, got a folder or device"};
  Result<std::string> object = compileObject(session);
  if (!object)
    return object.error();
  return linkLibrary(*object, path, runtimeLibrary());
}

double EntrySummary::flop() const {
  return std::accumulate(stages.begin(), stages.end(), 0.0,
                         [](double sum, const StageSummary &stage) { return sum + stage.flop; });
}

static EntrySummary summarizeEntry(const runtime::Manifest &manifest,
                                   const runtime::EntrySpec &entry) {
  EntrySummary summary;
  summary.name = entry.name;
  summary.arenaBytes = static_cast<double>(entry.arenaBytes);
  summary.scratchBytes = static_cast<double>(entry.scratchBytes);
  for (int64_t table : entry.tables)
    summary.tableBytes += static_cast<double>(runtime::tableBytes(manifest.tables[table]));
  for (const runtime::StageSpec &stage : entry.stages)
    summary.stages.push_back({stage.name, stage.location, stage.flop, stage.bytes, stage.tasks});
  return summary;
}

Result<ArtifactSummary> summarize(Session &session) {
  Result<std::unique_ptr<LoadedObject>> object = loadObject(session);
  if (!object)
    return object.error();
  try {
    const runtime::Manifest manifest = runtime::parseManifest((*object)->manifest());
    ArtifactSummary summary;
    summary.cpu = manifest.cpu;
    for (const runtime::EntrySpec &entry : manifest.entries)
      summary.entries.push_back(summarizeEntry(manifest, entry));
    return summary;
  } catch (const std::exception &error) {
    return Error{session.path() + ": error: " + error.what()};
  }
}

} // namespace spherical::driver
