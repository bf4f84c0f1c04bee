//===- program_text.h - pieces of golden programs ---------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_GOLDEN_PROGRAM_TEXT_H
#define SPHERICAL_TEST_GOLDEN_PROGRAM_TEXT_H

#include "test/golden/programs.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace spherical::golden {

/// An argument or result: its name and type.
struct NamedType {
  std::string name, type;
  /// Of an argument, or empty: then all samples of its type are to be given.
  std::string role = {};
};

inline std::string number(int64_t value) { return std::to_string(value); }

/// "tensor<2x3xf32>"
std::string tensorType(const std::vector<int64_t> &shape, const std::string &element = "f32");

/// "!spherical.so3<2x3, b = 4, f32>"
std::string signalType(const std::string &kind, int64_t batch, int64_t channels, int64_t b,
                       const std::string &element = "f32");

/// "[2, 3]"
std::string pairText(int64_t first, int64_t second);

/// func.func @entry(%name: type {spherical.name = "name"}, ...) -> (...) { body; return %results }
/// The result named y is the value %y_out of the body.
std::string functionText(const std::string &entry, const std::vector<NamedType> &arguments,
                         const std::vector<NamedType> &results, const std::string &body,
                         bool gradient);

/// @f and its gradient on the tensors in.*, out.*, cot.* and grad.* of the same names.
Program differentiable(const std::vector<NamedType> &arguments, const NamedType &result,
                       const std::string &body);

/// The name of an operator -> what writes the program of its cases.
using OperatorPrograms = std::map<std::string, std::function<Program(const File &)>>;

/// Transforms, products, convolutions and projections on S2 and SO(3).
OperatorPrograms spherePrograms();

/// Activations, linear layers, batch norm and losses.
OperatorPrograms layerPrograms();

/// Layers of images: convolutions, pools, resizing, channels, further activations.
OperatorPrograms planarPrograms();

} // namespace spherical::golden

#endif // SPHERICAL_TEST_GOLDEN_PROGRAM_TEXT_H
