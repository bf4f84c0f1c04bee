//===- pointwise.cpp - ops that act value by value --------------*- C++ -*-===//
//
// Definitions that TableGen derives from pointwise.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/pointwise.h"

#include "dialects/interfaces/pointwise.cpp.inc"
