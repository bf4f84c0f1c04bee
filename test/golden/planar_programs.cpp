//===- planar_programs.cpp - golden layers of images ------------*- C++ -*-===//

#include "test/golden/program_text.h"

namespace spherical::golden {
namespace {

using nlohmann::json;

/// conv2d, conv_transpose2d
Program planarConvolution(const File &file) {
  const json &a = file.attributes;
  const NamedType x{"x", tensorType(file.read("in.x").shape)};
  const NamedType w{"weight", tensorType(file.read("in.weight").shape)};
  const NamedType b{"bias", tensorType(file.read("in.bias").shape)};
  const NamedType y{"y", tensorType(file.read("out.y").shape)};
  return differentiable({x, w, b}, y,
                        "  %y_out = nn." + a.at("op").get<std::string>() +
                            " %x, %weight bias(%bias : " + b.type + ") stride " +
                            pairText(a.at("stride")) + " : " + x.type + ", " + w.type + " -> " +
                            y.type + "\n");
}

Program maxPool(const File &file) {
  const json &a = file.attributes;
  const NamedType x{"x", tensorType(file.read("in.x").shape)};
  const NamedType y{"y", tensorType(file.read("out.y").shape)};
  return differentiable({x}, y,
                        "  %y_out = nn.max_pool2d %x window " + pairText(a.at("k")) + " stride " +
                            pairText(a.at("stride")) + " : " + x.type + " -> " + y.type + "\n");
}

/// upsample_nearest, global_avg_pool: ops without attributes.
Program resizing(const File &file) {
  const NamedType x{"x", tensorType(file.read("in.x").shape)};
  const NamedType y{"y", tensorType(file.read("out.y").shape)};
  return differentiable({x}, y,
                        "  %y_out = nn." + file.attributes.at("op").get<std::string>() +
                            " %x : " + x.type + " -> " + y.type + "\n");
}

} // namespace

OperatorPrograms planarPrograms() {
  return {{"conv2d", planarConvolution},
          {"conv_transpose2d", planarConvolution},
          {"max_pool2d", maxPool},
          {"upsample_nearest", resizing},
          {"global_avg_pool", resizing}};
}

} // namespace spherical::golden
