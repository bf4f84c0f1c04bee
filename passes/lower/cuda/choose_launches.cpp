//===- choose_launches.cpp - spherical-choose-launches ----------*- C++ -*-===//
//
// How each sweep's kernel is launched. A block runs one task at a time, so that
// there are as many blocks as tasks, up to a limit. What the transforms of a
// block keep between their passes grows with its warps:
//   bytes = warps (4 n + ...) lanes 4       (two complex buffers of length n)
// so blocks have the most warps, up to four, whose buffers fit into the shared
// memory of the chip. Where not even one warp's do, the buffers lie in the
// block's slot of device memory. Products bring tiles of their operands to shared
// memory (block_contract.h), or keep the sums of long depths there.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/chips.h"
#include "passes/lower/passes.h"
#include "passes/lower/tasks/task_builder.h"

#include "llvm/ADT/StringExtras.h"

namespace mlir::spherical {
#define GEN_PASS_DEF_CHOOSELAUNCHES
#include "passes/lower/passes.h.inc"
namespace {

constexpr int64_t kMostWarps = 4;

/// Bytes that stages of a block need; they follow each other and share them.
struct BlockBytes {
  int64_t transforms = 0; ///< in shared or device memory
  int64_t products = 0;   ///< in shared memory

  int64_t most() const { return std::max(transforms, products); }
};

BlockBytes bytesOf(stage::SweepOp sweep, int64_t threads, KernelLibrary &kernels) {
  BlockBytes bytes;
  sweep.walk([&](Operation *op) {
    if (auto dft = dyn_cast<stage::DftOp>(op))
      bytes.transforms = std::max(bytes.transforms, dftCodelet(dft, threads).workBytes());
    if (auto map = dyn_cast<stage::DftMapOp>(op))
      bytes.transforms = std::max(bytes.transforms, dftMapCodelet(map, threads).workBytes());
    if (auto contract = dyn_cast<stage::ContractOp>(op))
      bytes.products =
          std::max(bytes.products,
                   contractCodelet(contract, threads, kernels).sharedBytes(kernels.registers));
  });
  return bytes;
}

stage::LaunchAttr chooseLaunch(stage::SweepOp sweep, const Chip &chip, int64_t maxBlocks,
                               KernelLibrary &kernels) {
  int64_t blocks = std::min(sweep.getTasks(), maxBlocks);
  int64_t scratch = sweep.getScratchOffsets().back();
  for (int64_t warps = kMostWarps; warps >= 1; warps /= 2) {
    int64_t threads = warps * kWarpThreads, shared = bytesOf(sweep, threads, kernels).most();
    if (shared <= chip.sharedBytes)
      return stage::LaunchAttr::get(sweep.getContext(), blocks, threads, shared, scratch, 0);
  }
  int64_t threads = kMostWarps * kWarpThreads;
  BlockBytes bytes = bytesOf(sweep, threads, kernels);
  return stage::LaunchAttr::get(sweep.getContext(), blocks, threads, bytes.products,
                                scratch + bytes.transforms, bytes.transforms);
}

struct ChooseLaunches : impl::ChooseLaunchesBase<ChooseLaunches> {
  using ChooseLaunchesBase::ChooseLaunchesBase;

  void runOnOperation() override {
    std::optional<Chip> chip = getChip(gpu);
    if (!chip) {
      getOperation().emitError() << "spherical-choose-launches expected `gpu` to be one of "
                                 << llvm::join(chipNames(), ", ") << ", got '" << gpu << "'";
      return signalPassFailure();
    }
    if (maxBlocks < 1) {
      getOperation().emitError()
          << "spherical-choose-launches expected `max-blocks` of at least 1, got " << maxBlocks;
      return signalPassFailure();
    }
    KernelLibrary kernels(getOperation(), getOperation(), kWarpRegisters);
    getOperation().walk([&](stage::SweepOp sweep) {
      auto given = sweep->getAttrOfType<stage::LaunchAttr>(stage::kLaunchAttr);
      if (sweep.getCall()) {
        if (!given)
          return;
        sweep.emitOpError() << "expected no `" << stage::kLaunchAttr
                            << "` for a call of a library, which is no kernel";
        return signalPassFailure();
      }
      if (!given)
        return sweep->setAttr(stage::kLaunchAttr, chooseLaunch(sweep, *chip, maxBlocks, kernels));
      if (failed(check(sweep, given, *chip, kernels)))
        signalPassFailure();
    });
  }

  /// A launch from a file must hold what the kernel needs.
  static LogicalResult check(stage::SweepOp sweep, stage::LaunchAttr launch, const Chip &chip,
                             KernelLibrary &kernels) {
    BlockBytes bytes = bytesOf(sweep, launch.getThreads(), kernels);
    int64_t scratch = sweep.getScratchOffsets().back();
    if (launch.getShared() > chip.sharedBytes)
      return sweep.emitOpError() << "expected a launch with at most " << chip.sharedBytes
                                 << " bytes of shared memory for " << chip.name << ", got "
                                 << launch.getShared();
    int64_t shared = launch.getWork() > 0 ? bytes.products : bytes.most();
    if (launch.getShared() < shared ||
        (launch.getWork() > 0 && launch.getWork() < bytes.transforms))
      return sweep.emitOpError() << "expected a launch with " << bytes.most()
                                 << " bytes of shared memory or work, got " << launch.getShared()
                                 << " and " << launch.getWork();
    if (launch.getSlot() < scratch + launch.getWork())
      return sweep.emitOpError() << "expected a launch with a slot of "
                                 << scratch + launch.getWork() << " bytes, got "
                                 << launch.getSlot();
    return success();
  }
};

} // namespace
} // namespace mlir::spherical
