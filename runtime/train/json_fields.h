//===- json_fields.h - records as JSON objects ------------------*- C++ -*-===//
//
// Records name their fields once, by a function that visits (key, field).
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_TRAIN_JSON_FIELDS_H
#define SPHERICAL_RUNTIME_TRAIN_JSON_FIELDS_H

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>

namespace spherical::runtime {

/// A visitor that writes each field into an object, which must outlive it.
inline auto fieldWriter(nlohmann::ordered_json &object) {
  return [&object](const char *key, const auto &field) { object[key] = field; };
}

/// The value of a key of an object; std::runtime_error if there is none.
inline const nlohmann::ordered_json &fieldOf(const nlohmann::ordered_json &object,
                                             const char *key) {
  const auto found = object.find(key);
  if (found == object.end())
    throw std::runtime_error("expected the key '" + std::string(key) + "', got none");
  return *found;
}

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_JSON_FIELDS_H
