//===- epilogue.h - what layers do to their values behind -------*- C++ -*-===//

#ifndef SPHERICAL_DIALECTS_NN_STAGES_EPILOGUE_H
#define SPHERICAL_DIALECTS_NN_STAGES_EPILOGUE_H

#include "dialects/nn/dialect.h"
#include "dialects/spherical/stages/stage_builder.h"

namespace mlir::nn {

/// The buffer of a bias, null if there is none: where the result has channels in the lanes, as they
/// lie there, zeros where there is no channel.
Value biasOf(spherical::StageBuilder &stages, Value bias, Value result);

/// The bias and the epilogue of a layer, each or both of which may be missing.
class Epilogue {
public:
  Epilogue() = default;
  /// `bias` is null or has a value for each channel, or [lane groups]W (biasOf).
  Epilogue(spherical::StageBuilder &stages, spherical::Epilogued op, Value bias);

  bool isEmpty() const { return !bias && !block; }
  /// The same for a part of the result with one channel alone, or with `count` channels.
  Epilogue ofChannel(spherical::StageBuilder &stages, Value channel) const {
    return ofChannels(stages, channel, 1);
  }
  Epilogue ofChannels(spherical::StageBuilder &stages, Value first, int64_t count) const;
  /// Adds the bias to a part [channels][...]W of the result and applies the epilogue, at the
  /// positions that `at` gives in `space`, whose first dimension is the channel if there is a bias;
  /// `part` is that part of the result and of the extras. `values` are what the op has without it,
  /// null if they lie in the result.
  void emit(spherical::StageBuilder &stages, Value result, ArrayRef<int64_t> space, AffineMap at,
            llvm::function_ref<Value(Value)> part, Value values = {}) const;

private:
  Value bias;
  SmallVector<Value> extras;
  Block *block = nullptr;
};

} // namespace mlir::nn

#endif // SPHERICAL_DIALECTS_NN_STAGES_EPILOGUE_H
