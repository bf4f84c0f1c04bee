//===- complex_product_test.cpp - products of complex spectra ---*- C++ -*-===//
//
// Each form of spherical.spectral_matmul by complex matrices against its
// definition, on every target.
//
//===----------------------------------------------------------------------===//

#include "test/execute/op_cases.h"
#include "test/golden/cases.h"
#include "test/golden/program_text.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

using golden::Values;

struct Size {
  int64_t batch, in, out, b;
};

struct Form {
  std::string name, function;
  Values inputs;
};

/// A spectrum; batches are the first axis of signals, not of kernels.
Slot spectrum(const std::string &manifold, int64_t first, int64_t channels, int64_t b,
              bool batched) {
  Slot slot = signal(manifold + "_spectrum", first, channels, b, "f32");
  slot.batched = batched;
  return slot;
}

/// The three forms of a product, and inputs for each.
std::vector<Form> formsOf(const std::string &manifold, const Size &size, std::mt19937_64 &engine) {
  const Slot x = spectrum(manifold, size.batch, size.in, size.b, true),
             y = spectrum(manifold, size.in, size.out, size.b, false),
             z = spectrum("so3", size.batch, size.out, size.b, true);
  std::vector<Form> forms;
  auto add = [&](const std::string &form, const Slot &lhs, const Slot &rhs, const Slot &result) {
    const auto role = [](const Slot &slot) { return slot.batched ? "input" : ""; };
    const std::string entry = form + "_" + manifold + "_" + std::to_string(size.batch);
    const std::string body =
        "  %y_out = spherical.spectral_matmul %a, %b form " + form +
        " {spherical.choice = #spherical.choice<algorithm = \"complex_product\">} : " + lhs.type +
        ", " + rhs.type + " -> " + result.type + "\n";
    forms.push_back(
        {entry,
         golden::functionText(entry, {{"a", lhs.type, role(lhs)}, {"b", rhs.type, role(rhs)}},
                              {{"y", result.type}}, body, false),
         {{"a", randomOf(lhs, engine)}, {"b", randomOf(rhs, engine)}}});
  };
  add("forward", x, y, z);
  add("grad_input", z, y, x);
  add("grad_kernel", z, x, y);
  return forms;
}

// Sums of up to 3 (2l + 1) or 18 (2l + 1) products, each the difference of sums twice its size.
void check(const std::string &manifold) {
  std::mt19937_64 engine(13);
  std::vector<Form> forms;
  // One degree; lanes left over; more than one group of lanes; more orders than one task takes.
  for (const Size &size :
       {Size{2, 2, 3, 1}, Size{3, 3, 2, 4}, Size{18, 1, 2, 3}, Size{1, 2, 1, 14}})
    for (Form &form : formsOf(manifold, size, engine))
      forms.push_back(std::move(form));
  std::string text;
  for (const Form &form : forms)
    text += form.function;
  const auto definition = golden::makeReferenceRunner(text, "graph"),
             planned = golden::makeReferenceRunner(text, "plan"),
             cpu = golden::makeCpuRunner(text, ""),
             emulated = golden::makeEmulatedRunner(text, true);
  for (const Form &form : forms) {
    SCOPED_TRACE(form.name);
    const Values expected = definition->run(form.name, form.inputs);
    golden::expectNear(planned->run(form.name, form.inputs), expected, 1e-12);
    golden::expectNear(cpu->run(form.name, form.inputs), expected, 2e-5);
    golden::expectNear(emulated->run(form.name, form.inputs), expected, 2e-5);
  }
}

TEST(ComplexProduct, OnTheSphere) { check("s2"); }
TEST(ComplexProduct, OnTheRotationGroup) { check("so3"); }

} // namespace
} // namespace spherical
