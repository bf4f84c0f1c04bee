//===- ptx_test.cpp - kernels for GPUs through ptxas ------------*- C++ -*-===//
//
// The PTX of the bitcode that the emulation runs must assemble for compute
// capability 9.0 without spilling registers. Skipped without the CUDA toolkit.
//
//===----------------------------------------------------------------------===//

#include "test/golden/programs.h"
#include "test/gpu/device_program.h"
#include "tools/spherical/codegen/device.h"

#include <gtest/gtest.h>

#include <array>
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

class Ptx : public testing::TestWithParam<const char *> {};

TEST_P(Ptx, AssemblesWithoutSpills) {
  if (std::string(SPHERICAL_PTXAS).empty())
    GTEST_SKIP() << "no ptxas (CUDA toolkit) on this machine";
  const golden::File file(GetParam());
  const DeviceProgram program = compileForDevice(golden::operatorProgram(file)->text);
  const auto ptx = driver::emitPtx(program.bitcode);
  ASSERT_TRUE(ptx) << ptx.error().message;
  size_t kernels = 0;
  for (const auto &[name, entry] : program.entries)
    for (const Launch &launch : entry.launches) {
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

INSTANTIATE_TEST_SUITE_P(Cases, Ptx,
                         testing::Values("so3_product_L5", "so3_fft_b7_L4", "so3_ifft_L4_b6"),
                         [](const auto &info) { return std::string(info.param); });

} // namespace
} // namespace spherical::test
