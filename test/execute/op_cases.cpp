//===- op_cases.cpp - functions of few ops on both targets ------*- C++ -*-===//

#include "test/execute/op_cases.h"

#include "test/golden/cases.h"
#include "test/golden/program_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace spherical {

using golden::Tensor;
using golden::Values;
using reference::Complex;
using reference::Domain;

Slot signal(const std::string &kind, int64_t batch, int64_t channels, int64_t b,
            const std::string &element) {
  const bool spectrum = kind.ends_with("spectrum"), complex = element.starts_with("complex");
  const Domain domain = kind.starts_with("so3") ? Domain::SO3 : Domain::S2;
  Slot slot{golden::signalType(kind, batch, channels, b, element), {batch, channels}, {}, b, true};
  if (spectrum)
    slot.shape.push_back(reference::spectrumSize(domain, b));
  else
    slot.shape.insert(slot.shape.end(), domain == Domain::SO3 ? 3 : 2, 2 * b);
  if (spectrum || complex)
    slot.shape.push_back(2);
  if (spectrum && !complex)
    slot.hermitian = domain;
  return slot;
}

Slot tensor(std::vector<int64_t> shape, const std::string &element) {
  Slot slot{golden::tensorType(shape, element), std::move(shape), {}, 0, false};
  if (element.starts_with("complex"))
    slot.shape.push_back(2);
  return slot;
}

static std::string nameOf(size_t argument) {
  return std::string(1, static_cast<char>('a' + argument));
}

void OpCases::add(const std::string &name, std::vector<Slot> arguments, Slot result,
                  const std::string &body, bool exact) {
  std::vector<golden::NamedType> types;
  for (const Slot &slot : arguments)
    types.push_back({nameOf(types.size()), slot.type, slot.batched ? "input" : ""});
  text += golden::functionText("f" + std::to_string(cases.size()), types, {{"y", result.type}},
                               body, true);
  cases.push_back({name, std::move(arguments), std::move(result), exact});
}

Tensor randomOf(const Slot &slot, std::mt19937_64 &engine) {
  std::normal_distribution<double> normal;
  Tensor tensor{slot.shape, {}};
  int64_t size = 1;
  for (int64_t extent : slot.shape)
    size *= extent;
  for (int64_t i = 0; i < size; ++i)
    tensor.values.push_back(normal(engine));
  if (slot.hermitian) {
    const std::vector<Complex> values = tensor.asComplex();
    tensor.values.clear();
    const int64_t coefficients = slot.shape[2];
    for (size_t at = 0; at < values.size(); at += coefficients)
      for (const Complex &part :
           reference::hermitianPart(*slot.hermitian, slot.degrees, &values[at]))
        tensor.values.insert(tensor.values.end(), {part.real(), part.imag()});
  }
  for (double &value : tensor.values)
    value = static_cast<float>(value);
  return tensor;
}

Values OpCases::randomArguments(const Case &one) {
  Values values;
  for (size_t i = 0; i < one.arguments.size(); ++i)
    values[nameOf(i)] = random(one.arguments[i]);
  values["cot.y"] = random(one.result);
  return values;
}

/// The values without the last sample of what has a batch.
static Values withoutLast(const Values &values, const std::vector<Slot> &arguments,
                          const Slot &result) {
  Values fewer = values;
  auto drop = [&](const std::string &name, const Slot &slot) {
    Tensor &tensor = fewer.at(name);
    if (!slot.batched || tensor.shape.empty() || tensor.shape[0] < 2)
      return;
    tensor.values.resize(tensor.values.size() / tensor.shape[0] * (tensor.shape[0] - 1));
    --tensor.shape[0];
  };
  for (size_t i = 0; i < arguments.size(); ++i)
    drop(nameOf(i), arguments[i]);
  drop("cot.y", result);
  return fewer;
}

void OpCases::checkValues(const std::string &entry, const Values &inputs, double tolerance) {
  golden::expectNear(cpu->run(entry, inputs), reference->run(entry, inputs), tolerance);
}

static double dot(const std::vector<double> &a, const std::vector<double> &b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += a[i] * b[i];
  return sum;
}

static double norm(const std::vector<double> &a) { return std::sqrt(dot(a, a)); }

/// Differences of sums of some thousand terms: each is off by tolerance times its size.
void OpCases::checkSlopes(const Case &one, const Values &inputs, double tolerance) {
  const std::string entry = "f" + std::to_string(&one - cases.data());
  const std::vector<double> &cotangent = inputs.at("cot.y").values;
  for (golden::Runner *runner : {cpu.get(), reference.get()}) {
    const Values gradients = runner->run(entry + "_vjp", inputs);
    for (size_t i = 0; i < one.arguments.size(); ++i) {
      const Tensor direction = random(one.arguments[i]);
      double sums[2], size = 0.0;
      for (int side : {0, 1}) {
        Values moved = inputs;
        std::vector<double> &values = moved.at(nameOf(i)).values;
        for (size_t at = 0; at < values.size(); ++at)
          values[at] += (side == 0 ? -1 : 1) * direction.values[at];
        const Tensor result = runner->run(entry, moved).at("y");
        sums[side] = dot(cotangent, result.values);
        size += norm(cotangent) * norm(result.values);
      }
      EXPECT_NEAR(dot(gradients.at("grad." + nameOf(i)).values, direction.values),
                  (sums[1] - sums[0]) / 2, tolerance * size)
          << "gradient in " << nameOf(i) << (runner == cpu.get() ? " on cpu" : " on reference");
    }
  }
}

void OpCases::checkCase(const Case &one, double tolerance, bool partialGradients) {
  const std::string entry = "f" + std::to_string(&one - cases.data());
  const Values all = randomArguments(one);
  const Values fewer = withoutLast(all, one.arguments, one.result);
  checkValues(entry, all, tolerance);
  checkValues(entry, fewer, tolerance);
  checkValues(entry + "_vjp", all, tolerance);
  if (partialGradients)
    checkValues(entry + "_vjp", fewer, tolerance);
  if (one.exact)
    checkSlopes(one, all, tolerance);
}

void OpCases::check(double tolerance, bool partialGradients) {
  cpu = golden::makeCpuRunner(text, "");
  reference = golden::makeReferenceRunner(text, "graph");
  for (const Case &one : cases) {
    SCOPED_TRACE(one.name + " -> " + one.result.type);
    try {
      checkCase(one, tolerance, partialGradients);
    } catch (const std::runtime_error &error) {
      ADD_FAILURE() << error.what();
    }
  }
}

} // namespace spherical
