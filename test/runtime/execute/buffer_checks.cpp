// Programs check every buffer and name before anything runs: shapes, types, values, overlaps.

#include "test/runtime/execute/program_test.h"

#include <cmath>

namespace spherical::runtime {
namespace {

TEST_F(ProgramTest, RefusesCountsOutsideTheCapacity) {
  program->bind(w);
  for (int64_t count : {0, -1, 5})
    EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { forward(count); }),
              "entry 'forward' expected a count of 1 .. 4 samples, got " + std::to_string(count));
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { forward(3); }),
            "entry 'forward': 'x' expected f32 3x3 or more samples, got f32 2x3");
}

TEST_F(ProgramTest, RefusesWrongBuffersBeforeItWrites) {
  program->bind(w);
  y.values.assign(6, -1);
  auto refusal = [&](std::vector<BufferView> inputs, std::vector<BufferView> outputs,
                     sph_status status = SPH_INVALID_ARGUMENT) {
    return failure(status, [&] { program->run("forward", inputs, outputs, 2); });
  };
  EXPECT_EQ(refusal({}, {y}), "entry 'forward' needs values for input 'x' (f32 4x3), got none");
  EXPECT_EQ(refusal({x, x}, {y}), "entry 'forward': 'x' is given twice");
  EXPECT_EQ(refusal({x}, {y, y}), "entry 'forward': result 'y' is given twice");
  EXPECT_EQ(refusal({x, labels}, {y}, SPH_NOT_FOUND),
            "entry 'forward' has no argument 'labels'; it has x, prepared.0, s");
  EXPECT_EQ(refusal({x}, {loss}, SPH_NOT_FOUND), "entry 'forward' has no result 'loss'; it has y");
  Array<double> wide{"x", {2, 3}, std::vector<double>(6)};
  EXPECT_EQ(refusal({wide}, {y}),
            "entry 'forward': 'x' expected f32 2x3 or more samples, got f64 2x3");
  Array<float> flat{"x", {6}, Floats(6)};
  EXPECT_EQ(refusal({flat}, {y}),
            "entry 'forward': 'x' expected f32 2x3 or more samples, got f32 6");
  BufferView null = x;
  null.data = nullptr;
  EXPECT_EQ(refusal({null}, {y}), "entry 'forward': 'x' expected values, got a null pointer");
  BufferView crooked = x;
  crooked.data = reinterpret_cast<char *>(x.values.data()) + 1;
  EXPECT_EQ(refusal({crooked}, {y}),
            "entry 'forward': 'x' expected an address that is a multiple of 4 bytes");
  Array<float> prepared{"prepared.0", {3}, Floats(3)};
  EXPECT_EQ(refusal({x, prepared}, {y}),
            "entry 'forward': 'prepared.0' comes from the program and cannot be given");
  EXPECT_EQ(y.values, Floats(6, -1));
}

/// The fake manifest with labels of classes 0 to 4 or 9.
nlohmann::json labelled() {
  nlohmann::json json = fake::manifest();
  json["entries"][2]["arguments"][1]["integers"] = {
      {"what", "labels"}, {"low", 0}, {"high", 4}, {"other", 9}};
  return json;
}

// A label of no class makes compiled code give a loss of 0: it must never get there (A1).
TEST_F(ProgramTest, RefusesLabelsOfNoClass) {
  program = fake::load(labelled());
  program->bind(w);
  loss.values[0] = -7;
  const Floats before = kept("w", 3);
  for (const int32_t bad : {5, -1, 255, INT32_MAX, INT32_MIN}) {
    labels.values = {0, bad};
    EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { trainStep({loss}); }),
              "entry 'train_step': 'labels' expected labels from 0 to 4 or 9, got " +
                  std::to_string(bad) + " at position 1");
  }
  EXPECT_EQ(loss.values[0], -7);
  EXPECT_EQ(kept("w", 3), before);
  labels = {"labels", {3}, {9, 4, 77}}; // samples behind the count are not read
  trainStep({loss});
  EXPECT_EQ(loss.values[0], 13);
}

// One NaN of one sample spreads to every gradient (A4).
TEST_F(ProgramTest, RefusesValuesThatAreNotFinite) {
  program->bind(w);
  y.values.assign(6, -1);
  x.values[4] = std::nanf("");
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { forward(); }),
            "entry 'forward': 'x' expected finite values, got nan at position 4");
  EXPECT_EQ(y.values, Floats(6, -1));
  forward(1); // the second sample is not read
  EXPECT_NE(y.values[0], -1);
  rate.values[0] = INFINITY;
  x.values[4] = 0;
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { trainStep({loss}); }),
            "entry 'train_step': 'learning_rate' expected finite values, got inf at position 0");
  w.values[2] = -INFINITY;
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { program->bind(w); }),
            "model 'fake': 'w' expected finite values, got -inf at position 2");
  EXPECT_EQ(kept("w", 3)[2], 100);
  program->allowNonFinite(true);
  x.values[4] = std::nanf("");
  program->bind(w);
  forward();
  EXPECT_TRUE(std::isnan(y.values[4]));
  EXPECT_EQ(y.values[2], -INFINITY);
  program->allowNonFinite(false);
  EXPECT_NE(failure(SPH_INVALID_ARGUMENT, [&] { forward(); }), "");
}

