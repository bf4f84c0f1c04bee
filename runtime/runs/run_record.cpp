//===- run_record.cpp - what a run was, in its folder -----------*- C++ -*-===//

#include "runtime/runs/run_record.h"

#include "runtime/data/files.h"
#include "runtime/train/json_fields.h"

#include <stdexcept>

namespace spherical::runtime {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char *formatKey = "format";
constexpr const char *formatName = "spherical run 1";

/// Calls visit(key, field) for every field but the best value.
template <typename Record, typename Visit> void visitFields(Record &record, Visit visit) {
  visit("name", record.name);
  visit("state", record.state);
  visit("started", record.started);
  visit("settings", record.settings);
  visit("model", record.model);
  visit("model_digest", record.modelDigest);
  visit("graph", record.graph);
  visit("data", record.data);
  visit("data_digest", record.dataDigest);
  visit("validation", record.validation);
  visit("seed", record.seed);
  visit("versions", record.versions);
  visit("machine", record.machine);
  visit("folder", record.folder);
  visit("options", record.options);
  visit("steps", record.steps);
  visit("planned_steps", record.planned);
  visit("epochs", record.epochs);
  visit("seconds", record.seconds);
  visit("metric", record.metric);
}

template <typename Best, typename Visit> void visitBest(Best &best, Visit visit) {
  visit("value", best.value);
  visit("epoch", best.epoch);
  visit("step", best.step);
  visit("epochs_since", best.waited);
}

auto reader(const Json &object) {
  return [&object](const char *key, auto &field) {
    const Json &found = fieldOf(object, key);
    try {
      found.get_to(field);
    } catch (const nlohmann::json::exception &) {
      throw std::runtime_error("'" + std::string(key) + "' expected another value, got " +
                               found.dump());
    }
  };
}

} // namespace

std::string runText(const RunRecord &record) {
  Json object = {{formatKey, formatName}};
  visitFields(record, fieldWriter(object));
  if (record.best.exists)
    visitBest(record.best, fieldWriter(object["best"]));
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

RunRecord parseRun(const std::string &text) {
  const Json object = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains(formatKey) || object[formatKey] != formatName)
    throw std::runtime_error("expected the record of a run (format '" + std::string(formatName) +
                             "'), got something else");
  RunRecord record;
  visitFields(record, reader(object));
  if (object.contains("best")) {
    record.best.exists = true;
    visitBest(record.best, reader(object["best"]));
  }
  return record;
}

RunRecord readRun(const std::string &folder) {
  const std::string path = folder + "/" + run_files::record;
  const std::vector<std::byte> bytes = readFile(path);
  try {
    return parseRun({reinterpret_cast<const char *>(bytes.data()), bytes.size()});
  } catch (const std::runtime_error &error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

} // namespace spherical::runtime
