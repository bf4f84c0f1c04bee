//===- table_cache.h - tables shared between programs -----------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_TABLE_CACHE_H
#define SPHERICAL_RUNTIME_EXECUTE_TABLE_CACHE_H

#include "runtime/execute/memory.h"
#include "runtime/math/tables.h"

#include <memory>

namespace spherical::runtime {

/// The filled table of a spec, aligned to 4 kB. Filled at the first call in this process, with
/// `threads` threads, and shared until its last holder goes away. Safe from any thread. Throws
/// std::invalid_argument for a bad spec, Error (SPH_OUT_OF_MEMORY) if there is no memory.
std::shared_ptr<const MappedMemory> acquireTable(const TableSpec &spec, int threads);

/// Whether some holder keeps the table, so that acquiring it takes no memory.
bool isTableHeld(const TableSpec &spec);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_TABLE_CACHE_H
