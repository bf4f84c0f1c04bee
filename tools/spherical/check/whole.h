//===- whole.h - a whole network on two targets -----------------*- C++ -*-===//
//
// Layers that agree one at a time may differ when they are fused: @forward as it is
// compiled, against the definitions.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_WHOLE_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_WHOLE_H

#include "tools/spherical/driver/execute.h"

namespace spherical::driver {

/// |got - expected| / |expected| of all results, and what rounding explains: `rounding`, or 16
/// times what a disturbance of all arguments by 16 eps makes of the results.
struct WholeAgreement {
  double error = 0, tolerance = 0;
};

/// Compares @forward of `target` with that of `definition` on these arguments.
Result<WholeAgreement> compareWhole(Executable &definition, Executable &target,
                                    const TensorMap &arguments, const std::string &file,
                                    uint64_t seed, double rounding);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_WHOLE_H
