//===- manifest.cpp - what an artifact says of itself -----------*- C++ -*-===//

#include "runtime/execute/manifest.h"

#include "runtime/execute/error.h"
#include "runtime/execute/manifest_check.h"
#include "runtime/layout.h"

#include "nlohmann/json.hpp"

#include <algorithm>
#include <array>

namespace spherical::runtime {
namespace {

using Json = nlohmann::json;

/// Sizes above this are damage: no product of them with an element's bytes overflows.
constexpr int64_t maxBytes = int64_t(1) << 56;

/// Spectra above this are damage: no size of them overflows.
constexpr int64_t maxDegrees = 1 << 16;

/// A place in the document, with the path that messages name.
class Node {
public:
  Node(const Json &json, std::string path) : json(json), path(std::move(path)) {}

  /// "manifest: entries[0].name: ", the head of what is said of the node.
  std::string place() const { return "manifest: " + path + (path.empty() ? "" : ": "); }

  [[noreturn]] void expected(const std::string &what) const {
    throw Error(SPH_BAD_ARTIFACT, place() + "expected " + what + ", got " + json.type_name());
  }

  bool has(const char *key) const { return json.is_object() && json.contains(key); }

  Node operator[](const char *key) const {
    if (!json.is_object())
      expected("an object");
    auto found = json.find(key);
    if (found == json.end())
      throw Error(SPH_BAD_ARTIFACT, "manifest: " + child(key) + ": expected a value, got none");
    return {*found, child(key)};
  }

  /// Calls body(item) for each item of an array.
  template <typename Body> void each(const Body &body) const {
    if (!json.is_array())
      expected("an array");
    for (size_t i = 0; i < json.size(); ++i)
      body(Node(json[i], path + "[" + std::to_string(i) + "]"));
  }

  /// Calls body(key, item) for each member of an object.
  template <typename Body> void eachMember(const Body &body) const {
    if (!json.is_object())
      expected("an object");
    for (const auto &[key, value] : json.items())
      body(key, Node(value, child(key)));
  }

  std::string text() const {
    if (!json.is_string())
      expected("a string");
    return json.get<std::string>();
  }

  std::string text(const char *key, const char *otherwise) const {
    return has(key) ? (*this)[key].text() : otherwise;
  }

  int64_t integer(int64_t least, int64_t most) const {
    if (!json.is_number_integer())
      expected("an integer");
    const bool fits = !json.is_number_unsigned() || json.get<uint64_t>() <= uint64_t(INT64_MAX);
    if (!fits || json.get<int64_t>() < least || json.get<int64_t>() > most)
      throw Error(SPH_BAD_ARTIFACT, "manifest: " + path + ": expected an integer in " +
                                        std::to_string(least) + " .. " + std::to_string(most) +
                                        ", got " + json.dump());
    return json.get<int64_t>();
  }

  double number() const {
    if (!json.is_number())
      expected("a number");
    return json.get<double>();
  }

  double number(const char *key, double otherwise) const {
    return has(key) ? (*this)[key].number() : otherwise;
  }

  bool boolean() const {
    if (!json.is_boolean())
      expected("true or false");
    return json.get<bool>();
  }

  bool boolean(const char *key, bool otherwise) const {
    return has(key) ? (*this)[key].boolean() : otherwise;
  }

  Element element() const {
    const std::string name = text();
    if (const std::optional<Element> element = parseElement(name))
      return *element;
    throw Error(SPH_BAD_ARTIFACT, place() + "expected f32, f64, i32 or i64, got '" + name + "'");
  }

private:
  std::string child(const std::string &key) const { return path.empty() ? key : path + "." + key; }

