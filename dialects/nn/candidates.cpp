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

/// Operations of the epilogue on all values of the result.
static int64_t epilogueFlop(spherical::Epilogued op) {
  Region &region = op.getEpilogue();
  if (region.empty())
    return 0;
  const int64_t operations = llvm::count_if(region.front().without_terminator(), [](Operation &o) {
    return o.getNumOperands() > 0 && !isa<CastOpInterface>(o);
  });
  return operations * valuesOf(op->getResult(0).getType());
}

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
  return {
      direct(*this, machine, "dense",
             2 * valuesOf(getInput().getType()) * extentOf(getResult(), 1) + epilogueFlop(*this))};
}

Candidates LinearGradInputOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "dense",
                 2 * valuesOf(getGrad().getType()) * extentOf(getResult(), 1))};
}

Candidates LinearGradWeightOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "dense", 2 * numbersOf(getResult()) * extentOf(getInput(), 0))};
}

Candidates Conv2dOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "rows",
                 convolutionFlop(getResult(), getWeight()) + epilogueFlop(*this))};
}

Candidates Conv2dGradWeightOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "rows", convolutionFlop(getGrad(), getResult()))};
}

Candidates ConvTranspose2dOp::getCandidates(const Machine &machine) {
  return {direct(*this, machine, "phases",
                 convolutionFlop(getInput(), getWeight()) + epilogueFlop(*this))};
}

Candidates UpsampleNearestOp::getCandidates(const Machine &machine) {
  Candidate candidate = spherical::onePass(*this, machine);
  candidate.flop += epilogueFlop(*this);
  candidate.seconds = machine.secondsOf(candidate.flop, candidate.bytes);
  return {candidate};
}

} // namespace mlir::nn
