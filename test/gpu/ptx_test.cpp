//===- ptx_test.cpp - kernels for GPUs through ptxas ------------*- C++ -*-===//
//
// The PTX of the bitcode that the emulation runs must assemble for compute
// capability 9.0 without spilling registers. Skipped without the CUDA toolkit.
//
//===----------------------------------------------------------------------===//

#include "runtime/problem.h"
#include "test/golden/programs.h"
#include "test/gpu/device_program.h"
#include "tools/spherical/codegen/device.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>

#include <unistd.h>

namespace spherical::test {
namespace {

/// Runs ptxas on PTX text; returns what it says, and its status.
std::string assemble(const std::string &ptx, int &status) {
  const auto path =
      std::filesystem::temp_directory_path() / ("device_test_" + std::to_string(getpid()) + ".ptx");
  std::ofstream(path) << ptx;
  const std::string command =
      std::string(SPHERICAL_PTXAS) + " -arch=sm_90 -v '" + path.string() + "' -o /dev/null 2>&1";
  std::string text;
  FILE *pipe = popen(command.c_str(), "r");
  for (std::array<char, 4096> part; pipe && fgets(part.data(), part.size(), pipe);)
    text += part.data();
  status = pipe ? pclose(pipe) : -1;
  std::filesystem::remove(path);
  return text;
}

/// The numbers before `what` in ptxas's report.
std::vector<int64_t> numbersBefore(const std::string &report, const std::string &what) {
  const std::regex pattern("([0-9]+) " + what);
  std::vector<int64_t> numbers;
  for (std::sregex_iterator match(report.begin(), report.end(), pattern), end; match != end;
       ++match)
    numbers.push_back(std::stoll((*match)[1]));
  return numbers;
}

/// A function whose op has a place in a model file.
constexpr char kLocated[] = R"(
!s2 = !spherical.s2<2x3, b = 4, f32>
!spectrum = !spherical.s2_spectrum<2x3, b = 3, f32>
module @m attributes {spherical.phase = "graph"} {
  func.func @f(%x: tensor<2x3x8x8xf32>) -> !spectrum {
    %f = spherical.samples %x : tensor<2x3x8x8xf32> -> !s2
    %y = spherical.s2_ft %f : !s2 -> !spectrum loc("model.yaml":7:5)
    return %y : !spectrum
  }
}
)";

// As directives only: anything more would make ptxas compile for debugging.
TEST(Ptx, NamesLinesOfTheModel) {
  const auto ptx = driver::emitPtx(compileForDevice(kLocated).bitcode, "sm_90");
  ASSERT_TRUE(ptx) << ptx.error().message;
  EXPECT_NE(ptx->find("model.yaml\""), std::string::npos) << *ptx;
  EXPECT_TRUE(std::regex_search(*ptx, std::regex("\\.loc\t[0-9]+ 7 5"))) << *ptx;
  EXPECT_EQ(ptx->find(", debug"), std::string::npos) << *ptx;
}

// The last field of a problem is loaded as a whole, and no field of that row by halves or less.
TEST(Ptx, LoadsProblemsIn64Bits) {
  const auto ptx = driver::emitPtx(compileForDevice(kLocated).bitcode, "sm_90");
  ASSERT_TRUE(ptx) << ptx.error().message;
  const std::string last = std::to_string(offsetof(runtime::Problem, cV));
  const std::regex whole("ld[.a-z]*64 *\t%rd[0-9]+, \\[(%rd[0-9]+)\\+" + last + "\\]");
  std::smatch row;
  ASSERT_TRUE(std::regex_search(*ptx, row, whole)) << *ptx;
  const std::regex part("ld[.a-z]*(8|16|32) *\t%[a-z]+[0-9]+, \\[" + row[1].str() + "[+\\]]");
  EXPECT_FALSE(std::regex_search(*ptx, part)) << *ptx;
}

/// The product of two spectra, and its gradient in the kernel.
constexpr char kProducts[] = R"(
!x = !spherical.so3_spectrum<32x12, b = 8, f32>
!y = !spherical.so3_spectrum<12x11, b = 8, f32>
!z = !spherical.so3_spectrum<32x11, b = 8, f32>
module @m attributes {spherical.phase = "graph"} {
  func.func @forward(%x: !x {spherical.role = "input"}, %y: !y) -> !z {
    %z = spherical.spectral_matmul %x, %y CHOICE : !x, !y -> !z
    return %z : !z
  }
  func.func @gradient(%z: !z {spherical.role = "input"}, %x: !x {spherical.role = "input"}) -> !y {
    %y = spherical.spectral_matmul %z, %x form grad_kernel CHOICE : !z, !x -> !y
    return %y : !y
  }
}
)";

