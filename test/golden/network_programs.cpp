//===- network_programs.cpp - golden networks as programs -------*- C++ -*-===//

#include "test/golden/program_text.h"

#include <sstream>

namespace spherical::golden {
namespace {

using nlohmann::json;

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
              pairText(stride, stride) + " : " + type + ", " + tensorType(weight.shape) + " -> " +
              result,
          result);
  }

  void maxPool(int64_t window, int64_t stride, int64_t channels, int64_t size) {
    const std::string result = tensorType({batch, channels, size, size});
    layer("nn.max_pool2d",
          " window " + pairText(window, window) + " stride " + pairText(stride, stride) + " : " +
              type + " -> " + result,
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

} // namespace spherical::golden
