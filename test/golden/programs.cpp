//===- programs.cpp - golden cases as programs ------------------*- C++ -*-===//
//
// One function @f a case, with its gradient @f_vjp where the case has one.
//
//===----------------------------------------------------------------------===//

#include "test/golden/programs.h"

#include "dialects/spherical/dialect.h"

#include "mlir/AsmParser/AsmParser.h"

#include <functional>
#include <sstream>

namespace spherical::golden {
namespace {

using nlohmann::json;

/// An argument or result: its name and type.
struct Value {
  std::string name, type;
};

std::string number(int64_t value) { return std::to_string(value); }

/// "tensor<2x3xf32>"
std::string tensorType(const std::vector<int64_t> &shape, const std::string &element = "f32") {
  std::string type = "tensor<";
  for (int64_t extent : shape)
    type += number(extent) + "x";
  return type + element + ">";
}

/// "!spherical.so3<2x3, b = 4, f32>"
std::string signalType(const std::string &kind, int64_t batch, int64_t channels, int64_t b,
                       const std::string &element = "f32") {
  return "!spherical." + kind + "<" + number(batch) + "x" + number(channels) +
         ", b = " + number(b) + ", " + element + ">";
}

/// "[2, 2]"
std::string pairText(int64_t value) { return "[" + number(value) + ", " + number(value) + "]"; }

/// func.func @entry(%name: type {spherical.name = "name"}, ...) -> (...) { body; return %results }
std::string functionText(const std::string &entry, const std::vector<Value> &arguments,
                         const std::vector<Value> &results, const std::string &body,
                         bool gradient) {
  std::ostringstream text;
  text << "func.func @" << entry << "(";
  for (size_t i = 0; i < arguments.size(); ++i)
    text << (i ? ", " : "") << "%" << arguments[i].name << ": " << arguments[i].type
         << " {spherical.name = \"" << arguments[i].name << "\""
         << (arguments[i].name == "count" ? ", spherical.role = \"count\"" : "") << "}";
  text << ") -> (";
  for (size_t i = 0; i < results.size(); ++i)
    text << (i ? ", " : "") << results[i].type << " {spherical.name = \"" << results[i].name
         << "\"}";
  text << ")" << (gradient ? " attributes {spherical.gradient}" : "") << " {\n" << body;
  text << "  return ";
  for (size_t i = 0; i < results.size(); ++i)
    text << (i ? ", " : "") << "%" << results[i].name << "_out";
  text << " : ";
  for (size_t i = 0; i < results.size(); ++i)
    text << (i ? ", " : "") << results[i].type;
  text << "\n}\n";
  return text.str();
}

/// @f and its gradient on the tensors in.*, out.*, cot.* and grad.* of the same names.
Program differentiable(const std::vector<Value> &arguments, const Value &result,
                       const std::string &body) {
  Program program{functionText("f", arguments, {result}, body, true), {}};
  Call forward{"f", {}, {{result.name, "out." + result.name}}, {}}, backward{"f_vjp", {}, {}, {}};
  backward.inputs["cot." + result.name] = "cot." + result.name;
  for (const Value &argument : arguments) {
    forward.inputs[argument.name] = backward.inputs[argument.name] = "in." + argument.name;
    backward.outputs["grad." + argument.name] = "grad." + argument.name;
  }
  program.calls = {forward, backward};
  return program;
}

std::string highText(const json &a, int64_t b, int64_t degrees) {
  return degrees > b ? " high " + a.value("high", std::string("zero")) : "";
}

/// s2_fft, so3_fft: a real function to its spectrum.
Program analysis(const File &file) {
  const json &a = file.attributes;
  const std::string domain = a.at("op") == "s2_fft" ? "s2" : "so3";
  const int64_t b = a.at("b_in"), degrees = a.at("L"), channels = a.value("C", 2);
  const Value x{"x", signalType(domain, 2, channels, b)};
  const Value y{"y", signalType(domain + "_spectrum", 2, channels, degrees)};
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
  const Value x{"x", signalType(domain + "_spectrum", 2, channels, degrees, element)};
  const Value y{"y", signalType(domain, 2, channels, b)};
  return differentiable(
      {x}, y, "  %y_out = spherical." + domain + "_ift %x : " + x.type + " -> " + y.type + "\n");
}

Program resample(const File &file) {
  const json &a = file.attributes;
  const std::string domain = a.at("op") == "s2_resample" ? "s2" : "so3";
  const int64_t channels = a.value("C", 2);
  const Value x{"x", signalType(domain, 2, channels, a.at("b_in"))};
  const Value y{"y", signalType(domain, 2, channels, a.at("b_out"))};
  return differentiable({x}, y,
                        "  %y_out = spherical.resample %x : " + x.type + " -> " + y.type + "\n");
}

Program kernelTransform(const File &file) {
  const json &a = file.attributes;
  const Tensor &kernel = file.read("in.kernel");
  const std::string kind = a.at("grid").at("kind");
  const Value x{"kernel", tensorType(kernel.shape)};
  const Value y{"y", signalType(kind.starts_with("s2") ? "s2_spectrum" : "so3_spectrum",
                                kernel.shape[0], kernel.shape[1], a.at("L"))};
  return differentiable({x}, y,
                        "  %y_out = spherical.kernel_ft %kernel grid " + gridText(a.at("grid")) +
                            " scale 1.0 : " + x.type + " -> " + y.type + "\n");
}

Program product(const File &file) {
  const json &a = file.attributes;
  const std::string kind = a.at("op") == "s2_product" ? "s2_spectrum" : "so3_spectrum";
  const int64_t degrees = a.at("L");
  const Value x{"x", signalType(kind, 2, 3, degrees, "complex<f32>")};
  const Value y{"y", signalType(kind, 3, 2, degrees, "complex<f32>")};
  const Value z{"z", signalType("so3_spectrum", 2, 2, degrees, "complex<f32>")};
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
  const Value x{"x", signalType(op == "s2_conv" ? "s2" : "so3", 2, 2, bIn)};
  const Value kernel{"kernel", tensorType(file.read("in.kernel").shape)};
  const Value bias{"bias", tensorType({3})};
  const Value y{"y", signalType(op == "so3_to_s2" ? "s2" : "so3", 2, 3, bOut)};
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
  const Value x{"x", signalType("so3", 2, 2, b)}, y{"y", signalType("s2", 2, 2, b)};
  return differentiable(
      {x}, y, "  %y_out = spherical.so3_orbit_mean %x : " + x.type + " -> " + y.type + "\n");
}

Program sumN(const File &file) {
  const int64_t degrees = file.attributes.at("L");
  const Value x{"x", signalType("so3_spectrum", 2, 2, degrees, "complex<f32>")};
  const Value y{"y", signalType("s2_spectrum", 2, 2, degrees, "complex<f32>")};
  return differentiable({x}, y,
                        "  %y_out = spherical.sum_n %x : " + x.type + " -> " + y.type + "\n");
}

/// The angles of the file are constants of the program.
Program rotation(const File &file) {
  const json &a = file.attributes;
  const Value x{"x", signalType("so3", 2, a.at("C"), a.at("b_in"))}, y{"y", x.type};
  const std::string angles = json(file.read("in.angles").values).dump();
  return {functionText("f", {x}, {y},
                       "  %y_out = spherical.rotate %x by " + angles + " : " + x.type + "\n",
                       false),
          {{"f", {{"x", "in.x"}}, {{"y", "out.y"}}, {}}}};
}

Program integrate(const File &file) {
  const Value x{"x", signalType("so3", 2, 2, file.attributes.at("b_in"))};
  const Value y{"y", tensorType({2, 2})};
  return differentiable(
      {x}, y, "  %y_out = spherical.so3_integrate %x : " + x.type + " -> " + y.type + "\n");
}

Program relu(const File &file) {
  const Value x{"x", tensorType(file.read("in.x").shape)}, y{"y", x.type};
  return differentiable({x}, y, "  %y_out = nn.relu %x : " + x.type + "\n");
}

Program linear(const File &file) {
  const Value x{"x", tensorType(file.read("in.x").shape)};
  const Value w{"weight", tensorType(file.read("in.weight").shape)};
  const Value b{"bias", tensorType(file.read("in.bias").shape)};
  const Value y{"y", tensorType(file.read("out.y").shape)};
  return differentiable({x, w, b}, y,
                        "  %y_out = nn.linear %x, %weight, %bias : " + x.type + ", " + w.type +
                            ", " + b.type + " -> " + y.type + "\n");
}

/// Training has a function with all results and, to differentiate, one with the first alone.
Program batchNorm(const File &file) {
  const Tensor &input = file.read("in.x");
  const std::string channels = tensorType({input.shape[1]});
  const Value x{"x", tensorType(input.shape)}, w{"weight", channels}, b{"bias", channels};
  const Value mean{"running_mean", channels}, var{"running_var", channels}, y{"y", x.type};
  const std::string operands = " %x, %weight, %bias, %running_mean, %running_var";
  const bool train = file.attributes.at("train") == 1;
  std::vector<Value> arguments = {x, w, b, mean, var};
  Program program = differentiable(arguments, y,
                                   "  %y_out = nn.batch_norm" + operands + " : " + x.type + ", " +
                                       channels + "\n");
  if (train) {
    const Value count{"count", tensorType({}, "i64")};
    arguments.push_back(count);
    const std::string body =
        "  %y_out, %batch_mean, %inv_std, %running_mean_out, %running_var_out = "
        "nn.batch_norm_train" +
        operands + ", %count : " + x.type + ", " + channels + ", " + count.type + "\n";
    program.text = functionText("f", arguments, {y}, body, true) +
                   functionText("all", arguments, {y, mean, var}, body, false);
    program.calls[0].entry = "all";
    for (const char *name : {"running_mean", "running_var"})
      program.calls[0].outputs[name] = std::string("out.") + name;
  }
  // The statistics are constants of the gradient.
  for (const char *name : {"running_mean", "running_var"})
    program.calls[1].outputs.erase(std::string("grad.") + name);
  return program;
}

Program crossEntropy(const File &file) {
  const Value logits{"logits", tensorType(file.read("in.logits").shape)};
  const Value labels{"labels", tensorType(file.read("in.labels").shape, "i32")};
  const Value count{"count", tensorType({}, "i64")}, loss{"loss", tensorType({})};
  Program program =
      differentiable({logits, labels, count}, loss,
                     "  %loss_out = nn.cross_entropy %logits, %labels, %count : " + logits.type +
                         ", " + labels.type + ", " + count.type + " -> " + loss.type + "\n");
  for (Call &call : program.calls)
    call.inputs.erase("count");
  program.calls[1].inputs.erase("cot.loss");
  program.calls[1].constants["cot.loss"] = {{}, {1.0}};
  program.calls[1].outputs = {{"grad.logits", "grad.logits"}};
  return program;
}

/// conv2d, conv_transpose2d
Program planarConvolution(const File &file) {
  const json &a = file.attributes;
  const Value x{"x", tensorType(file.read("in.x").shape)};
  const Value w{"weight", tensorType(file.read("in.weight").shape)};
  const Value b{"bias", tensorType(file.read("in.bias").shape)};
  const Value y{"y", tensorType(file.read("out.y").shape)};
  return differentiable({x, w, b}, y,
                        "  %y_out = nn." + a.at("op").get<std::string>() +
                            " %x, %weight bias(%bias : " + b.type + ") stride " +
                            pairText(a.at("stride")) + " : " + x.type + ", " + w.type + " -> " +
                            y.type + "\n");
}

Program maxPool(const File &file) {
  const json &a = file.attributes;
  const Value x{"x", tensorType(file.read("in.x").shape)};
  const Value y{"y", tensorType(file.read("out.y").shape)};
  return differentiable({x}, y,
                        "  %y_out = nn.max_pool2d %x window " + pairText(a.at("k")) + " stride " +
                            pairText(a.at("stride")) + " : " + x.type + " -> " + y.type + "\n");
}

/// upsample_nearest, global_avg_pool: ops without attributes.
Program resizing(const File &file) {
  const Value x{"x", tensorType(file.read("in.x").shape)};
  const Value y{"y", tensorType(file.read("out.y").shape)};
  return differentiable({x}, y,
                        "  %y_out = nn." + file.attributes.at("op").get<std::string>() +
                            " %x : " + x.type + " -> " + y.type + "\n");
}

/// "%x = op %x..." of each layer of a network, one value after the other.
struct NetworkText {
  std::ostringstream arguments, body;
  int64_t batch, limit = 0;
  int64_t values = 0;
  std::string value = "%x", type;