  const Json &json;
  std::string path;
};

IntegerRange readRange(const Node &node) {
  IntegerRange range;
  range.what = node["what"].text();
  range.low = node["low"].integer(INT64_MIN, INT64_MAX);
  range.high = node["high"].integer(INT64_MIN, INT64_MAX);
  if (node.has("other"))
    range.other = node["other"].integer(INT64_MIN, INT64_MAX);
  return range;
}

/// The spectrum of an argument; its shape must hold one for each function.
RealSpectrum readSpectrum(const Node &node, const ValueSpec &value) {
  RealSpectrum spectrum;
  spectrum.onSO3 = node["on_so3"].boolean();
  spectrum.degrees = node["degrees"].integer(1, maxDegrees);
  const int64_t size = spectrum.onSO3 ? so3Size(spectrum.degrees) : s2Size(spectrum.degrees);
  const std::vector<int64_t> &shape = value.shape;
  if (shape.size() != 4 || shape[2] != size || shape[3] != 2)
    throw Error(SPH_BAD_ARTIFACT, "manifest: '" + value.name + "' expected " +
                                      std::to_string(size) + " coefficients of a spectrum, got " +
                                      shapeText(shape));
  return spectrum;
}

void readValue(const Node &node, ValueSpec &value) {
  value.name = node["name"].text();
  value.role = node.text("role", "");
  value.element = node["element"].element();
  int64_t size = elementBytes(value.element);
  node["shape"].each([&](const Node &extent) {
    value.shape.push_back(extent.integer(0, maxBytes / size));
    size *= std::max<int64_t>(value.shape.back(), 1);
  });
  value.batched = node.boolean("batched", false);
  value.replaces = node.text("replaces", "");
  value.constraints.counted = node.text("counted", "");
  if (node.has("integers"))
    value.constraints.integers = readRange(node["integers"]);
  if (node.has("spectrum"))
    value.constraints.spectrum = readSpectrum(node["spectrum"], value);
  value.constraints.missing = node.boolean("missing", false);
}

ParameterSpec readParameter(const Node &node) {
  ParameterSpec parameter;
  readValue(node, parameter);
  if (node.has("init")) {
    parameter.initKind = node["init"]["kind"].text();
    parameter.initScale = node["init"].number("scale", 1.0);
  }
  return parameter;
}

TableSpec readTable(const Node &node) {
  TableSpec table;
  table.kind = node["kind"].text();
  table.element = node["element"].element();
  if (node.has("parameters"))
    node["parameters"].eachMember([&](const std::string &key, const Node &value) {
      table.parameters[key] = value.integer(INT64_MIN, INT64_MAX);
    });
  if (node.has("points"))
    node["points"].each([&](const Node &point) { table.points.push_back(point.number()); });
  table.scale = node.number("scale", 1.0);
  int64_t bytes = 0;
  try {
    bytes = tableBytes(table);
  } catch (const std::invalid_argument &error) {
    throw Error(SPH_BAD_ARTIFACT, std::string("manifest: ") + error.what());
  }
  node["bytes"].integer(bytes, bytes); // the compiler and this library agree on the kind
  return table;
}

FftSpec readFft(const Node &node) {
  static constexpr std::string_view kinds[] = {"real_analysis", "real_synthesis",
                                               "complex_analysis", "complex_synthesis"};
  FftSpec fft{node["kind"].text(), node["n"].integer(1, INT32_MAX),
              node["rows"].integer(1, INT32_MAX)};
  if (std::ranges::find(kinds, fft.kind) == std::end(kinds))
    throw Error(SPH_BAD_ARTIFACT, node["kind"].place() +
                                      "expected the kind of a Fourier transform, got '" + fft.kind +
                                      "'");
  return fft;
}

sph_gemm_shape readGemm(const Node &node) {
  sph_gemm_shape gemm = {};
  auto extent = [&](const char *key) { return node[key].integer(1, INT64_MAX); };
  gemm.m = extent("m"), gemm.n = extent("n"), gemm.k = extent("k"), gemm.batch = extent("batch");
  gemm.transpose_a = node["transpose_a"].boolean();
  gemm.transpose_b = node["transpose_b"].boolean();
  auto read = [&](const char *key, int64_t low, std::array<int64_t *, 3> fields) {
    size_t count = 0;
    node[key].each([&](const Node &value) {
      if (count < fields.size())
        *fields[count] = value.integer(low, INT64_MAX);
      ++count;
    });
    if (count != fields.size())
      throw Error(SPH_BAD_ARTIFACT, node[key].place() + "expected 3 numbers, for A, B and C, got " +
                                        std::to_string(count));
  };
  read("ld", 1, {&gemm.lda, &gemm.ldb, &gemm.ldc});
  read("strides", 0, {&gemm.stride_a, &gemm.stride_b, &gemm.stride_c});
  gemm.alpha = 1.0f;
  return gemm;
}

/// The call of a library that a stage is.
void readCall(const Node &node, const EntrySpec &entry, StageSpec &stage) {
  if (node.has("fft") == node.has("gemm"))
    throw Error(SPH_BAD_ARTIFACT, node.place() + "expected `fft` or `gemm`, got " +
                                      (node.has("fft") ? "both" : "none"));
  if (node.has("fft"))
    stage.fft = readFft(node["fft"]);
  else
    stage.gemm = readGemm(node["gemm"]);
  auto read = [&](const char *key, size_t count, std::vector<int64_t> &indices) {
    node[key].each([&](const Node &index) {
      indices.push_back(index.integer(0, static_cast<int64_t>(count) - 1));
    });
  };
  read("arguments", entry.arguments.size(), stage.calledArguments);
  read("results", entry.results.size(), stage.calledResults);
}

/// A stage of an entry whose arguments and results are known.
StageSpec readStage(const Node &node, const EntrySpec &entry) {
  StageSpec stage;
  stage.name = node["name"].text();
  stage.location = node.text("location", "");
  stage.flop = node.number("flop", 0.0);
  stage.bytes = node.number("bytes", 0.0);
  stage.tasks = node.has("tasks") ? node["tasks"].integer(0, INT64_MAX) : 0;
  stage.kernel = node.text("kernel", "");
  if (!stage.kernel.empty()) {
    stage.blocks = node["blocks"].integer(1, INT32_MAX);
    stage.threads = node["threads"].integer(1, 1024);
    stage.shared = node["shared"].integer(0, INT32_MAX);
  }
  if (node.has("call")) {
    readCall(node["call"], entry, stage);
    if (!stage.kernel.empty())
      throw Error(SPH_BAD_ARTIFACT, node.place() + "expected a kernel or a call, got both");
  }
  return stage;
}

EntrySpec readEntry(const Node &node, int64_t tableCount) {
  EntrySpec entry;
  entry.name = node["name"].text();
  entry.symbol = node["symbol"].text();
  entry.arenaBytes = node["arena_bytes"].integer(0, maxBytes);
  entry.scratchBytes = node["scratch_bytes"].integer(0, maxBytes);
  if (node.has("stack_bytes"))
    entry.stackBytes = node["stack_bytes"].integer(0, maxBytes);
  node["arguments"].each(
      [&](const Node &value) { readValue(value, entry.arguments.emplace_back()); });
  node["results"].each([&](const Node &value) { readValue(value, entry.results.emplace_back()); });
  for (ValueSpec &argument : entry.arguments)
    if (argument.role.empty()) {
      argument.role = "input";
      argument.plain = true;
    }
  if (node.has("stages"))
    node["stages"].each(
        [&](const Node &stage) { entry.stages.push_back(readStage(stage, entry)); });
  if (node.has("tables"))
    node["tables"].each(
        [&](const Node &index) { entry.tables.push_back(index.integer(0, tableCount - 1)); });
  else
    for (int64_t i = 0; i < tableCount; ++i)
      entry.tables.push_back(i);
  return entry;
}

/// Each result is one of the entry's, each position in one sample of it.
SelfCheckSpec readSelfCheck(const Node &node, const std::vector<EntrySpec> &entries) {
  SelfCheckSpec check;
  check.entry = node["entry"].text();
  check.seed = node["seed"].integer(0, INT64_MAX);
  check.tolerance = node["tolerance"].number();
  const auto entry = std::ranges::find(entries, check.entry, &EntrySpec::name);
  if (entry == entries.end())
    throw Error(SPH_BAD_ARTIFACT, node.place() + "expected an entry, got '" + check.entry + "'");
  node["results"].each([&](const Node &item) {
    ExpectedValues expected;
    expected.name = item["name"].text();
    const auto result = std::ranges::find(entry->results, expected.name, &ValueSpec::name);
    if (result == entry->results.end())
      throw Error(SPH_BAD_ARTIFACT,
                  item.place() + "expected a result of the entry, got '" + expected.name + "'");
    const int64_t samples = result->batched ? result->shape[0] : 1;
    item["positions"].each([&](const Node &position) {
      expected.positions.push_back(position.integer(0, result->size() / samples - 1));
    });
    item["values"].each([&](const Node &value) { expected.values.push_back(value.number()); });
    if (expected.values.size() != expected.positions.size())
      throw Error(SPH_BAD_ARTIFACT, item.place() + "expected a value for each position, got " +
                                        std::to_string(expected.values.size()) + " for " +
                                        std::to_string(expected.positions.size()));
    check.results.push_back(std::move(expected));
  });
  return check;
}

Processor readNeeds(const Node &node) {
  Processor needs;
  const std::string name = node["level"].text();
  const std::optional<CpuLevel> level = parseLevel(name);
  if (!level)
    throw Error(SPH_BAD_ARTIFACT, "manifest: needs.level: expected x86-64, x86-64-v2, x86-64-v3 or "
                                  "x86-64-v4, got '" +
                                      name + "'");
  needs.level = *level;
  if (node.has("features"))
    node["features"].each([&](const Node &feature) { needs.features.push_back(feature.text()); });
  std::sort(needs.features.begin(), needs.features.end());
  return needs;
}

Json parseJson(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::exception &) {
    // The library's sentence is for its programmers; the user only needs to know what is damaged.
    throw Error(SPH_BAD_ARTIFACT, "manifest: expected JSON, got damaged text of " +
                                      std::to_string(text.size()) + " bytes");
  }
}

} // namespace

