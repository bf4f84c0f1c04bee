//===- program.cpp - a loaded artifact --------------------------*- C++ -*-===//

#include "runtime/execute/program.h"

#include "runtime/execute/library_file.h"
#include "runtime/execute/program_state.h"

#include <algorithm>

#include <dlfcn.h>

namespace spherical::runtime {

/// States and moments start at constants: what their declaration says, if it is a constant.
void Program::State::fillInitial(const ParameterSpec &parameter, std::byte *data) {
  if (parameter.initKind != "ones")
    return; // kept memory is zero at first
  const int64_t size = parameter.size();
  std::vector<std::byte> values(parameter.bytes());
  if (parameter.element == Element::F32)
    std::fill_n(reinterpret_cast<float *>(values.data()), size,
                static_cast<float>(parameter.initScale));
  else if (parameter.element == Element::F64)
    std::fill_n(reinterpret_cast<double *>(values.data()), size, parameter.initScale);
  else if (parameter.element == Element::I32)
    std::fill_n(reinterpret_cast<int32_t *>(values.data()), size, 1);
  else
    std::fill_n(reinterpret_cast<int64_t *>(values.data()), size, 1);
  machine->write(data, values.data(), parameter.bytes());
}

void Program::State::refuseNesting() const {
  if (holder == std::this_thread::get_id())
    throw Error(SPH_INVALID_ARGUMENT, "model '" + manifest.model +
                                          "' is running in this thread; an executor can only ask "
                                          "for its threads, memory and times");
}

Turn::Turn(Program::State &state) : state(state) {
  state.refuseNesting();
  state.mutex.lock();
  state.holder = std::this_thread::get_id();
}

Turn::~Turn() {
  state.holder = std::thread::id();
  state.mutex.unlock();
}

Program::State::~State() {
  pool.reset(); // no thread may be in the code that goes away
  if (library)
    dlclose(library);
}

int64_t Program::State::findKept(std::string_view name) const {
  for (size_t i = 0; i < manifest.parameters.size(); ++i)
    if (manifest.parameters[i].name == name)
      return static_cast<int64_t>(i);
  return -1;
}

/// Nothing of the code runs where an instruction of it may be missing.
static void checkProcessor(const Processor &needs) {
  const std::string missing = missingInstructions(thisProcessor(), needs);
  if (!missing.empty())
    throw Error(SPH_BAD_ARTIFACT, missing);
}

void Program::State::link(const SymbolLookup &lookup, Linking linking) {
  checkProcessor(manifest.needs);
  entries.resize(manifest.entries.size());
  for (size_t i = 0; i < entries.size(); ++i)
    if (manifest.entries[i].name == "prepare")
      prepareEntry = static_cast<int64_t>(i);
  machine->link(manifest, lookup);
  for (size_t i = 0; linking == Linking::AtOnce && i < entries.size(); ++i)
    machine->find(static_cast<int64_t>(i));
  takeKeptMemory();
  for (size_t i = 0; i < entries.size(); ++i)
    linkEntry(static_cast<int64_t>(i));
}

void Program::State::takeKeptMemory() {
  const int64_t bytes = alignedBytes(manifest.parameters);
  if (const int64_t available = machine->available(); bytes > available)
    throw Error(SPH_OUT_OF_MEMORY, "model '" + manifest.model + "' needs " + bytesText(bytes) +
                                       " for its parameters, " + bytesText(available) +
                                       " are available" + machine->owner());
  keptMemory = MachineMemory(*machine, bytes, true, "parameters");
  std::byte *at = keptMemory.data();
  for (const ParameterSpec &parameter : manifest.parameters) {
    fillInitial(parameter, at);
    kept.push_back({at, parameter.role != "parameter"});
    at += roundUp(parameter.bytes(), alignment);
  }
  if (prepareEntry >= 0)
    prepared.resize(manifest.entries[prepareEntry].results.size());
}

/// Whether one worker has done all of an entry before others would have joined it: to wake them
/// takes some 20 us. A core does some 20 GFLOP/s and 20 GB/s of such work.
static bool isShort(const EntrySpec &spec) {
  constexpr double rate = 20e9, seconds = 50e-6;
  double expected = 0;
  for (const StageSpec &stage : spec.stages)
    expected += std::max(stage.flop, stage.bytes) / rate;
  return expected > 0 && expected < seconds;
}

void Program::State::linkEntry(int64_t index) {
  const EntrySpec &spec = manifest.entries[index];
  EntryState &entry = entries[index];
  for (const ValueSpec &argument : spec.arguments) {
    Slot slot;
    if (argument.role == "count")
      slot.place = Place::Count;
    else if (argument.role == "prepared") {
      const auto &results = manifest.entries[prepareEntry].results;
      auto found = std::find_if(results.begin(), results.end(),
                                [&](const ValueSpec &r) { return r.name == argument.name; });
      slot = {Place::Prepared, found - results.begin()};
    } else if (const int64_t at = findKept(argument.name);
               at >= 0 && argument.role == manifest.parameters[at].role)
      slot = {Place::Kept, at};
    entry.argumentSlots.push_back(slot);
  }
  for (size_t i = 0; i < spec.results.size(); ++i) {
    Slot slot = index == prepareEntry ? Slot{Place::Prepared, static_cast<int64_t>(i)} : Slot{};
    int64_t replaced = -1;
    for (size_t a = 0; a < spec.arguments.size(); ++a)
      if (!spec.results[i].replaces.empty() && spec.arguments[a].name == spec.results[i].replaces)
        replaced = static_cast<int64_t>(a);
    if (replaced >= 0 && entry.argumentSlots[replaced].place == Place::Kept)
      slot = entry.argumentSlots[replaced];
    entry.resultSlots.push_back(slot);
    entry.replaced.push_back(replaced);
  }
  entry.arguments.resize(spec.arguments.size());
  entry.results.resize(spec.results.size());
  entry.sinks.resize(spec.results.size());
  entry.tables.resize(manifest.tables.size());
  entry.hostArguments.resize(spec.arguments.size());
  entry.hostResults.resize(spec.results.size());
  entry.times = std::vector<StageClock>(spec.stages.size());
  entry.isShort = isShort(spec);
}

Program::Program(std::unique_ptr<State> state) : state(std::move(state)) {}
Program::~Program() = default;

std::unique_ptr<Program> Program::fromSymbols(std::string_view manifest, const SymbolLookup &lookup,
                                              const DeviceOptions &device, Linking linking) {
  auto state = std::make_unique<State>();
  state->manifest = parseManifest(manifest);
  state->machine = makeMachine(state->manifest, device);
  state->link(lookup, linking);
  return std::unique_ptr<Program>(new Program(std::move(state)));
}

std::unique_ptr<Program> Program::open(const std::string &libraryPath,
                                       const DeviceOptions &device) {
  auto state = std::make_unique<State>();
  // A name without a slash would be searched for in the system's folders.
  const bool bare = libraryPath.find('/') == std::string::npos;
  const std::string path = bare ? "./" + libraryPath : libraryPath;
  checkLibraryFile(path);
  state->library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!state->library)
    throw Error(SPH_FILE_ERROR, std::string("cannot load ") + dlerror());
  auto lookup = [library = state->library](const std::string &symbol) {
    return dlsym(library, symbol.c_str());
  };
  const auto *abi = static_cast<const int32_t *>(lookup("sph_abi"));
  const auto *manifest = static_cast<const char *>(lookup("sph_manifest"));
  if (!abi || !manifest)
    throw Error(SPH_BAD_ARTIFACT,
                "'" + libraryPath +
                    "' expected symbols sph_abi and sph_manifest, got none; it was "
                    "not made by 'spherical compile'");
  if (*abi != SPH_ABI)
    throw Error(SPH_BAD_ARTIFACT, "'" + libraryPath + "' expected abi " + std::to_string(SPH_ABI) +
                                      ", got " + std::to_string(*abi) +
                                      "; compile the model again");
  state->manifest = parseManifest(manifest);
  state->machine = makeMachine(state->manifest, device);
  state->link(lookup, Linking::AtOnce);
  return std::unique_ptr<Program>(new Program(std::move(state)));
}

