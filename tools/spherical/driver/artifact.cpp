//===- artifact.cpp - compiled models -------------------------------------===//

#include "tools/spherical/driver/artifact.h"

#include "runtime/cuda/driver.h"
#include "runtime/data/files.h"
#include "runtime/execute/memory.h"
#include "tools/emulation/device.h"
#include "tools/spherical/codegen/codegen.h"
#include "tools/spherical/driver/memory_limit.h"
#include "tools/spherical/driver/object.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <span>
#include <system_error>

namespace spherical::driver {

namespace fs = std::filesystem;

/// What the symbols of entries begin with.
static const std::string entryPrefix = "sph_entry_";

/// The code of a session's program in this process: an entry's when it is asked for, or all.
class LoadedCode {
public:
  /// Compiles and loads all, or of a program with objects for entries those of `entries`.
  static Result<std::unique_ptr<LoadedCode>> load(Session &session, const ProgramPlan &plan,
                                                  const std::vector<std::string> &entries,
                                                  int64_t available);

  /// Address of a symbol, null if there is none. Throws what the compiler says.
  void *lookup(const std::string &symbol);
  std::string manifest() const { return byEntry ? plan.manifest : object->manifest(); }
  runtime::Linking linking() const {
    return byEntry ? runtime::Linking::Lazy : runtime::Linking::AtOnce;
  }

private:
  LoadedCode(Session &session, const ProgramPlan &plan)
      : session(session), plan(plan), byEntry(hasEntryObjects(session)) {}
  Status add(const std::vector<std::string> &entries);

