//===- own_evaluation.h - `spherical eval` on data in files -----*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_OWN_EVALUATION_H
#define SPHERICAL_TOOLS_SPHERICAL_OWN_EVALUATION_H

#include "runtime/execute/program.h"
#include "tools/spherical/evaluation_pictures.h"
#include "tools/spherical/own_data.h"
#include "tools/spherical/timings.h"

#include <string>

namespace spherical::driver {

/// What to do with the samples, and what to write; empty names stand for no file.
struct OwnEvaluation {
  std::string file, weights, result, predictions;
  PictureOptions pictures;
  bool confusion = false, equivariance = false;
  int64_t rotations = 20; ///< of the equivariance error
  int64_t workers = 1;
  uint64_t seed = 0;
  ModelFacts facts;
  Timings timings;
  SessionOptions session;
};

/// Tests the program with these weights on `data`, and prints what it is worth. Throws
/// std::runtime_error for weights that do not fit and files that cannot be written.
Status evaluateOwnData(const OwnEvaluation &options, const OwnData &data,
                       const runtime::TensorFile &weights, runtime::Program &program);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_OWN_EVALUATION_H
