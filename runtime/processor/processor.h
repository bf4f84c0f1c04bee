//===- processor.h - what a machine runs ------------------------*- C++ -*-===//
//
// Compiled code says what it may use, the machine says what it has; the code
// runs only where nothing is missing. The levels are those of the x86-64 psABI.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_PROCESSOR_PROCESSOR_H
#define SPHERICAL_RUNTIME_PROCESSOR_PROCESSOR_H

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::runtime {

/// A level with what all lower ones have: x86-64, -v2 (SSE 4.2), -v3 (AVX2, FMA), -v4 (AVX-512).
enum class CpuLevel { V1 = 1, V2, V3, V4 };

/// "x86-64", "x86-64-v2", "x86-64-v3" or "x86-64-v4".
const char *levelName(CpuLevel level);

/// The level of this name, or nothing if there is none.
std::optional<CpuLevel> parseLevel(std::string_view name);

/// Whether code may need the feature of this name beyond x86-64-v4, see Processor.
bool isFeature(std::string_view name);

/// Instructions that a machine has, or that code may use.
struct Processor {
  CpuLevel level = CpuLevel::V1;
  /// Vector instructions beyond x86-64-v4, by LLVM's names ("avx512fp16"), sorted.
  std::vector<std::string> features;
  /// Why a machine counts as less than it is; empty if it does not.
  std::string limit;
};

/// The words of cpuid and xgetbv that tell what a processor has and the system lets programs use.
enum class CpuWord { Leaf1C, Leaf7B, Leaf7C, Leaf7D, Leaf7Sub1A, Extended1C, SystemState };
using CpuWords = std::array<uint32_t, 7>;

/// What a processor with these words has. Levels and features whose registers the operating system
/// does not save count as missing.
Processor decodeProcessor(const CpuWords &words);

/// This machine, or less: the environment variable SPHERICAL_CPU_LIMIT, the name of a level, takes
/// away all that is above it, and everything beyond x86-64 if it is no such name. It never adds.
Processor thisProcessor();

/// What `machine` lacks of `needed` as a sentence, such as "this machine has x86-64-v3, the program
/// needs x86-64-v4"; empty if nothing is missing.
std::string missingInstructions(const Processor &machine, const Processor &needed);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PROCESSOR_PROCESSOR_H
