//===- machine_profile.h - how fast a machine computes and moves --------===//
//
// What times are predicted from: measured by `spherical bench --machine`, kept
// in files of JSON, so that a schedule can be made for a machine elsewhere.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_PROCESSOR_MACHINE_PROFILE_H
#define SPHERICAL_RUNTIME_PROCESSOR_MACHINE_PROFILE_H

#include <cstdint>
#include <string>
#include <vector>

namespace spherical::runtime {

/// A level of memory as one core sees it: so many bytes, at most, at 10^9 bytes a second.
struct MemoryLevel {
  int64_t bytes = 0;
  double gigabytes = 0;
};

/// Rates are of one core while all cores are busy: fp32 operations in 10^9 a second, bytes in 10^9
/// a second.
struct MachineProfile {
  std::string name;
  int64_t vectorBytes = 0; ///< of one register
  double gigaflop = 0;     ///< peak
  double gigabytes = 0;    ///< memory
  int64_t cores = 1;
  double synchronisation = 0;      ///< seconds from the start of a stage on all cores to its end
  std::vector<MemoryLevel> caches; ///< ascending; none: not known
};

/// The profile as JSON.
std::string profileText(const MachineProfile &profile);

/// Reads what `profileText` wrote. Where that is not possible returns false, and `error` says why:
/// "FILE: expected ...".
bool readProfile(const std::string &path, MachineProfile &profile, std::string &error);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PROCESSOR_MACHINE_PROFILE_H
