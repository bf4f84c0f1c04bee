//===- codegen_test.cpp - objects: cached, loaded, linked -----------------===//

#include "tools/spherical/codegen/codegen.h"

#include "dialects/stage/dialect.h"
#include "passes/lower/passes.h"
#include "passes/lower/target.h"
#include "test/execute/stage_program.h"
#include "tools/spherical/codegen/cache.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include "gtest/gtest.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace spherical::driver;

namespace {

const char *kDouble = R"(
module @twice attributes {spherical.phase = "plan"} {
  func.func @twice(%arena: memref<64xi8> {stage.arena}, %x: memref<40xf32>, %y: memref<40xf32>
      {stage.result}) {
    stage.sweep "twice" (%i) in [1] chunk 1 flop 40 bytes 320 {
      stage.map [40] ins(%x : memref<40xf32>) outs(%y : memref<40xf32>)
        maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
      ^bb0(%a: f32):
        %b = arith.addf %a, %a : f32
        stage.yield %b : f32
      } loc(#layer)
    } loc(#layer)
    return
  }
}
#layer = loc(fused["layer", "model.yaml":7:3]))";

/// A parsed module and a folder of its own, also for the cache.
class Codegen : public testing::Test {
protected:
  void SetUp() override {
    context.loadDialect<mlir::stage::StageDialect, mlir::arith::ArithDialect,
                        mlir::func::FuncDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(kDouble, &context);
    ASSERT_TRUE(module);
    folder = fs::temp_directory_path() / ("codegen_test_" + std::to_string(getpid()));
    fs::create_directories(folder);
    setenv("SPHERICAL_CACHE", (folder / "cache").c_str(), 1);
  }
  void TearDown() override { fs::remove_all(folder); }

  std::vector<fs::path> cached() {
    std::vector<fs::path> files;
    if (fs::exists(folder / "cache"))
      for (const auto &entry : fs::recursive_directory_iterator(folder / "cache"))
        if (entry.is_regular_file())
          files.push_back(entry.path());
    return files;
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  fs::path folder;
};

void runTask(sph_context *, sph_task task, void *frame, int64_t tasks, int64_t) {
  for (int64_t i = 0; i < tasks; ++i)
    task(frame, i, nullptr);
}

void expectDoubles(sph_entry entry) {
  float x[40], y[40];
  for (int i = 0; i < 40; ++i)
    x[i] = float(i) - 7.5f;
  void *arguments[] = {x}, *results[] = {y};
  sph_frame frame{nullptr, nullptr, nullptr, arguments, results, 1};
  entry(&frame);
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(y[i], 2 * x[i]);
}

TEST_F(Codegen, KeepsOneObjectForEqualModules) {
  auto first = emitObject(*module, {});
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ(cached().size(), 1u);
  // What the cache holds is what the next call returns: prove that it is read.
  std::string key = cached()[0].stem().string();
  Result<ObjectCache> cache = ObjectCache::open();
  ASSERT_TRUE(cache);
  EXPECT_EQ(cache->read(key), *first);
  cache->write(key, "kept");
  auto second = emitObject(*module, {});
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, "kept");
  bool isBest = !__builtin_cpu_supports("x86-64-v4");
  auto other = emitObject(*module, {isBest ? "x86-64-v4" : "x86-64-v3"});
  ASSERT_TRUE(other);
  EXPECT_NE(*other, "kept");
  EXPECT_EQ(cached().size(), 2u);
}

// A3: a damaged entry is dropped, and the same object made again.
TEST_F(Codegen, MakesDamagedObjectsAgain) {
  auto first = emitObject(*module, {});
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ(cached().size(), 1u);
  fs::path entry = cached()[0];
  auto whole = fs::file_size(entry);
  for (uintmax_t at = 0; at < whole; at += 1024) {
    std::fstream file(entry, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(std::min(at + 700, whole - 1)));
    file.put('\x5a').flush();
    file.close();
    auto again = emitObject(*module, {});
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, *first) << "byte " << at + 700;
  }
  EXPECT_EQ(fs::file_size(entry), whole);
  setenv("SPHERICAL_CACHE_SIZE", "lots", 1);
  auto refused = emitObject(*module, {});
  unsetenv("SPHERICAL_CACHE_SIZE");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("SPHERICAL_CACHE_SIZE expected"), std::string::npos);
}

