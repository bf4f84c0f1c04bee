//===- library_call.cpp - calls of a target's libraries ---------*- C++ -*-===//
//
// Definitions that TableGen derives from library_call.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/library_call.h"

#include "dialects/interfaces/library_call.cpp.inc"
