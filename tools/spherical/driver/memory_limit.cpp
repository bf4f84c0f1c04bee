//===- memory_limit.cpp - whether a plan fits -----------------------------===//

#include "tools/spherical/driver/memory_limit.h"

#include "runtime/execute/machine.h"
#include "runtime/execute/memory.h"
#include "runtime/execute/program.h"
#include "runtime/execute/task_pool.h"
#include "tools/spherical/driver/object.h"
#include "tools/spherical/driver/tables.h"
#include "tools/spherical/model/yaml.h"

#include <algorithm>
#include <cstdio>

namespace spherical::driver {

std::vector<std::string> entriesToRun(const runtime::Manifest &manifest,
                                      const SessionOptions &options) {
  std::vector<std::string> entries;
  bool prepares = false;
  for (const runtime::EntrySpec &entry : manifest.entries) {
    if (!options.entries.empty() && !std::ranges::count(options.entries, entry.name))
      continue;
    entries.push_back(entry.name);
    for (const runtime::ValueSpec &argument : entry.arguments)
      prepares |= argument.role == "prepared";
  }
  if (prepares && !std::ranges::count(entries, "prepare"))
    entries.push_back("prepare");
  return entries;
}

namespace {

using runtime::bytesText;
using runtime::MemoryReport;

/// What the plan of a batch takes.
struct Need {
  MemoryReport memory;
  int64_t batch = 0;
};

/// `manifest` may have entries that do not run; what prepares does if one of those that do needs
/// it.
Need needOf(const std::string &text, const SessionOptions &options) {
  const runtime::Manifest manifest = runtime::parseManifest(text);
  std::vector<int64_t> entries;
  Need need;
  const std::vector<std::string> run = entriesToRun(manifest, options);
  for (size_t i = 0; i < manifest.entries.size(); ++i) {
    const runtime::EntrySpec &entry = manifest.entries[i];
    if (std::ranges::find(run, entry.name) == run.end())
      continue;
    entries.push_back(static_cast<int64_t>(i));
    need.batch = std::max(need.batch, entry.capacity);
  }
  int64_t workers = options.threads > 0 ? options.threads : runtime::usableCores();
  if (!manifest.gpu.empty())
    workers = 1; // the scratch memory of an entry is that of all blocks
  need.memory = runtime::plannedMemory(manifest, entries, *runtime::makeHostMachine(), workers);
  return need;
}

/// What the model would take at another batch.
Result<Need> needAt(const Session &session, int64_t batch) {
  SessionOptions options = session.options();
  options.batch = batch;
  options.dumpDir.clear();
  options.compileTimes = false;
  Result<std::unique_ptr<Session>> other = Session::load(session.path(), options);
  if (!other)
    return other.error();
  const Result<ProgramPlan> plan = planProgram(**other);
  if (!plan)
    return plan.error();
  return needOf(plan->manifest, options);
}

/// A session of its own with the same module, that computes values again where more would live.
Result<std::unique_ptr<Session>> copyOf(Session &session, int64_t liveLimit) {
  SessionOptions options = session.options();
  options.batch = 0; // the module has it
  options.dumpDir.clear();
  options.compileTimes = false;
  Result<std::unique_ptr<Session>> copy =
      Session::parse("model.mlir", session.text(/*withLocations=*/true), options);
  if (copy)
    (*copy)->setLiveLimit(liveLimit);
  return copy;
}

Result<Need> needWith(Session &session, int64_t liveLimit) {
  const Result<std::unique_ptr<Session>> copy = copyOf(session, liveLimit);
  if (!copy)
    return copy.error();
  const Result<ProgramPlan> plan = planProgram(**copy);
  if (!plan)
    return plan.error();
  return needOf(plan->manifest, session.options());
}

/// The limit of what lives with which the plan fits; 0 if it does without one, or with none.
Result<int64_t> liveLimitFor(Session &session, int64_t limit) {
  constexpr int attempts = 4;
  Result<Need> need = needWith(session, 0);
  if (!need || need->memory.total() <= limit)
    return need ? Result<int64_t>(0) : need.error();
  int64_t live = need->memory.arena;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    // The arena is a little more than what lives at once.
    live -= need->memory.total() - limit;
    if (live <= 0)
      return 0;
    need = needWith(session, live);
    if (!need)
      return need.error();
    if (need->memory.total() <= limit)
      return live;
  }
  return 0;
}

/// The predicted time of the entries that will run.
Result<double> timeWith(Session &session, int64_t liveLimit) {
  const Result<std::unique_ptr<Session>> copy = copyOf(session, liveLimit);
  if (!copy)
    return copy.error();
  if (Status status = (*copy)->runTo("schedule"); !status)
    return status.error();
  return predictedTime(**copy);
}

/// The second line of the refusal. Half of a batch that does not fit may: the arena grows with it,
/// tables and parameters do not.
Result<std::string> adviceFor(const Session &session, const Need &own, int64_t limit) {
  if (!isYamlPath(session.path()) || own.batch == 0)
    return std::string("compile the model with a smaller batch");
  int64_t taken = 0;
  for (int64_t batch = own.batch; batch >= 1; batch /= 2) {
    const Result<Need> need = needAt(session, batch);
    if (!need)
      return need.error();
    taken = need->memory.total();
    // Some commands run more than what the file says, of which a plan says nothing here.
    if (batch == own.batch && taken != own.memory.total())
      return std::string("try a smaller --batch");
    if (taken <= limit)
      return "--batch " + std::to_string(batch) + " fits: it takes " + bytesText(taken);
  }
  return "not even a batch of 1 fits: it takes " + bytesText(taken) +
         "; lower band-limits or channels";
}

} // namespace

