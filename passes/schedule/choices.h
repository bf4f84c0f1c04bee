//===- choices.h - the choice that an op carries ----------------*- C++ -*-===//

#ifndef SPHERICAL_PASSES_SCHEDULE_CHOICES_H
#define SPHERICAL_PASSES_SCHEDULE_CHOICES_H

#include "dialects/interfaces/candidates.h"

#include "mlir/IR/Operation.h"

namespace mlir::spherical {

/// Writes on an op as `spherical.choice` the candidate that was chosen of so many, `given` if a
/// person did, with the reason. `lanes`: of the function.
void setChoice(Operation *op, const Candidate &chosen, size_t candidates, bool given,
               const Machine &machine, int64_t lanes);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_CHOICES_H