/// The part of the manifest that says what the code needs.
std::string needs(const std::string &object) {
  size_t begin = object.find(R"("needs":)"), end = object.find('}', begin);
  return begin == std::string::npos ? "" : object.substr(begin, end - begin + 1);
}

TEST_F(Codegen, RecordsWhatTheCodeNeeds) {
  auto narrow = emitObject(*module, {"x86-64-v3", false});
  auto wide = emitObject(*module, {"x86-64-v4", false});
  auto native = emitObject(*module, {"native", false});
  ASSERT_TRUE(narrow && wide && native);
  EXPECT_EQ(needs(*narrow), R"("needs":{"features":[],"level":"x86-64-v3"})");
  EXPECT_EQ(needs(*wide), R"("needs":{"features":[],"level":"x86-64-v4"})");
  spherical::runtime::Processor machine = spherical::runtime::thisProcessor();
  EXPECT_NE(needs(*native).find(spherical::runtime::levelName(machine.level)), std::string::npos);
  for (const std::string &feature : machine.features)
    EXPECT_NE(needs(*native).find('"' + feature + '"'), std::string::npos) << feature;
}

// The limit stands for a machine with less: what it chooses, and what it cannot compile for.
TEST_F(Codegen, CompilesForTheLevelThatTheLimitLeaves) {
  setenv("SPHERICAL_CPU_LIMIT", "x86-64-v3", 1);
  auto narrow = emitObject(*module, {"", false}), native = emitObject(*module, {"native", false});
  setenv("SPHERICAL_CPU_LIMIT", "x86-64-v2", 1);
  auto old = emitObject(*module, {"", false});
  auto cross = emitObject(*module, {"x86-64-v4", false});
  unsetenv("SPHERICAL_CPU_LIMIT");
  ASSERT_TRUE(narrow && native && cross);
  EXPECT_EQ(needs(*narrow), R"("needs":{"features":[],"level":"x86-64-v3"})");
  EXPECT_EQ(needs(*native), needs(*narrow));
  EXPECT_EQ(needs(*cross), R"("needs":{"features":[],"level":"x86-64-v4"})");
  ASSERT_FALSE(old);
  const char *sentence = "error: this machine has x86-64-v2, the program needs x86-64-v3";
  EXPECT_EQ(old.error().message.find(sentence), 0u) << old.error().message;
}

// A lowered module is made for one processor, whose registers are in its loops and its manifest.
TEST_F(Codegen, KeepsTheProcessorOfALoweredModule) {
  mlir::PassManager manager(&context);
  mlir::spherical::buildLowerCPUPipeline(manager, "x86-64-v3");
  ASSERT_TRUE(mlir::succeeded(manager.run(*module)));
  EXPECT_EQ(mlir::spherical::getLoweredCpu(*module), "x86-64-v3");
  auto object = emitObject(*module, {"", false});
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ(needs(*object), R"("needs":{"features":[],"level":"x86-64-v3"})");
  EXPECT_TRUE(emitObject(*module, {"x86-64-v3", false}));
  auto other = emitObject(*module, {"x86-64-v4", false});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message,
            "error: expected a module lowered for x86-64-v4, got one for x86-64-v3");
}

TEST_F(Codegen, KeepsLinesOfTheModelFile) {
  auto object = emitObject(*module, {"", false});
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_NE(object->find("model.yaml:7:3"), std::string::npos) << "in the manifest";
  auto assembly = emitAssembly(*module, {"", false});
  ASSERT_TRUE(assembly);
  EXPECT_NE(assembly->find("\"model.yaml\""), std::string::npos) << "in the line table";
}

