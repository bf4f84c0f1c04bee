//===- library_call.h - calls of a target's libraries -----------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_LIBRARY_CALL_H
#define SPHERICAL_DIALECTS_INTERFACES_LIBRARY_CALL_H

#include "mlir/IR/OpDefinition.h"

#include "dialects/interfaces/library_call.h.inc"

#endif // SPHERICAL_DIALECTS_INTERFACES_LIBRARY_CALL_H
