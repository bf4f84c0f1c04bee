// Manifests: what is read, and one message for each kind of damage.

#include "runtime/execute/manifest.h"

#include "test/runtime/execute/fake_program.h"

#include "gtest/gtest.h"

namespace spherical::runtime {
namespace {

using Json = nlohmann::json;
using fake::failure;

std::string refusal(const Json &json) {
  return failure(SPH_BAD_ARTIFACT, [&] { parseManifest(json.dump()); });
}

/// The refusal of the fake manifest with one value changed.
std::string refusalWith(const char *pointer, const Json &value) {
  Json json = fake::manifest();
  json[Json::json_pointer(pointer)] = value;
  return refusal(json);
}

TEST(Manifest, ReadsAllKeys) {
  const Manifest manifest = parseManifest(fake::manifest().dump());
  EXPECT_EQ(manifest.model, "fake");
  EXPECT_EQ(manifest.cpu, "x86-64-v3");
  EXPECT_EQ(manifest.needs.level, CpuLevel::V1); // where it does not say
  EXPECT_EQ(manifest.lanes, 8);
  ASSERT_EQ(manifest.tables.size(), 1u);
  EXPECT_EQ(manifest.tables[0].parameters.at("n"), 17);
  ASSERT_EQ(manifest.entries.size(), 4u);
  const EntrySpec &train = manifest.entries[2];
  EXPECT_EQ(train.capacity, 4);
  EXPECT_EQ(train.arguments[1].role, "label");
  EXPECT_EQ(train.arguments[1].bytes(), 16);
  EXPECT_EQ(train.results[4].replaces, "step");
  EXPECT_EQ(train.results[4].size(), 1);
  EXPECT_EQ(manifest.entries[1].stages[0].location, "fake.yaml:3:5");
  EXPECT_EQ(manifest.entries[1].tables, std::vector<int64_t>{0}); // all, if it does not say
  EXPECT_EQ(manifest.parameters[1].initKind, "ones");
}

TEST(Manifest, EntriesMayNameTheirTables) {
  Json json = fake::manifest();
  json["entries"][1]["tables"] = Json::array();
  EXPECT_TRUE(parseManifest(json.dump()).entries[1].tables.empty());
  EXPECT_EQ(refusalWith("/entries/1/tables", {1}),
            "manifest: entries[1].tables[0]: expected an integer in 0 .. 0, got 1");
}

TEST(Manifest, SaysWhatTheCodeNeeds) {
  Json json = fake::manifest();
  json["needs"] = {{"level", "x86-64-v4"}, {"features", {"gfni", "avx512fp16"}}};
  const Processor needs = parseManifest(json.dump()).needs;
  EXPECT_EQ(needs.level, CpuLevel::V4);
  EXPECT_EQ(needs.features, std::vector<std::string>({"avx512fp16", "gfni"}));
  EXPECT_EQ(refusalWith("/needs", {{"level", "x86-64-v9"}}),
            "manifest: needs.level: expected x86-64, x86-64-v2, x86-64-v3 or x86-64-v4, got "
            "'x86-64-v9'");
  EXPECT_EQ(refusalWith("/needs", "avx2"), "manifest: needs: expected an object, got string");
}

TEST(Manifest, ReadsWhatArgumentsMustHold) {
  Json json = fake::manifest();
  json["entries"][2]["arguments"][1]["integers"] = {
      {"what", "labels"}, {"low", 0}, {"high", 9}, {"other", 255}};
  json["entries"][2]["arguments"][1]["counted"] = "count";
  json["entries"][3]["arguments"] = {{{"name", "X"},
                                      {"element", "f32"},
                                      {"shape", {2, 1, 10, 2}},
                                      {"spectrum", {{"on_so3", true}, {"degrees", 2}}}}};
  json["entries"][2]["arguments"][1]["missing"] = true;
  const Manifest manifest = parseManifest(json.dump());
  const ValueSpec &labels = manifest.entries[2].arguments[1];
  EXPECT_EQ(labels.constraints.integers->high, 9);
  EXPECT_EQ(labels.constraints.integers->other, 255);
  EXPECT_EQ(labels.constraints.counted, "count");
  EXPECT_TRUE(labels.constraints.missing);
  EXPECT_FALSE(manifest.entries[3].arguments[0].constraints.missing);
  EXPECT_FALSE(labels.plain);
  EXPECT_TRUE(manifest.entries[3].arguments[0].constraints.spectrum->onSO3);
  EXPECT_TRUE(manifest.entries[3].arguments[0].plain);
  const Json s2 = {{"on_so3", false}, {"degrees", 2}};
  json["entries"][3]["arguments"][0]["spectrum"] = s2;
  EXPECT_EQ(refusal(json), "manifest: 'X' expected 4 coefficients of a spectrum, got 2x1x10x2");
}

TEST(Manifest, RefusesConstraintsThatDoNotFit) {
  const Json range = {{"what", "labels"}, {"low", 0}, {"high", 9}};
  EXPECT_EQ(refusalWith("/entries/1/arguments/0/integers", range),
            "manifest: entry 'forward': 'x' has a range of integers, got f32 4x3");
  EXPECT_EQ(refusalWith("/entries/2/arguments/1/counted", "rate"),
            "manifest: entry 'train_step': 'labels' expected an i64 scalar that counts its "
            "samples, got 'rate'");
  EXPECT_EQ(refusalWith("/entries/2/arguments/1/integers", {{"what", "labels"}, {"low", 0}}),
            "manifest: entries[2].arguments[1].integers.high: expected a value, got none");
}

TEST(Manifest, RefusesDamagedText) {
  const std::string text = fake::manifest().dump();
  for (size_t length = 0; length < text.size(); length += 7)
    EXPECT_NE(failure(SPH_BAD_ARTIFACT, [&] { parseManifest(text.substr(0, length)); }), "");
  EXPECT_EQ(failure(SPH_BAD_ARTIFACT, [] { parseManifest("not json"); }),
            "manifest: expected JSON, got damaged text of 8 bytes");
  EXPECT_EQ(refusal(Json::array()), "manifest: expected an object, got array");
}

TEST(Manifest, RefusesMissingKeysAndWrongTypes) {
  Json json = fake::manifest();
  json["entries"][0].erase("symbol");
  EXPECT_EQ(refusal(json), "manifest: entries[0].symbol: expected a value, got none");
  EXPECT_EQ(refusalWith("/entries/0/arguments/0/shape", "3"),
            "manifest: entries[0].arguments[0].shape: expected an array, got string");
  EXPECT_EQ(refusalWith("/entries/1/arguments/0/batched", 1),
            "manifest: entries[1].arguments[0].batched: expected true or false, got number");
  EXPECT_EQ(refusalWith("/entries/1/arena_bytes", 1.5),
            "manifest: entries[1].arena_bytes: expected an integer, got number");
  EXPECT_EQ(refusalWith("/parameters/0/element", "f16"),
            "manifest: parameters[0].element: expected f32, f64, i32 or i64, got 'f16'");
  const char *call = "/entries/1/stages/0/call";
  const Json fft = {{"kind", "real_analysis"}, {"n", 6}, {"rows", 4}};
  const std::string place = "manifest: entries[1].stages[0].call.";
  EXPECT_EQ(refusalWith(call, {{"fft", fft}, {"arguments", {2}}, {"results", {1}}}),
            place + "results[0]: expected an integer in 0 .. 0, got 1");
  EXPECT_EQ(refusalWith(call, {{"fft", {{"kind", "real_analysis"}, {"n", 6}}}}),
            place + "fft.rows: expected a value, got none");
  EXPECT_EQ(refusalWith(call, {{"fft", {{"kind", "wavelet"}, {"n", 6}, {"rows", 4}}}}),
            place + "fft.kind: expected the kind of a Fourier transform, got 'wavelet'");
  EXPECT_EQ(refusalWith(call, Json::object()),
            "manifest: entries[1].stages[0].call: expected `fft` or `gemm`, got none");
  Json gemm = {{"m", 3},
               {"n", 8},
               {"k", 10},
               {"batch", 1},
               {"transpose_a", false},
               {"ld", {10, 8}},
               {"transpose_b", false},
               {"strides", {0, 0, 0}}};
  EXPECT_EQ(refusalWith(call, {{"gemm", gemm}}),
            place + "gemm.ld: expected 3 numbers, for A, B and C, got 2");
  gemm["m"] = 0;
  EXPECT_EQ(refusalWith(call, {{"gemm", gemm}}),
            place + "gemm.m: expected an integer in 1 .. " + std::to_string(INT64_MAX) + ", got 0");
  EXPECT_EQ(refusalWith("/abi", 7), "manifest: expected abi 3, got 7; compile the model again");
}

// Extents and sizes that would overflow, or that no memory holds, never reach arithmetic.
TEST(Manifest, RefusesImpossibleSizes) {
  for (const Json &extent : {Json(0), Json(-3), Json(INT64_MAX), Json(UINT64_MAX)})
    EXPECT_NE(refusalWith("/parameters/0/shape", Json::array({extent})), "");
  EXPECT_NE(refusalWith("/parameters/0/shape", {int64_t(1) << 40, int64_t(1) << 40}), "");
  EXPECT_NE(refusalWith("/entries/0/arena_bytes", -1), "");
  EXPECT_NE(refusalWith("/entries/0/scratch_bytes", INT64_MAX), "");
}

TEST(Manifest, RefusesTablesThatTheLibraryFillsDifferently) {
  EXPECT_EQ(refusalWith("/tables/0/bytes", 100),
            "manifest: tables[0].bytes: expected an integer in 256 .. 256, got 100");
  EXPECT_EQ(refusalWith("/tables/0/kind", "unheard_of"),
            "manifest: unknown table kind 'unheard_of'");
  EXPECT_EQ(refusalWith("/tables/0/parameters", Json::object()),
            "manifest: table 'roots' needs parameter 'n'");
}

TEST(Manifest, RefusesWhatDoesNotFitTogether) {
  EXPECT_EQ(refusalWith("/entries/1/name", "prepare"), "manifest: entry 'prepare' appears twice");
  EXPECT_EQ(refusalWith("/parameters/1/name", "w"), "manifest: parameter 'w' appears twice");
  EXPECT_EQ(refusalWith("/parameters/1/role", "input"),
            "manifest: parameter 's' expected role parameter, moment, average or state, got 'input'");
  EXPECT_EQ(refusalWith("/entries/1/arguments/0/role", "wish"),
            "manifest: entry 'forward': 'x' has the unknown role 'wish'");
  EXPECT_EQ(refusalWith("/entries/1/results/0/shape", {5, 3}),
            "manifest: entry 'forward': batched 'y' expected 4 samples, got 5");
  EXPECT_EQ(refusalWith("/entries/0/arguments/0/shape", {4}),
            "manifest: entry 'prepare': 'w' expected f32 3 as a parameter, got f32 4");
  EXPECT_EQ(
      refusalWith("/entries/1/arguments/1/name", "prepared.9"),
      "manifest: entry 'forward': 'prepared.9' expected a result of entry 'prepare', got none");
  EXPECT_EQ(refusalWith("/entries/2/results/1/replaces", "v"),
            "manifest: entry 'train_step': 'w' expected the argument it replaces, got none");
  EXPECT_EQ(refusalWith("/entries/2/results/2/replaces", "w"),
            "manifest: entry 'train_step': argument 'w' is replaced twice");
  EXPECT_EQ(refusalWith("/entries/2/arguments/2/element", "i32"),
            "manifest: entry 'train_step': count expected i64 scalar, got i32 scalar");
}

} // namespace
} // namespace spherical::runtime
