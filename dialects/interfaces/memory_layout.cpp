//===- memory_layout.cpp - layouts with a shape of their own ----*- C++ -*-===//
//
// Definitions that TableGen derives from memory_layout.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/interfaces/memory_layout.h"

#include "dialects/interfaces/memory_layout.cpp.inc"
