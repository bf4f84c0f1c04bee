//===- block_contract.h - matrix products by blocks of threads --*- C++ -*-===//
//
// The kernels of stage.contract where lanes are threads: a block makes one tile
// of C at a time, from tiles of A and B that it brings to shared memory, four
// values at an access (Volkov and Demmel 2008).
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_BLOCK_CONTRACT_H
#define SPHERICAL_PASSES_LOWER_TASKS_BLOCK_CONTRACT_H

#include "passes/lower/tasks/contract_codelet.h"

namespace mlir::spherical {

/// Whether a codelet's products are made so: f32 in lanes that are whole groups of four.
bool isBlockContract(const ContractCodelet &codelet);

/// Bytes of shared memory of a block for the tiles of such a codelet.
int64_t blockContractBytes(const ContractCodelet &codelet);

/// Emits the products of `args[4]` problems (a, b, problems, c, count).
void emitBlockContract(CodeletBuilder &c, const ContractCodelet &codelet, ValueRange args);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_BLOCK_CONTRACT_H
