//===- schedulable.cpp - ops that know how they run -------------*- C++ -*-===//
//
// Definitions that TableGen derives from schedulable.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/schedulable.h"

#include "dialects/interfaces/schedulable.cpp.inc"
