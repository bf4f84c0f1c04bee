//===- linear_maps.cpp - linear maps of a few values ------------*- C++ -*-===//

#include "dialects/nn/stages/linear_maps.h"

#include "dialects/spherical/stages/rows.h"

namespace mlir::nn {

using namespace mlir::spherical;

/// Whether column c of a matrix is column c + 1 up to the signs of its values.
static bool isPairedColumn(const Coefficients &matrix, size_t c) {
  return c + 1 < matrix.front().size() && llvm::all_of(matrix, [&](const auto &row) {
           return std::abs(row[c]) == std::abs(row[c + 1]);
         });
}

/// sum of factors times values, null if all factors are 0
static Value sumOf(ScalarBuilder &s, ArrayRef<double> factors, ValueRange values) {
  Value sum;
  for (auto [factor, value] : llvm::zip_equal(factors, values)) {
    if (factor == 0)
      continue;
    if (sum && factor == -1) {
      sum = s.sub(sum, value);
      continue;
    }
    Value term = factor == 1 ? value : s.mul(s.constant(value.getType(), factor), value);
    sum = sum ? s.add(sum, term) : term;
  }
  return sum;
}

/// Replaces pairs of values by their sum and difference, where the columns of both are one up to
/// signs.
static void pairColumns(ScalarBuilder &s, Coefficients &matrix, SmallVector<Value> &values) {
  for (size_t c = 0; c < values.size(); ++c) {
    if (!isPairedColumn(matrix, c))
      continue;
    Value sum = s.add(values[c], values[c + 1]), difference = s.sub(values[c], values[c + 1]);
    values[c] = sum, values[c + 1] = difference;
    for (auto &row : matrix) {
      const double first = row[c], second = row[c + 1];
      row[c] = (first + second) / 2, row[c + 1] = (first - second) / 2;
    }
    ++c;
  }
}

/// Two rows in turn that are one up to signs share the sums of equal factors and of opposite ones.
SmallVector<Value> product(ScalarBuilder s, Coefficients matrix, ValueRange given) {
  SmallVector<Value> values(given), results;
  pairColumns(s, matrix, values);
  for (size_t r = 0; r < matrix.size(); ++r) {
    SmallVector<double> equal(matrix[r]), opposite(matrix[r]);
    bool paired = r + 1 < matrix.size();
    for (size_t c = 0; paired && c < values.size(); ++c) {
      const double first = matrix[r][c], second = matrix[r + 1][c];
      paired = std::abs(first) == std::abs(second);
      (first == second ? opposite : equal)[c] = 0;
    }
    Value even = paired ? sumOf(s, equal, values) : Value();
    Value odd = paired ? sumOf(s, opposite, values) : Value();
    if (!even || !odd) {
      results.push_back(sumOf(s, matrix[r], values));
      continue;
    }
    results.push_back(s.add(even, odd));
    results.push_back(s.sub(even, odd));
    ++r;
  }
  return results;
}

void combine(StageBuilder &stages, const Coefficients &matrix, ArrayRef<int64_t> space, Value in,
             Places from, Value out, Places to) {
  const auto inputs = static_cast<int64_t>(matrix.front().size());
  const auto outputs = static_cast<int64_t>(matrix.size());
  SmallVector<AffineMap> maps;
  auto add = [&](Places places, int64_t number) {
    maps.push_back(AffineMap::get(space.size(), 0, places(number), stages.getContext()));
  };
  for (int64_t c = 0; c < inputs; ++c)
    add(from, c);
  for (int64_t r = 0; r < outputs; ++r)
    add(to, r);
  stages.map(
      space, SmallVector<Value>(inputs, in), SmallVector<Value>(outputs, out), maps,
      [&](OpBuilder &b, Location l, ValueRange v) {
        return product(ScalarBuilder(b, l), matrix, v);
      },
      std::nullopt, space.back());
}

void combineAlong(StageBuilder &stages, const Coefficients &matrix, Value in, Value out) {
  ArrayRef<int64_t> space = cast<MemRefType>(in.getType()).getShape().drop_front();
  auto place = [&](int64_t number) {
    SmallVector<AffineExpr> at = {stages.getAffineConstantExpr(number)};
    for (size_t dim = 0; dim < space.size(); ++dim)
      at.push_back(stages.getAffineDimExpr(dim));
    return at;
  };
  combine(stages, matrix, space, in, place, out, place);
}

namespace {
/// Maps of both leading axes.
struct BothAxes {
  StageBuilder &stages;
  StringRef name;
  const Coefficients &y, &x;

  /// A sweep whose points map parts [rows][columns]... of this type.
  void sweep(ArrayRef<int64_t> space, MemRefType type,
             function_ref<std::pair<Value, Value>(ValueRange at)> parts) const;
};
} // namespace

void BothAxes::sweep(ArrayRef<int64_t> space, MemRefType type,
                     function_ref<std::pair<Value, Value>(ValueRange at)> parts) const {
  const int64_t rows = type.getDimSize(0), columns = static_cast<int64_t>(x.size());
  SmallVector<int64_t> half(type.getShape());
  half[1] = columns;
  stages.uncountedSweep(
      name, space,
      [&](ValueRange at, ValueRange memory) {
        auto [from, to] = parts(at);
        forEach(stages, rows, [&](Value r) {
          combineAlong(stages, x, stages.slice(from, r), stages.slice(memory[0], r));
        });
        forEach(stages, columns, [&](Value j) {
          combineAlong(stages, y, stages.select(memory[0], 1, j), stages.select(to, 1, j));
        });
      },
      {MemRefType::get(half, type.getElementType())});
}

void mapBothAxes(StageBuilder &stages, StringRef name, Value in, Value out, const Coefficients &y,
                 const Coefficients &x) {
  const BothAxes axes{stages, name, y, x};
  auto type = cast<MemRefType>(in.getType());
  ArrayRef<int64_t> shape = type.getShape();
  const int64_t count = shape[2];
  auto part = [&](ArrayRef<int64_t> inner) {
    SmallVector<int64_t> extents = {shape[0], shape[1]};
    llvm::append_range(extents, inner);
    return MemRefType::get(extents, type.getElementType());
  };
  if (shape.size() > 4)
    return axes.sweep({count, shape[3]}, part(shape.drop_front(4)), [&](ValueRange at) {
      auto of = [&](Value all) { return stages.select(stages.select(all, 2, at[0]), 2, at[1]); };
      return std::pair(of(in), of(out));
    });
  constexpr int64_t values = 2048; // of a task, for a row and column
  const int64_t size = std::clamp<int64_t>(values / shape[3], 1, count);
  auto blocks = [&](int64_t number, int64_t first, int64_t vectors) {
    axes.sweep({number}, part({vectors, shape[3]}), [&](ValueRange at) {
      const RowBlock block{at[0], first, vectors};
      return std::pair(block.of(stages, in, 2), block.of(stages, out, 2));
    });
  };
  blocks(count / size, 0, size);
  if (count % size)
    blocks(1, count / size * size, count % size);
}

} // namespace mlir::nn