Status keepMemoryLimit(Session &session) {
  const int64_t limit = session.options().memoryLimit;
  const std::string phase = session.phase();
  if (limit == 0 || phase == "schedule" || phase == "plan" || phase == "lower")
    return Done{};
  try {
    const Result<int64_t> live = liveLimitFor(session, limit);
    if (!live)
      return live.error();
    if (*live == 0)
      return Done{};
    session.setLiveLimit(*live);
    const Result<double> with = timeWith(session, *live), without = timeWith(session, 0);
    if (!with || !without)
      return with ? without.error() : with.error();
    const double longer = *without > 0 ? 100 * (*with / *without - 1) : 0;
    std::fprintf(stderr,
                 "spherical: note: %s of memory are kept: values are computed again, which is "
                 "predicted to take %.1f %% longer\n",
                 bytesText(limit).c_str(), longer);
    return Done{};
  } catch (const std::exception &error) {
    return Error{session.path() + ": error: " + error.what()};
  }
}

Status checkMemory(Session &session, const std::string &manifest, int64_t available) {
  const SessionOptions &options = session.options();
  const int64_t limit = options.memoryLimit > 0 ? options.memoryLimit : available;
  if (limit == 0)
    return Done{};
  try {
    const Need need = needOf(manifest, options);
    const MemoryReport &memory = need.memory;
    if (memory.total() <= limit)
      return Done{};
    const Result<std::string> advice = adviceFor(session, need, limit);
    if (!advice)
      return advice.error();
    const std::string place = session.path() + ":1:1: ";
    return Error{place + "error: expected at most " + bytesText(limit) + " of memory, " +
                 (options.memoryLimit > 0 ? "as --memory-limit says" : "which are available") +
                 ", got a plan of " + bytesText(memory.total()) + " (arena " +
                 bytesText(memory.arena) + ", tables " + bytesText(memory.tables) + ", scratch " +
                 bytesText(memory.scratch) + ", parameters " + bytesText(memory.parameters) +
                 (need.batch > 0 ? ") at batch " + std::to_string(need.batch) : ")") + "\n" +
                 place + "note: " + *advice};
  } catch (const std::exception &error) {
    return Error{session.path() + ": error: " + error.what()};
  }
}

} // namespace spherical::driver
