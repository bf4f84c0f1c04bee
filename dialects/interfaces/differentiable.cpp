//===- differentiable.cpp - ops that know their gradient --------*- C++ -*-===//
//
// Definitions that TableGen derives from differentiable.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/differentiable.h"

#include "dialects/interfaces/differentiable.cpp.inc"
