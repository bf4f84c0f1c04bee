//===- machine_profile.cpp - how fast a machine computes and moves ------===//

#include "runtime/processor/machine_profile.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <stdexcept>

namespace spherical::runtime {

using Json = nlohmann::ordered_json;

std::string profileText(const MachineProfile &profile) {
  Json caches = Json::array();
  for (const MemoryLevel &level : profile.caches)
    caches.push_back({{"bytes", level.bytes}, {"gigabytes", level.gigabytes}});
  const Json json = {{"name", profile.name},
                     {"vector_bytes", profile.vectorBytes},
                     {"cores", profile.cores},
                     {"gigaflop", profile.gigaflop},
                     {"gigabytes", profile.gigabytes},
                     {"synchronisation", profile.synchronisation},
                     {"caches", caches}};
  return json.dump(2) + "\n";
}

namespace {

/// A number of a profile that has to be above 0.
double positive(const Json &json, const char *key) {
  if (!json.contains(key) || !json[key].is_number())
    throw std::runtime_error("expected a number as '" + std::string(key) + "'");
  const auto value = json[key].get<double>();
  if (!(value > 0) || !std::isfinite(value))
    throw std::runtime_error("expected '" + std::string(key) + "' above 0, got " +
                             json[key].dump());
  return value;
}

int64_t whole(const Json &json, const char *key) {
  const double value = positive(json, key);
  if (value != std::floor(value) || value > 1e15)
    throw std::runtime_error("expected a whole number as '" + std::string(key) + "', got " +
                             json[key].dump());
  return static_cast<int64_t>(value);
}

MachineProfile profileOf(const Json &json) {
  if (!json.is_object())
    throw std::runtime_error("expected a map with the key 'name' and others");
  MachineProfile profile;
  if (!json.contains("name") || !json["name"].is_string())
    throw std::runtime_error("expected text as 'name'");
  profile.name = json["name"];
  profile.vectorBytes = whole(json, "vector_bytes");
  if (profile.vectorBytes < 4 || profile.vectorBytes > 256 ||
      (profile.vectorBytes & (profile.vectorBytes - 1)) != 0)
    throw std::runtime_error("expected 'vector_bytes' to be a power of two from 4 to 256, got " +
                             std::to_string(profile.vectorBytes));
  profile.cores = whole(json, "cores");
  profile.gigaflop = positive(json, "gigaflop");
  profile.gigabytes = positive(json, "gigabytes");
  if (json.contains("synchronisation"))
    profile.synchronisation = positive(json, "synchronisation");
  if (!json.contains("caches"))
    return profile;
  if (!json["caches"].is_array())
    throw std::runtime_error("expected a list as 'caches'");
  for (const Json &level : json["caches"]) {
    profile.caches.push_back({whole(level, "bytes"), positive(level, "gigabytes")});
    const size_t count = profile.caches.size();
    if (count > 1 && profile.caches[count - 2].bytes >= profile.caches[count - 1].bytes)
      throw std::runtime_error("expected 'caches' with ascending 'bytes'");
  }
  return profile;
}

} // namespace

bool readProfile(const std::string &path, MachineProfile &profile, std::string &error) {
  std::ifstream file(path);
  if (!file) {
    error = path + ": expected a file of 'spherical bench --machine', got none that can be read";
    return false;
  }
  try {
    profile = profileOf(Json::parse(file));
    return true;
  } catch (const Json::parse_error &fault) {
    error = path + ": expected JSON of 'spherical bench --machine', got something else " +
            "at byte " + std::to_string(fault.byte);
  } catch (const std::exception &fault) {
    error = path + ": " + fault.what();
  }
  return false;
}

} // namespace spherical::runtime
