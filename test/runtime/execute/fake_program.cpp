//===- fake_program.cpp - hand-written compiled code ------------*- C++ -*-===//

#include "test/runtime/execute/fake_program.h"

#include "runtime/execute/context.h"

#include <cmath>
#include <cstring>
#include <map>

namespace spherical::runtime::fake {

int prepareRuns = 0;
int64_t forwardWorkers = 0;

namespace {

template <typename T> T *argument(const sph_frame *frame, int index) {
  return static_cast<T *>(frame->arguments[index]);
}
template <typename T> T *result(const sph_frame *frame, int index) {
  return static_cast<T *>(frame->results[index]);
}

void prepare(sph_frame *frame) {
  ++prepareRuns;
  for (int64_t k = 0; k < width; ++k)
    result<float>(frame, 0)[k] = 2 * argument<float>(frame, 0)[k];
}

/// Goes through the task's scratch and the arena, as compiled code does.
void forwardTask(void *data, int64_t i, void *scratch) {
  auto *frame = static_cast<sph_frame *>(data);
  auto *products = static_cast<float *>(scratch);
  for (int64_t k = 0; k < width; ++k)
    products[k] = argument<float>(frame, 0)[i * width + k] * argument<float>(frame, 1)[k];
  auto *half = static_cast<float *>(frame->arena) + i * width;
  std::memcpy(half, products, width * sizeof(float));
  for (int64_t k = 0; k < width; ++k)
    result<float>(frame, 0)[i * width + k] = half[k] + *argument<float>(frame, 2);
}

void forward(sph_frame *frame) {
  forwardWorkers = frame->context->workers;
  sph_parallel(frame->context, forwardTask, frame, frame->count, 0);
}

// x, labels, count, learning_rate, w, m, s, step -> loss, w, m, s, step; results may be arguments.
void trainStep(sph_frame *frame) {
  const int64_t count = *argument<int64_t>(frame, 2);
  float loss = 0;
  for (int64_t i = 0; i < count; ++i)
    loss += static_cast<float>(argument<int32_t>(frame, 1)[i]);
  for (int64_t k = 0; k < width; ++k) {
    float sum = 0;
    for (int64_t i = 0; i < count; ++i)
      sum += argument<float>(frame, 0)[i * width + k];
    const float w = argument<float>(frame, 4)[k];
    result<float>(frame, 2)[k] = argument<float>(frame, 5)[k] + w;
    result<float>(frame, 1)[k] = w - *argument<float>(frame, 3) * sum / static_cast<float>(count);
  }
  *result<float>(frame, 3) = *argument<float>(frame, 6) + 1;
  *result<int64_t>(frame, 4) = *argument<int64_t>(frame, 7) + 1;
  *result<float>(frame, 0) = loss;
}

void hashTask(void *data, int64_t i, void *scratch) {
  auto *frame = static_cast<sph_frame *>(data);
  const auto *table = static_cast<const double *>(frame->tables[0]);
  auto *sum = static_cast<double *>(scratch);
  *sum = 0;
  for (int64_t k = 0; k < 100; ++k)
    *sum += std::sin(static_cast<double>(i * k)) * table[k % 12];
  static_cast<double *>(frame->arena)[i] = *sum;
}

void mixTask(void *data, int64_t i, void *) {
  auto *frame = static_cast<sph_frame *>(data);
  const auto *sums = static_cast<const double *>(frame->arena);
  result<double>(frame, 0)[i] = sums[i] / (1 + sums[hashes - 1 - i] * sums[hashes - 1 - i]);
}

void hash(sph_frame *frame) {
  sph_parallel(frame->context, hashTask, frame, hashes, 0);
  sph_parallel(frame->context, mixTask, frame, hashes, 1);
}

} // namespace

nlohmann::json manifest() {
  return nlohmann::json::parse(R"({
    "abi": 3, "model": "fake", "target": "cpu", "cpu": "x86-64-v3", "lanes": 8,
    "tables": [{"name": "t0", "kind": "roots", "element": "f64", "bytes": 256,
                "parameters": {"n": 17}}],
    "entries": [
      {"name": "prepare", "symbol": "sph_entry_prepare", "arena_bytes": 0, "scratch_bytes": 0,
       "arguments": [{"name": "w", "role": "parameter", "element": "f32", "shape": [3]}],
       "results": [{"name": "prepared.0", "element": "f32", "shape": [3]}], "stages": []},
      {"name": "forward", "symbol": "sph_entry_forward", "arena_bytes": 48, "scratch_bytes": 12,
       "arguments": [
         {"name": "x", "role": "input", "element": "f32", "shape": [4, 3], "batched": true},
         {"name": "prepared.0", "role": "prepared", "element": "f32", "shape": [3]},
         {"name": "s", "role": "state", "element": "f32", "shape": []}],
       "results": [{"name": "y", "element": "f32", "shape": [4, 3], "batched": true}],
       "stages": [{"name": "scale", "location": "fake.yaml:3:5", "flop": 24, "bytes": 96, "tasks": 4}]},
      {"name": "train_step", "symbol": "sph_entry_train_step", "arena_bytes": 0,
       "scratch_bytes": 0,
       "arguments": [
         {"name": "x", "role": "input", "element": "f32", "shape": [4, 3], "batched": true},
         {"name": "labels", "role": "label", "element": "i32", "shape": [4], "batched": true},
         {"name": "count", "role": "count", "element": "i64", "shape": []},
         {"name": "learning_rate", "role": "learning_rate", "element": "f32", "shape": []},
         {"name": "w", "role": "parameter", "element": "f32", "shape": [3]},
         {"name": "m", "role": "moment", "element": "f32", "shape": [3]},
         {"name": "s", "role": "state", "element": "f32", "shape": []},
         {"name": "step", "role": "moment", "element": "i64", "shape": []}],
       "results": [
         {"name": "loss", "element": "f32", "shape": []},
         {"name": "w", "element": "f32", "shape": [3], "replaces": "w"},
         {"name": "m", "element": "f32", "shape": [3], "replaces": "m"},
         {"name": "s", "element": "f32", "shape": [], "replaces": "s"},
         {"name": "step", "element": "i64", "shape": [], "replaces": "step"}],
       "stages": []},
      {"name": "hash", "symbol": "sph_entry_hash", "arena_bytes": 8000, "scratch_bytes": 8,
       "arguments": [], "results": [{"name": "z", "element": "f64", "shape": [1000]}],
       "stages": [{"name": "hash", "location": "fake.yaml:7:1", "flop": 4e6, "bytes": 1, "tasks": 1000},
                  {"name": "mix", "location": "fake.yaml:8:1", "flop": 1, "bytes": 1, "tasks": 1000}]}],
    "parameters": [
      {"name": "w", "role": "parameter", "element": "f32", "shape": [3],
       "init": {"kind": "normal", "scale": 1.0}},
      {"name": "s", "role": "state", "element": "f32", "shape": [],
       "init": {"kind": "ones", "scale": 1.0}},
      {"name": "m", "role": "moment", "element": "f32", "shape": [3]},
      {"name": "step", "role": "moment", "element": "i64", "shape": []}]})");
}

void *lookup(const std::string &symbol) {
  static const std::map<std::string, sph_entry> entries = {{"sph_entry_prepare", prepare},
                                                           {"sph_entry_forward", forward},
                                                           {"sph_entry_train_step", trainStep},
                                                           {"sph_entry_hash", hash}};
  auto found = entries.find(symbol);
  return found == entries.end() ? nullptr : reinterpret_cast<void *>(found->second);
}

std::unique_ptr<Program> load(const nlohmann::json &json) {
  return Program::fromSymbols(json.dump(), lookup);
}

} // namespace spherical::runtime::fake
