//===- schedulable.h - ops that know how they run ---------------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_INTERFACES_SCHEDULABLE_H
#define SPHERICAL_DIALECTS_INTERFACES_SCHEDULABLE_H

#include "dialects/interfaces/candidates.h"

#include "mlir/IR/OpDefinition.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace mlir::spherical {

class StageBuilder;

/// How a value lies: dense in file order, with its batch in lanes, or as the spectrum of a kernel.
enum class Place { File, Lanes, Kernel };

/// What an op wants of an operand or result; Same: the place of its other Same values.
enum class Want { File, Lanes, Kernel, Same };

/// What an op wants of its operands and results, in order.
struct LayoutConstraints {
  SmallVector<Want> operands, results;
};

/// Visits the types of the operands and results of an op that lie in the lanes, by these places.
void forTypesInLanes(Operation *op, ArrayRef<Place> operands, ArrayRef<Place> results,
                     llvm::function_ref<void(Type)> visit);

/// Whether the traits of an op say that its results are zero in lanes without a sample, where the
/// operands are whose index `isZero` accepts.
bool traitsLeaveZeros(Operation *op, llvm::function_ref<bool(unsigned)> isZero);

/// A pass over operands and results, an operation for each value.
Candidate onePass(Operation *op, const Machine &machine);

/// Marks ops whose result may take an operand's place, value by value.
template <typename Op> struct ReplacesOperand : OpTrait::TraitBase<Op, ReplacesOperand> {};

/// Marks ops whose result lies where their operand does.
template <typename Op> struct AliasesOperand : OpTrait::TraitBase<Op, AliasesOperand> {};

/// Marks ops that read an old value where they write the new one.
template <typename Op> struct UpdatesInPlace : OpTrait::TraitBase<Op, UpdatesInPlace> {};

/// Marks ops whose results are zero in the lanes in which their first operand is.
template <typename Op> struct KeepsZeros : OpTrait::TraitBase<Op, KeepsZeros> {};

/// Marks ops whose results are zero in lanes without a sample.
template <typename Op> struct ClearsLanes : OpTrait::TraitBase<Op, ClearsLanes> {};

/// Marks ops that take each sample to that sample, wherever operands and results lie.
template <typename Op> struct KeepsSamples : OpTrait::TraitBase<Op, KeepsSamples> {};

/// Marks ops that may have complex values behind the expand phase.
template <typename Op> struct HoldsComplex : OpTrait::TraitBase<Op, HoldsComplex> {};

/// Marks ops whose results are 0 where an operand has no elements.
template <typename Op> struct ZeroOfNothing : OpTrait::TraitBase<Op, ZeroOfNothing> {};

} // namespace mlir::spherical

#include "dialects/interfaces/schedulable.h.inc"

#endif // SPHERICAL_DIALECTS_INTERFACES_SCHEDULABLE_H
