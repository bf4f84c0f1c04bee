//===- artifact.cpp - compiled models -------------------------------------===//

#include "tools/spherical/driver/artifact.h"

#include "runtime/data/files.h"
#include "runtime/execute/memory.h"
#include "tools/emulation/device.h"
#include "tools/spherical/codegen/codegen.h"
#include "tools/spherical/driver/memory_limit.h"
#include "tools/spherical/driver/object.h"

#include <filesystem>
#include <numeric>
#include <span>
#include <system_error>

namespace spherical::driver {

namespace fs = std::filesystem;

struct LoadedProgram::State {
  // The code outlives the program that runs it.
  std::unique_ptr<LoadedObject> object;
  std::unique_ptr<runtime::Program> program;
};

LoadedProgram::LoadedProgram(std::unique_ptr<State> state) : state(std::move(state)) {}
LoadedProgram::~LoadedProgram() = default;

runtime::Program &LoadedProgram::program() { return *state->program; }

/// Fails if the plan takes more than the options' limit or, without one, `available` bytes.
static Status planWithin(Session &session, int64_t available) {
  const Result<std::string> manifest = planManifest(session);
  if (!manifest)
    return manifest.error();
  return manifest->empty() ? Done{} : checkMemory(session, *manifest, available);
}

Status planWithinLimit(Session &session) { return planWithin(session, 0); }

static Result<std::string> compileWithin(Session &session, int64_t available) {
  if (Status status = planWithin(session, available); !status)
    return status.error();
  return compileObject(session);
}

static Result<std::unique_ptr<LoadedObject>> loadObject(Session &session, int64_t available) {
  Result<std::string> object = compileWithin(session, available);
  if (!object)
    return object.error();
  Result<std::unique_ptr<LoadedObject>> loaded = LoadedObject::load(*object, &sph_parallel);
  if (!loaded)
    return loaded.error();
  // A module of the phase lower has no plan, but its code says what it takes.
  if (Status status = checkMemory(session, (*loaded)->manifest(), available); !status)
    return status.error();
  return loaded;
}

/// Where code for GPUs runs: the emulation is this program's own.
static runtime::DeviceOptions deviceOptions(const SessionOptions &options) {
  using emulation::Checks;
  const bool strict = options.target == "cuda-emulated:strict";
  const bool emulated = strict || options.target == "cuda-emulated";
  return {options.device, nullptr,
          emulated ? &emulation::emulatedDevice(emulation::ThreadOrder::Forward,
                                                strict ? Checks::Strict : Checks::None)
                   : nullptr};
}

Result<std::unique_ptr<LoadedProgram>> LoadedProgram::load(Session &session) {
  // What a GPU has is known when the program is there.
  const bool here = session.options().target != "cuda";
  Result<std::unique_ptr<LoadedObject>> object =
      loadObject(session, here ? runtime::availableMemory() : 0);
  if (!object)
    return object.error();
  auto state = std::make_unique<State>();
  state->object = std::move(*object);
  const LoadedObject *code = state->object.get();
  try {
    state->program = runtime::Program::fromSymbols(
        code->manifest(), [code](const std::string &symbol) { return code->lookup(symbol); },
        deviceOptions(session.options()));
    if (session.options().threads > 0)
      state->program->setThreads(session.options().threads);
  } catch (const std::exception &error) {
    return Error{session.path() + ": error: " + error.what()};
  }
  return std::unique_ptr<LoadedProgram>(new LoadedProgram(std::move(state)));
}

/// Where the shared runtime of this driver is.
static fs::path runtimeLibrary() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path() / "lib" / "libspherical_runtime.so";
}

/// What stands in the way of a library at `path`, known before anything is compiled.
static Status checkPlaces(const std::string &path, const fs::path &runtime) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_regular_file(status))
    return Error{path +
                 ": error: expected the name of a file for the library, got a folder or device"};
  if (!fs::exists(runtime, error))
    return Error{path + ": error: cannot write the library: expected its runtime at " +
                 runtime.string() + ", got none"};
  return Done{};
}

Result<std::string> writeLibrary(Session &session, const std::string &path) {
  const fs::path runtime = runtimeLibrary();
  const auto fail = [&](const std::string &reason) {
    return Error{path + ": error: cannot write the library: " + reason};
  };
  try {
    if (Status places = checkPlaces(path, runtime); !places)
      return places.error();
    runtime::ReplacingFile file(path); // fail now rather than after the compilation
    Result<std::string> object = compileWithin(session, 0);
    if (!object)
      return object.error();
    const Result<std::string> library =
        linkLibrary(*object, fs::path(path).filename().string(), runtime.string());
    if (!library)
      return fail(library.error().message);
    file.write(std::as_bytes(std::span(library->data(), library->size())));
    file.commit();
    return runtime.string();
  } catch (const std::system_error &error) {
    return fail(error.code().message());
  } catch (const std::exception &error) {
    return fail(error.what());
  }
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
    summary.stages.push_back({stage.name, stage.location, stage.flop, stage.bytes, stage.tasks,
                              stage.blocks, stage.threads, stage.shared});
  return summary;
}

Result<ArtifactSummary> summarize(Session &session) {
  Result<std::unique_ptr<LoadedObject>> object = loadObject(session, 0);
  if (!object)
    return object.error();
  try {
    const runtime::Manifest manifest = runtime::parseManifest((*object)->manifest());
    ArtifactSummary summary;
    summary.processor = manifest.gpu.empty()
                            ? "cpu " + manifest.cpu
                            : "gpu " + manifest.gpu + ", host code for cpu " + manifest.cpu;
    for (const runtime::EntrySpec &entry : manifest.entries)
      summary.entries.push_back(summarizeEntry(manifest, entry));
    return summary;
  } catch (const std::exception &error) {
    return Error{session.path() + ": error: " + error.what()};
  }
}

} // namespace spherical::driver
