//===- timing_table.cpp -----------------------------------------*- C++ -*-===//

#include "runtime/train/timing_table.h"

#include "runtime/train/machine_peak.h"

#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

TEST(TimingTable, HasARowForEachStageThatRan) {
  const std::vector<StageSpec> stages = {{"so3_ft", "net.yaml:5:3", 3e8, 2e6, 40},
                                         {"unused", "net.yaml:6:3", 1e9, 1e9, 1},
                                         {"product", "net.yaml:7:3", 6e8, 4e6, 40}};
  const std::vector<StageTime> times = {{0.004, 2}, {0.0, 0}, {0.006, 2}};
  EXPECT_EQ(timingTable(stages, times, 400.0, TimingRows::Stages),
            "stage    location         ms      %  GFLOP/s  % of peak  GB/s\n"
            "so3_ft   net.yaml:5:3  2.000   40.0    150.0       37.5   1.0\n"
            "product  net.yaml:7:3  3.000   60.0    200.0       50.0   1.3\n"
            "all                    5.000  100.0    180.0       45.0   1.2\n");
  EXPECT_EQ(timingTable({}, {}, 0.0, TimingRows::Stages), "stage  location     ms    %  GFLOP/s  GB/s\n"
                                      "all              0.000  0.0      0.0   0.0\n");
  EXPECT_THROW(timingTable(stages, {}, 0.0, TimingRows::Stages), std::invalid_argument);
}

// A short stage above the peak does not change the share of others.
TEST(TimingTable, SumsTheStagesOfALayer) {
  const std::vector<StageSpec> stages = {{"mean", "net.yaml:5:3", 1e6, 2e6, 1},
                                         {"so3_ft", "net.yaml:7:3", 3e8, 2e6, 40},
                                         {"norm", "net.yaml:5:3", 2e8, 2e6, 40},
                                         {"so3_ft", "net.yaml:7:3", 3e8, 2e6, 40}};
  const std::vector<StageTime> times = {{0.000001, 1}, {0.002, 1}, {0.002, 1}, {0.002, 1}};
  EXPECT_EQ(timingTable(stages, times, 400.0, TimingRows::Layers),
            "stages      location         ms      %  GFLOP/s  % of peak  GB/s\n"
            "so3_ft      net.yaml:7:3  4.000   66.7    150.0       37.5   1.0\n"
            "norm, mean  net.yaml:5:3  2.001   33.3    100.4       25.1   2.0\n"
            "all                       6.001  100.0    133.5       33.4   1.3\n");
}

TEST(TimingTable, FitsALineWidth) {
  const std::string place = "a/folder/with/a/long/name/net.yaml:";
  const std::vector<StageSpec> stages = {{"so3_ift + so3_integrate", place + "5:3", 3e8, 2e6, 40},
                                         {"spectral_matmul", place + "5:3", 2e8, 2e6, 40},
                                         {"norm", place + "7:3", 2e8, 2e6, 40}};
  const std::vector<StageTime> times = {{0.004, 1}, {0.002, 1}, {0.002, 1}};
  EXPECT_EQ(timingTable(stages, times, 400.0, TimingRows::Layers, 80),
            "stages                        location     ms      %  GFLOP/s  % of peak  GB/s\n"
            "so3_ift + so3_integrate, ...  5:3       6.000   75.0     83.3       20.8   0.7\n"
            "norm                          7:3       2.000   25.0    100.0       25.0   1.0\n"
            "all                                     8.000  100.0     87.5       21.9   0.8\n");
}

TEST(MachinePeak, IsPlausible) {
  const double peak = measurePeakGflops(1);
  EXPECT_GT(peak, 1.0);
  EXPECT_LT(peak, 2000.0);
}

} // namespace
} // namespace spherical::runtime
