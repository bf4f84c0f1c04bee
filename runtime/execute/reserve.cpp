//===- reserve.cpp - the memory of entries ----------------------*- C++ -*-===//
//
// What an entry needs is known before it runs: arena, scratch of each worker,
// tables, prepared values. All of it is taken at once, or refused with one line.
//
//===----------------------------------------------------------------------===//

#include "runtime/execute/program_state.h"

#include <algorithm>
#include <bit>
#include <set>

namespace spherical::runtime {

MemoryReport plannedMemory(const Manifest &manifest, std::span<const int64_t> entries,
                           const Machine &machine, int64_t workers) {
  MemoryReport report;
  report.parameters = alignedBytes(manifest.parameters);
  const auto isPrepared = [](const ValueSpec &value) { return value.role == "prepared"; };
  const bool needsPrepared = std::ranges::any_of(entries, [&](int64_t entry) {
    const EntrySpec &spec = manifest.entries[entry];
    return spec.name == "prepare" || std::ranges::any_of(spec.arguments, isPrepared);
  });
  for (const EntrySpec &spec : manifest.entries)
    if (needsPrepared && spec.name == "prepare")
      report.parameters += alignedBytes(spec.results);
  std::set<int64_t> tables;
  for (const int64_t entry : entries) {
    const EntrySpec &spec = manifest.entries[entry];
    report.arena = std::max(report.arena, spec.arenaBytes);
    report.scratch = std::max(report.scratch, machine.scratchBytes(spec, workers));
    tables.insert(spec.tables.begin(), spec.tables.end());
  }
  for (const int64_t table : tables)
    report.tables += roundUp(tableBytes(manifest.tables[table]), 4096);
  return report;
}

MemoryReport Program::State::plan(int64_t index) const {
  return plannedMemory(manifest, {&index, 1}, *machine, workers);
}

/// What `reserve` would take for tables, and for passing values on, now.
int64_t Program::State::missing(int64_t index) const {
  const EntrySpec &spec = manifest.entries[index];
  if (entries[index].hasTables)
    return 0;
  int64_t bytes = machine->passingBytes(spec);
  for (int64_t table : spec.tables)
    bytes += machine->missingTable(table);
  return bytes;
}

/// The remedy for an entry whose arena, which grows with the batch, is too large by `excess`. A
/// batch fills groups of lanes, or is a power of two below one group.
static std::string smallerBatch(const EntrySpec &spec, int64_t lanes, int64_t excess) {
  const int64_t fits = spec.arenaBytes - excess;
  if (spec.capacity < 2 || fits <= 0)
    return "";
  auto batch = static_cast<int64_t>(static_cast<double>(spec.capacity) * static_cast<double>(fits) /
                                    static_cast<double>(spec.arenaBytes));
  batch = batch >= lanes ? batch / lanes * lanes
                         : static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(batch)));
  if (batch < 1)
    return "";
  return "; a batch of " + std::to_string(batch) + " would fit";
}

void Program::State::reserve(int64_t index) {
  const EntrySpec &spec = manifest.entries[index];
  EntryState &entry = entries[index];
  const bool growsArena = spec.arenaBytes > arena.size();
  const bool growsScratch = machine->scratchBytes(spec, workers) > scratch.size();
  const bool needsPrepared = index == prepareEntry && !preparedMemory.data();
  if (entry.hasTables && !growsArena && !growsScratch && !needsPrepared)
    return;
  const MemoryReport report = plan(index);
  const int64_t preparedBytes = needsPrepared ? alignedBytes(spec.results) : 0;
  const int64_t needed = (growsArena ? report.arena - arena.size() : 0) +
                         (growsScratch ? report.scratch - scratch.size() : 0) + preparedBytes +
                         missing(index);
  const int64_t available = machine->available();
  if (needed > available)
    throw Error(SPH_OUT_OF_MEMORY,
                "entry '" + spec.name + "' of model '" + manifest.model + "' needs " +
                    bytesText(report.total()) + " (arena " + bytesText(report.arena) +
                    ", parameters " + bytesText(report.parameters) + ", tables " +
                    bytesText(report.tables) + ", scratch " + bytesText(report.scratch) + "), " +
                    bytesText(available) + " are available" + machine->owner() +
                    smallerBatch(spec, manifest.lanes, needed - available));
  // An arena holds nothing between runs: the old one goes before the new one comes.
  if (growsArena) {
    arena.release();
    arena = MachineMemory(*machine, report.arena, false, "the arena of entry '" + spec.name + "'");
  }
  if (growsScratch) {
    scratch.release();
    scratch =
        MachineMemory(*machine, report.scratch, false, "the scratch of entry '" + spec.name + "'");
  }
  if (needsPrepared)
    takePrepared(preparedBytes);
  machine->find(index);
  takeTables(index);
}

void Program::State::takePrepared(int64_t bytes) {
  preparedMemory = MachineMemory(*machine, bytes, false, "prepared values");
  std::byte *at = preparedMemory.data();
  for (size_t i = 0; i < prepared.size(); ++i) {
    prepared[i] = at;
    at += roundUp(manifest.entries[prepareEntry].results[i].bytes(), alignment);
  }
}

void Program::State::takeTables(int64_t index) {
  EntryState &entry = entries[index];
  if (entry.hasTables)
    return;
  for (int64_t table : manifest.entries[index].tables)
    entry.tables[table] = machine->table(table, static_cast<int>(std::min<int64_t>(threads, 1024)));
  entry.hasTables = true;
}

} // namespace spherical::runtime
