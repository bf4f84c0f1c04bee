//===- pieces.h - what of a lowered module becomes one object ---*- C++ -*-===//
//
// After spherical-lower-tasks a module holds kernels, tasks that call them, and
// entries that run tasks. Kernels and tasks know nothing of those who use them,
// so each piece has a key and symbols that are made from its own text, and all
// entries and models that need it share its object.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_PIECES_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_PIECES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace spherical::driver {

/// A module that becomes an object of its own.
struct Piece {
  std::string key;   ///< of a kernel or of tasks; empty for an entry
  std::string entry; ///< the entry that this is; empty for what entries share
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<std::string> needs; ///< keys of the pieces that define what this one names
};

/// Takes a module after spherical-lower-tasks apart: one piece for each kernel, pieces of some
/// tasks that the same entries use, one piece for each entry, each after those that it needs.
/// `keyOf` makes a key, of which the first 16 letters tell pieces apart, of a kind and a text.
std::vector<Piece>
splitModule(mlir::ModuleOp tasks,
            llvm::function_ref<std::string(llvm::StringRef kind, llvm::StringRef text)> keyOf);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_PIECES_H
