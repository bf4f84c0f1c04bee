//===- library_product_test.cpp - products of matrices by a library -*- C++ -*-===//
//
// Linear layers, kernels' transforms and their gradients as calls of cuBLAS, with
// one group of lanes and with several, beside their definitions.
//
//===----------------------------------------------------------------------===//

#include "test/execute/op_cases.h"
#include "test/golden/cases.h"
#include "test/golden/program_text.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

using golden::Values;

/// Functions of one op, by a library.
class Functions {
public:
  void add(const std::string &entry, const std::string &op, const std::vector<Slot> &operands,
           const Slot &result, const std::string &attributes = "");
  void check();

private:
  std::mt19937_64 engine{17};
  std::string text;
  std::vector<std::pair<std::string, Values>> inputs;
};

/// The op's attributes are text behind its operands, with a place for the choice.
void Functions::add(const std::string &entry, const std::string &op,
                    const std::vector<Slot> &operands, const Slot &result,
                    const std::string &attributes) {
  std::vector<golden::NamedType> arguments;
  Values values;
  std::string names, types;
  for (const Slot &operand : operands) {
    const std::string name(1, static_cast<char>('a' + arguments.size()));
    arguments.push_back({name, operand.type, operand.batched ? "input" : ""});
    values[name] = randomOf(operand, engine);
    names += (names.empty() ? "%" : ", %") + name;
    types += (types.empty() ? "" : ", ") + operand.type;
  }
  const std::string body =
      "  %y_out = " + op + " " + names + attributes +
      "spherical.choice = #spherical.choice<algorithm = \"cublas\">} : " + types + " -> " +
      result.type + "\n";
  text += golden::functionText(entry, arguments, {{"y", result.type}}, body, false);
  inputs.emplace_back(entry, values);
}

// Sums of up to 70 products.
void Functions::check() {
  const auto definition = golden::makeReferenceRunner(text, "graph"),
             emulated = golden::makeEmulatedRunner(text, true);
  for (const auto &[entry, values] : inputs) {
    SCOPED_TRACE(entry);
    golden::expectNear(emulated->run(entry, values), definition->run(entry, values), 1e-5);
  }
}

TEST(LibraryProducts, LinearLayers) {
  Functions functions;
  for (const int64_t batch : {3, 32, 70}) {
    const std::string end = "_" + std::to_string(batch);
    const Slot x = tensor({batch, 19}, "f32"), y = tensor({batch, 5}, "f32"),
               w = tensor({5, 19}, "f32").whole(), b = tensor({5}, "f32").whole();
    functions.add("linear" + end, "nn.linear", {x, w, b}, y, " {");
    functions.add("input" + end, "nn.linear_grad_input", {y, w}, x, " {");
    functions.add("weight" + end, "nn.linear_grad_weight", {y, x}, w, " {");
  }
  functions.check();
}

TEST(LibraryProducts, TransformsOfKernels) {
  Functions functions;
  for (const std::string domain : {"s2", "so3"}) {
    const Slot k = tensor({2, 3, domain == "so3" ? 8 : 4}, "f32").whole(),
               y = signal(domain + "_spectrum", 2, 3, 3, "f32").whole();
    const std::string grid = " grid <" + domain + "_soft<1>> scale 0.5 {";
    functions.add(domain, "spherical.kernel_ft", {k}, y, grid);
    functions.add(domain + "_adjoint", "spherical.kernel_ft", {y}, k, grid + "adjoint, ");
  }
  functions.check();
}

} // namespace
} // namespace spherical
