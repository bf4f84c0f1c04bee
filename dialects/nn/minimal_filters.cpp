//===- minimal_filters.cpp - sums of products by few products ---*- C++ -*-===//
//
// Points of pairs p and -p err the least of all (Barabasz, Anderson, Soodhalter and Gregg 2020, who
// compare many). Those here were found by a search over multiples of 1/8: with 0, 5/8, -5/8, 3/2,
// -3/2 errors of F(4, 3) in both axes are twice those of a sum, with the usual 0, 1, -1, 2, -2 four
// times. Odd lengths have an even number of them and need no 0.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/minimal_filters.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

namespace mlir::nn {

static SmallVector<double> pointsOf(int64_t length) {
  switch (length) {
  case 3:
    return {1, -1};
  case 4:
    return {0, 1, -1};
  case 5:
    return {0.375, -0.375, 1.25, -1.25};
  case 6:
    return {0, 0.625, -0.625, 1.5, -1.5};
  case 7:
    return {0.25, -0.25, 0.875, -0.875, 1.75, -1.75};
  default:
    return {0, 0.5, -0.5, 1, -1, 2, -2};
  }
}

bool isWinogradLength(int64_t length) { return length >= 4 && length <= 8; }

bool FilterAxis::exists() const {
  // In this order, so that sizes from files do not overflow.
  return isWinogradLength(length) && axis.kernel <= kMostPositions && axis.stride <= axis.kernel &&
         length > axis.windows().parts() && positions() <= kMostPositions;
}

/// Coefficients of the product of (x - p) over all points but number `skipped`, x^0 first.
static SmallVector<double> monicWithout(ArrayRef<double> points, int64_t skipped) {
  SmallVector<double> product = {1};
  for (auto [number, point] : llvm::enumerate(points)) {
    if (static_cast<int64_t>(number) == skipped)
      continue;
    product.push_back(0);
    for (size_t i = product.size() - 1; i > 0; --i)
      product[i] = product[i - 1] - point * product[i];
    product[0] *= -point;
  }
  return product;
}

static Coefficients zeros(int64_t rows, int64_t columns) {
  return Coefficients(rows, SmallVector<double>(columns, 0));
}

/// F(results, kernel); of one value of the kernel the products themselves.
static MinimalFilter denseFilter(int64_t results, int64_t kernel) {
  const int64_t length = results + kernel - 1;
  MinimalFilter filter = {zeros(length, length), zeros(length, kernel), zeros(results, length)};
  if (kernel == 1) {
    for (int64_t j = 0; j < length; ++j)
      filter.input[j][j] = filter.kernel[j][0] = filter.result[j][j] = 1;
    return filter;
  }
  const SmallVector<double> points = pointsOf(length);
  const auto last = static_cast<int64_t>(points.size());
  for (int64_t j = 0; j < length; ++j) {
    SmallVector<double> monic = monicWithout(points, j);
    monic.resize(length, 0);
    filter.input[j] = monic;
    if (j == last) { // at infinity the leading coefficient
      filter.result[results - 1][j] = filter.kernel[j][kernel - 1] = 1;
      continue;
    }
    double scale = 1;
    for (int64_t other = 0; other < last; ++other)
      scale *= other == j ? 1 : points[j] - points[other];
    for (int64_t r = 0; r < kernel; ++r)
      filter.kernel[j][r] = std::pow(points[j], r) / scale;
    for (int64_t i = 0; i < results; ++i)
      filter.result[i][j] = std::pow(points[j], i);
  }
  return filter;
}

namespace {
/// Where the values of a phase lie: value i at first + i step.
struct Places {
  int64_t first, step;

  int64_t operator()(int64_t number) const { return first + number * step; }
};

/// Of a phase: values of the input, of the kernel, and of the results.
struct PhasePlaces {
  Places input, kernel, result;
};
} // namespace

/// Those of a convolution, whose phases are parts of its input. An adjoint turns the kernel, and
/// its phases are parts of its results: number t of a step, of phase q = phase + t, ends with the
/// step's input, or if phases began anew with the next.
static PhasePlaces placesOf(const TileAxis &axis, int64_t q) {
  const Windows windows = axis.windows();
  const int64_t s = axis.stride, count = windows.partsOf(q);
  if (!axis.adjoint)
    return {{q, s}, {q, s}, {0, 1}};
  const bool anew = q < axis.phase;
  return {{windows.partsOf(axis.phase) - count + anew, 1},
          {q + s * (count - 1), -s},
          {q - axis.phase + (anew ? s : 0), s}};
}

MinimalFilter minimalFilter(const FilterAxis &filter) {
  const TileAxis &axis = filter.axis;
  MinimalFilter all = {zeros(filter.positions(), filter.inputs()),
                       zeros(filter.positions(), axis.kernel),
                       zeros(filter.results(), filter.positions())};
  size_t first = 0;
  for (int64_t q = 0; q < axis.stride; ++q) {
    const MinimalFilter dense = denseFilter(filter.steps(), axis.windows().partsOf(q));
    const PhasePlaces place = placesOf(axis, q);
    for (auto [j, row] : llvm::enumerate(dense.input)) {
      for (auto [i, factor] : llvm::enumerate(row))
        all.input[first + j][place.input(i)] = factor;
      for (auto [r, factor] : llvm::enumerate(dense.kernel[j]))
        all.kernel[first + j][place.kernel(r)] = factor;
      for (auto [i, factors] : llvm::enumerate(dense.result))
        all.result[place.result(i)][first + j] = factors[j];
    }
    first += dense.input.size();
  }
  return all;
}

Coefficients transposed(const Coefficients &matrix) {
  Coefficients result(matrix.front().size(), SmallVector<double>(matrix.size()));
  for (auto [r, row] : llvm::enumerate(matrix))
    for (auto [c, factor] : llvm::enumerate(row))
      result[c][r] = factor;
  return result;
}

static double squares(ArrayRef<double> row) {
  double sum = 0;
  for (double factor : row)
    sum += factor * factor;
  return sum;
}

double squaredRounding(const FilterAxis &axis) {
  const MinimalFilter filter = minimalFilter(axis);
  double sum = 0;
  for (const auto &result : filter.result)
    for (auto [position, factor] : llvm::enumerate(result))
      sum += factor * factor * squares(filter.kernel[position]) * squares(filter.input[position]);
  return sum / static_cast<double>(axis.steps() * axis.axis.kernel);
}

} // namespace mlir::nn
