//===- program_text.h - small programs of the graph phase as text ---------===//
//
// What writes functions of few ops, such as problems of `spherical bench` and
// the golden cases.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_PROGRAM_TEXT_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_PROGRAM_TEXT_H

#include <cstdint>
#include <string>
#include <vector>

namespace spherical::driver {

/// An argument or result: its name and type.
struct NamedType {
  std::string name, type;
  /// Of an argument, or empty: then all samples of its type are to be given.
  std::string role = {};
};

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

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_PROGRAM_TEXT_H
