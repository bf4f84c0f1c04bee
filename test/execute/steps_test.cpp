//===- steps_test.cpp - what a step of training computes --------*- C++ -*-===//
//
// Whole steps of small networks with each optimizer and loss: the entries on the
// targets that compile equal those by definition in fp64; and what they promise to
// the training loop: sums over batches, averages, frozen parameters, norms.
//
//===----------------------------------------------------------------------===//

#include "test/execute/model_run.h"

#include "runtime/data/random.h"
#include "runtime/train/initialize.h"
#include "runtime/train/program_executable.h"
#include "tools/spherical/driver/artifact.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace spherical {
namespace {

using namespace runtime;
using driver::TensorMap;

constexpr int64_t capacity = 12;

/// A network with or without a batch norm, three outputs for each sample.
std::string model(const std::string &task, bool norm, const std::string &rest) {
  return "task: " + task + "\nbatch: " + std::to_string(capacity) +
         "\ninput: {channels: 2, size: 5}\nlayers:\n  - conv2d: {channels: 4, kernel: 3}\n" +
         (norm ? "  - batch_norm\n" : "") +
         "  - gelu\n  - conv2d: {channels: 5, kernel: 1}\n  - relu\n  - global_avg_pool\n" +
         "  - linear: 3\n" + rest;
}

struct Case {
  const char *task, *rest;
  std::vector<const char *> entries;
};

const Case cases[] = {
    {"classification",
     "loss: {class_weights: [0.5, 1, 3], label_smoothing: 0.2}\ntraining: {optimizer: sgd, "
     "momentum: 0.9, nesterov: true, weight_decay: 0.05, clip: 0.3, average: 0.9}\n",
     {"train_step"}},
    {"regression",
     "loss: {kind: huber, delta: 0.5}\ntraining: {optimizer: sgd, weight_decay: 0.1, freeze: "
     "[\"conv.0.*\"]}\n",
     {"loss_and_gradients", "train_step"}},
    {"classification",
     "loss: {ignore: 1, label_smoothing: 0.1}\ntraining: {optimizer: adamw, weight_decay: 0.1, "
     "clip: 0.5, accumulate: 3, average: 0.5, freeze: [\"norm_layers.*\"]}\n",
     {"accumulate_step", "update_step", "probe"}}};

/// Values by name: variances and second moments are positive, three samples or steps came before,
/// some labels and targets are missing.
TensorMap argumentsOf(const driver::Signature &signature) {
  return randomArguments(signature, capacity - 1,
                         [](const driver::EntryValue &value, const std::vector<int64_t> &shape,
                            double normal, std::mt19937_64 &bits) {
                           if (value.role == "label" && shape.size() == 2)
                             return bits() % 4 == 3 ? std::nan("") : normal;
                           if (value.role == "label")
                             return static_cast<double>(bits() % 4) - 1;
                           if (value.role == "moment" && shape.empty())
                             return 3.0;
                           if (value.role == "state" || value.name.starts_with("adam.v."))
                             return 0.5 + std::abs(normal);
                           if (value.role == "learning_rate")
                             return 0.05;
                           return value.role == "count" ? static_cast<double>(capacity - 1)
                                                        : normal;
                         });
}

TensorMap run(const std::string &text, const std::string &target, const std::string &entry) {
  driver::SessionOptions options;
  options.target = target;
  options.entries = {entry};
  const auto session = parse("model.yaml", text, options);
  const auto executable = expectValue(driver::Executable::create(*session, entry));
  const auto signature = expectValue(executable->signature(entry));
  return expectValue(executable->run(entry, argumentsOf(signature), capacity - 1));
}

// Sums of at most some hundred terms in single precision, their errors random, through a batch
// norm: 1e2 eps, as of each value's size; and of values that are 0 but for such sums.
TEST(Steps, EqualTheDefinitions) {
  for (const Case &each : cases) {
    const std::string text = model(each.task, true, each.rest);
    for (const char *entry : each.entries) {
      const TensorMap expected = run(text, "reference", entry);
      for (const char *target : {"cpu", "cuda-emulated:strict"}) {
        SCOPED_TRACE(std::string(each.rest) + entry + " on " + target);
        const TensorMap results = run(text, target, entry);
        ASSERT_EQ(results.size(), expected.size());
        for (const auto &[name, tensor] : results) {
          const auto [off, largest] = difference(tensor, expected.at(name));
          EXPECT_LE(off, 1e-5 * largest + 1e-6) << name;
        }
      }
    }
  }
}

/// A network that can be trained on random samples, from its text.
class Network {
public:
  explicit Network(const std::string &text, const std::string &entry = "")
      : session(parse("model.yaml", text, optionsFor(entry))),
        loaded(expectValue(driver::LoadedProgram::load(*session))), executable(loaded->program()) {
    initializeParameters(executable, 4);
    const RandomNumbers numbers(6, RandomStream::Subset);
    for (int64_t i = 0; i < capacity * 50; ++i)
      x.push_back(static_cast<float>(numbers.normal(i)));
    for (int64_t i = 0; i < capacity; ++i)
      labels.push_back(static_cast<int32_t>(numbers.below(100000 + i, 3)));
  }
  /// `count` samples from `first` on.
  const float *samples(int64_t first) const { return x.data() + first * 50; }
  Targets targets(int64_t first, int64_t count) const {
    return std::span<const int32_t>(labels.data() + first, count);
  }
  float accumulate(int64_t first, int64_t count) {
    return executable.accumulate(samples(first), targets(first, count), count, outputs);
  }
  float step() {
    return executable.trainStep(samples(0), targets(0, capacity), capacity, 0.1f, outputs);
  }
  size_t indexOf(const std::string &name) const {
    const auto &kept = executable.kept();
    const auto found = std::ranges::find(kept, name, &ParameterSpec::name);
    if (found == kept.end())
      throw std::runtime_error("no value " + name);
    return found - kept.begin();
  }
  std::vector<float> values(const std::string &name) const {
    const size_t index = indexOf(name);
    std::vector<float> result(executable.kept()[index].size());
    executable.read(index, std::as_writable_bytes(std::span(result)));
    return result;
  }
  void set(const std::string &name, const std::vector<float> &values) {
    executable.write(indexOf(name), std::as_bytes(std::span(values)));
  }
  std::vector<std::string> names(const std::string &role) const {
    std::vector<std::string> result;
    for (const ParameterSpec &spec : executable.kept())
      if (spec.role == role)
        result.push_back(spec.name);
    return result;
  }

private:
  static driver::SessionOptions optionsFor(const std::string &entry) {
    driver::SessionOptions options;
    if (!entry.empty())
      options.entries = {"train_step", entry};
    return options;
  }
  std::unique_ptr<driver::Session> session;
  std::unique_ptr<driver::LoadedProgram> loaded;
  float outputs[capacity * 3];

public:
  ProgramExecutable executable;
  std::vector<float> x;
  std::vector<int32_t> labels;
};

// Without a batch norm three batches are one: sums of 12 gradients in another order differ by some
// eps of these, and the step by the rate times that.
TEST(Steps, SumsOverBatchesAreOneBatch) {
  const std::string loss = "loss: {label_smoothing: 0.1}\ntraining: {optimizer: sgd, clip: 0.2";
  Network parts(model("classification", false, loss + ", accumulate: 3}\n"));
  Network whole(model("classification", false, loss + "}\n"));
  ASSERT_TRUE(parts.executable.accumulates());
  ASSERT_FALSE(whole.executable.accumulates());
  for (int step = 0; step < 2; ++step) { // the second starts from sums that were used
    const float loss =
        (5 * parts.accumulate(0, 5) + 4 * parts.accumulate(5, 4) + 3 * parts.accumulate(9, 3)) /
        capacity;
    parts.executable.update(0.1f);
    EXPECT_NEAR(loss, whole.step(), 1e-5f);
    for (const std::string &name : parts.names("parameter")) {
      const std::vector<float> a = parts.values(name), b = whole.values(name);
      for (size_t i = 0; i < a.size(); ++i)
        ASSERT_NEAR(a[i], b[i], 1e-6) << name << " after step " << step + 1;
    }
  }
  EXPECT_THROW(parts.step(), std::runtime_error);
  EXPECT_THROW(whole.accumulate(0, 1), std::runtime_error);
}

// d = min(decay, (1 + t) / (10 + t)): 2/11, then 3/12, then the decay.
TEST(Steps, AveragesFollowTheParameters) {
  Network network(model("classification", true, "training: {average: 0.26}\n"));
  const std::string name = "average.conv.0.weight";
  std::vector<float> average = network.values(name);
  EXPECT_EQ(average, network.values("conv.0.weight"));
  for (const double decay : {2.0 / 11.0, 3.0 / 12.0, 0.26}) {
    network.step();
    const std::vector<float> now = network.values("conv.0.weight");
    for (size_t i = 0; i < now.size(); ++i)
      average[i] = static_cast<float>(decay * average[i] + (1 - decay) * now[i]);
    const std::vector<float> found = network.values(name);
    for (size_t i = 0; i < now.size(); ++i)
      ASSERT_NEAR(found[i], average[i], 1e-6);
    EXPECT_NE(found, now);
  }
}

TEST(Steps, FrozenParametersKeepTheirValues) {
  Network network(
      model("classification", true,
            "training: {average: 0.5, freeze: [\"conv.1.weight\", \"norm_layers.*\"]}\n"));
  std::vector<std::string> kept = network.names("state");
  for (const std::string &name : network.names("parameter"))
    if (name == "conv.1.weight" || name.starts_with("norm_layers"))
      kept.push_back(name);
  ASSERT_EQ(kept.size(), 5u);
  std::vector<std::vector<float>> before;
  for (const std::string &name : kept)
    before.push_back(network.values(name));
  const std::vector<float> trained = network.values("conv.1.bias");
  network.step();
  for (size_t i = 0; i < kept.size(); ++i)
    EXPECT_EQ(network.values(kept[i]), before[i]) << kept[i];
  EXPECT_NE(network.values("conv.1.bias"), trained);
  for (const char *role : {"moment", "average"})
    for (const std::string &name : network.names(role))
      EXPECT_EQ(name.find("conv.1.weight"), std::string::npos) << name;
}

// Values that overflow show in the layer that has them and behind it, not before.
TEST(Steps, ProbesNameTheFirstLayerThatIsNotFinite) {
  Network network(model("classification", true, ""), "probe");
  const auto probe = [&] {
    return network.executable.probe(network.samples(0), network.targets(0, 7), 7);
  };
  const std::vector<LayerNorm> norms = probe();
  ASSERT_GE(norms.size(), 7u);
  EXPECT_EQ(norms[0].name, "model.yaml:5:5");
  double squares = 0;
  for (const float value : network.values("conv.0.weight"))
    squares += double(value) * value;
  const auto weight = std::ranges::find(norms, "conv.0.weight", &LayerNorm::name);
  ASSERT_NE(weight, norms.end());
  EXPECT_NEAR(weight->outputSquares, squares, 1e-9 * squares);
  EXPECT_GT(weight->gradientSquares, 0.0);
  std::vector<float> broken = network.values("conv.1.weight");
  std::fill_n(broken.begin(), 4, std::numeric_limits<float>::max());
  network.set("conv.1.weight", broken);
  const std::vector<LayerNorm> found = probe();
  const auto first = std::ranges::find_if(
      found, [](const LayerNorm &norm) { return !std::isfinite(norm.outputSquares); });
  ASSERT_NE(first, found.end());
  EXPECT_EQ(first->name, "model.yaml:8:5");
}

} // namespace
} // namespace spherical