  /// A parameter or state; its name in MLIR has underscores for dots.
  std::string parameter(const std::string &name, const std::vector<int64_t> &shape,
                        const std::string &role) {
    std::string symbol = "%" + name;
    for (char &letter : symbol)
      letter = letter == '.' ? '_' : letter;
    arguments << ",\n    " << symbol << ": " << tensorType(shape) << " {spherical.role = \"" << role
              << "\", spherical.name = \"" << name << "\"}";
    return symbol;
  }

  void layer(const std::string &op, const std::string &rest, const std::string &result) {
    const std::string next = "%v" + number(values++);
    body << "  " << next << " = " << op << " " << value << rest << "\n";
    value = next;
    type = result;
  }

  /// A convolution with its bias; on SO(3), `high` says what it does with degrees from `limit`, the
  /// band-limit before it, on.
  void convolution(const std::string &op, const std::string &name, const json &grid,
                   const Tensor &kernel, int64_t b, const std::string &high) {
    const std::string result =
        signalType(op == "so3_to_s2" ? "s2" : "so3", batch, kernel.shape[1], b);
    const std::string k = parameter(name + ".kernel", kernel.shape, "parameter");
    const std::string bias = parameter(name + ".bias", {kernel.shape[1]}, "parameter");
    const bool up = op != "s2_conv" && b > limit;
    layer("spherical." + op,
          ", " + k + " grid " + gridText(grid) + (up ? " high " + high : "") + " : " + type +
              " -> " + result,
          result);
    layer("spherical.add_bias", ", " + bias + " : " + type + ", " + tensorType({kernel.shape[1]}),
          type);
    limit = b;
  }

