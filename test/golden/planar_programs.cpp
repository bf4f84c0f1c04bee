//===- planar_programs.cpp - golden layers of images ------------*- C++ -*-===//

#include "test/golden/program_text.h"

namespace spherical::golden {
namespace {

using nlohmann::json;

/// "[2, 3]" of a pair, or of one number for both axes.
std::string bothAxes(const json &value) {
  return value.is_array() ? pairText(value[0], value[1])
                          : pairText(value.get<int64_t>(), value.get<int64_t>());
}

NamedType tensorOf(const File &file, const std::string &name) {
  return {name.substr(name.find('.') + 1), tensorType(file.read(name).shape)};
}

/// @f with one op of in.x; `rest` follows the operand in its text.
Program layer(const File &file, const std::string &rest) {
  const NamedType x = tensorOf(file, "in.x"), y = tensorOf(file, "out.y");
  return differentiable({x}, y,
                        "  %y_out = nn." + file.attributes.at("op").get<std::string>() + " %x" +
                            rest + " : " + x.type + " -> " + y.type + "\n");
}

/// conv2d, conv_transpose2d
Program convolution(const File &file) {
  const json &a = file.attributes;
  const NamedType x = tensorOf(file, "in.x"), w = tensorOf(file, "in.weight");
  const NamedType b = tensorOf(file, "in.bias"), y = tensorOf(file, "out.y");
  return differentiable({x, w, b}, y,
                        "  %y_out = nn." + a.at("op").get<std::string>() +
                            " %x, %weight bias(%bias : " + b.type + ") stride " +
                            bothAxes(a.at("stride")) + " padding " +
                            a.value("padding", std::string("valid")) + " : " + x.type + ", " +
                            w.type + " -> " + y.type + "\n");
}

/// max_pool2d, avg_pool2d
Program pool(const File &file) {
  const json &a = file.attributes;
  return layer(file, " window " + bothAxes(a.at("k")) + " stride " + bothAxes(a.at("stride")));
}

/// upsample_nearest, global_avg_pool: ops without attributes.
Program resizing(const File &file) { return layer(file, ""); }

/// Of the inputs x0, x1, ...
Program concat(const File &file) {
  std::vector<NamedType> inputs;
  std::string operands, types;
  for (size_t i = 0; i < file.attributes.at("C").size(); ++i) {
    inputs.push_back(tensorOf(file, "in.x" + number(i)));
    operands += (i ? ", %" : "%") + inputs.back().name;
    types += (i ? ", " : "") + inputs.back().type;
  }
  const NamedType y = tensorOf(file, "out.y");
  return differentiable(
      inputs, y, "  %y_out = nn.concat " + operands + " : " + types + " -> " + y.type + "\n");
}

Program slice(const File &file) {
  return layer(file, " first " + file.attributes.at("first").dump());
}

/// leaky_relu, gelu
Program activation(const File &file) {
  const json &a = file.attributes;
  const NamedType x = tensorOf(file, "in.x");
  const std::string slope = a.contains("slope") ? " slope " + a.at("slope").dump() : "";
  return differentiable({x}, {"y", x.type},
                        "  %y_out = nn." + a.at("op").get<std::string>() + " %x" + slope + " : " +
                            x.type + "\n");
}

} // namespace

OperatorPrograms planarPrograms() {
  return {{"conv2d", convolution}, {"conv_transpose2d", convolution}, {"max_pool2d", pool},
          {"avg_pool2d", pool},    {"upsample_nearest", resizing},    {"global_avg_pool", resizing},
          {"concat", concat},      {"slice_channels", slice},         {"leaky_relu", activation},
          {"gelu", activation}};
}

} // namespace spherical::golden