// Without a role `count`, an argument says how many labels are read.
TEST_F(ProgramTest, ReadsLabelsOfTheSamplesThatAreCounted) {
  nlohmann::json json = labelled();
  auto &arguments = json["entries"][2]["arguments"];
  arguments[2]["role"] = "input";
  arguments[1]["counted"] = "count";
  program = fake::load(json);
  program->bind(w);
  labels = {"labels", {2}, {1, 50}};
  Array<int64_t> count{"count", {}, {1}};
  const BufferView inputs[] = {labels, rate, x, count}, outputs[] = {loss};
  program->run("train_step", inputs, outputs, 2);
  EXPECT_EQ(loss.values[0], 1);
  count.values[0] = 2;
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { program->run("train_step", inputs, outputs, 2); }),
            "entry 'train_step': 'labels' expected labels from 0 to 4 or 9, got 50 at position 1");
}

// Arrays without values may have no address.
TEST_F(ProgramTest, TakesEmptyArrays) {
  nlohmann::json json = fake::manifest();
  json["entries"][3]["arguments"] = {{{"name", "none"}, {"element", "f32"}, {"shape", {0, 4}}}};
  json["entries"][3]["results"].push_back(
      {{"name", "nothing"}, {"element", "f32"}, {"shape", {3, 0}}});
  program = fake::load(json);
  const int64_t shape[] = {0, 4}, resultShape[] = {3, 0};
  Array<double> z{"z", {fake::hashes}, std::vector<double>(fake::hashes)};
  const BufferView inputs[] = {{"none", Element::F32, shape, nullptr}};
  const BufferView outputs[] = {z, {"nothing", Element::F32, resultShape, nullptr}};
  program->run("hash", inputs, outputs, 1);
  EXPECT_NE(z.values[1], 0);
  EXPECT_TRUE(program->manifest().entries[3].arguments[0].plain);
}

TEST_F(ProgramTest, RefusesOverlappingBuffers) {
  program->bind(w);
  y.values = {9, 9, 9, 9, 9, 9};
  BufferView over = y;
  over.data = x.values.data();
  const BufferView inputs[] = {x}, outputs[] = {over};
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { program->run("forward", inputs, outputs, 2); }),
            "entry 'forward': result 'y' overlaps argument 'x'");
  std::vector<float> own(4, 1.0f);
  const int64_t three[] = {3};
  const BufferView given{"w", Element::F32, three, own.data()};
  const BufferView shifted{"w", Element::F32, three, own.data() + 1};
  const BufferView all[] = {x, labels, rate, given}, part[] = {shifted};
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { program->run("train_step", all, part, 2); }),
            "entry 'train_step': result 'w' overlaps a part of the argument it replaces");
  const BufferView moment{"m", Element::F32, three, own.data()};
  const BufferView two[] = {BufferView{"w", Element::F32, three, own.data() + 1}, moment};
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT,
                    [&] {
                      trainStep({two[0], two[1]});
                    }),
            "entry 'train_step': result 'w' overlaps result 'm'");
  const BufferView kept{"loss", Element::F32, {}, const_cast<void *>(program->values("m"))};
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { trainStep({kept}); }),
            "entry 'train_step': result 'loss' overlaps the program's parameters");
}

TEST_F(ProgramTest, RefusesUnboundParametersAndUnknownNames) {
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { forward(); }),
            "entry 'prepare' needs values for parameter 'w' (f32 3), got none");
  EXPECT_FALSE(program->isBound("w"));
  EXPECT_TRUE(program->isBound("s"));
  EXPECT_EQ(failure(SPH_NOT_FOUND, [&] { program->entry("backward"); }),
            "no entry 'backward' in model 'fake'; it has prepare, forward, train_step, hash");
  EXPECT_EQ(failure(SPH_NOT_FOUND, [&] { program->bind(x); }), "no parameter 'x' in model 'fake'");
  w.shape = {1, 3};
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { program->bind(w); }),
            "model 'fake': 'w' expected f32 3, got f32 1x3");
  EXPECT_EQ(failure(SPH_INVALID_ARGUMENT, [&] { program->setThreads(0); }),
            "expected 1 .. 4096 threads, got 0");
}

} // namespace
} // namespace spherical::runtime
