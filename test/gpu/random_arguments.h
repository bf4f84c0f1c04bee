//===- random_arguments.h - arguments for entries of models -----*- C++ -*-===//

#ifndef SPHERICAL_TEST_GPU_RANDOM_ARGUMENTS_H
#define SPHERICAL_TEST_GPU_RANDOM_ARGUMENTS_H

#include "runtime/execute/manifest.h"
#include "test/golden/runner.h"

namespace spherical::test {

/// Values for every argument of an entry, the same in each run: labels below 5, positive states,
/// the whole batch.
golden::Values randomArguments(const runtime::EntrySpec &entry);

} // namespace spherical::test

#endif // SPHERICAL_TEST_GPU_RANDOM_ARGUMENTS_H
