//===- product_test.cpp - products of computed spectra ----------*- C++ -*-===//
//
// Both factors of a block product are transforms of functions, or rotated, or
// sums: correlations on the sphere and on SO(3), and their gradients. Channels of
// one factor are then the first axis of the other, which is no batch.
//
//===----------------------------------------------------------------------===//

#include "test/execute/op_cases.h"

#include <gtest/gtest.h>

namespace spherical {
namespace {

/// A function and its spectrum.
struct Side {
  std::string domain;
  Slot function, spectrum;

  std::string kind() const { return domain + "_spectrum"; }
  std::string transform(const std::string &result, const std::string &operand) const {
    return "  %" + result + " = spherical." + domain + "_ft %" + operand + " : " + function.type +
           " -> " + spectrum.type + "\n";
  }
  std::string inverse(const std::string &operand) const {
    return "  %y_out = spherical." + domain + "_ift %" + operand + " : " + spectrum.type + " -> " +
           function.type + "\n";
  }
};

/// Products of one size: x <batch x in> and z <batch x out> have the batch, y <in x out> not.
class ProductCases {
public:
  ProductCases(int64_t batch, int64_t in, int64_t out, int64_t b, const std::string &element)
      : batch(batch), in(in), out(out), b(b), element(element) {}

  void forms(const std::string &op, const std::string &x, const std::string &y,
             const std::string &z);
  void factors(const std::string &domain);
  void kernels(const std::string &domain);
  void projections();
  void squares();
  void biased();
  OpCases cases;

private:
  Side side(const std::string &domain, int64_t first, int64_t channels, bool batched) const {
    Side side{domain, signal(domain, first, channels, b, element),
              signal(domain + "_spectrum", first, channels, b, element)};
    side.function.batched = side.spectrum.batched = batched;
    return side;
  }
  Side x(const std::string &domain) const { return side(domain, batch, in, true); }
  Side y(const std::string &domain) const { return side(domain, in, out, false); }
  Side z(const std::string &domain) const { return side(domain, batch, out, true); }
  static std::string multiply(const std::string &op, const Side &lhs, const Side &rhs,
                              const Side &result, const std::string &form) {
    return " = spherical." + op + " %p, %q form " + form + " : " + lhs.spectrum.type + ", " +
           rhs.spectrum.type + " -> " + result.spectrum.type + "\n";
  }
  void form(const std::string &op, const std::string &form, const Side &lhs, const Side &rhs,
            const Side &result);
  Slot weights(const std::string &domain) const {
    return tensor({in, out, domain == "so3" ? 8 : 4}, element);
  }
  std::string kernelTransform(const std::string &domain, const std::string &operand,
                              const std::string &types, bool adjoint = false) const {
    return "spherical.kernel_ft " + operand + " grid <" + domain + "_soft<1>> scale 0.5" +
           (adjoint ? " {adjoint} : " : " : ") + types + "\n";
  }

