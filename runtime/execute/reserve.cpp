//===- reserve.cpp - the memory of entries ----------------------*- C++ -*-===//
//
// What an entry needs is known before it runs: arena, scratch of each worker,
// tables, prepared values. All of it is taken at once, or refused with one line.
//
//===----------------------------------------------------------------------===//

#include "runtime/execute/program_state.h"
#include "runtime/execute/table_cache.h"

#include <algorithm>

namespace spherical::runtime {

MemoryReport Program::State::plan(int64_t index) const {
  const EntrySpec &spec = manifest.entries[index];
  MemoryReport report;
  report.arena = spec.arenaBytes;
  report.parameters = alignedBytes(manifest.parameters);
  if (prepareEntry >= 0)
    report.parameters += alignedBytes(manifest.entries[prepareEntry].results);
  for (int64_t table : spec.tables)
    report.tables += roundUp(tableBytes(manifest.tables[table]), 4096);
  report.scratch = workers() * scratchStride(spec);
  return report;
}

/// What `reserve` would take from the system now.
static int64_t missingTables(const Manifest &manifest, const EntrySpec &spec) {
  int64_t bytes = 0;
  for (int64_t table : spec.tables)
    if (!isTableHeld(manifest.tables[table]))
      bytes += tableBytes(manifest.tables[table]);
  return bytes;
}

void Program::State::reserve(int64_t index) {
  const EntrySpec &spec = manifest.entries[index];
  EntryState &entry = entries[index];
  const bool growsArena = spec.arenaBytes > arena.size();
  const bool growsScratch = workers() * scratchStride(spec) > scratch.size();
  const bool needsPrepared = index == prepareEntry && !preparedMemory.data();
  if (entry.hasTables && !growsArena && !growsScratch && !needsPrepared)
    return;
  const MemoryReport report = plan(index);
  const int64_t preparedBytes = needsPrepared ? alignedBytes(spec.results) : 0;
  const int64_t needed = (growsArena ? report.arena - arena.size() : 0) +
                         (growsScratch ? report.scratch - scratch.size() : 0) + preparedBytes +
                         (entry.hasTables ? 0 : missingTables(manifest, spec));
  const int64_t available = availableMemory();
  if (needed > available)
    throw Error(SPH_OUT_OF_MEMORY,
                "entry '" + spec.name + "' of model '" + manifest.model + "' needs " +
                    bytesText(report.total()) + " (arena " + bytesText(report.arena) +
                    ", parameters " + bytesText(report.parameters) + ", tables " +
                    bytesText(report.tables) + ", scratch " + bytesText(report.scratch) + "), " +
                    bytesText(available) + " are available; compile with a smaller batch");
  // An arena holds nothing between runs: the old one goes before the new one comes.
  if (growsArena) {
    arena.release();
    arena = MappedMemory(report.arena, "the arena of entry '" + spec.name + "'");
  }
  if (growsScratch) {
    scratch.release();
    scratch = MappedMemory(report.scratch, "the scratch of entry '" + spec.name + "'");
  }
  if (needsPrepared)
    takePrepared(preparedBytes);
  takeTables(index);
}

void Program::State::takePrepared(int64_t bytes) {
  preparedMemory = MappedMemory(bytes, "prepared values");
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
  for (int64_t table : manifest.entries[index].tables) {
    entry.tableMemory[table] =
        acquireTable(manifest.tables[table], static_cast<int>(std::min<int64_t>(threads, 1024)));
    entry.tables[table] = entry.tableMemory[table]->data();
  }
  entry.hasTables = true;
}

} // namespace spherical::runtime
