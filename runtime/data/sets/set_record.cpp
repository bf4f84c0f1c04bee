//===- set_record.cpp - what weights record of their data -------*- C++ -*-===//

#include "runtime/data/sets/set_record.h"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace spherical::runtime {

static constexpr const char *key = "spherical.set";

void setSetRecord(Metadata &metadata, const SetRecord &record) {
  metadata[key] =
      nlohmann::ordered_json{{"path", record.path},       {"kind", record.kind},
                             {"grid", record.grid},       {"split", record.split},
                             {"seed", record.seed},       {"fingerprint", record.fingerprint},
                             {"classes", record.classes}, {"palette", record.palette}}
          .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<SetRecord> setRecordOf(const Metadata &metadata) {
  const auto found = metadata.find(key);
  if (found == metadata.end())
    return std::nullopt;
  try {
    const auto object = nlohmann::json::parse(found->second);
    SetRecord record;
    object.at("path").get_to(record.path);
    object.at("kind").get_to(record.kind);
    object.at("grid").get_to(record.grid);
    object.at("split").get_to(record.split);
    object.at("seed").get_to(record.seed);
    object.at("fingerprint").get_to(record.fingerprint);
    object.at("classes").get_to(record.classes);
    object.at("palette").get_to(record.palette);
    return record;
  } catch (const nlohmann::json::exception &error) {
    throw std::runtime_error("the metadata '" + std::string(key) +
                             "' is no record of a data set: " + error.what());
  }
}

} // namespace spherical::runtime
