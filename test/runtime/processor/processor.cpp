// What a machine runs: levels and features from cpuid, the limit, and what is missing.

#include "runtime/processor/processor.h"

#include "gtest/gtest.h"

#include <cstdlib>

namespace spherical::runtime {
namespace {

/// This machine without any limit, or with one.
Processor machine(const char *limit = nullptr) {
  if (limit)
    setenv("SPHERICAL_CPU_LIMIT", limit, 1);
  else
    unsetenv("SPHERICAL_CPU_LIMIT");
  const Processor found = thisProcessor();
  unsetenv("SPHERICAL_CPU_LIMIT");
  return found;
}

/// All bits, as far as they are asked for, and a system that saves `state`.
CpuWords everything(uint32_t state) {
  CpuWords words;
  words.fill(~0u);
  words[static_cast<size_t>(CpuWord::SystemState)] = state;
  return words;
}

CpuWords without(CpuWord word, int bit) {
  CpuWords words = everything(0xe7);
  words[static_cast<size_t>(word)] &= ~(1u << bit);
  return words;
}

// The compiler's own detection, another implementation, finds the same on this machine.
TEST(Processor, AgreesWithTheCompilersDetection) {
  const Processor found = machine();
  EXPECT_EQ(found.level >= CpuLevel::V2, __builtin_cpu_supports("x86-64-v2") != 0);
  EXPECT_EQ(found.level >= CpuLevel::V3, __builtin_cpu_supports("x86-64-v3") != 0);
  EXPECT_EQ(found.level >= CpuLevel::V4, __builtin_cpu_supports("x86-64-v4") != 0);
  std::vector<std::string> features;
  if (__builtin_cpu_supports("x86-64-v4")) {
#define ADD_IF_SUPPORTED(name)                                                                     \
  if (__builtin_cpu_supports(name))                                                                \
  features.push_back(name)
    ADD_IF_SUPPORTED("avx512bf16");
    ADD_IF_SUPPORTED("avx512bitalg");
    ADD_IF_SUPPORTED("avx512fp16");
    ADD_IF_SUPPORTED("avx512ifma");
    ADD_IF_SUPPORTED("avx512vbmi");
    ADD_IF_SUPPORTED("avx512vbmi2");
    ADD_IF_SUPPORTED("avx512vnni");
    ADD_IF_SUPPORTED("avx512vpopcntdq");
    ADD_IF_SUPPORTED("gfni");
#undef ADD_IF_SUPPORTED
  }
  EXPECT_EQ(found.features, features);
  EXPECT_EQ(found.limit, "");
}

TEST(Processor, NeedsEveryInstructionOfALevel) {
  EXPECT_EQ(decodeProcessor(everything(0xe7)).level, CpuLevel::V4);
  EXPECT_EQ(decodeProcessor(everything(0xe7)).features.size(), 9u);
  EXPECT_EQ(decodeProcessor(without(CpuWord::Leaf7B, 31)).level, CpuLevel::V3); // AVX-512 VL
  EXPECT_TRUE(decodeProcessor(without(CpuWord::Leaf7B, 31)).features.empty());
  EXPECT_EQ(decodeProcessor(without(CpuWord::Leaf7B, 8)).level, CpuLevel::V2);     // BMI2
  EXPECT_EQ(decodeProcessor(without(CpuWord::Extended1C, 5)).level, CpuLevel::V2); // LZCNT
  EXPECT_EQ(decodeProcessor(without(CpuWord::Leaf1C, 20)).level, CpuLevel::V1);    // SSE 4.2
  EXPECT_EQ(decodeProcessor({}).level, CpuLevel::V1);
}

// A system that does not save the registers makes the instructions fault, whatever cpuid says.
TEST(Processor, NeedsASystemThatSavesTheRegisters) {
  EXPECT_EQ(decodeProcessor(everything(0x07)).level, CpuLevel::V3);
  EXPECT_EQ(decodeProcessor(everything(0x67)).level, CpuLevel::V3);
  EXPECT_EQ(decodeProcessor(everything(0x03)).level, CpuLevel::V2);
  EXPECT_EQ(decodeProcessor(without(CpuWord::Leaf1C, 27)).level, CpuLevel::V2); // OSXSAVE
}

TEST(Processor, TheLimitOnlyLowers) {
  const Processor all = machine();
  for (const char *name : {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"}) {
    const Processor limited = machine(name);
    EXPECT_EQ(limited.level, std::min(all.level, *parseLevel(name))) << name;
    EXPECT_TRUE(limited.features.empty()) << name;
  }
  EXPECT_EQ(machine("").level, all.level);
  EXPECT_EQ(machine("").features, all.features);
}

TEST(Processor, SaysWhatIsMissing) {
  const Processor v3{CpuLevel::V3, {}, ""}, v4{CpuLevel::V4, {}, ""};
  EXPECT_EQ(missingInstructions(v3, v3), "");
  EXPECT_EQ(missingInstructions(v4, v3), "");
  EXPECT_EQ(missingInstructions(v3, v4), "this machine has x86-64-v3, the program needs x86-64-v4");
  const Processor native{CpuLevel::V4, {"avx512bf16", "avx512fp16"}, ""};
  EXPECT_EQ(missingInstructions(native, v4), "");
  EXPECT_EQ(missingInstructions(v4, native),
            "this machine has x86-64-v4 without avx512bf16 and avx512fp16, the program needs them");
  EXPECT_EQ(missingInstructions({CpuLevel::V4, {"avx512bf16"}, ""}, native),
            "this machine has x86-64-v4 without avx512fp16, the program needs it");
  EXPECT_EQ(missingInstructions(machine("x86-64-v2"), v3),
            "this machine has x86-64-v2, the program needs x86-64-v3 (SPHERICAL_CPU_LIMIT is "
            "x86-64-v2)");
  EXPECT_EQ(missingInstructions(machine("pentium"), v3),
            "this machine has x86-64, the program needs x86-64-v3 (SPHERICAL_CPU_LIMIT expected "
            "x86-64, x86-64-v2, x86-64-v3 or x86-64-v4, got 'pentium')");
}

} // namespace
} // namespace spherical::runtime