const Manifest &Program::manifest() const { return state->manifest; }

std::string Program::machine() const { return state->machine->describe(state->workers); }

bool Program::hasEntry(std::string_view name) const {
  const auto &entries = state->manifest.entries;
  return std::any_of(entries.begin(), entries.end(),
                     [&](const EntrySpec &entry) { return entry.name == name; });
}

int64_t Program::entry(std::string_view name) const {
  std::string names;
  for (size_t i = 0; i < state->manifest.entries.size(); ++i) {
    if (state->manifest.entries[i].name == name)
      return static_cast<int64_t>(i);
    names += (i == 0 ? "" : ", ") + state->manifest.entries[i].name;
  }
  throw Error(SPH_NOT_FOUND, "no entry '" + std::string(name) + "' in model '" +
                                 state->manifest.model + "'; it has " + names);
}

void Program::setThreads(int64_t threads) {
  if (threads < 1 || threads > 4096)
    throw Error(SPH_INVALID_ARGUMENT, "expected 1 .. 4096 threads, got " + std::to_string(threads));
  const Turn turn(*state);
  if (threads != state->threads)
    state->pool.reset();
  state->threads = threads;
  if (!state->executor)
    state->workers = threads;
}

int64_t Program::threads() const { return state->workers; }

void Program::setExecutor(sph_executor executor, void *user, int64_t workers) {
  if (executor && (workers < 1 || workers > 4096))
    throw Error(SPH_INVALID_ARGUMENT, "expected 1 .. 4096 workers, got " + std::to_string(workers));
  const Turn turn(*state);
  state->executor = executor;
  state->executorUser = user;
  state->workers = executor ? workers : state->threads;
  state->pool.reset();
}

