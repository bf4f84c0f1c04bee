//===- host_machine.cpp - programs on this processor ------------*- C++ -*-===//

#include "runtime/execute/error.h"
#include "runtime/execute/machine.h"
#include "runtime/execute/memory.h"
#include "runtime/execute/table_cache.h"
#include "runtime/execute/task_pool.h"

#include <cstring>
#include <vector>

namespace spherical::runtime {
namespace {

class HostMachine : public Machine {
public:
  void link(const Manifest &manifest, const SymbolLookup &lookup) override;
  void find(int64_t entry) override;
  bool holds(int32_t place) const override;
  std::byte *take(int64_t bytes, bool, const std::string &purpose) override {
    return mapMemory(bytes, purpose);
  }
  void give(std::byte *memory, int64_t bytes) override { unmapMemory(memory, bytes); }
  int64_t available() const override { return availableMemory(); }
  std::string owner() const override { return ""; }
  std::string describe(int64_t threads) const override {
    return manifest->cpu + " on " + std::to_string(threads) + " threads";
  }
  void write(void *to, const void *from, int64_t bytes) override { std::memmove(to, from, bytes); }
  void read(void *to, const void *from, int64_t bytes) override { std::memmove(to, from, bytes); }
  void copy(void *to, const void *from, int64_t bytes) override { std::memmove(to, from, bytes); }
  int64_t scratchBytes(const EntrySpec &entry, int64_t workers) const override {
    return workers * scratchStride(entry);
  }
  int64_t passingBytes(const EntrySpec &) const override { return 0; }
  void *table(int64_t index, int threads) override;
  int64_t missingTable(int64_t index) const override;
  void execute(const Run &run) override;

private:
  static int64_t scratchStride(const EntrySpec &spec) { return roundUp(spec.scratchBytes, 4096); }

  const Manifest *manifest = nullptr;
  SymbolLookup lookup;
  std::vector<sph_entry> code;
  std::vector<std::shared_ptr<const MappedMemory>> tables;
};

void HostMachine::link(const Manifest &linked, const SymbolLookup &symbols) {
  manifest = &linked;
  lookup = symbols;
  code.resize(linked.entries.size());
  tables.resize(linked.tables.size());
}

void HostMachine::find(int64_t entry) {
  if (code[entry])
    return;
  const EntrySpec &spec = manifest->entries[entry];
  code[entry] = reinterpret_cast<sph_entry>(lookup(spec.symbol));
  if (!code[entry])
    throw Error(SPH_BAD_ARTIFACT, "entry '" + spec.name + "' expected symbol '" + spec.symbol +
                                      "' in the compiled code, got none");
}

bool HostMachine::holds(int32_t place) const {
  if (place != hostPlace)
    throw Error(SPH_INVALID_ARGUMENT, "model '" + manifest->model +
                                          "' is compiled for the CPU and expected buffers on the "
                                          "host, got one on device " +
                                          std::to_string(place - devicePlace(0)));
  return true;
}

void *HostMachine::table(int64_t index, int threads) {
  if (!tables[index])
    tables[index] = acquireTable(manifest->tables[index], threads);
  return tables[index]->data();
}

int64_t HostMachine::missingTable(int64_t index) const {
  const TableSpec &spec = manifest->tables[index];
  return tables[index] || isTableHeld(spec) ? 0 : tableBytes(spec);
}

void HostMachine::execute(const Run &run) {
  const EntrySpec &spec = manifest->entries[run.entry];
  sph_context &context = *run.context;
  context.scratch = static_cast<std::byte *>(run.scratch);
  context.scratchStride = scratchStride(spec);
  context.scratchBytes = spec.scratchBytes;
  sph_frame frame{&context,           run.arena, run.tables.data(), run.arguments.data(),
                  run.results.data(), run.count};
  struct Job {
    sph_entry code;
    sph_frame *frame;
  } job{code[run.entry], &frame};
  if (!context.leader) {
    const FlushDenormals flush;
    job.code(job.frame);
    return;
  }
  context.leader->lead(
      [](void *data) { static_cast<Job *>(data)->code(static_cast<Job *>(data)->frame); }, &job,
      {spec.stackBytes, /*alone=*/context.workers == 1});
}

} // namespace

std::unique_ptr<Machine> makeHostMachine() { return std::make_unique<HostMachine>(); }

} // namespace spherical::runtime
