//===- table_cache.cpp - tables shared between programs ---------*- C++ -*-===//

#include "runtime/execute/table_cache.h"

#include <mutex>
#include <unordered_map>

namespace spherical::runtime {
namespace {

struct Cache {
  std::mutex mutex;
  std::unordered_map<std::string, std::weak_ptr<const MappedMemory>> tables;
};

Cache &cache() {
  static Cache *cache = new Cache; // outlives every program, also those of static storage
  return *cache;
}

} // namespace

std::shared_ptr<const MappedMemory> acquireTable(const TableSpec &spec, int threads) {
  Cache &shared = cache();
  // Held while filling: two programs that need the same table wait for one filling, and fillings
  // use all threads anyway.
  std::lock_guard lock(shared.mutex);
  std::weak_ptr<const MappedMemory> &entry = shared.tables[spec.key()];
  if (std::shared_ptr<const MappedMemory> held = entry.lock())
    return held;
  auto table = std::make_shared<MappedMemory>(tableBytes(spec), "table '" + spec.kind + "'");
  fillTable(spec, table->data(), threads);
  entry = table;
  return table;
}

bool isTableHeld(const TableSpec &spec) {
  Cache &shared = cache();
  std::lock_guard lock(shared.mutex);
  auto found = shared.tables.find(spec.key());
  return found != shared.tables.end() && !found->second.expired();
}

} // namespace spherical::runtime
