//===- scores.cpp - what an evaluation found, in words --------------------===//

#include "tools/spherical/scores.h"

#include <cstdio>
#include <string>

namespace spherical::driver {
namespace {

template <typename Errors> void printLine(const std::string &what, const Errors &errors) {
  std::printf("%smean absolute error: %.4g, root mean square error: %.4g, R2: %.4f\n", what.c_str(),
              errors.meanAbsoluteError(), errors.rootMeanSquareError(), errors.determination());
}

} // namespace

void printErrors(const runtime::Evaluation &result) {
  printLine("", result.errors);
  const std::vector<runtime::ErrorSums> &outputs = result.errors.outputs;
  for (size_t k = 0; k < outputs.size() && outputs.size() > 1; ++k)
    printLine("output " + std::to_string(k) + ": ", outputs[k]);
  if (!result.areaErrors.outputs.empty())
    printLine("by area: ", result.areaErrors);
}

} // namespace spherical::driver
