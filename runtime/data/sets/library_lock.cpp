//===- library_lock.cpp - one thread in HDF5 and NetCDF ---------*- C++ -*-===//

#include "runtime/data/sets/library_lock.h"

namespace spherical::runtime {

std::recursive_mutex &libraryLock() {
  static std::recursive_mutex lock;
  return lock;
}

} // namespace spherical::runtime
