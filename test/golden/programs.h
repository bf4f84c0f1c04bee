//===- programs.h - golden cases as programs --------------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_GOLDEN_PROGRAMS_H
#define SPHERICAL_TEST_GOLDEN_PROGRAMS_H

#include "test/golden/runner.h"

#include <optional>
#include <string>
#include <vector>

namespace spherical::golden {

/// One run of an entry: which tensors of the file go in and which must come out.
struct Call {
  std::string entry;
  /// Argument name -> tensor of the file.
  std::map<std::string, std::string> inputs;
  /// Result name -> tensor of the file.
  std::map<std::string, std::string> outputs;
  /// Inputs that no file holds.
  Values constants;
};

/// A case as MLIR text and the calls that cover all of its tensors.
struct Program {
  std::string text;
  std::vector<Call> calls;
};

/// The program of a case of one operator: convolutions, transforms, products, projections, layers.
/// None if the operator is not one of them.
std::optional<Program> operatorProgram(const File &file);

/// The text of the rotation-equivariant classifier of a case: (conv, bias, ReLU)*, integrate,
/// (batch norm, linear, ReLU)*; names as in the file.
std::string classifierText(const File &file);

/// The text of the rotation-equivariant segmenter of a case: (conv, bias, ReLU)*, projection to S2
/// with a bias; up-sampling as the attribute `mode` says.
std::string segmenterText(const File &file);

/// The text of the planar classifier of a case: (conv, ReLU)*, mean, (batch norm, linear, ReLU)*.
std::string planarClassifierText(const File &file);

/// The text of the planar segmenter of a case: convolutions down, transposed ones up, and with the
/// attribute `skips` shortcuts beside them.
std::string planarSegmenterText(const File &file);

/// The text of one Adam step on `n` parameters with results p, m, v.
std::string adamText(int64_t n);

/// The attribute of a kernel grid, without `#spherical.grid`: "<s2_near_identity<beta = 3>>".
std::string gridText(const nlohmann::json &grid);

/// The points of the compiler's attribute for such a grid, flat: beta, alpha and, on SO(3), gamma.
std::vector<double> gridPoints(const nlohmann::json &grid);

} // namespace spherical::golden

#endif // SPHERICAL_TEST_GOLDEN_PROGRAMS_H
