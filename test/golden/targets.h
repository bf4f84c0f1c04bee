//===- targets.h - compiled targets under test ------------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_GOLDEN_TARGETS_H
#define SPHERICAL_TEST_GOLDEN_TARGETS_H

#include "test/golden/cases.h"

#include "tools/spherical/driver/session.h"

namespace spherical::golden {

/// Programs compiled with these options, in single precision: sums of some 10^4 terms of eps 6e-8
/// that add up at random.
Target compiledTarget(const driver::SessionOptions &options);

/// Runs all files on the targets and prints the counts under one name. A tensor that nobody reads
/// is a failure.
void runAll(const std::string &name, const std::vector<Target> &targets);

} // namespace spherical::golden

#endif // SPHERICAL_TEST_GOLDEN_TARGETS_H
