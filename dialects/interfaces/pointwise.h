//===- pointwise.h - ops that act value by value ----------------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_POINTWISE_H
#define SPHERICAL_DIALECTS_INTERFACES_POINTWISE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include <optional>

#include "dialects/interfaces/pointwise.h.inc"

#endif // SPHERICAL_DIALECTS_INTERFACES_POINTWISE_H
