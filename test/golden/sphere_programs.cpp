//===- sphere_programs.cpp - golden operators on S2 and SO(3) ---*- C++ -*-===//

#include "test/golden/program_text.h"

namespace spherical::golden {
namespace {

using nlohmann::json;

std::string highText(const json &a, int64_t b, int64_t degrees) {
  return degrees > b ? " high " + a.value("high", std::string("zero")) : "";
}

/// s2_fft, so3_fft: a real function to its spectrum.
Program analysis(const File &file) {
  const json &a = file.attributes;
  const std::string domain = a.at("op") == "s2_fft" ? "s2" : "so3";
  const int64_t b = a.at("b_in"), degrees = a.at("L"), channels = a.value("C", 2);
  const NamedType x{"x", signalType(domain, 2, channels, b)};
  const NamedType y{"y", signalType(domain + "_spectrum", 2, channels, degrees)};
  return differentiable({x}, y,
                        "  %y_out = spherical." + domain + "_ft %x" + highText(a, b, degrees) +
                            " : " + x.type + " -> " + y.type + "\n");
}

/// s2_ifft, so3_ifft: the real part of the function of a complex spectrum.
Program synthesis(const File &file) {
  const json &a = file.attributes;
  const std::string domain = a.at("op") == "s2_ifft" ? "s2" : "so3";
  const int64_t b = a.at("b_out"), degrees = a.at("L"), channels = a.value("C", 2);
  const std::string element = a.contains("hermitian") ? "f32" : "complex<f32>";
  const NamedType x{"x", signalType(domain + "_spectrum", 2, channels, degrees, element)};
  const NamedType y{"y", signalType(domain, 2, channels, b)};
  return differentiable(
      {x}, y, "  %y_out = spherical." + domain + "_ift %x : " + x.type + " -> " + y.type + "\n");
}

Program resample(const File &file) {
  const json &a = file.attributes;
  const std::string domain = a.at("op") == "s2_resample" ? "s2" : "so3";
  const int64_t channels = a.value("C", 2);
  const NamedType x{"x", signalType(domain, 2, channels, a.at("b_in"))};
  const NamedType y{"y", signalType(domain, 2, channels, a.at("b_out"))};
  return differentiable({x}, y,
                        "  %y_out = spherical.resample %x : " + x.type + " -> " + y.type + "\n");
}

Program kernelTransform(const File &file) {
  const json &a = file.attributes;
  const Tensor &kernel = file.read("in.kernel");
  const std::string kind = a.at("grid").at("kind");
  const NamedType x{"kernel", tensorType(kernel.shape)};
  const NamedType y{"y", signalType(kind.starts_with("s2") ? "s2_spectrum" : "so3_spectrum",
                                    kernel.shape[0], kernel.shape[1], a.at("L"))};
  return differentiable({x}, y,
                        "  %y_out = spherical.kernel_ft %kernel grid " + gridText(a.at("grid")) +
                            " scale 1.0 : " + x.type + " -> " + y.type + "\n");
}

Program product(const File &file) {
  const json &a = file.attributes;
  const std::string kind = a.at("op") == "s2_product" ? "s2_spectrum" : "so3_spectrum";
  const int64_t degrees = a.at("L");
  const NamedType x{"x", signalType(kind, 2, 3, degrees, "complex<f32>")};
  const NamedType y{"y", signalType(kind, 3, 2, degrees, "complex<f32>")};
  const NamedType z{"z", signalType("so3_spectrum", 2, 2, degrees, "complex<f32>")};
  return differentiable({x, y}, z,
                        "  %z_out = spherical.spectral_matmul %x, %y : " + x.type + ", " + y.type +
                            " -> " + z.type + "\n");
}

/// "spherical.so3_conv %x, %kernel grid <...> high zero" of a layer with a kernel.
std::string layerText(const json &a, const std::string &high) {
  const std::string op = a.at("op");
  const std::string grid = op == "so3_shortcut" ? "" : " grid " + gridText(a.at("grid"));
  return "spherical." + op + " %x, %kernel" + grid + high;
}

/// s2_conv, so3_conv, so3_shortcut and so3_to_s2.
Program convolution(const File &file) {
  const json &a = file.attributes;
  const std::string op = a.at("op");
  const int64_t bIn = a.at("b_in"), bOut = a.at("b_out");
  const NamedType x{"x", signalType(op == "s2_conv" ? "s2" : "so3", 2, 2, bIn)};
  const NamedType kernel{"kernel", tensorType(file.read("in.kernel").shape)};
  const NamedType bias{"bias", tensorType({3})};
  const NamedType y{"y", signalType(op == "so3_to_s2" ? "s2" : "so3", 2, 3, bOut)};
  const auto body = [&](const std::string &high) {
    // The shortcut has no grid to infer its kernel's type from.
    const std::string kernelType = op == "so3_shortcut" ? ", " + kernel.type : "";
    return "  %z = " + layerText(a, high) + " : " + x.type + kernelType + " -> " + y.type +
           "\n  %y_out = spherical.add_bias %z, %bias : " + y.type + ", " + bias.type + "\n";
  };
  Program program =
      differentiable({x, kernel, bias}, y, body(op == "s2_conv" ? "" : highText(a, bIn, bOut)));
  if (!file.has("grad_truncated.x"))
    return program;
  // The same layer with the input's gradient truncated; the other gradients stay.
  program.text += functionText("truncated", {x, kernel, bias}, {y}, body(" high truncated"), true);
  for (size_t i = 0; i < 2; ++i) {
    Call call = program.calls[i];
    call.entry = i == 0 ? "truncated" : "truncated_vjp";
    if (i == 1)
      call.outputs["grad.x"] = "grad_truncated.x";
    program.calls.push_back(call);
  }
  return program;
}

Program orbitMean(const File &file) {
  const int64_t b = file.attributes.at("b_in");
  const NamedType x{"x", signalType("so3", 2, 2, b)}, y{"y", signalType("s2", 2, 2, b)};
  return differentiable(
      {x}, y, "  %y_out = spherical.so3_orbit_mean %x : " + x.type + " -> " + y.type + "\n");
}

Program sumN(const File &file) {
  const int64_t degrees = file.attributes.at("L");
  const NamedType x{"x", signalType("so3_spectrum", 2, 2, degrees, "complex<f32>")};
  const NamedType y{"y", signalType("s2_spectrum", 2, 2, degrees, "complex<f32>")};
  return differentiable({x}, y,
                        "  %y_out = spherical.sum_n %x : " + x.type + " -> " + y.type + "\n");
}

/// The angles of the file are constants of the program.
Program rotation(const File &file) {
  const json &a = file.attributes;
  const NamedType x{"x", signalType("so3", 2, a.at("C"), a.at("b_in"))}, y{"y", x.type};
  const std::string angles = json(file.read("in.angles").values).dump();
  return {functionText("f", {x}, {y},
                       "  %y_out = spherical.rotate %x by " + angles + " : " + x.type + "\n",
                       false),
          {{"f", {{"x", "in.x"}}, {{"y", "out.y"}}, {}}}};
}

Program integrate(const File &file) {
  const NamedType x{"x", signalType("so3", 2, 2, file.attributes.at("b_in"))};
  const NamedType y{"y", tensorType({2, 2})};
  return differentiable(
      {x}, y, "  %y_out = spherical.so3_integrate %x : " + x.type + " -> " + y.type + "\n");
}

} // namespace

OperatorPrograms spherePrograms() {
  return {{"s2_fft", analysis},
          {"so3_fft", analysis},
          {"s2_ifft", synthesis},
          {"so3_ifft", synthesis},
          {"s2_resample", resample},
          {"so3_resample", resample},
          {"kernel_fft", kernelTransform},
          {"s2_product", product},
          {"so3_product", product},
          {"s2_conv", convolution},
          {"so3_conv", convolution},
          {"so3_shortcut", convolution},
          {"so3_to_s2", convolution},
          {"so3_orbit_mean", orbitMean},
          {"so3_sum_n", sumN},
          {"so3_rotation", rotation},
          {"so3_integrate", integrate}};
}

} // namespace spherical::golden
