//===- candidates.cpp - ways to compute the ops -----------------*- C++ -*-===//
//
// Layers with weights; the others are one pass over their values.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"

#include "dialects/spherical/work.h"

namespace mlir::nn {

using spherical::Candidate;
using spherical::direct;
using spherical::Machine;
using spherical::valuesOf;

using Candidates = SmallVector<Candidate>;

static int64_t extentOf(Value value, int64_t axis) {
  return cast<RankedTensorType>(value.getType()).getDimSize(axis);
}

static int64_t numbersOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getNumElements();
}

/// Each weight once for each window.
static int64_t convolutionFlop(Value windows, Value weight) {
  return 2 * numbersOf(windows) / extentOf(windows, 1) * numbersOf(weight);
}

Candidates LinearOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "dense",
                 2 * valuesOf(getInput().getType()) * extentOf(getResult(), 1))};
}

Candidates LinearGradInputOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "dense",
                 2 * valuesOf(getGrad().getType()) * extentOf(getResult(), 1))};
}

Candidates LinearGradWeightOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "dense", 2 * numbersOf(getResult()) * extentOf(getInput(), 0))};
}

Candidates Conv2dOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "rows", convolutionFlop(getResult(), getWeight()))};
}

Candidates Conv2dGradWeightOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "rows", convolutionFlop(getGrad(), getResult()))};
}

Candidates ConvTranspose2dOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "phases", convolutionFlop(getInput(), getWeight()))};
}

} // namespace mlir::nn
