//===- scalar_program.h - regions of scalars on doubles ---------*- C++ -*-===//
//
// A region of scalar arithmetic as a list of instructions on numbered slots.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_REFERENCE_SCALAR_PROGRAM_H
#define SPHERICAL_PASSES_LOWER_REFERENCE_SCALAR_PROGRAM_H

#include "mlir/IR/Block.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <vector>

namespace mlir::spherical {

/// A region's ops in order; conversions between precisions do nothing.
struct ScalarProgram {
  /// One op: slots[out] = apply(detail, operands).
  struct Instruction {
    double (*apply)(int64_t detail, const double *in);
    int64_t detail = 0;
    SmallVector<unsigned, 3> operands;
    unsigned out = 0;
  };
  /// A dimension of a map's point read into a slot.
  struct IndexSlot {
    int64_t dim;
    unsigned slot;
  };

  SmallVector<Instruction> instructions;
  SmallVector<IndexSlot> indices;
  SmallVector<unsigned> yielded;
  /// Arguments' slots come first; constants and values from outside are set already.
  std::vector<double> slots;

  /// Runs the instructions: the arguments' and indices' slots are set.
  void run();
};

/// The program of a block; `outside` has the values that are defined elsewhere. Fails after a
/// diagnostic at an op that is not scalar arithmetic.
FailureOr<ScalarProgram> translateScalars(Block &body, llvm::function_ref<double(Value)> outside);

/// The larger number, NaN if one is.
double maximumOf(double a, double b);

/// The sum of two integers of so many bits, which wraps.
double sumOfIntegers(double a, double b, int64_t width);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_REFERENCE_SCALAR_PROGRAM_H
