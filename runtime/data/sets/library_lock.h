//===- library_lock.h - one thread in HDF5 and NetCDF -----------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_LIBRARY_LOCK_H
#define SPHERICAL_RUNTIME_DATA_SETS_LIBRARY_LOCK_H

#include <mutex>

namespace spherical::runtime {

/// Held around every call of HDF5 and of NetCDF, which rests on it: neither may be called by two
/// threads at once.
std::recursive_mutex &libraryLock();

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_LIBRARY_LOCK_H