  /// The first layers of a network: (convolution, ReLU)*.
  void convolutions(const File &file, const std::string &high) {
    const json &a = file.attributes;
    for (size_t i = 0; i < a.at("bandlimits").size(); ++i) {
      const std::string name = i == 0 ? "input_layer" : "hidden_layers." + number(i - 1);
      convolution(i == 0 ? "s2_conv" : "so3_conv", name, a.at("grids")[i],
                  file.read("param." + name + ".kernel"), a.at("bandlimits")[i], high);
      layer("nn.relu", " : " + type, type);
    }
  }

  /// The module with @forward from inputs of the type to the last value, the logits.
  std::string module(const std::string &input) const {
    return "module @net {\nfunc.func @forward(%x: " + input +
           " {spherical.role = \"input\", spherical.name = \"x\"}" + arguments.str() + ")\n -> (" +
           type +
           " {spherical.name = \"logits\"}) attributes {spherical.loss = \"cross_entropy\"} {\n" +
           body.str() + "  return " + value + " : " + type + "\n}\n}\n";
  }

  void batchNorm(const std::string &name, int64_t channels) {
    std::string operands;
    for (const char *part : {"weight", "bias"})
      operands += ", " + parameter(name + "." + part, {channels}, "parameter");
    for (const char *part : {"running_mean", "running_var"})
      operands += ", " + parameter(name + "." + part, {channels}, "state");
    layer("nn.batch_norm", operands + " : " + type + ", " + tensorType({channels}), type);
  }

