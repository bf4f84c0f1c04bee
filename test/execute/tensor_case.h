//===- tensor_case.h - functions of tensors on every target -----*- C++ -*-===//

#ifndef SPHERICAL_TEST_EXECUTE_TENSOR_CASE_H
#define SPHERICAL_TEST_EXECUTE_TENSOR_CASE_H

#include "test/golden/golden_file.h"

#include <string>
#include <vector>

namespace spherical {

/// An argument or result, f32: its name, extents, and whether it has a batch.
struct Named {
  std::string name;
  std::vector<int64_t> shape;
  bool batched = true;
};

/// The function @f of the arguments with the result y, the value %y_out of `body`; `$name` in it is
/// the type of an argument or of the result. `partial` says by roles which arguments have a batch,
/// of which there may be fewer samples; else all are to be given.
std::string caseText(const std::vector<Named> &arguments, const Named &result, std::string body,
                     bool gradient, bool partial);

/// Normally distributed values that depend on the name, in single precision, so that all targets
/// get the same.
golden::Tensor randomTensor(const std::string &name, const std::vector<int64_t> &shape);

/// Expects that random arguments give what the definitions of `text` in fp64 do: by the definitions
/// of its stages, and within `tolerance` by machine code and, `emulated`, by GPU kernels.
void expectDefinitions(const std::string &text, const std::vector<Named> &arguments,
                       double tolerance, bool emulated, const std::string &function = "f");

} // namespace spherical

#endif // SPHERICAL_TEST_EXECUTE_TENSOR_CASE_H
