//===- complex_test.cpp - complex values on the cpu target ------*- C++ -*-===//
//
// Each op in complex form, with all its flags, against the fp64 definitions, and
// its gradient against its slope.
//
//===----------------------------------------------------------------------===//

#include "test/execute/op_cases.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace spherical {
namespace {

/// Cases of one band-limit and precision.
class ComplexCases {
public:
  ComplexCases(int64_t b, const std::string &real)
      : b(b), real(real), element("complex<" + real + ">") {}

  void transforms(const std::string &domain);
  void signals(const std::string &domain);
  void parts(const Slot &whole, const Slot &part);
  void products(const std::string &domain);
  void projections();
  void layers();
  void check(double tolerance) { cases.check(tolerance); }

private:
  static constexpr int64_t batch = 3, channels = 2, outputs = 5;

  Slot value(const std::string &kind, int64_t limit) const {
    return signal(kind, batch, channels, limit, element);
  }
  /// `op` of the arguments, with what stands behind them.
  void op(const std::string &name, const std::vector<Slot> &arguments, const Slot &result,
          const std::string &rest, bool exact = true);
  /// An op of one argument, and the same with `adjoint` back.
  void pair(const std::string &name, const Slot &from, const Slot &to, const std::string &rest = "",
            bool exact = true);
  static std::string arrow(const Slot &from, const Slot &to) {
    return " : " + from.type + " -> " + to.type;
  }

