//===- memory_layout.h - layouts with a shape of their own ------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_MEMORY_LAYOUT_H
#define SPHERICAL_DIALECTS_INTERFACES_MEMORY_LAYOUT_H

#include "mlir/IR/Attributes.h"
#include "mlir/Support/LLVM.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include "dialects/interfaces/memory_layout.h.inc"

#endif // SPHERICAL_DIALECTS_INTERFACES_MEMORY_LAYOUT_H
