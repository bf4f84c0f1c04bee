//===- layer_programs.cpp - golden layers and losses ------------*- C++ -*-===//

#include "test/golden/program_text.h"

namespace spherical::golden {
namespace {

Program relu(const File &file) {
  const NamedType x{"x", tensorType(file.read("in.x").shape)}, y{"y", x.type};
  return differentiable({x}, y, "  %y_out = nn.relu %x : " + x.type + "\n");
}

Program linear(const File &file) {
  const NamedType x{"x", tensorType(file.read("in.x").shape)};
  const NamedType w{"weight", tensorType(file.read("in.weight").shape)};
  const NamedType b{"bias", tensorType(file.read("in.bias").shape)};
  const NamedType y{"y", tensorType(file.read("out.y").shape)};
  return differentiable({x, w, b}, y,
                        "  %y_out = nn.linear %x, %weight, %bias : " + x.type + ", " + w.type +
                            ", " + b.type + " -> " + y.type + "\n");
}

/// Training has a function with all results and, to differentiate, one with the first alone.
Program batchNorm(const File &file) {
  const Tensor &input = file.read("in.x");
  const std::string channels = tensorType({input.shape[1]});
  const NamedType x{"x", tensorType(input.shape)}, w{"weight", channels}, b{"bias", channels};
  const NamedType mean{"running_mean", channels}, var{"running_var", channels}, y{"y", x.type};
  const std::string operands = " %x, %weight, %bias, %running_mean, %running_var";
  const bool train = file.attributes.at("train") == 1;
  std::vector<NamedType> arguments = {x, w, b, mean, var};
  Program program = differentiable(arguments, y,
                                   "  %y_out = nn.batch_norm" + operands + " : " + x.type + ", " +
                                       channels + "\n");
  if (train) {
    const NamedType count{"count", tensorType({}, "i64"), "count"};
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
  const NamedType logits{"logits", tensorType(file.read("in.logits").shape)};
  const NamedType labels{"labels", tensorType(file.read("in.labels").shape, "i32")};
  const NamedType count{"count", tensorType({}, "i64"), "count"}, loss{"loss", tensorType({})};
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

} // namespace

OperatorPrograms layerPrograms() {
  return {{"relu", relu},
          {"linear", linear},
          {"batch_norm", batchNorm},
          {"cross_entropy", crossEntropy}};
}

std::string adamText(int64_t n) {
  const std::string type = tensorType({n});
  const std::vector<NamedType> arguments = {{"p", type},
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

} // namespace spherical::golden