  Session &session;
  ProgramPlan plan;
  bool byEntry; ///< or the object has all, the manifest too
  std::unique_ptr<LoadedObject> object;
};

struct LoadedProgram::State {
  // The code outlives the program that runs it.
  std::unique_ptr<LoadedCode> code;
  std::unique_ptr<runtime::Program> program;
};

LoadedProgram::LoadedProgram(std::unique_ptr<State> state) : state(std::move(state)) {}
LoadedProgram::~LoadedProgram() = default;

runtime::Program &LoadedProgram::program() { return *state->program; }

/// Plans the program. Fails if that takes more than the options' limit or, without one, `available`
/// bytes.
static Result<ProgramPlan> planWithin(Session &session, int64_t available) {
  if (Status kept = keepMemoryLimit(session); !kept)
    return kept.error();
  Result<ProgramPlan> plan = planProgram(session);
  if (!plan || plan->manifest.empty())
    return plan;
  if (Status status = checkMemory(session, plan->manifest, available); !status)
    return status.error();
  return plan;
}

Status planWithinLimit(Session &session) {
  if (const Result<ProgramPlan> plan = planWithin(session, 0); !plan)
    return plan.error();
  return session.phase() == "lower" ? Status(Done{}) : session.runTo("plan");
}

Status LoadedCode::add(const std::vector<std::string> &entries) {
  const Result<ObjectMap> objects = compileEntries(session, plan, entries);
  if (!objects)
    return objects.error();
  const StepTimer timer(session.times(), "load");
  if (Status status = object->add(*objects); !status)
    return status;
  for (const std::string &entry : entries)
    if (!object->lookup(entryPrefix + entry))
      return Error{session.path() + ": error: cannot load the code of entry '" + entry + "'"};
  return Done{};
}

Result<std::unique_ptr<LoadedCode>> LoadedCode::load(Session &session, const ProgramPlan &plan,
                                                     const std::vector<std::string> &entries,
                                                     int64_t available) {
  std::unique_ptr<LoadedCode> code(new LoadedCode(session, plan));
  const bool byEntry = code->byEntry;
  const Result<std::string> whole = byEntry ? std::string() : compileObject(session);
  if (!whole)
    return whole.error();
  auto loaded =
      byEntry ? LoadedObject::create(&sph_parallel) : LoadedObject::load(*whole, &sph_parallel);
  if (!loaded)
    return loaded.error();
  code->object = std::move(*loaded);
  // A module of the phase lower has no plan, but its code says what it takes.
  Status status = byEntry ? code->add(entries) : checkMemory(session, code->manifest(), available);
  if (!status)
    return status.error();
  return code;
}

void *LoadedCode::lookup(const std::string &symbol) {
  if (!byEntry || object->lookup(symbol))
    return object->lookup(symbol);
  if (!symbol.starts_with(entryPrefix))
    return nullptr;
  if (Status status = add({symbol.substr(entryPrefix.size())}); !status)
    throw std::runtime_error(status.error().message);
  return object->lookup(symbol);
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

namespace {

/// A GPU that is opened before anything compiles: what is wrong with it is said at once.
class OpenedDevice {
public:
  explicit OpenedDevice(const runtime::DeviceOptions &options)
      : calls(options.calls ? *options.calls : runtime::cudaDevice()) {
    if (const char *fault = calls.open(options.ordinal, &context))
      throw std::runtime_error(fault);
  }
  ~OpenedDevice() { calls.close(context); }
  OpenedDevice(const OpenedDevice &) = delete;
  OpenedDevice &operator=(const OpenedDevice &) = delete;

private:
  const sph_device &calls;
  sph_device_context *context = nullptr;
};

} // namespace

Result<std::unique_ptr<LoadedProgram>> LoadedProgram::load(Session &session) {
  // What a GPU has is known when the program is there.
  const bool here = session.options().target != "cuda";
  const int64_t available = here ? runtime::availableMemory() : 0;
  auto state = std::make_unique<State>();
  try {
    std::optional<OpenedDevice> device;
    if (session.options().target != "cpu")
      device.emplace(deviceOptions(session.options()));
    const Result<ProgramPlan> plan = planWithin(session, available);
    if (!plan)
      return plan.error();
    std::vector<std::string> entries;
    if (hasEntryObjects(session))
      entries = entriesToRun(runtime::parseManifest(plan->manifest), session.options());
    auto loaded = LoadedCode::load(session, *plan, entries, available);
    if (!loaded)
      return loaded.error();
    state->code = std::move(*loaded);
    LoadedCode *code = state->code.get();
    state->program = runtime::Program::fromSymbols(
        code->manifest(), [code](const std::string &symbol) { return code->lookup(symbol); },
        deviceOptions(session.options()), code->linking());
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

/// The objects of the whole program.
static Result<std::vector<std::string>> compileAll(Session &session) {
  const Result<ProgramPlan> plan = planWithin(session, 0);
  if (!plan)
    return plan.error();
  if (!hasEntryObjects(session)) {
    const Result<std::string> whole = compileObject(session);
    if (!whole)
      return whole.error();
    return std::vector<std::string>{*whole};
  }
  const Result<ObjectMap> code =
      compileEntries(session, *plan, entriesToRun(runtime::parseManifest(plan->manifest), {}));
  if (!code)
    return code.error();
  const Result<std::string> manifest = compileManifest(session, plan->manifest);
  if (!manifest)
    return manifest.error();
  std::vector<std::string> objects{*manifest};
  for (const auto &[key, object] : *code)
    objects.push_back(object);
  return objects;
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
    Result<std::vector<std::string>> objects = compileAll(session);
    if (!objects)
      return objects.error();
    const StepTimer timer(session.times(), "link");
    const Result<std::string> library =
        linkLibrary(*objects, fs::path(path).filename().string(), runtime.string());
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

/// A stage's call of a library in words.
static std::string callOf(const runtime::StageSpec &stage) {
  if (stage.fft)
    return "cuFFT " + stage.fft->kind + ", " + std::to_string(stage.fft->rows) + " x " +
           std::to_string(stage.fft->n);
  if (!stage.gemm)
    return "";
  const sph_gemm_shape &gemm = *stage.gemm;
  return "cuBLAS " + (gemm.batch > 1 ? std::to_string(gemm.batch) + " times " : std::string()) +
         std::to_string(gemm.m) + " x " + std::to_string(gemm.k) + " by " + std::to_string(gemm.k) +
         " x " + std::to_string(gemm.n);
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
                              stage.blocks, stage.threads, stage.shared, callOf(stage)});
  return summary;
}

Result<ArtifactSummary> summarize(Session &session) {
  const Result<ProgramPlan> plan = planWithin(session, 0);
  if (!plan)
    return plan.error();
  std::string text = plan->manifest;
  if (!hasEntryObjects(session)) { // only the code says how its kernels are launched
    const auto code = LoadedCode::load(session, *plan, {}, 0);
    if (!code)
      return code.error();
    text = (*code)->manifest();
  }
  try {
    const runtime::Manifest manifest = runtime::parseManifest(text);
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