  /// conv2d or conv_transpose2d with a bias, to images of height and width `size`.
  void planar(const std::string &op, const std::string &name, const Tensor &weight, int64_t stride,
              int64_t size) {
    const int64_t channels = weight.shape[op == "conv2d" ? 0 : 1];
    const std::string w = parameter(name + ".weight", weight.shape, "parameter");
    const std::string b = parameter(name + ".bias", {channels}, "parameter");
    const std::string result = tensorType({batch, channels, size, size});
    layer("nn." + op,
          ", " + w + " bias(" + b + " : " + tensorType({channels}) + ") stride " +
              pairText(stride) + " : " + type + ", " + tensorType(weight.shape) + " -> " + result,
          result);
  }

  void maxPool(int64_t window, int64_t stride, int64_t channels, int64_t size) {
    const std::string result = tensorType({batch, channels, size, size});
    layer("nn.max_pool2d",
          " window " + pairText(window) + " stride " + pairText(stride) + " : " + type + " -> " +
              result,
          result);
  }

  void upsample(int64_t channels, int64_t size) {
    const std::string result = tensorType({batch, channels, size, size});
    layer("nn.upsample_nearest", " : " + type + " -> " + result, result);
  }

  void relu() { layer("nn.relu", " : " + type, type); }

  /// The layers of a head behind pooled channels.
  void head(const File &file, int64_t channels) {
    const json &widths = file.attributes.at("fc");
    for (size_t i = 0; i < widths.size(); ++i) {
      if (i > 0)
        relu();
      batchNorm("head.bn" + number(i), channels);
      linear("head.fc" + number(i), file.read("param.head.fc" + number(i) + ".weight"));
      channels = widths[i];
    }
  }

