//===- codegen_test.cpp - objects: cached, loaded, linked -----------------===//

#include "tools/spherical/codegen/codegen.h"

#include "dialects/stage/dialect.h"
#include "test/execute/stage_program.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

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
  std::ofstream(cached()[0]) << "kept";
  auto second = emitObject(*module, {});
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, "kept");
  bool isBest = !__builtin_cpu_supports("x86-64-v4");
  auto other = emitObject(*module, {isBest ? "x86-64-v4" : "x86-64-v3"});
  ASSERT_TRUE(other);
  EXPECT_NE(*other, "kept");
  EXPECT_EQ(cached().size(), 2u);
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
  std::string path = (folder / "libtwice.so").string();
  Status linked = linkLibrary(*object, path);
  ASSERT_TRUE(linked) << linked.error().message;
  // Nothing is left beside it.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
  void *library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  ASSERT_TRUE(library) << dlerror();
  EXPECT_NE(dlsym(library, "sph_entry_twice"), nullptr);
  EXPECT_EQ(*static_cast<int32_t *>(dlsym(library, "sph_abi")), SPH_ABI);
  EXPECT_EQ(static_cast<const char *>(dlsym(library, "sph_manifest"))[0], '{');
  EXPECT_EQ(dlsym(library, "twice_0_twice"), nullptr) << "tasks are private";
  dlclose(library);
}

TEST_F(Codegen, SaysWhyALibraryCannotBeWritten) {
  Status linked = linkLibrary("no object", (folder / "libbad.so").string());
  ASSERT_FALSE(linked);
  EXPECT_NE(linked.error().message.find("libbad.so: error: cannot write the library"),
            std::string::npos);
  EXPECT_TRUE(fs::is_empty(folder));
  linked = linkLibrary("no object", "/nowhere/libbad.so");
  ASSERT_FALSE(linked);
  EXPECT_NE(linked.error().message.find("No such file"), std::string::npos)
      << linked.error().message;
}

TEST_F(Codegen, RefusesUnknownProcessorsAndEarlyPhases) {
  auto object = emitObject(*module, {"pentium"});
  ASSERT_FALSE(object);
  EXPECT_NE(object.error().message.find("got 'pentium'"), std::string::npos);
  module.get()->setAttr("spherical.phase", mlir::StringAttr::get(&context, "fuse"));
  object = emitObject(*module, {});
  ASSERT_FALSE(object);
  EXPECT_NE(object.error().message.find("got one after fuse"), std::string::npos);
}

TEST(Assembly, UsesFullRegisters) {
  std::string body = R"(
    func.func @f(%a: memref<99xf32>, %b: memref<320xf32>, %p: memref<1x18xi32>, %c:
        memref<320xf32> {stage.result}) {
      stage.sweep "s" (%i) in [1] chunk 1 flop 0 bytes 0 {
        stage.contract scalar %a, %b, %p -> %c {lanes = 16} : memref<99xf32>, memref<320xf32>,
            memref<1x18xi32>, memref<320xf32>
      }
      return
    })";
  EXPECT_NE(spherical::test::stageAssembly(body, "x86-64-v4").find("zmm"), std::string::npos);
  std::string narrow = spherical::test::stageAssembly(body, "x86-64-v3");
  EXPECT_EQ(narrow.find("zmm"), std::string::npos);
  EXPECT_NE(narrow.find("vfmadd231ps"), std::string::npos);
}

} // namespace
