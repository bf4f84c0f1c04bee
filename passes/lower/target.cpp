//===- target.cpp - the processor that code is made for ---------*- C++ -*-===//

#include "passes/lower/target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

namespace mlir::spherical {

static constexpr RegisterFile kAvx2{32, 16}, kAvx512{64, 32};

static bool hasAll(const llvm::StringMap<bool> &features,
                   std::initializer_list<llvm::StringRef> names) {
  return llvm::all_of(names, [&](llvm::StringRef name) { return features.lookup(name); });
}

std::optional<CpuTarget> getCpuTarget(llvm::StringRef cpu) {
  if (cpu == "x86-64-v4")
    return CpuTarget{cpu.str(), "", kAvx512};
  if (cpu == "x86-64-v3")
    return CpuTarget{cpu.str(), "", kAvx2};
  if (!cpu.empty() && cpu != "native")
    return std::nullopt;
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  if (!hasAll(host, {"avx2", "fma", "bmi2"}))
    return std::nullopt;
  bool wide = hasAll(host, {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"});
  if (cpu.empty())
    return getCpuTarget(wide ? "x86-64-v4" : "x86-64-v3");
  llvm::SubtargetFeatures features;
  for (const auto &feature : host)
    features.AddFeature(feature.getKey(), feature.getValue());
  return CpuTarget{llvm::sys::getHostCPUName().str(), features.getString(), wide ? kAvx512 : kAvx2};
}

} // namespace mlir::spherical