  void linear(const std::string &name, const Tensor &weight) {
    const std::string result = tensorType({batch, weight.shape[0]});
    const std::string w = parameter(name + ".weight", weight.shape, "parameter");
    const std::string b = parameter(name + ".bias", {weight.shape[0]}, "parameter");
    layer("nn.linear",
          ", " + w + ", " + b + " : " + type + ", " + tensorType(weight.shape) + ", " +
              tensorType({weight.shape[0]}) + " -> " + result,
          result);
  }
};

} // namespace

std::string gridText(const json &grid) {
  std::string parameters;
  for (const char *name : {"n_beta", "n_alpha", "n_gamma", "max_beta", "max_gamma"})
    if (grid.contains(name))
      parameters += (parameters.empty() ? "" : ", ") +
                    std::string(name).substr(name[0] == 'n' ? 2 : 0) + " = " + grid.at(name).dump();
  return "<" + grid.at("kind").get<std::string>() + "<" + parameters + ">>";
}

std::optional<Program> operatorProgram(const File &file) {
  static const std::map<std::string, std::function<Program(const File &)>> operators = {
      {"s2_fft", analysis},
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
      {"so3_integrate", integrate},
      {"relu", relu},
      {"linear", linear},
      {"batch_norm", batchNorm},
      {"cross_entropy", crossEntropy},
      {"conv2d", planarConvolution},
      {"conv_transpose2d", planarConvolution},
      {"max_pool2d", maxPool},
      {"upsample_nearest", resizing},
      {"global_avg_pool", resizing}};
  const auto found = operators.find(file.attributes.at("op"));
  if (found == operators.end())
    return std::nullopt;
  return found->second(file);
}

/// A network's text before its first layer.
static NetworkText startNetwork(const File &file) {
  const auto shape = file.read("batch.x").shape;
  NetworkText net;
  net.batch = shape[0];
  net.type = signalType("s2", shape[0], shape[1], shape[2] / 2);
  return net;
}

std::string classifierText(const File &file) {
  const json &a = file.attributes;
  NetworkText net = startNetwork(file);
  const std::string input = net.type;
  net.convolutions(file, "zero");
  int64_t channels = a.at("features").back();
  const std::string pooled = tensorType({net.batch, channels});
  net.layer("spherical.so3_integrate", " : " + net.type + " -> " + pooled, pooled);
  net.head(file, channels);
  return net.module(input);
}

std::string segmenterText(const File &file) {
  const json &a = file.attributes;
  NetworkText net = startNetwork(file);
  const std::string input = net.type;
  net.convolutions(file, a.at("mode"));
  net.convolution("so3_to_s2", "output_layer", a.at("grids").back(),
                  file.read("param.output_layer.kernel"), a.at("b_out"), a.at("mode"));
  const std::string logits = tensorType(file.read("out.logits").shape);
  net.layer("spherical.samples", " : " + net.type + " -> " + logits, logits);
  return net.module(input);
}

/// A planar network's text before its first layer.
static NetworkText startPlanar(const File &file) {
  const auto shape = file.read("batch.x").shape;
  NetworkText net;
  net.batch = shape[0];
  net.type = tensorType(shape);
  return net;
}

/// Height and width before each convolution of a network, and after the last.
static std::vector<int64_t> planarSizes(const json &a) {
  std::vector<int64_t> sizes = {a.at("dim_in")};
  for (size_t i = 0; i < a.at("strides").size(); ++i)
    sizes.push_back((sizes.back() - a.at("kernel_sizes")[i].get<int64_t>()) /
                        a.at("strides")[i].get<int64_t>() +
                    1);
  return sizes;
}

std::string planarClassifierText(const File &file) {
  const json &a = file.attributes;
  NetworkText net = startPlanar(file);
  const std::string input = net.type;
  const std::vector<int64_t> sizes = planarSizes(a);
  for (size_t i = 0; i + 1 < sizes.size(); ++i) {
    const std::string name = "conv." + number(i);
    net.planar("conv2d", name, file.read("param." + name + ".weight"), a.at("strides")[i],
               sizes[i + 1]);
    net.relu();
  }
  const int64_t channels = a.at("features").back();
  const std::string pooled = tensorType({net.batch, channels});
  net.layer("nn.global_avg_pool", " : " + net.type + " -> " + pooled, pooled);
  net.head(file, channels);
  return net.module(input);
}

namespace {
/// The layers of a planar segmenter.
class PlanarSegmenter {
public:
  explicit PlanarSegmenter(const File &file)
      : file(file), a(file.attributes), sizes(planarSizes(a)), net(startPlanar(file)) {}

