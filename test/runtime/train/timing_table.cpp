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
  EXPECT_EQ(timingTable(stages, times, 400.0),
            "stage    location         ms      %  GFLOP/s  % of peak  GB/s\n"
            "so3_ft   net.yaml:5:3  2.000   40.0    150.0       37.5   1.0\n"
            "product  net.yaml:7:3  3.000   60.0    200.0       50.0   1.3\n"
            "all                    5.000  100.0    180.0       45.0   1.2\n");
  EXPECT_EQ(timingTable({}, {}, 0.0), "stage  location     ms    %  GFLOP/s  GB/s\n"
                                      "all              0.000  0.0      0.0   0.0\n");
  EXPECT_THROW(timingTable(stages, {}, 0.0), std::invalid_argument);
}

TEST(MachinePeak, IsPlausible) {
  const double peak = measurePeakGflops(1);
  EXPECT_GT(peak, 1.0);
  EXPECT_LT(peak, 2000.0);
}

} // namespace
} // namespace spherical::runtime
