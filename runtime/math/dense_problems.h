//===- dense_problems.h - products at regular offsets -----------*- C++ -*-===//
//
// Kinds of lists of dense products, of which problem_tables.cpp says what they
// hold. A sink is called for each problem.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_MATH_DENSE_PROBLEMS_H
#define SPHERICAL_RUNTIME_MATH_DENSE_PROBLEMS_H

#include "runtime/math/wide_problem.h"

#include <algorithm>

namespace spherical::runtime {

template <typename Sink> void matrixProblems(const TableSpec &spec, Sink sink) {
  const Wide rows = extent(spec, "rows"), depth = extent(spec, "depth");
  const Wide columns = extent(spec, "columns");
  const Wide rowBlock = extent(spec, "row_block"), columnBlock = extent(spec, "column_block");
  const bool parts = spec.parameters.count("depth_block");
  const Wide depthBlock = parts ? extent(spec, "depth_block") : depth;
  const Wide partStep = parts ? distance(spec, "c_block") : 0;
  WideProblem p;
  p.aR0 = distance(spec, "a_row"), p.aK0 = distance(spec, "a_depth");
  p.bK0 = distance(spec, "b_depth"), p.bV = distance(spec, "b_column");
  p.cR0 = distance(spec, "c_row"), p.cV = distance(spec, "c_column");
  for (Wide k = 0; k < depth; k += depthBlock)
    for (Wide r = 0; r < rows; r += rowBlock)
      for (Wide v = 0; v < columns; v += columnBlock) {
        p.R0 = std::min(rowBlock, rows - r);
        p.K0 = std::min(depthBlock, depth - k);
        p.N = std::min(columnBlock, columns - v);
        p.aOff = r * p.aR0 + k * p.aK0, p.bOff = v * p.bV + k * p.bK0;
        p.cOff = r * p.cR0 + v * p.cV + k / depthBlock * partStep;
        sink(p);
      }
}

template <typename Sink> void windowProblems(const TableSpec &spec, Sink sink) {
  WideProblem p;
  p.R0 = extent(spec, "rows"), p.N = extent(spec, "columns");
  p.K1 = distance(spec, "depth_outer"), p.K0 = distance(spec, "depth");
  p.aR0 = distance(spec, "a_row"), p.aK0 = distance(spec, "a_depth");
  p.bK0 = distance(spec, "b_depth"), p.bV = distance(spec, "b_column");
  p.aK1 = distance(spec, "a_outer"), p.bK1 = distance(spec, "b_outer");
  p.cR0 = distance(spec, "c_row"), p.cV = distance(spec, "c_column");
  const Wide rows = extent(spec, "row_blocks"), channels = extent(spec, "channel_blocks");
  const Wide outer = extent(spec, "outer"), inner = extent(spec, "inner");
  const Wide aFirst = distance(spec, "a_first"), aRow = distance(spec, "a_row_block");
  const Wide bFirst = distance(spec, "b_first"), bRow = distance(spec, "b_row_block");
  const Wide bChannel = distance(spec, "b_channel_block");
  const Wide bOuter = distance(spec, "b_step_outer"), bInner = distance(spec, "b_step");
  const Wide cFirst = distance(spec, "c_first"), cChannel = distance(spec, "c_channel_block");
  const Wide cOuter = distance(spec, "c_step_outer"), cInner = distance(spec, "c_step");
  for (Wide r = 0; r < rows; ++r)
    for (Wide c = 0; c < channels; ++c)
      for (Wide i = 0; i < outer; ++i)
        for (Wide j = 0; j < inner; ++j) {
          p.aOff = aFirst + r * aRow;
          p.bOff = bFirst + r * bRow + c * bChannel + i * bOuter + j * bInner;
          p.cOff = cFirst + c * cChannel + i * cOuter + j * cInner;
          sink(p);
        }
}

template <typename Sink> void equalProblems(const TableSpec &spec, Sink sink) {
  WideProblem p;
  for (auto [name, member] : kProblemFields<Wide>)
    if (spec.parameters.count(name))
      p.*member = distance(spec, name);
  const auto step = [&](const char *name) {
    return spec.parameters.count(name) ? distance(spec, name) : Wide(0);
  };
  const Wide a = step("aStep"), b = step("bStep"), c = step("cStep");
  for (Wide i = 0; i < extent(spec, "count"); ++i) {
    sink(p);
    p.aOff += a, p.bOff += b, p.cOff += c;
  }
}

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_DENSE_PROBLEMS_H
