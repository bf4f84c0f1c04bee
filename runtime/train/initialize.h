//===- initialize.h - first values of parameters ----------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_INITIALIZE_H
#define SPHERICAL_RUNTIME_TRAIN_INITIALIZE_H

#include "runtime/train/executable.h"

namespace spherical::runtime {

/// Sets every kept value by its declaration: `zeros`; `ones` (times the scale); `normal` with
/// mean 0 and the scale as standard deviation; `uniform` in [-scale, scale). Integers take zeros
/// and ones only. The values are a function of the seed, the value's name and the element's index;
/// those of an average are its parameter's. Throws std::runtime_error for another kind.
void initializeParameters(Executable &executable, uint64_t seed);

/// Sets every moving average to its parameter, as at the start: for parameters that come from
/// elsewhere. Throws std::runtime_error for an average without its parameter.
void restartAverages(Executable &executable);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_INITIALIZE_H
