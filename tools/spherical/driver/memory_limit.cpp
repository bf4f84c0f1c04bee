//===- memory_limit.cpp - whether a plan fits -----------------------------===//

#include "tools/spherical/driver/memory_limit.h"

#include "runtime/execute/machine.h"
#include "runtime/execute/memory.h"
#include "runtime/execute/program.h"
#include "runtime/execute/task_pool.h"
#include "tools/spherical/driver/object.h"
#include "tools/spherical/model/yaml.h"

#include <algorithm>

namespace spherical::driver {
namespace {

using runtime::bytesText;
using runtime::MemoryReport;

/// What the plan of a batch takes.
struct Need {
  MemoryReport memory;
  int64_t batch = 0;
};

/// `manifest` may have entries that do not run; those that only prepare do, before others.
Need needOf(const std::string &text, const SessionOptions &options) {
  const runtime::Manifest manifest = runtime::parseManifest(text);
  std::vector<int64_t> entries;
  Need need;
  for (size_t i = 0; i < manifest.entries.size(); ++i) {
    const runtime::EntrySpec &entry = manifest.entries[i];
    const auto &run = options.entries;
    if (!run.empty() && entry.name != "prepare" && std::ranges::find(run, entry.name) == run.end())
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
