//===- graph_test.cpp - recorded work of the emulation -------------------===//

#include "test/tools/emulation/kernel_text.h"
#include "test/tools/emulation/test_device.h"

#include <functional>
#include <utility>

namespace spherical::emulation {
namespace {

/// to[0] = value, by one thread.
constexpr char kStore[] = R"(
define ptx_kernel void @store(ptr %to, float %value) {
  store float %value, ptr %to
  ret void
}
)";

std::string textOf(const char *failure) { return failure ? failure : ""; }

// Arguments are those of the launch that was recorded; copies and fills go in order with it.
TEST(Graph, DoesWhatWasRecordedWhenItIsLaunched) {
  TestDevice device;
  const sph_device &calls = device.calls;
  const std::string bitcode = bitcodeOf(kStore);
  const sph_image image{SPH_IMAGE_BITCODE, 0, static_cast<int64_t>(bitcode.size()), bitcode.data()};
  sph_device_module *module = nullptr;
  sph_device_kernel *kernel = nullptr;
  sph_device_graph *graph = nullptr;
  device.ok(calls.load(device.context, &image, &module));
  device.ok(calls.find(module, "store", 0, &kernel));
  float *memory = device.put({1, 2, 3}), result = -1;
  {
    float *to = memory, value = 5;
    void *const arguments[] = {&to, &value};
    device.ok(calls.graph_begin(device.stream));
    device.ok(calls.fill(device.stream, memory + 1, 0, 4));
    device.ok(calls.launch(device.stream, kernel, 1, 1, 0, arguments));
    device.ok(calls.copy(device.stream, memory + 2, memory, 4));
    device.ok(calls.download(device.stream, &result, memory + 2, 4));
    device.ok(calls.graph_end(device.stream, &graph));
    to = nullptr, value = 6;
  }
  EXPECT_EQ(device.get(memory, 3), std::vector<float>({1, 2, 3}));
  for (int run = 0; run < 2; ++run) {
    device.ok(calls.graph_launch(graph, device.stream));
    EXPECT_EQ(device.get(memory, 3), std::vector<float>({5, 0, 5}));
    EXPECT_EQ(result, 5);
    const std::vector<float> others = {7, 8, 9};
    device.ok(calls.upload(device.stream, memory, others.data(), 12));
    result = -1;
  }
  calls.graph_destroy(graph);
  calls.unload(module);
}

// Work stops at the first failure, which the launch reports.
TEST(Graph, ReportsWhatFails) {
  TestDevice device;
  const sph_device &calls = device.calls;
  sph_device_graph *graph = nullptr;
  float *memory = device.put({1});
  device.ok(calls.graph_begin(device.stream));
  device.ok(calls.fill(device.stream, memory, 0, 8));
  device.ok(calls.fill(device.stream, memory, 0, 4));
  device.ok(calls.graph_end(device.stream, &graph));
  EXPECT_TRUE(textOf(calls.graph_launch(graph, device.stream))
                  .starts_with("expected 8 bytes of device memory, got byte 0 of the 4 bytes at"));
  EXPECT_EQ(*memory, 1);
  calls.graph_destroy(graph);
}

TEST(Graph, IsNoneAfterWhatCannotBeRecorded) {
  TestDevice device;
  const sph_device &calls = device.calls;
  sph_device_graph *graph = nullptr, *empty = nullptr;
  sph_device_event *event = nullptr;
  device.ok(calls.create_event(device.context, &event));
  device.ok(calls.graph_begin(device.stream));
  device.ok(calls.graph_end(device.stream, &empty));
  EXPECT_EQ(textOf(calls.graph_end(device.stream, &graph)),
            "expected a stream that records, got one that does not");
  const std::pair<std::string, std::function<const char *()>> mistakes[] = {
      {"waiting for a stream", [&] { return calls.synchronize(device.stream); }},
      {"an event", [&] { return calls.record(event, device.stream); }},
      {"the launch of a graph", [&] { return calls.graph_launch(empty, device.stream); }}};
  for (const auto &[what, call] : mistakes) {
    device.ok(calls.graph_begin(device.stream));
    EXPECT_EQ(textOf(calls.graph_begin(device.stream)),
              "expected a stream that does not record, got one that does");
    EXPECT_EQ(textOf(call()), what + " cannot be recorded in a graph");
    EXPECT_EQ(textOf(calls.graph_end(device.stream, &graph)),
              what + " cannot be recorded in a graph");
    EXPECT_EQ(graph, nullptr);
  }
  calls.graph_destroy(empty);
  calls.destroy_event(event);
}

} // namespace
} // namespace spherical::emulation
