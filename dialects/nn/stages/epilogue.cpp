//===- epilogue.cpp - what layers do to their values behind -----*- C++ -*-===//
//
// value + bias of the channel, then the epilogue's region, where a task has just
// made the values: they are in its cache.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/stages/epilogue.h"

#include "dialects/interfaces/scalars.h"
#include "dialects/nn/stages/images.h"
#include "dialects/spherical/stages/scalars.h"
#include "dialects/spherical/work.h"

namespace mlir::nn {

using namespace mlir::spherical;

Value biasOf(StageBuilder &stages, Value bias, Value result) {
  if (!bias || !hasChannelLanes(result.getType()))
    return bias ? stages.buffer(bias) : Value();
  return channelsInLanes(stages, stages.buffer(bias), extentsOf(result.getType()).lanes);
}

Epilogue::Epilogue(StageBuilder &stages, Epilogued op, Value bias) : bias(bias) {
  for (Value extra : op.getExtras())
    extras.push_back(stages.buffer(extra));
  if (!op.getEpilogue().empty())
    block = &op.getEpilogue().front();
}

Epilogue Epilogue::ofChannels(StageBuilder &stages, Value first, int64_t count) const {
  Epilogue one = *this;
  if (bias)
    one.bias = stages.range(bias, 0, first, count);
  return one;
}

void Epilogue::emit(StageBuilder &stages, Value result, ArrayRef<int64_t> space, AffineMap at,
                    llvm::function_ref<Value(Value)> part, Value values) const {
  if (isEmpty())
    return;
  Value out = part(result);
  SmallVector<Value> inputs = {values ? values : out};
  SmallVector<AffineMap> maps = {at};
  for (Value extra : extras) {
    inputs.push_back(part(extra));
    maps.push_back(at);
  }
  if (bias) {
    inputs.push_back(bias);
    const auto rank = static_cast<int64_t>(space.size());
    const bool inLanes = cast<MemRefType>(bias.getType()).getRank() == 2;
    maps.push_back(inLanes ? stages.dims(rank, {0, rank - 1}) : stages.dims(rank, {0}));
  }
  maps.push_back(at);
  stages.map(
      space, inputs, out, maps,
      [&](OpBuilder &b, Location l, ValueRange v) {
        SmallVector<Value> numbers(v.drop_back(bias ? 1 : 0));
        if (bias)
          numbers.front() = ScalarBuilder(b, l).add(v.front(), v.back());
        return block ? inlineScalars(b, *block, numbers) : numbers;
      },
      std::nullopt, space.back());
}

} // namespace mlir::nn