void Program::shareShortEntries(bool shared) {
  const Turn turn(*state);
  state->sharesShortEntries = shared;
}

void Program::allowNonFinite(bool allowed) {
  const Turn turn(*state);
  state->allowsNonFinite = allowed;
}

const ParameterSpec *Program::findParameter(std::string_view name) const {
  const int64_t index = state->findKept(name);
  return index < 0 ? nullptr : &state->manifest.parameters[index];
}

static int64_t keptIndex(const Program &program, std::string_view name) {
  const ParameterSpec *parameter = program.findParameter(name);
  if (!parameter)
    throw Error(SPH_NOT_FOUND, "no parameter '" + std::string(name) + "' in model '" +
                                   program.manifest().model + "'");
  return parameter - program.manifest().parameters.data();
}

bool Program::isBound(std::string_view name) const {
  const int64_t index = keptIndex(*this, name);
  const Turn turn(*state);
  return state->kept[index].bound;
}

void Program::bind(std::span<const BufferView> values) {
  const Turn turn(*state);
  for (const BufferView &buffer : values) {
    const ParameterSpec &parameter = state->manifest.parameters[keptIndex(*this, buffer.name)];
    checkBuffer(buffer, parameter, 0, "model", state->manifest.model);
    state->machine->holds(buffer.place); // refuses places out of reach
    if (buffer.place == hostPlace)
      state->checkValue(parameter, buffer.data, INT64_MAX, "model", state->manifest.model);
  }
  for (const BufferView &buffer : values)
    state->bind(keptIndex(*this, buffer.name), buffer);
}

void Program::State::bind(int64_t index, const BufferView &values) {
  const int64_t bytes = manifest.parameters[index].bytes();
  if (machine->holds(values.place))
    machine->copy(kept[index].data, values.data, bytes);
  else
    machine->write(kept[index].data, values.data, bytes);
  kept[index].bound = true;
  ++version;
}

void Program::read(const BufferView &values) const {
  const int64_t index = keptIndex(*this, values.name);
  const ParameterSpec &parameter = state->manifest.parameters[index];
  checkBuffer(values, parameter, 0, "model", state->manifest.model);
  const Turn turn(*state);
  if (state->machine->holds(values.place))
    state->machine->copy(values.data, state->kept[index].data, parameter.bytes());
  else
    state->machine->read(values.data, state->kept[index].data, parameter.bytes());
}

const void *Program::values(std::string_view name) const {
  return state->kept[keptIndex(*this, name)].data;
}

void Program::refuseNesting() const { state->refuseNesting(); }

void Program::reserve(int64_t entry) {
  const Turn turn(*state);
  state->reserve(entry);
}

void Program::run(int64_t entry, std::span<const BufferView> inputs,
                  std::span<const BufferView> outputs, int64_t count) {
  if (entry < 0 || entry >= static_cast<int64_t>(state->entries.size()))
    throw Error(SPH_NOT_FOUND,
                "no entry " + std::to_string(entry) + " in model '" + state->manifest.model + "'");
  const Turn turn(*state);
  state->run(entry, inputs, outputs, count);
}

MemoryReport Program::memory(int64_t entry) const {
  MemoryReport report = state->plan(entry);
  report.resident = residentMemory();
  report.peakResident = peakResidentMemory();
  return report;
}

void Program::setTimers(bool on) {
  const Turn turn(*state);
  state->timersOn = on;
  for (EntryState &entry : state->entries)
    for (StageClock &time : entry.times)
      time.seconds = 0, time.runs = 0;
}

std::vector<StageTime> Program::stageTimes(int64_t entry) const {
  std::vector<StageTime> times;
  for (const StageClock &time : state->entries[entry].times)
    times.push_back(time.now());
  return times;
}

} // namespace spherical::runtime