  std::string text() {
    const std::string input = net.type;
    const size_t levels = a.at("features").size();
    convolution("conv2d", "input_layer", 0, sizes[1]);
    net.relu();
    for (size_t i = 1; i < levels; ++i)
      down(i, number(i - 1));
    for (size_t i = levels - 1; i > 0; --i)
      up(i, number(levels - 1 - i));
    convolution("conv_transpose2d", "out_layer", 0, sizes[0]);
    return net.module(input);
  }

private:
  void convolution(const std::string &op, const std::string &name, size_t level, int64_t size) {
    net.planar(op, name, file.read("param." + name + ".weight"), a.at("strides")[level], size);
  }

  /// A convolution of one value a window, which changes channels alone.
  void mix(const std::string &name, int64_t size) {
    net.planar("conv2d", name, file.read("param." + name + ".weight"), 1, size);
  }

  /// Convolution i, beside it a pool if there are shortcuts.
  void down(size_t i, const std::string &index) {
    const std::string x = net.value, type = net.type;
    convolution("conv2d", "downsample_layers." + index, i, sizes[i + 1]);
    const std::string main = net.value;
    if (a.at("skips") == 1) {
      net.value = x, net.type = type;
      net.maxPool(a.at("kernel_sizes")[i], a.at("strides")[i], a.at("features")[i - 1],
                  sizes[i + 1]);
      mix("skip_down_conv_layers." + index, sizes[i + 1]);
      net.layer("nn.add", ", " + main + " : " + net.type, net.type);
    }
    net.relu();
  }

  /// Back through convolution i, beside it the nearest values if there are shortcuts.
  void up(size_t i, const std::string &index) {
    const std::string x = net.value, type = net.type;
    convolution("conv_transpose2d", "upsample_layers." + index, i, sizes[i]);
    const std::string main = net.value;
    if (a.at("skips") == 1) {
      net.value = x, net.type = type;
      mix("skip_up_conv_layers." + index, sizes[i + 1]);
      net.upsample(a.at("features")[i - 1], sizes[i]);
      net.layer("nn.add", ", " + main + " : " + net.type, net.type);
    }
    net.relu();
  }

  const File &file;
  const json &a;
  const std::vector<int64_t> sizes;
  NetworkText net;
};
} // namespace

std::string planarSegmenterText(const File &file) { return PlanarSegmenter(file).text(); }

std::string adamText(int64_t n) {
  const std::string type = tensorType({n});
  const std::vector<Value> arguments = {{"p", type},
                                        {"g", type},
                                        {"m", type},
                                        {"v", type},
                                        {"step", tensorType({}, "i64")},
                                        {"learning_rate", tensorType({})}};
  return functionText(
      "f", arguments, {{"p", type}, {"m", type}, {"v", type}},
      "  %p_out, %m_out, %v_out = nn.adam %p, %g, %m, %v, %step, %learning_rate : " + type +
          ", tensor<i64>, tensor<f32>\n",
      false);
}

std::vector<double> gridPoints(const json &grid) {
  mlir::MLIRContext context;
  context.loadDialect<mlir::spherical::SphericalDialect>();
  const auto attribute = mlir::dyn_cast_or_null<mlir::spherical::GridAttr>(
      mlir::parseAttribute("#spherical.grid" + gridText(grid), &context));
  std::vector<double> values;
  if (attribute)
    for (const auto &point : attribute.points())
      values.insert(values.end(), point.begin(), point.begin() + (attribute.onSO3() ? 3 : 2));
  return values;
}

} // namespace spherical::golden
