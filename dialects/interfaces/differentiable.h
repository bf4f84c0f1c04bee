//===- differentiable.h - ops that know their gradient ----------*- C++ -*-===//
//
// C++ side of differentiable.td.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_DIFFERENTIABLE_H
#define SPHERICAL_DIALECTS_INTERFACES_DIFFERENTIABLE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include "dialects/interfaces/differentiable.h.inc"

#endif
