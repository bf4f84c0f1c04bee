//===- program_test.h - a program to test -----------------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_RUNTIME_EXECUTE_PROGRAM_TEST_H
#define SPHERICAL_TEST_RUNTIME_EXECUTE_PROGRAM_TEST_H

#include "test/runtime/execute/fake_program.h"

#include "gtest/gtest.h"

#include <memory>
#include <utility>
#include <vector>

namespace spherical::runtime {

using fake::Array;
using fake::failure;
using Floats = std::vector<float>;

/// A fake program with all that `forward` and `train_step` need.
struct ProgramTest : testing::Test {
  Array<float> x{"x", {2, 3}, {1, 2, 3, 4, 5, 6}};
  Array<float> y{"y", {2, 3}, Floats(6)};
  Array<int32_t> labels{"labels", {2}, {3, 4}};
  Array<float> rate{"learning_rate", {}, {0.5f}};
  Array<float> loss{"loss", {}, {0}};
  Array<float> w{"w", {3}, {1, 10, 100}};
  std::unique_ptr<Program> program = fake::load();

  void forward(int64_t count = 2) {
    const BufferView inputs[] = {x}, outputs[] = {y};
    program->run("forward", inputs, outputs, count);
  }
  void trainStep(std::vector<BufferView> outputs) {
    const BufferView inputs[] = {labels, rate, x}; // any order
    program->run("train_step", inputs, outputs, 2);
  }
  Floats kept(const char *name, size_t size) {
    const auto *values = static_cast<const float *>(std::as_const(*program).values(name));
    return Floats(values, values + size);
  }
};

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_EXECUTE_PROGRAM_TEST_H
