//===- lifetimes.cpp - memory of a function's values ------------*- C++ -*-===//

#include "passes/schedule/lifetimes.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/work.h"

#include "llvm/ADT/SetVector.h"

namespace mlir::spherical {

bool updatesInPlace(Operation *op, Value operand) {
  return op->hasTrait<UpdatesInPlace>() && isa<BlockArgument>(operand) &&
         llvm::is_contained(op->getResultTypes(), operand.getType());
}

Lifetimes::Lifetimes(func::FuncOp function) {
  for (Operation &op : function.front().without_terminator()) {
    positions[&op] = static_cast<int64_t>(order.size());
    order.push_back(&op);
  }
  for (auto [position, op] : llvm::enumerate(order))
    place(op, static_cast<int64_t>(position));
  // What lies in an operand's memory is copied to that of the result at the end.
  const auto end = static_cast<int64_t>(order.size());
  for (Value returned : function.front().getTerminator()->getOperands())
    if (const auto buffer = bufferOf(returned); buffer && all[*buffer].last() < end)
      all[*buffer].uses.push_back(end);
}

std::optional<int64_t> Lifetimes::bufferOf(Value value) const {
  const auto found = places.find(value);
  return found == places.end() ? std::nullopt : std::optional(found->second);
}

std::optional<int64_t> Lifetimes::reusedBy(Operation *op, int64_t position, Value result) const {
  if (!op->hasTrait<ReplacesOperand>())
    return std::nullopt;
  for (Value operand : op->getOperands())
    if (const auto buffer = bufferOf(operand);
        buffer && ends[*buffer] <= position && all[*buffer].bytes == bytesOf(result.getType()))
      return buffer;
  return std::nullopt;
}

void Lifetimes::place(Operation *op, int64_t position) {
  SmallVector<int64_t> &mine = touched.emplace_back();
  const auto touch = [&](int64_t buffer) {
    if (llvm::is_contained(mine, buffer))
      return;
    mine.push_back(buffer);
    all[buffer].uses.push_back(position);
  };
  overwritten.push_back(std::nullopt);
  for (Value operand : op->getOperands())
    if (const auto buffer = bufferOf(operand))
      touch(*buffer);
  for (Value result : op->getResults()) {
    const bool isReturned = llvm::any_of(
        result.getUsers(), [](Operation *user) { return user->hasTrait<OpTrait::IsTerminator>(); });
    std::optional<int64_t> buffer;
    if (op->hasTrait<AliasesOperand>()) {
      buffer = bufferOf(op->getOperand(0));
      if (!buffer)
        continue; // in an argument
    } else if (isReturned) {
      continue;
    } else if ((buffer = reusedBy(op, position, result))) {
      overwritten.back() = buffer;
    } else {
      buffer = static_cast<int64_t>(all.size());
      all.push_back({bytesOf(result.getType()), {}});
      ends.push_back(position);
    }
    places[result] = *buffer;
    touch(*buffer);
    for (Operation *user : result.getUsers()) {
      const auto at = positions.find(user);
      const auto end = static_cast<int64_t>(order.size()); // of the terminator
      ends[*buffer] = std::max(ends[*buffer], at == positions.end() ? end : at->second);
    }
  }
}

void Lifetimes::swap(int64_t position) {
  const int64_t next = position + 1;
  order[next]->moveBefore(order[position]);
  llvm::SmallSetVector<int64_t, 8> moved;
  moved.insert(touched[position].begin(), touched[position].end());
  moved.insert(touched[next].begin(), touched[next].end());
  for (const int64_t number : moved) {
    SmallVector<int64_t> &uses = all[number].uses;
    const auto early = llvm::lower_bound(uses, position);
    const bool isBoth = early + 1 != uses.end() && early[1] == next && *early == position;
    if (!isBoth) // used by one of them, at the other place now
      *early = *early == position ? next : position;
  }
  std::swap(order[position], order[next]);
  std::swap(touched[position], touched[next]);
  std::swap(overwritten[position], overwritten[next]);
  positions[order[position]] = position;
  positions[order[next]] = next;
}

SmallVector<int64_t> Lifetimes::liveBytes() const {
  SmallVector<int64_t> live(order.size() + 2, 0);
  for (const Buffer &buffer : all) {
    live[buffer.first()] += buffer.bytes;
    live[buffer.last() + 1] -= buffer.bytes;
  }
  for (size_t i = 1; i < live.size(); ++i)
    live[i] += live[i - 1];
  live.resize(order.size());
  return live;
}

} // namespace mlir::spherical
