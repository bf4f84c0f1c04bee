//===- digest.h - which network a graph is ----------------------*- C++ -*-===//
//
// Weights belong to one network. A module of the graph phase is written as a text
// in words of this file's own, of which the digest is taken:
//
//   spherical graph 1
//   0: input x f32[N,1,60,60]
//   1: parameter input_layer.kernel f32[1,16,24]
//   2: spherical.samples(0) -> s2 f32[N,1] b 30
//   3: spherical.s2_conv(2, 1) grid s2_near_identity 3 8 0 0x1.41b2f769cf0ep-1 0x0p+0 -> so3 ...
//   return 9
//
// A line for each argument of @forward and each op in order: the values that it
// takes by their lines, its own attributes in alphabetical order, floating-point
// numbers with all their bits, the type of its result. The batch is N. What does not change
// what the weights mean is left out: file and model names, places in the file,
// initial distributions, loss, optimizer and training. How MLIR prints a module
// does not enter, so that another version of the compiler gives the same digest.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_DIGEST_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_DIGEST_H

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace spherical::driver {

/// The text above for the @forward of a module of the graph phase; empty if it has none, or one
/// that is no network: with ops of several results or with epilogues, or attributes for which there
/// are no words.
std::string graphText(mlir::ModuleOp module);

/// The first 32 hexadecimal digits of the SHA-256 of `graphText`; empty where that is.
std::string graphDigest(mlir::ModuleOp module);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_DIGEST_H
