//===- plan_seeds.cpp - small plans with every op ---------------*- C++ -*-===//

#include "test/plans/plan_seeds.h"

#include "dialects/stage/dialect.h"
#include "passes/pipeline.h"
#include "tools/spherical/driver/session.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/StringSet.h"

#include <stdexcept>

using namespace mlir;

namespace spherical::test {
namespace {

struct Model {
  const char *name, *form, *text;
};

/// Band-limits, channels and kernels of a few; no two extents agree without need.
const Model models[] = {
    {"classifier", "yaml", R"(
task: classification
batch: 3
input: {channels: 1, bandlimit: 5}
layers:
  - s2_conv: {channels: 3, bandlimit: 4, grid: {kind: near_identity, max_beta: 0.5, beta: 1, alpha: 3}}
  - relu
  - so3_conv: {channels: 2, bandlimit: 3, grid: {kind: near_identity, max_beta: 0.5, beta: 1, alpha: 2, gamma: 3}}
  - relu
  - integrate
  - batch_norm
  - linear: 3
)"},
    {"segmenter", "yaml", R"(
task: segmentation
batch: 5
input: {channels: 2, bandlimit: 4}
layers:
  - s2_conv: {channels: 3, bandlimit: 3, grid: {kind: near_identity, max_beta: 0.5, beta: 1, alpha: 3}}
  - batch_norm
  - relu
  - so3_to_s2: {channels: 3, bandlimit: 4, grid: {kind: near_identity, max_beta: 0.5, beta: 1, alpha: 3}}
)"},
    // Values in registers between transforms of two passes.
    {"wide", "yaml", R"(
task: segmentation
batch: 3
input: {channels: 1, bandlimit: 9}
layers:
  - s2_conv: {channels: 2, bandlimit: 2, grid: {kind: near_identity, max_beta: 0.5, beta: 1, alpha: 3}}
  - so3_to_s2: {channels: 2, bandlimit: 9, grid: {kind: near_identity, max_beta: 0.5, beta: 1, alpha: 3}}
  - relu
  - resample: 9
)"},
    {"images", "yaml", R"(
task: classification
batch: 5
input: {channels: 1, size: 9}
layers:
  - conv2d: {channels: 3, kernel: 3, padding: circular}
  - relu
  - max_pool: {kernel: 2}
  - conv2d: {channels: 2, kernel: 2, stride: 2}
  - batch_norm
  - relu
  - global_avg_pool
  - linear: 3
)"},
    {"masks", "yaml", R"(
task: segmentation
batch: 3
input: {channels: 1, size: 6}
layers:
  - conv2d: {channels: 2, kernel: 3, padding: zero}
  - down: {channels: 3, kernel: 2}
  - relu
  - up: {channels: 2, kernel: 2}
  - conv2d: {channels: 3, kernel: 1}
)"},
    // A prime number of samples above 16: transforms with roots.
    {"primes", "mlir", R"(
func.func @analysis(%x: !spherical.s2<3x2, b = 19, f32>) -> !spherical.s2_spectrum<3x2, b = 4, f32> {
  %y = spherical.s2_ft %x : !spherical.s2<3x2, b = 19, f32> -> !spherical.s2_spectrum<3x2, b = 4, f32>
  return %y : !spherical.s2_spectrum<3x2, b = 4, f32>
}
func.func @synthesis(%x: !spherical.so3_spectrum<2x1, b = 3, f32>) -> !spherical.so3<2x1, b = 17, f32> {
  %y = spherical.so3_ift %x : !spherical.so3_spectrum<2x1, b = 3, f32> -> !spherical.so3<2x1, b = 17, f32>
  return %y : !spherical.so3<2x1, b = 17, f32>
}
)"},
    // Spectra of files as kernels.
    {"products", "mlir", R"(
!x = !spherical.s2_spectrum<5x2, b = 3, f32>
!k = !spherical.s2_spectrum<2x3, b = 3, f32>
!y = !spherical.so3_spectrum<5x3, b = 3, f32>
func.func @product(%x: !x, %k: !k) -> !y {
  %y = spherical.spectral_matmul %x, %k : !x, !k -> !y
  return %y : !y
}
func.func @gradient(%x: !x, %y: !y) -> !k {
  %k = spherical.spectral_matmul %y, %x form grad_kernel : !y, !x -> !k
  return %k : !k
}
)"},
    // Rows that are no batch in lanes, and complex values as two parts.
    {"correlation", "mlir", R"(
func.func @two(%x: !spherical.s2<3x2, b = 2, f32>, %y: !spherical.s2<2x5, b = 2, f32>) -> !spherical.so3_spectrum<3x5, b = 2, f32> {
  %a = spherical.s2_ft %x : !spherical.s2<3x2, b = 2, f32> -> !spherical.s2_spectrum<3x2, b = 2, f32>
  %b = spherical.s2_ft %y : !spherical.s2<2x5, b = 2, f32> -> !spherical.s2_spectrum<2x5, b = 2, f32>
  %z = spherical.spectral_matmul %a, %b : !spherical.s2_spectrum<3x2, b = 2, f32>, !spherical.s2_spectrum<2x5, b = 2, f32> -> !spherical.so3_spectrum<3x5, b = 2, f32>
  return %z : !spherical.so3_spectrum<3x5, b = 2, f32>
}
func.func @parts(%x: !spherical.s2<3x2, b = 2, complex<f32>>) -> !spherical.s2_spectrum<3x2, b = 2, complex<f32>> {
  %y = spherical.s2_ft %x : !spherical.s2<3x2, b = 2, complex<f32>> -> !spherical.s2_spectrum<3x2, b = 2, complex<f32>>
  return %y : !spherical.s2_spectrum<3x2, b = 2, complex<f32>>
}
)"},
};

[[noreturn]] void refuse(const Model &model, const std::string &reason) {
  throw std::runtime_error(std::string(model.name) + ": " + reason);
}

std::unique_ptr<driver::Session> load(const Model &model) {
  auto session = driver::Session::parse(std::string("seed.") + model.form, model.text, {});
  if (!session)
    refuse(model, session.error().message);
  return std::move(*session);
}

/// A copy of the module with this function and its tables alone.
std::string textOf(ModuleOp module, StringRef entry) {
  OwningOpRef<ModuleOp> copy(module.clone());
  llvm::StringSet<> used;
  for (auto function : llvm::make_early_inc_range(copy->getOps<func::FuncOp>()))
    if (function.getName() != entry)
      function.erase();
  copy->walk([&](stage::TableRefOp ref) { used.insert(ref.getTable()); });
  for (auto table : llvm::make_early_inc_range(copy->getOps<stage::TableOp>()))
    if (!used.contains(table.getSymName()))
      table.erase();
  std::string text;
  llvm::raw_string_ostream(text) << *copy << "\n";
  return text;
}

} // namespace

std::vector<PlanSeed> planSeeds(int64_t lanes) {
  std::vector<PlanSeed> seeds;
  for (const Model &model : models) {
    auto session = load(model);
    mlir::spherical::PipelineOptions options;
    options.lanes = lanes;
    if (failed(
            mlir::spherical::runPhases(session->module(), mlir::spherical::Phase::Plan, options)))
      refuse(model, session->takeDiagnostics());
    for (auto entry : session->module().getOps<func::FuncOp>())
      seeds.push_back({std::string(model.name) + "." + entry.getName().str(),
                       textOf(session->module(), entry.getName())});
  }
  return seeds;
}

} // namespace spherical::test
