//===- contract_codelet.h - kernels of ragged matrix products ---*- C++ -*-===//

#ifndef SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_CODELET_H
#define SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_CODELET_H

#include "passes/lower/tasks/kernels.h"

#include "dialects/spherical/tiles.h"
#include "runtime/math/wigner_anchors.h"
#include "runtime/problem.h"

namespace mlir::spherical {

using ::spherical::runtime::ProblemOf;

/// The problem at `index` of a list.
ProblemOf<Value> loadProblem(CodeletBuilder &c, Value problems, Value index);

/// Which products of stage.contract a kernel is for.
struct ContractCodelet {
  bool reduce;           ///< A and B lanes, C scalar; otherwise A scalar, B and C lanes
  int64_t inner = 0;     ///< K0 of all problems, which is unrolled, or 0
  bool segments = false; ///< whether a depth may be longer than a segment
  /// Whether A is a table, whose values for the next problem are asked for during each.
  bool asksAhead = false;
  /// Whether panels of B, whose values lie apart, are copied side by side for many rows.
  bool packs = false;
  LaneType lane;
  /// Of an operand that is a table of anchors: A with `reduce`, otherwise B; a distance of 0: none.
  ::spherical::runtime::AnchorBlock anchors = {};
  std::optional<Tile> given; ///< the tile that was chosen, none where lanes are threads
  /// Where lanes are threads: whether all problems have few columns, and the alignment of the
  /// operands in bytes.
  bool narrow = false;
  bool complex = false; ///< values are complex: three more arguments, the distances of planes
  int64_t alignA = 0, alignB = 0, alignC = 0;

  /// The most products that are added one after the other.
  static constexpr int64_t kSegment = 256;
  /// Bytes of a panel of B that stay in a first-level cache while the rows run.
  static constexpr int64_t kPanelBytes = 32 << 10;
  /// The fewest rows that are worth a copy of a panel.
  static constexpr int64_t kPackedRows = 32;
  /// The most columns, times lanes, of problems that are narrow.
  static constexpr int64_t kNarrow = 128;

  /// Whether rows run within a segment, so that the sums of those before are in C.
  bool sumsInC() const { return segments && !reduce && !lane.threads; }
  bool hasAnchors() const { return anchors.distance > 0; }
  /// The depth of a segment.
  int64_t segment(RegisterFile registers) const;
  /// The tile that was chosen, or what suits these registers.
  Tile tile(RegisterFile registers) const;
  /// Where lanes are threads: bytes of shared memory of a block.
  int64_t sharedBytes(RegisterFile registers) const;
  std::string name(RegisterFile registers) const;
};

/// The kernel (a, b, problems, c : ptr, count : i64) that solves `count` problems.
LLVM::LLVMFuncOp contractKernel(KernelLibrary &kernels, const ContractCodelet &codelet,
                                Location loc);

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_LOWER_TASKS_CONTRACT_CODELET_H