// Real and complex products read and write memory by four values: operands that have lanes in
// device memory, and tiles in shared memory. Results of `reduce` have none.
TEST(Ptx, ProductsMoveFourValuesAtOnce) {
  for (const std::string algorithm : {"real_blocks", "complex_product"}) {
    SCOPED_TRACE(algorithm);
    const std::string choice =
        "{spherical.choice = #spherical.choice<algorithm = \"" + algorithm + "\">}";
    const std::string text =
        std::regex_replace(std::string(kProducts), std::regex("CHOICE"), choice);
    const DeviceProgram program = compileForDevice(text);
    const auto ptx = driver::emitPtx(program.bitcode, "sm_90");
    ASSERT_TRUE(ptx) << ptx.error().message;
    size_t products = 0;
    for (const runtime::EntrySpec &entry : program.manifest.entries)
      for (const runtime::StageSpec &stage : entry.stages) {
        if (stage.name != "spectral_matmul")
          continue;
        ++products;
        const size_t begin = ptx->find(".entry " + stage.kernel + "(");
        const std::string kernel = ptx->substr(begin, ptx->find(".entry ", begin + 1) - begin);
        const bool isGradient = entry.name == "gradient";
        for (const std::string access : {"ld.v4.b32", "ld.shared.v4.b32"})
          EXPECT_NE(kernel.find(access), std::string::npos) << access << "\n" << kernel;
        for (const std::string access : {"st.v4.b32", "st.shared.v4.b32"})
          EXPECT_EQ(kernel.find(access) == std::string::npos, isGradient) << access << kernel;
      }
    EXPECT_EQ(products, 2U);
  }
}

class Assembled : public testing::TestWithParam<const char *> {};

TEST_P(Assembled, WithoutSpills) {
  if (std::string(SPHERICAL_PTXAS).empty())
    GTEST_SKIP() << "no ptxas (CUDA toolkit) on this machine";
  const golden::File file(GetParam());
  const DeviceProgram program = compileForDevice(golden::operatorProgram(file)->text);
  const auto ptx = driver::emitPtx(program.bitcode, "sm_90");
  ASSERT_TRUE(ptx) << ptx.error().message;
  size_t kernels = 0;
  for (const runtime::EntrySpec &entry : program.manifest.entries)
    for (const runtime::StageSpec &launch : entry.stages) {
      EXPECT_NE(ptx->find(".entry " + launch.kernel + "("), std::string::npos) << launch.kernel;
      ++kernels;
    }
  int status = 0;
  const std::string report = assemble(*ptx, status);
  ASSERT_EQ(status, 0) << report;
  for (const char *what : {"bytes spill stores", "bytes spill loads"})
    for (int64_t bytes : numbersBefore(report, what))
      EXPECT_EQ(bytes, 0) << what << "\n" << report;
  // 65536 registers hold three blocks of 128 threads.
  const std::vector<int64_t> registers = numbersBefore(report, "registers");
  EXPECT_GE(registers.size(), kernels);
  for (int64_t count : registers)
    EXPECT_LE(count, 168) << report;
}

INSTANTIATE_TEST_SUITE_P(Cases, Assembled,
                         testing::Values("so3_product_L5", "so3_fft_b7_L4", "so3_ifft_L4_b6"),
                         [](const auto &info) { return std::string(info.param); });

} // namespace
} // namespace spherical::test
