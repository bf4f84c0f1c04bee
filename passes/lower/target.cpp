//===- target.cpp - the processor that code is made for ---------*- C++ -*-===//

#include "passes/lower/target.h"

#include "mlir/IR/BuiltinAttributes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/TargetParser/Host.h"

namespace mlir::spherical {

namespace runtime = ::spherical::runtime;
using runtime::CpuLevel;

static constexpr RegisterFile kAvx2{32, 16}, kAvx512{64, 32};
static constexpr llvm::StringLiteral kCpuAttribute = "spherical.cpu";

std::string CpuTarget::features() const {
  return needs.features.empty() ? "" : "+" + llvm::join(needs.features, ",+");
}

std::string CpuTarget::name() const {
  return needs.features.empty() ? level() : level() + "+" + llvm::join(needs.features, "+");
}

static CpuTarget makeTarget(const runtime::Processor &needs, std::string tuning) {
  RegisterFile registers = needs.level >= CpuLevel::V4 ? kAvx512 : kAvx2;
  registers.roundsToBfloat16 = llvm::is_contained(needs.features, "avx512bf16");
  return {{needs.level, needs.features, ""}, std::move(tuning), registers};
}

/// The target that `name` spells, or nothing.
static std::optional<CpuTarget> parseTarget(llvm::StringRef name) {
  auto [level, rest] = name.split('+');
  runtime::Processor needs;
  std::optional<CpuLevel> known = runtime::parseLevel(level.str());
  if (!known || *known < CpuLevel::V3)
    return std::nullopt;
  needs.level = *known;
  llvm::SmallVector<llvm::StringRef> features;
  rest.split(features, '+', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef feature : features) {
    if (needs.level < CpuLevel::V4 || !runtime::isFeature(feature))
      return std::nullopt;
    needs.features.push_back(feature.str());
  }
  llvm::sort(needs.features);
  return makeTarget(needs, level.str());
}

std::optional<CpuTarget> getCpuTarget(llvm::StringRef cpu, std::string &reason) {
  if (!cpu.empty() && cpu != "native") {
    std::optional<CpuTarget> target = parseTarget(cpu);
    if (!target)
      reason = ("expected a processor x86-64-v3, x86-64-v4 or native, got '" + cpu + "'").str();
    return target;
  }
  runtime::Processor machine = runtime::thisProcessor();
  reason = runtime::missingInstructions(machine, {CpuLevel::V3, {}, ""});
  if (!reason.empty())
    return std::nullopt;
  if (cpu.empty())
    machine.features.clear();
  std::string tuning =
      cpu.empty() ? runtime::levelName(machine.level) : llvm::sys::getHostCPUName().str();
  return makeTarget(machine, std::move(tuning));
}

llvm::StringRef getLoweredCpu(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>(kCpuAttribute);
  return name ? name.getValue() : "";
}

void setLoweredCpu(ModuleOp module, const CpuTarget &target) {
  module->setAttr(kCpuAttribute, StringAttr::get(module.getContext(), target.name()));
}

} // namespace mlir::spherical
