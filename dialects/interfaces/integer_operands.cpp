//===- integer_operands.cpp - ops that take some integers only --*- C++ -*-===//
//
// Definitions that TableGen derives from integer_operands.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/integer_operands.h"

#include "dialects/interfaces/integer_operands.cpp.inc"