int64_t ValueSpec::size() const {
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  return size;
}

Manifest parseManifest(std::string_view text) {
  const Json json = parseJson(text);
  const Node root(json, "");
  const int64_t abi = root["abi"].integer(0, INT64_MAX);
  if (abi != SPH_ABI)
    throw Error(SPH_BAD_ARTIFACT, "manifest: expected abi " + std::to_string(SPH_ABI) + ", got " +
                                      std::to_string(abi) + "; compile the model again");
  Manifest manifest;
  manifest.model = root.text("model", "");
  manifest.graph = root.text("graph", "");
  manifest.target = root.text("target", "");
  manifest.cpu = root.text("cpu", "");
  if (root.has("needs"))
    manifest.needs = readNeeds(root["needs"]);
  manifest.gpu = root.text("gpu", "");
  manifest.lanes = root.has("lanes") ? root["lanes"].integer(1, 1024) : 1;
  root["tables"].each([&](const Node &table) {
    manifest.tableNames.push_back(table.text("name", ""));
    manifest.tables.push_back(readTable(table));
  });
  const int64_t tableCount = manifest.tables.size();
  root["entries"].each(
      [&](const Node &entry) { manifest.entries.push_back(readEntry(entry, tableCount)); });
  root["parameters"].each(
      [&](const Node &parameter) { manifest.parameters.push_back(readParameter(parameter)); });
  if (root.has("self_check"))
    manifest.selfCheck = readSelfCheck(root["self_check"], manifest.entries);
  checkManifest(manifest);
  return manifest;
}

} // namespace spherical::runtime
