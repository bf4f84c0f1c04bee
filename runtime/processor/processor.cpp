//===- processor.cpp - what a machine runs ----------------------*- C++ -*-===//

#include "runtime/processor/processor.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <span>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace spherical::runtime {
namespace {

/// One bit of one word.
struct Bit {
  CpuWord word;
  int index;
};

struct Feature {
  const char *name;
  Bit bit;
};

/// Bits of SystemState (XCR0): the system saves ymm registers; masks and zmm registers as well.
constexpr uint32_t savesYmm = 0x06, savesZmm = 0xe6;
constexpr Bit systemTellsState{CpuWord::Leaf1C, 27}; // OSXSAVE

// cmpxchg16b, lahf, popcnt, SSE3, SSSE3, SSE4.1, SSE4.2
constexpr Bit level2[] = {{CpuWord::Leaf1C, 13}, {CpuWord::Extended1C, 0}, {CpuWord::Leaf1C, 23},
                          {CpuWord::Leaf1C, 0},  {CpuWord::Leaf1C, 9},     {CpuWord::Leaf1C, 19},
                          {CpuWord::Leaf1C, 20}};
// AVX, AVX2, BMI1, BMI2, F16C, FMA, LZCNT, MOVBE
constexpr Bit level3[] = {{CpuWord::Leaf1C, 28},    {CpuWord::Leaf7B, 5},  {CpuWord::Leaf7B, 3},
                          {CpuWord::Leaf7B, 8},     {CpuWord::Leaf1C, 29}, {CpuWord::Leaf1C, 12},
                          {CpuWord::Extended1C, 5}, {CpuWord::Leaf1C, 22}};
// AVX-512 F, DQ, CD, BW, VL
constexpr Bit level4[] = {{CpuWord::Leaf7B, 16},
                          {CpuWord::Leaf7B, 17},
                          {CpuWord::Leaf7B, 28},
                          {CpuWord::Leaf7B, 30},
                          {CpuWord::Leaf7B, 31}};
// Sorted by name.
constexpr Feature beyond4[] = {{"avx512bf16", {CpuWord::Leaf7Sub1A, 5}},
                               {"avx512bitalg", {CpuWord::Leaf7C, 12}},
                               {"avx512fp16", {CpuWord::Leaf7D, 23}},
                               {"avx512ifma", {CpuWord::Leaf7B, 21}},
                               {"avx512vbmi", {CpuWord::Leaf7C, 1}},
                               {"avx512vbmi2", {CpuWord::Leaf7C, 6}},
                               {"avx512vnni", {CpuWord::Leaf7C, 11}},
                               {"avx512vpopcntdq", {CpuWord::Leaf7C, 14}},
                               {"gfni", {CpuWord::Leaf7C, 8}}};

uint32_t wordOf(const CpuWords &words, CpuWord word) { return words[static_cast<size_t>(word)]; }

bool has(const CpuWords &words, Bit bit) { return wordOf(words, bit.word) >> bit.index & 1; }

bool hasAll(const CpuWords &words, std::span<const Bit> bits) {
  return std::all_of(bits.begin(), bits.end(), [&](Bit bit) { return has(words, bit); });
}

bool saves(const CpuWords &words, uint32_t registers) {
  return has(words, systemTellsState) &&
         (wordOf(words, CpuWord::SystemState) & registers) == registers;
}

CpuWords readWords() {
  CpuWords words{};
#if defined(__x86_64__)
  auto word = [&](CpuWord name) -> uint32_t & { return words[static_cast<size_t>(name)]; };
  uint32_t a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d))
    word(CpuWord::Leaf1C) = c;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    word(CpuWord::Leaf7B) = b, word(CpuWord::Leaf7C) = c, word(CpuWord::Leaf7D) = d;
    if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d))
      word(CpuWord::Leaf7Sub1A) = a;
  }
  if (__get_cpuid(0x80000001, &a, &b, &c, &d))
    word(CpuWord::Extended1C) = c;
  if (has(words, systemTellsState)) {
    asm volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    word(CpuWord::SystemState) = a;
  }
#endif
  return words;
}

std::string joined(const std::vector<std::string> &names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return text;
}

} // namespace

const char *levelName(CpuLevel level) {
  switch (level) {
  case CpuLevel::V1:
    return "x86-64";
  case CpuLevel::V2:
    return "x86-64-v2";
  case CpuLevel::V3:
    return "x86-64-v3";
  case CpuLevel::V4:
    return "x86-64-v4";
  }
  return "";
}

std::optional<CpuLevel> parseLevel(std::string_view name) {
  for (CpuLevel level : {CpuLevel::V1, CpuLevel::V2, CpuLevel::V3, CpuLevel::V4})
    if (levelName(level) == name)
      return level;
  return std::nullopt;
}

bool isFeature(std::string_view name) {
  return std::any_of(std::begin(beyond4), std::end(beyond4),
                     [&](const Feature &feature) { return feature.name == name; });
}

Processor decodeProcessor(const CpuWords &words) {
  Processor processor;
  if (!hasAll(words, level2))
    return processor;
  processor.level = CpuLevel::V2;
  if (!hasAll(words, level3) || !saves(words, savesYmm))
    return processor;
  processor.level = CpuLevel::V3;
  if (!hasAll(words, level4) || !saves(words, savesZmm))
    return processor;
  processor.level = CpuLevel::V4;
  for (const Feature &feature : beyond4)
    if (has(words, feature.bit))
      processor.features.push_back(feature.name);
  return processor;
}

Processor thisProcessor() {
  static const Processor machine = decodeProcessor(readWords());
  const char *limit = std::getenv("SPHERICAL_CPU_LIMIT");
  if (!limit || !*limit)
    return machine;
  const std::optional<CpuLevel> level = parseLevel(limit);
  if (!level)
    return {CpuLevel::V1,
            {},
            "SPHERICAL_CPU_LIMIT expected x86-64, x86-64-v2, x86-64-v3 or x86-64-v4, got '" +
                std::string(limit) + "'"};
  return {std::min(*level, machine.level), {}, "SPHERICAL_CPU_LIMIT is " + std::string(limit)};
}

std::string missingInstructions(const Processor &machine, const Processor &needed) {
  std::string text;
  if (machine.level < needed.level)
    text = std::string("this machine has ") + levelName(machine.level) + ", the program needs " +
           levelName(needed.level);
  std::vector<std::string> missing;
  std::set_difference(needed.features.begin(), needed.features.end(), machine.features.begin(),
                      machine.features.end(), std::back_inserter(missing));
  if (text.empty() && !missing.empty())
    text = std::string("this machine has ") + levelName(machine.level) + " without " +
           joined(missing) + ", the program needs " + (missing.size() == 1 ? "it" : "them");
  if (!text.empty() && !machine.limit.empty())
    text += " (" + machine.limit + ")";
  return text;
}

} // namespace spherical::runtime
