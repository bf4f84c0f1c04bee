//===- test_device.h - the strict emulation with one stream --*- C++ -*-===//

#ifndef SPHERICAL_TEST_TOOLS_EMULATION_TEST_DEVICE_H
#define SPHERICAL_TEST_TOOLS_EMULATION_TEST_DEVICE_H

#include "tools/emulation/device.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace spherical::emulation {

/// An opened device and a stream.
class TestDevice {
public:
  TestDevice() {
    ok(calls.open(0, &context));
    ok(calls.create_stream(context, nullptr, &stream));
  }
  ~TestDevice() {
    for (float *memory : taken)
      calls.release(context, memory);
    calls.destroy_stream(stream);
    calls.close(context);
  }
  TestDevice(const TestDevice &) = delete;
  TestDevice &operator=(const TestDevice &) = delete;

  static void ok(const char *failure) { EXPECT_EQ(failure, nullptr) << failure; }

  /// Memory of `count` numbers that nobody has written.
  float *take(int64_t count) {
    void *memory = nullptr;
    ok(calls.allocate(context, 4 * count, &memory));
    taken.push_back(static_cast<float *>(memory));
    return taken.back();
  }
  float *put(const std::vector<float> &values) {
    float *memory = take(values.size());
    ok(calls.upload(stream, memory, values.data(), 4 * values.size()));
    return memory;
  }
  std::vector<float> get(const float *memory, int64_t count) const {
    std::vector<float> values(count);
    ok(calls.download(stream, values.data(), memory, 4 * count));
    return values;
  }

  const sph_device &calls = emulatedDevice(ThreadOrder::Forward, Checks::Strict);
  sph_device_context *context = nullptr;
  sph_device_stream *stream = nullptr;

private:
  std::vector<float *> taken;
};

/// Seeded numbers in -1 .. 1.
inline std::vector<float> randomNumbers(int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float &value : values)
    value = static_cast<float>(random() % 20001) / 10000 - 1;
  return values;
}

} // namespace spherical::emulation

#endif // SPHERICAL_TEST_TOOLS_EMULATION_TEST_DEVICE_H