  int64_t b;
  std::string real, element;
  OpCases cases;
};

void ComplexCases::op(const std::string &name, const std::vector<Slot> &arguments,
                      const Slot &result, const std::string &rest, bool exact) {
  std::string operands;
  for (size_t i = 0; i < arguments.size(); ++i)
    operands += (i ? ", %" : " %") + std::string(1, static_cast<char>('a' + i));
  cases.add(name + rest, arguments, result, "  %y_out = " + name + operands + rest + "\n", exact);
}

void ComplexCases::pair(const std::string &name, const Slot &from, const Slot &to,
                        const std::string &rest, bool exact) {
  op(name, {from}, to, rest + arrow(from, to), exact);
  op(name, {to}, from, rest + " {adjoint}" + arrow(to, from), exact);
}

/// Complex functions with complex spectra of fewer, as many and more degrees, real ones with more.
void ComplexCases::transforms(const std::string &domain) {
  const std::string ft = "spherical." + domain + "_ft", ift = "spherical." + domain + "_ift";
  for (const std::string &own : {element, real}) {
    const Slot function = signal(domain, batch, channels, b, own);
    for (int64_t degrees : {std::max<int64_t>(b - 1, 1), b, b + 2}) {
      if (own == real && degrees <= b)
        continue;
      const Slot spectrum = value(domain + "_spectrum", degrees);
      pair(ift, spectrum, function);
      if (degrees <= b)
        pair(ft, function, spectrum);
      for (const char *high : {" high zero", " high quadrature"})
        if (degrees > b)
          pair(ft, function, spectrum, high);
      if (degrees > b) // not the derivative by definition
        pair(ft, function, spectrum, " high truncated", /*exact=*/false);
    }
  }
}

void ComplexCases::parts(const Slot &whole, const Slot &part) {
  op("spherical.real_part", {whole}, part, arrow(whole, part));
  op("spherical.imag_part", {whole}, part, arrow(whole, part));
  op("spherical.complex", {part, part}, whole, arrow(part, whole));
  op("nn.add", {whole, whole}, whole, " : " + whole.type);
  op("nn.sub", {whole, whole}, whole, " : " + whole.type);
  // Two cotangents of one value are added.
  cases.add("twice " + whole.type, {whole}, whole,
            "  %y_out = nn.add %a, %a : " + whole.type + "\n");
  cases.add("zero " + whole.type, {whole.whole()}, whole.whole(),
            "  %y_out = spherical.zero : " + whole.type + "\n");
}

/// What acts on functions and spectra alike, and between them and tensors.
void ComplexCases::signals(const std::string &domain) {
  const Slot function = value(domain, b), spectrum = value(domain + "_spectrum", b);
  const Slot bias = tensor({channels}, element);
  for (const Slot &x : {function, spectrum}) {
    op("spherical.add_bias", {x, bias}, x, " : " + x.type + ", " + bias.type);
    op("spherical.bias_grad", {x}, bias, arrow(x, bias));
    op("spherical.rotate", {x}, x, " by [0.1, 0.2, 0.3] : " + x.type);
  }
  parts(function, signal(domain, batch, channels, b, real));
  parts(spectrum, signal(domain + "_spectrum", batch, channels, b, real));
  const Slot more = value(domain + "_spectrum", b + 1);
  op("spherical.pad", {spectrum}, more, arrow(spectrum, more));
  op("spherical.truncate", {more}, spectrum, arrow(more, spectrum));
  for (int64_t other : {std::max<int64_t>(b - 1, 1), b + 2})
    op("spherical.resample", {function}, value(domain, other),
       arrow(function, value(domain, other)));
  // In place, so that all samples are there.
  const Slot samples = tensor(function.shape, real), inPlace = function.whole();
  op("spherical.samples", {inPlace}, samples, arrow(function, samples));
  op("spherical.samples", {samples}, inPlace, arrow(samples, function));
}

/// The three forms of the product, and kernels of real and complex weights.
void ComplexCases::products(const std::string &domain) {
  const std::string kind = domain + "_spectrum", matmul = "spherical.spectral_matmul";
  const Slot x = value(kind, b), y = signal(kind, channels, outputs, b, element).whole();
  const Slot z = signal("so3_spectrum", batch, outputs, b, element);
  auto types = [](const Slot &lhs, const Slot &rhs, const Slot &result) {
    return " : " + lhs.type + ", " + rhs.type + " -> " + result.type;
  };
  op(matmul, {x, y}, z, types(x, y, z));
  op(matmul, {z, y}, x, " form grad_input" + types(z, y, x));
  op(matmul, {z, x}, y, " form grad_kernel" + types(z, x, y));
  for (const std::string &own : {element, real}) {
    const Slot weights = tensor({channels, outputs, domain == "so3" ? 8 : 4}, own);
    pair("spherical.kernel_ft", weights, y, " grid <" + domain + "_soft<1>> scale 0.25");
  }
}

void ComplexCases::projections() {
  const Slot function = value("so3", b), spectrum = value("so3_spectrum", b);
  const Slot onSphere = value("s2", b), column = value("s2_spectrum", b);
  Slot integral = tensor({batch, channels}, element);
  integral.batched = true;
  pair("spherical.sum_n", spectrum, column);
  pair("spherical.so3_orbit_mean", spectrum, column);
  pair("spherical.so3_orbit_mean", function, onSphere);
  pair("spherical.so3_integrate", spectrum, integral);
  pair("spherical.so3_integrate", function, integral);
}

/// Layers with complex kernels, to fewer and to more degrees.
void ComplexCases::layers() {
  const std::string s2 = " grid <s2_near_identity<beta = 2, alpha = 3, max_beta = 0.4>>";
  const std::string so3 =
      " grid <so3_near_identity<beta = 2, alpha = 3, gamma = 2, max_beta = 0.4>>";
  auto kernel = [&](int64_t points) { return tensor({channels, outputs, points}, element); };
  auto layer = [&](const std::string &name, const Slot &x, int64_t points, const Slot &y,
                   const std::string &rest, bool exact = true) {
    op("spherical." + name, {x, kernel(points)}, y, rest + arrow(x, y), exact);
  };
  const Slot onSphere = value("s2", b), onSO3 = value("so3", b);
  const int64_t fewer = std::max<int64_t>(b - 1, 1);
  auto to = [&](const std::string &kind, int64_t limit) {
    return signal(kind, batch, outputs, limit, element);
  };
  layer("s2_conv", onSphere, 6, to("so3", fewer), s2);
  layer("so3_conv", onSO3, 12, to("so3", fewer), so3);
  for (const char *projection : {"sum_n", "orbit_mean", "invariant"})
    layer("so3_to_s2", onSO3, 12, to("s2", fewer), so3 + " projection " + projection);
  for (const char *high : {"zero", "quadrature", "truncated"}) {
    const bool exact = high != std::string("truncated");
    layer("so3_conv", onSO3, 12, to("so3", b + 2), so3 + " high " + high, exact);
    layer("so3_to_s2", onSO3, 12, to("s2", b + 2), so3 + " high " + high, exact);
  }
  const Slot shortcut = kernel(1), y = to("so3", fewer);
  op("spherical.so3_shortcut", {onSO3, shortcut}, y,
     " : " + onSO3.type + ", " + shortcut.type + " -> " + y.type);
}

ComplexCases allCases(int64_t b, const std::string &real) {
  ComplexCases cases(b, real);
  for (const char *domain : {"s2", "so3"}) {
    cases.transforms(domain);
    cases.signals(domain);
    cases.products(domain);
  }
  cases.projections();
  cases.layers();
  for (const std::vector<int64_t> &shape :
       std::vector<std::vector<int64_t>>{{}, {3}, {3, 2}, {3, 2, 4}, {3, 2, 4, 5}})
    cases.parts(tensor(shape, "complex<" + real + ">"), tensor(shape, real));
  return cases;
}

/// Those whose algebra depends on the band-limit.
ComplexCases spectralCases(int64_t b, const std::string &real) {
  ComplexCases cases(b, real);
  for (const char *domain : {"s2", "so3"})
    cases.transforms(domain);
  cases.projections();
  return cases;
}

// Sums of up to (2b)^3 numbers in trees or lanes, with factors up to 2b - 1.
TEST(Complex, OpsEqualTheDefinitionsInSinglePrecision) { allCases(5, "f32").check(2e-6); }

TEST(Complex, SpectraEqualTheDefinitionsInDoublePrecision) {
  for (int64_t b : {1, 2})
    spectralCases(b, "f64").check(1e-14);
}

} // namespace
} // namespace spherical