  int64_t batch, in, out, b;
  std::string element;
};

/// A function of the product of the spectra of two functions.
void ProductCases::form(const std::string &op, const std::string &form, const Side &lhs,
                        const Side &rhs, const Side &result) {
  cases.add(op + " " + form, {lhs.function, rhs.function}, result.function,
            lhs.transform("p", "a") + rhs.transform("q", "b") + "  %m" +
                multiply(op, lhs, rhs, result, form) + result.inverse("m"));
}

void ProductCases::forms(const std::string &op, const std::string &onX, const std::string &onY,
                         const std::string &onZ) {
  form(op, "forward", x(onX), y(onY), z(onZ));
  form(op, "grad_input", z(onZ), y(onY), x(onX));
  form(op, "grad_kernel", z(onZ), x(onX), y(onY));
}

/// Factors that are arguments, rotated, biased, shorter, and sums with a kernel's transform.
void ProductCases::factors(const std::string &domain) {
  const Side a = x(domain), k = y(domain), c = z("so3");
  const std::string matmul = "  %y_out" + multiply("spectral_matmul", a, k, c, "forward");
  const std::string turn =
      "  %p = spherical.rotate %a by [0.1, 0.2, 0.3] : " + a.spectrum.type + "\n";
  const Slot bias = tensor({out}, element);
  cases.add("rotated", {a.spectrum, k.spectrum}, c.spectrum,
            turn + "  %q = spherical.rotate %b by [0.3, 0.2, 0.1] : " + k.spectrum.type + "\n" +
                matmul);
  cases.add("biased", {a.spectrum, k.spectrum, bias}, c.spectrum,
            turn + "  %q = spherical.add_bias %b, %c : " + k.spectrum.type + ", " + bias.type +
                "\n" + matmul);
  cases.add("sum with a kernel", {a.spectrum, k.function, weights(domain)}, c.spectrum,
            turn + k.transform("s", "b") + "  %t = " +
                kernelTransform(domain, "%c", weights(domain).type + " -> " + k.spectrum.type) +
                "  %q = nn.add %s, %t : " + k.spectrum.type + "\n" + matmul);
  const Slot shorter = signal("so3_spectrum", batch, out, std::max<int64_t>(b - 1, 1), element);
  cases.add("truncated", {a.function, k.function}, shorter,
            a.transform("p", "a") + k.transform("q", "b") + "  %m" +
                multiply("spectral_matmul", a, k, c, "forward") +
                "  %y_out = spherical.truncate %m : " + c.spectrum.type + " -> " + shorter.type +
                "\n");
}

/// Transforms of kernels as functions, of functions as kernels, and as both factors.
void ProductCases::kernels(const std::string &domain) {
  const Side a = x(domain), k = y(domain), c = z("so3");
  const Slot w = weights(domain);
  const Slot v = tensor({batch, in, w.shape[2]}, element);
  cases.add("function of a kernel", {w}, k.function,
            "  %p = " + kernelTransform(domain, "%a", w.type + " -> " + k.spectrum.type) +
                k.inverse("p"));
  cases.add("weights of a function", {k.function}, w,
            k.transform("p", "a") + "  %y_out = " +
                kernelTransform(domain, "%p", k.spectrum.type + " -> " + w.type, true));
  cases.add("two kernels", {v, w}, c.function.whole(),
            "  %p = " + kernelTransform(domain, "%a", v.type + " -> " + a.spectrum.type) +
                "  %q = " + kernelTransform(domain, "%b", w.type + " -> " + k.spectrum.type) +
                "  %m" + multiply("spectral_matmul", a, k, c, "forward") + c.inverse("m"));
}

/// Projections of products, which move into the computed kernel.
void ProductCases::projections() {
  const Side a = x("so3"), k = y("so3"), c = z("so3"), s = z("s2"), column = y("s2");
  for (const char *projection : {"sum_n", "so3_orbit_mean"})
    cases.add(projection, {a.spectrum, k.function}, s.spectrum,
              "  %p = spherical.rotate %a by [0.1, 0.2, 0.3] : " + a.spectrum.type + "\n" +
                  k.transform("q", "b") + "  %m" + multiply("spectral_matmul", a, k, c, "forward") +
                  "  %y_out = spherical." + projection + " %m : " + c.spectrum.type + " -> " +
                  s.spectrum.type + "\n");
  cases.add("project_kernel", {k.function}, column.function,
            k.transform("p", "a") + "  %m = spherical.project_kernel %p projection sum_n : " +
                k.spectrum.type + " -> " + column.spectrum.type + "\n" + column.inverse("m"));
  cases.add("project_kernel adjoint", {column.function}, k.function,
            column.transform("p", "a") +
                "  %m = spherical.project_kernel %p projection sum_n {adjoint} : " +
                column.spectrum.type + " -> " + k.spectrum.type + "\n" + k.inverse("m"));
}

/// A function with itself: samples are channels, too.
void ProductCases::squares() {
  const Side a = side("s2", in, in, false), c = side("so3", in, in, false);
  cases.add("square", {a.function}, c.function,
            a.transform("p", "a") + a.transform("q", "a") + "  %m" +
                multiply("spectral_matmul", a, a, c, "forward") + c.inverse("m"));
}

/// Sums over a batch that fills no group of lanes, of values that are not 0 in the lanes left over.
void ProductCases::biased() {
  const Side a = x("so3"), c = z("so3"), k = y("so3");
  const Slot first = tensor({in}, element), second = tensor({out}, element);
  auto addBias = [](const std::string &result, const std::string &operands, const Slot &to,
                    const Slot &bias) {
    return "  %" + result + " = spherical.add_bias " + operands + " : " + to.type + ", " +
           bias.type + "\n";
  };
  cases.add("grad_kernel of biased factors", {c.spectrum, a.spectrum, second, first}, k.spectrum,
            addBias("p", "%a, %c", c.spectrum, second) + addBias("q", "%b, %d", a.spectrum, first) +
                "  %y_out" + multiply("spectral_matmul", c, a, k, "grad_kernel"));
  for (const Slot &summed : {a.function, a.spectrum})
    cases.add("sum of biased values", {summed, first}, first,
              addBias("p", "%a, %b", summed, first) + "  %y_out = spherical.bias_grad %p : " +
                  summed.type + " -> " + first.type + "\n");
  cases.add("sum of biased rows", {k.spectrum, second}, second,
            addBias("p", "%a, %b", k.spectrum, second) + "  %y_out = spherical.bias_grad %p : " +
                k.spectrum.type + " -> " + second.type + "\n");
  Slot dense = tensor({batch, in}, element), wide = tensor({batch, out}, element);
  dense.batched = wide.batched = true;
  const Slot weight = tensor({out, in}, element), square = tensor({out, out}, element);
  const std::string linear = "  %p = nn.linear %a, %b, %c : " + dense.type + ", " + weight.type +
                             ", " + second.type + " -> " + wide.type + "\n";
  cases.add("square of a layer", {dense, weight, second}, square,
            linear + "  %y_out = nn.linear_grad_weight %p, %p : " + wide.type + ", " + wide.type +
                " -> " + square.type + "\n");
}

void checkProducts(int64_t batch, int64_t in, int64_t out, int64_t b, const std::string &element,
                   double tolerance) {
  ProductCases products(batch, in, out, b, element);
  for (const char *domain : {"s2", "so3"}) {
    products.forms("spectral_matmul", domain, domain, "so3");
    products.factors(domain);
    products.kernels(domain);
  }
  products.forms("thin_matmul", "so3", "s2", "s2");
  products.projections();
  products.squares();
  products.cases.check(tolerance, /*partialGradients=*/true);
}

// Sums of up to 2b - 1 orders and 5 channels of products of sums over (2b)^3 samples.
TEST(Products, OfComputedSpectraEqualTheDefinitions) {
  checkProducts(2, 3, 5, 3, "f32", 2e-6);
  checkProducts(5, 3, 2, 3, "f64", 1e-14);
  checkProducts(1, 1, 1, 1, "f64", 1e-14);
}

TEST(Products, SumsLeaveOutLanesWithoutASample) {
  ProductCases products(3, 2, 5, 2, "f32");
  products.biased();
  products.cases.check(2e-6);
}

} // namespace
} // namespace spherical
