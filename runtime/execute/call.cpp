//===- call.cpp - one run of an entry ---------------------------*- C++ -*-===//
//
// Matches the caller's buffers with the entry's arguments and results, checks
// all of them, and only then runs. Values that the program keeps take part in
// place; no step allocates once an entry has run.
//
//===----------------------------------------------------------------------===//

#include "runtime/execute/manifest_check.h"
#include "runtime/execute/program_state.h"
#include "runtime/execute/weights.h"

#include <algorithm>
#include <atomic>

namespace spherical::runtime {
namespace {

[[noreturn]] void refuse(const std::string &sentence) {
  throw Error(SPH_INVALID_ARGUMENT, sentence);
}

/// The index of the value `name`; a failure lists the values there are.
int64_t findValue(const std::vector<ValueSpec> &values, std::string_view name, const char *what,
                  const EntrySpec &entry) {
  for (size_t i = 0; i < values.size(); ++i)
    if (values[i].name == name)
      return static_cast<int64_t>(i);
  std::string names;
  for (size_t i = 0; i < values.size() && i < 12; ++i)
    names += (i == 0 ? "" : ", ") + values[i].name;
  if (values.size() > 12)
    names += ", ...";
  throw Error(SPH_NOT_FOUND, "entry '" + entry.name + "' has no " + what + " '" +
                                 std::string(name) + "'; it has " + names);
}

/// Bytes of `count` samples of the value.
int64_t bytesOf(const ValueSpec &value, int64_t count) {
  return value.batched ? value.bytes() / value.shape[0] * count : value.bytes();
}

struct Range {
  const std::byte *begin, *end;
  bool overlaps(const Range &other) const {
    return std::max(begin, other.begin) < std::min(end, other.end);
  }
};

/// Where the values lie; what has none may have no address, and gets one.
void *addressOf(const BufferView &buffer) {
  static int64_t nothing;
  return buffer.data ? buffer.data : &nothing;
}

Range rangeOf(const void *data, int64_t bytes) {
  const auto *begin = static_cast<const std::byte *>(data);
  return {begin, begin + bytes};
}

} // namespace

void checkBuffer(const BufferView &buffer, const ValueSpec &value, int64_t count,
                 std::string_view kind, std::string_view owner) {
  auto refuseValue = [&](const std::string &sentence) {
    refuse(std::string(kind) + " '" + std::string(owner) + "': '" + value.name + "' expected " +
           sentence);
  };
  bool fits = buffer.element == value.element && buffer.shape.size() == value.shape.size();
  for (size_t i = 0; fits && i < value.shape.size(); ++i)
    fits = i == 0 && value.batched ? buffer.shape[i] >= count : buffer.shape[i] == value.shape[i];
  if (!fits) {
    std::vector<int64_t> expected = value.shape;
    if (value.batched)
      expected[0] = count;
    const std::vector<int64_t> got(buffer.shape.begin(), buffer.shape.end());
    refuseValue(typeText(value.element, expected) + (value.batched ? " or more samples" : "") +
                ", got " + typeText(buffer.element, got));
  }
  if (!buffer.data && value.size() > 0)
    refuseValue("values, got a null pointer");
  if (reinterpret_cast<uintptr_t>(buffer.data) % elementBytes(value.element) != 0)
    refuseValue("an address that is a multiple of " + std::to_string(elementBytes(value.element)) +
                " bytes");
}

void Program::State::checkCount(int64_t entry, int64_t samples) const {
  const EntrySpec &spec = manifest.entries[entry];
  if (samples >= 1 && (spec.capacity == 0 || samples <= spec.capacity))
    return;
  const std::string most =
      spec.capacity == 0 ? "1 or more" : "1 .. " + std::to_string(spec.capacity);
  refuse("entry '" + spec.name + "' expected a count of " + most + " samples, got " +
         std::to_string(samples));
}

void Program::State::bindInputs(int64_t index, std::span<const BufferView> inputs) {
  const EntrySpec &spec = manifest.entries[index];
  EntryState &entry = entries[index];
  std::fill(entry.arguments.begin(), entry.arguments.end(), nullptr);
  for (const BufferView &input : inputs) {
    const int64_t at = findValue(spec.arguments, input.name, "argument", spec);
    const Place place = entry.argumentSlots[at].place;
    if (place == Place::Count || place == Place::Prepared)
      refuse("entry '" + spec.name + "': '" + spec.arguments[at].name +
             "' comes from the program and cannot be given");
    if (entry.arguments[at])
      refuse("entry '" + spec.name + "': '" + spec.arguments[at].name + "' is given twice");
    checkBuffer(input, spec.arguments[at], count, "entry", spec.name);
    entry.arguments[at] = addressOf(input);
  }
  for (size_t at = 0; at < entry.arguments.size(); ++at) {
    const Slot &slot = entry.argumentSlots[at];
    if (slot.place == Place::Count)
      entry.arguments[at] = &count;
    else if (slot.place == Place::Kept && !entry.arguments[at] && kept[slot.index].bound)
      entry.arguments[at] = kept[slot.index].data;
  }
}

void Program::State::checkComplete(int64_t index) const {
  const EntrySpec &spec = manifest.entries[index];
  const EntryState &entry = entries[index];
  for (size_t at = 0; at < entry.arguments.size(); ++at) {
    const Place place = entry.argumentSlots[at].place;
    if (entry.arguments[at] || place == Place::Prepared)
      continue;
    const std::string what = place == Place::Kept ? "parameter" : spec.arguments[at].role;
    refuse("entry '" + spec.name + "' needs values for " + what + " '" + spec.arguments[at].name +
           "' (" + typeText(spec.arguments[at].element, spec.arguments[at].shape) + "), got none");
  }
}

/// What the caller gives on the host holds what the code can compute with. (Kept values are checked
/// when they are bound.)
void Program::State::checkValues(int64_t index, std::span<const BufferView> inputs) const {
  const EntrySpec &spec = manifest.entries[index];
  for (const BufferView &input : inputs) {
    if (input.place != hostPlace)
      continue;
    const ValueSpec &value =
        spec.arguments[findValue(spec.arguments, input.name, "argument", spec)];
    int64_t samples = value.batched ? count : INT64_MAX;
    for (const BufferView &other : inputs)
      if (other.name == value.constraints.counted && other.place == hostPlace)
        samples = std::min(samples, *static_cast<const int64_t *>(other.data));
    checkValue(value, input.data, samples, "entry", spec.name);
  }
}

/// Whether values are surely right, looked at by all workers; false if they are few, or have to be
/// looked at as a whole.
static bool areSurelyValidInParts(TaskPool &pool, const ValueSpec &value, const void *data,
                                  int64_t size, bool nonFinite) {
  constexpr int64_t few = int64_t(1) << 18, part = int64_t(1) << 15;
  if (size < few || pool.workers() < 2)
    return false;
  struct Parts {
    TaskPool &pool;
    const ValueSpec &value;
    const std::byte *data;
    int64_t size, step;
    bool nonFinite;
    std::atomic<int64_t> next{0};
    std::atomic<bool> valid{true};

    void check() {
      const DType dtype = dtypeOf(value.element);
      for (int64_t first = next.fetch_add(step); first < size; first = next.fetch_add(step))
        if (!areSurelyValid(dtype, data + first * dtypeBytes(dtype), std::min(step, size - first),
                            value.constraints, nonFinite))
          valid = false;
    }
  };
  constexpr int64_t checkStack = 64 << 10; // it keeps next to nothing there
  const int64_t together = checkedTogether(value.constraints);
  Parts parts{pool,
              value,
              static_cast<const std::byte *>(data),
              size,
              std::max<int64_t>(1, part / together) * together,
              nonFinite};
  pool.lead(
      [](void *all) {
        static_cast<Parts *>(all)->pool.broadcast(
            [](void *shared, int64_t) { static_cast<Parts *>(shared)->check(); }, all);
      },
      &parts, {.stack = checkStack});
  return parts.valid;
}

void Program::State::checkValue(const ValueSpec &value, const void *data, int64_t samples,
                                std::string_view kind, std::string_view owner) const {
  int64_t size = value.size();
  if (!value.shape.empty() && size > 0)
    size = size / value.shape[0] * std::clamp<int64_t>(samples, 0, value.shape[0]);
  if (pool && areSurelyValidInParts(*pool, value, data, size, allowsNonFinite))
    return;
  const std::string fault = valueFault(dtypeOf(value.element), data, size, value.constraints,
                                       value.shape.empty(), allowsNonFinite);
  if (!fault.empty())
    refuse(std::string(kind) + " '" + std::string(owner) + "': '" + value.name + "' " + fault);
}

void Program::State::bindOutputs(int64_t index, std::span<const BufferView> outputs) {
  const EntrySpec &spec = manifest.entries[index];
  EntryState &entry = entries[index];
  std::fill(entry.results.begin(), entry.results.end(), nullptr);
  for (const BufferView &output : outputs) {
    const int64_t at = findValue(spec.results, output.name, "result", spec);
    if (entry.results[at])
      refuse("entry '" + spec.name + "': result '" + spec.results[at].name + "' is given twice");
    checkBuffer(output, spec.results[at], count, "entry", spec.name);
    entry.results[at] = addressOf(output);
  }
}

/// Outputs lie apart from all that the entry reads and writes, but for the argument replaced.
void Program::State::checkOverlap(int64_t index, std::span<const BufferView> inputs,
                                  std::span<const BufferView> outputs) const {
  const EntrySpec &spec = manifest.entries[index];
  const EntryState &entry = entries[index];
  const Range own = rangeOf(keptMemory.data(), keptMemory.size());
  for (size_t r = 0; r < spec.results.size(); ++r) {
    if (!entry.results[r])
      continue;
    const Range result = rangeOf(entry.results[r], bytesOf(spec.results[r], count));
    const void *replaced = entry.replaced[r] >= 0 ? entry.arguments[entry.replaced[r]] : nullptr;
    auto refuseOverlap = [&](const std::string &other) {
      refuse("entry '" + spec.name + "': result '" + spec.results[r].name + "' overlaps " + other);
    };
    if (entry.results[r] != replaced && own.begin && result.overlaps(own))
      refuseOverlap("the program's parameters");
    for (size_t a = 0; a < spec.arguments.size() && !inputs.empty(); ++a)
      if (entry.argumentSlots[a].place != Place::Prepared && entry.arguments[a] &&
          static_cast<int64_t>(a) != entry.replaced[r] &&
          result.overlaps(rangeOf(entry.arguments[a], bytesOf(spec.arguments[a], count))))
        refuseOverlap("argument '" + spec.arguments[a].name + "'");
    if (replaced && replaced != entry.results[r] &&
        result.overlaps(rangeOf(replaced, bytesOf(spec.results[r], count))))
      refuseOverlap("a part of the argument it replaces");
    for (size_t s = r + 1; s < spec.results.size() && outputs.size() > 1; ++s)
      if (entry.results[s] &&
          result.overlaps(rangeOf(entry.results[s], bytesOf(spec.results[s], count))))
        refuseOverlap("result '" + spec.results[s].name + "'");
  }
}

/// Results that update kept values do so in place; what nobody asked for goes to memory of ours.
void Program::State::completeResults(int64_t index) {
  const EntrySpec &spec = manifest.entries[index];
  EntryState &entry = entries[index];
  for (size_t r = 0; r < spec.results.size(); ++r) {
    const Slot &slot = entry.resultSlots[r];
    const bool updates =
        slot.place == Place::Kept && entry.arguments[entry.replaced[r]] == kept[slot.index].data;
    if (updates || slot.place == Place::Prepared) {
      entry.results[r] = updates ? kept[slot.index].data : prepared[slot.index];
      entry.hostResults[r] = 0; // a caller who asks gets a copy afterwards
    }
    if (entry.results[r])
      continue;
    if (!entry.sinks[r].data() && spec.results[r].size() > 0)
      entry.sinks[r] = MachineMemory(*machine, spec.results[r].bytes(), false,
                                     "result '" + spec.results[r].name + "'");
    entry.results[r] = entry.sinks[r].data();
  }
}

/// Notes what lies on the host beside a machine that cannot use it there.
void Program::State::bindHost(int64_t index, std::span<const BufferView> inputs,
                              std::span<const BufferView> outputs) {
  const EntrySpec &spec = manifest.entries[index];
  EntryState &entry = entries[index];
  std::fill(entry.hostArguments.begin(), entry.hostArguments.end(), 0);
  std::fill(entry.hostResults.begin(), entry.hostResults.end(), 0);
  auto bytesAt = [&](const BufferView &buffer, const ValueSpec &value) {
    return machine->holds(buffer.place) ? 0 : bytesOf(value, count);
  };
  for (const BufferView &input : inputs) {
    const int64_t at = findValue(spec.arguments, input.name, "argument", spec);
    entry.hostArguments[at] = bytesAt(input, spec.arguments[at]);
  }
  for (const BufferView &output : outputs) {
    const int64_t at = findValue(spec.results, output.name, "result", spec);
    entry.hostResults[at] = bytesAt(output, spec.results[at]);
  }
  for (size_t at = 0; at < spec.arguments.size(); ++at)
    if (entry.argumentSlots[at].place == Place::Count && !machine->holds(hostPlace))
      entry.hostArguments[at] = spec.arguments[at].bytes();
}

/// Runs the code; everything is in place.
void Program::State::execute(int64_t index) {
  EntryState &entry = entries[index];
  if (!executor && !pool)
    pool = std::make_unique<TaskPool>(threads);
  sph_context context;
  context.executor = executor ? executor : [](void *user, int64_t, sph_body body, void *data) {
    static_cast<TaskPool *>(user)->broadcast(body, data);
  };
  context.user = executor ? executorUser : pool.get();
  const bool isAlone = !executor && entry.isShort && !sharesShortEntries;
  context.workers = isAlone ? 1 : workers.load();
  context.leader = executor ? nullptr : pool.get();
  context.times = timersOn ? entry.times.data() : nullptr;
  context.stages = static_cast<int64_t>(entry.times.size());
  machine->execute({index, arena.data(), scratch.data(), entry.tables, entry.arguments,
                    entry.results, entry.hostArguments, entry.hostResults, count, &context});
  if (!context.failed)
    return;
  ++version; // some kept values may have changed
  std::rethrow_exception(context.failure);
}

/// Prepared values follow the parameters: made again after any change.
void Program::State::prepare() {
  if (preparedVersion == version)
    return;
  bindInputs(prepareEntry, {});
  bindOutputs(prepareEntry, {});
  bindHost(prepareEntry, {}, {});
  checkComplete(prepareEntry);
  reserve(prepareEntry);
  completeResults(prepareEntry);
  execute(prepareEntry);
  preparedVersion = version;
}

/// Copies kept values to callers that asked for them, and notes that they have changed.
void Program::State::finish(int64_t index, std::span<const BufferView> outputs) {
  const EntrySpec &spec = manifest.entries[index];
  EntryState &entry = entries[index];
  for (size_t r = 0; r < spec.results.size(); ++r) {
    const Slot &slot = entry.resultSlots[r];
    const bool updated = slot.place == Place::Kept && entry.results[r] == kept[slot.index].data;
    // What is prepared follows from parameters and states.
    const std::string &role = updated ? manifest.parameters[slot.index].role : std::string();
    if (role == "parameter" || role == "state")
      ++version;
    for (const BufferView &output : outputs) {
      if (output.name != spec.results[r].name || addressOf(output) == entry.results[r])
        continue;
      const int64_t bytes = bytesOf(spec.results[r], count);
      if (machine->holds(output.place))
        machine->copy(addressOf(output), entry.results[r], bytes);
      else
        machine->read(addressOf(output), entry.results[r], bytes);
    }
  }
  // A caller's own run of `prepare` may have used other parameters than the kept ones.
  if (index == prepareEntry)
    preparedVersion = 0;
}

void Program::State::run(int64_t index, std::span<const BufferView> inputs,
                         std::span<const BufferView> outputs, int64_t samples) {
  EntryState &entry = entries[index];
  checkCount(index, samples);
  count = samples;
  bindInputs(index, inputs);
  bindOutputs(index, outputs);
  bindHost(index, inputs, outputs);
  checkComplete(index);
  checkOverlap(index, inputs, outputs);
  checkValues(index, inputs);
  const bool readsPrepared =
      std::any_of(entry.argumentSlots.begin(), entry.argumentSlots.end(),
                  [](const Slot &slot) { return slot.place == Place::Prepared; });
  if (readsPrepared) {
    prepare();
    for (size_t a = 0; a < entry.arguments.size(); ++a)
      if (entry.argumentSlots[a].place == Place::Prepared)
        entry.arguments[a] = prepared[entry.argumentSlots[a].index];
  }
  reserve(index);
  completeResults(index);
  execute(index);
  finish(index, outputs);
}

} // namespace spherical::runtime