TEST_F(Codegen, WorksWithoutWritableCache) {
  setenv("SPHERICAL_CACHE", "/proc/nowhere", 1);
  auto object = emitObject(*module, {});
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_FALSE(object->empty());
}

TEST_F(Codegen, LoadsInThisProcess) {
  auto object = emitObject(*module, {"", false});
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_TRUE(cached().empty());
  auto loaded = LoadedObject::load(*object, runTask);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ((*loaded)->lookup("sph_entry_thrice"), nullptr);
  expectDoubles(reinterpret_cast<sph_entry>((*loaded)->lookup("sph_entry_twice")));
  EXPECT_NE(std::string((*loaded)->manifest()).find(R"("name":"twice")"), std::string::npos);
}

TEST_F(Codegen, LinksASharedLibraryWithTheSymbolsOfTheInterface) {
  auto object = emitObject(*module, {"", false});
  ASSERT_TRUE(object) << object.error().message;
  auto linked = linkLibrary({*object}, "libtwice.so");
  ASSERT_TRUE(linked) << linked.error().message;
  EXPECT_TRUE(fs::is_empty(folder));
  std::string path = (folder / "libtwice.so").string();
  std::ofstream(path, std::ios::binary) << *linked;
  void *library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  ASSERT_TRUE(library) << dlerror();
  EXPECT_NE(dlsym(library, "sph_entry_twice"), nullptr);
  EXPECT_EQ(*static_cast<int32_t *>(dlsym(library, "sph_abi")), SPH_ABI);
  EXPECT_EQ(static_cast<const char *>(dlsym(library, "sph_manifest"))[0], '{');
  EXPECT_EQ(dlsym(library, "twice_0_twice"), nullptr) << "tasks are private";
  dlclose(library);
}

TEST_F(Codegen, SaysWhyTheLinkerFails) {
  auto linked = linkLibrary({"no object"}, "libbad.so");
  ASSERT_FALSE(linked);
  EXPECT_NE(linked.error().message.find("ld.lld: error: "), std::string::npos)
      << linked.error().message;
  EXPECT_EQ(linked.error().message.find('\n'), std::string::npos);
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(Codegen, RefusesUnknownProcessorsAndEarlyPhases) {
  auto object = emitObject(*module, {"pentium"});
  ASSERT_FALSE(object);
  EXPECT_NE(object.error().message.find("got 'pentium'"), std::string::npos);
  EXPECT_FALSE(emitObject(*module, {"x86-64-v4+sse9"}));
  EXPECT_FALSE(emitObject(*module, {"x86-64-v2"}));
  module.get()->setAttr("spherical.phase", mlir::StringAttr::get(&context, "fuse"));
  object = emitObject(*module, {});
  ASSERT_FALSE(object);
  EXPECT_NE(object.error().message.find("got one after fuse"), std::string::npos);
}

TEST(Assembly, UsesFullRegisters) {
  std::string body = R"(
    func.func @f(%a: memref<99xf32>, %b: memref<320xf32>, %p: memref<1x18xi64>, %c:
        memref<320xf32> {stage.result}) {
      stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
        stage.contract scalar %a, %b, %p -> %c {lanes = 16} : memref<99xf32>, memref<320xf32>,
            memref<1x18xi64>, memref<320xf32>
      }
      return
    })";
  EXPECT_NE(spherical::test::stageAssembly(body, "x86-64-v4").find("zmm"), std::string::npos);
  std::string narrow = spherical::test::stageAssembly(body, "x86-64-v3");
  EXPECT_EQ(narrow.find("zmm"), std::string::npos);
  EXPECT_NE(narrow.find("vfmadd231ps"), std::string::npos);
}

} // namespace
