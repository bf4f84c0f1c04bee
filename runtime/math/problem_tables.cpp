//===- problem_tables.cpp - lists of small matrix products ------*- C++ -*-===//
//
// Kinds (fields: runtime/problem.h; V: one vector of lanes; S: coefficients), those of transforms
// in transform_problems.cpp:
//   product_problems {so3, degrees, form, in, out, groups, columns}
//       the block product of spectra, degrees descending.
//       form 0 (forward) and 1 (grad_input): A a kernel spectrum, B and C spectra of one lane
//       group;
//         each degree in blocks of `columns` orders m.
//       form 2 (grad_kernel): A the gradient, B the input, of all lane groups; C a kernel spectrum;
//         on SO(3) one problem for each input channel.
//       With the optional thin = 1 the product X c of spectra on SO(3) with kernels' columns on S2.
//       With the optional complex = 1 three real products of complex spectra: each operand has
//         three planes, kernels' without padding, signals' of orders m >= 0; complex = 2: one
//         complex product of two planes.
//   channel_problems {so3, degrees, form, in, groups, samples, columns, thin}
//       the same with channels in the lanes: x rows [samples][in][coefficients] of scalars, y
//       [in][groups][coefficients]V and z [samples][groups][coefficients]V, groups of output
//       channels.
//       form 0 (forward): A x and C z of one sample, B y; form 1 (grad_input): A z of one sample,
//       B y, C x of it; form 2 (grad_kernel): A x, B z, C y. On S2 x and y are spectra on S2; with
//       thin = 1 y and z are, and x is one on SO(3).
//   projection_problems {degrees, adjoint, transposed}: sums sum_n e_n R[m, n] (transposed = 1: of
//       R[n, m]) of one spectrum on SO(3) to one on S2, A the table projection_orders; adjoint:
//       back
//   rotation_problems {so3, degrees}: M R degree by degree, A one spectrum on SO(3), B and C of one
//       channel
//   matrix_problems {rows, depth, columns, row_block, column_block, a_row, a_depth, b_depth,
//       b_column, c_row, c_column}: one dense product in blocks, row blocks outermost; with the
//       optional depth_block, c_block partial products of so many of the depth, c_block apart.
//   window_problems {row_blocks, channel_blocks, outer, inner, rows, depth_outer, depth, columns,
//       a_first, a_row, a_outer, a_depth, a_row_block, b_first, b_outer, b_depth, b_column,
//       b_row_block, b_channel_block, b_step_outer, b_step, c_first, c_row, c_column,
//       c_channel_block, c_step_outer, c_step}: one product with depth (depth_outer, depth), which
//       may be 0, at row_blocks * channel_blocks * outer * inner offsets of its operands.
//   equal_problems {count}: products of one shape, with the optional fields of runtime/problem.h
//       (without them extents are 1, distances 0), aStep, bStep and cStep from one to the next.
// The last three: dense_problems.h.
//
//===----------------------------------------------------------------------===//

#include "runtime/math/index_tables.h"

#include "runtime/layout.h"
#include "runtime/math/dense_problems.h"
#include "runtime/math/transform_problems.h"

#include <algorithm>
#include <stdexcept>

namespace spherical::runtime {
namespace {

/// Extents of a block product of degree l.
struct Product {
  bool so3;
  int64_t degrees;
  Wide in, out, groups;
  int64_t columns;
  int64_t planes = 1, plane = 0; ///< three if complex, and the one of this product

  /// Orders m of degree l in signals.
  int64_t orders(int64_t l) const { return planes > 1 ? l + 1 : 2 * l + 1; }
  /// Coefficients of a plane of signals before degree l.
  int64_t before(bool group, int64_t l) const {
    if (planes > 1)
      return group ? so3HalfSize(l) : s2HalfSize(l);
    return group ? so3Size(l) : s2Size(l);
  }
  /// Coefficients of a channel of signals, and the first one of degree l.
  int64_t size(bool group) const { return planes * before(group, degrees); }
  int64_t signal(bool group, int64_t l) const {
    return plane * before(group, degrees) + before(group, l);
  }
  /// Coefficients of a plane of kernels before degree l, and the same of a channel.
  int64_t base(int64_t l) const { return so3 ? so3Size(l) : s2Size(l); }
  int64_t pad() const { return planes > 1 ? planes * base(degrees) : padded(base(degrees)); }
  int64_t kernel(int64_t l) const { return plane * base(degrees) + base(l); }
  int64_t columnPad() const { return padded(s2Size(degrees)); }
};

/// forward: rows (o, n), depth (i, k); on S2 depth i.
WideProblem forwardProblem(const Product &t, int64_t l, int64_t first, int64_t count) {
  const int64_t width = 2 * l + 1, step = t.so3 ? width : 1;
  WideProblem p;
  p.R1 = t.out, p.R0 = width, p.K1 = t.in, p.K0 = t.so3 ? width : 1, p.N = count;
  p.aOff = t.kernel(l), p.aR1 = t.pad(), p.aR0 = step, p.aK1 = t.out * t.pad(), p.aK0 = 1;
  p.bOff = t.signal(t.so3, l) + first * step, p.bK1 = t.size(t.so3), p.bK0 = 1, p.bV = step;
  p.cOff = t.signal(true, l) + first * width, p.cR1 = t.size(true), p.cR0 = 1, p.cV = width;
  return p;
}

/// grad_input: rows (i, k), depth (o, n); on S2 rows i.
WideProblem gradInputProblem(const Product &t, int64_t l, int64_t first, int64_t count) {
  const int64_t width = 2 * l + 1, step = t.so3 ? width : 1;
  WideProblem p;
  p.R1 = t.in, p.R0 = t.so3 ? width : 1, p.K1 = t.out, p.K0 = width, p.N = count;
  p.aOff = t.kernel(l), p.aR1 = t.out * t.pad(), p.aR0 = 1, p.aK1 = t.pad(), p.aK0 = step;
  p.bOff = t.signal(true, l) + first * width, p.bK1 = t.size(true), p.bK0 = 1, p.bV = width;
  p.cOff = t.signal(t.so3, l) + first * step, p.cR1 = t.size(t.so3), p.cR0 = 1, p.cV = step;
  return p;
}

/// grad_kernel: rows (o, n), depth (group, m), columns k of input channel i; on S2 columns i.
WideProblem gradKernelProblem(const Product &t, int64_t l, int64_t i) {
  const int64_t width = 2 * l + 1, step = t.so3 ? width : 1, x = t.size(t.so3);
  WideProblem p;
  p.R1 = t.out, p.R0 = width, p.K1 = t.groups, p.K0 = t.orders(l), p.N = t.so3 ? width : t.in;
  p.aOff = t.signal(true, l), p.aR1 = t.size(true), p.aR0 = 1, p.aK1 = t.out * t.size(true),
  p.aK0 = width;
  p.bOff = t.signal(t.so3, l) + i * x, p.bK1 = t.in * x, p.bK0 = step, p.bV = t.so3 ? 1 : x;
  p.cOff = t.kernel(l) + i * t.out * t.pad(), p.cR1 = t.pad(), p.cR0 = step;
  p.cV = t.so3 ? 1 : t.out * t.pad();
  return p;
}

/// forward of X c: rows o, depth (i, k).
WideProblem thinForwardProblem(const Product &t, int64_t l, int64_t first, int64_t count) {
  const int64_t width = 2 * l + 1;
  WideProblem p;
  p.R0 = t.out, p.K1 = t.in, p.K0 = width, p.N = count;
  p.aOff = s2Size(l), p.aR0 = t.columnPad(), p.aK1 = t.out * t.columnPad(), p.aK0 = 1;
  p.bOff = so3Size(l) + first * width, p.bK1 = t.size(true), p.bK0 = 1, p.bV = width;
  p.cOff = s2Size(l) + first, p.cR0 = t.size(false), p.cV = 1;
  return p;
}

/// grad_input of X c: rows (i, k), depth o.
WideProblem thinGradInputProblem(const Product &t, int64_t l, int64_t first, int64_t count) {
  const int64_t width = 2 * l + 1;
  WideProblem p;
  p.R1 = t.in, p.R0 = width, p.K0 = t.out, p.N = count;
  p.aOff = s2Size(l), p.aR1 = t.out * t.columnPad(), p.aR0 = 1, p.aK0 = t.columnPad();
  p.bOff = s2Size(l) + first, p.bK0 = t.size(false), p.bV = 1;
  p.cOff = so3Size(l) + first * width, p.cR1 = t.size(true), p.cR0 = 1, p.cV = width;
  return p;
}

/// grad_kernel of X c: rows o, depth (group, m), columns k of input channel i.
WideProblem thinGradKernelProblem(const Product &t, int64_t l, int64_t i) {
  const int64_t width = 2 * l + 1;
  WideProblem p;
  p.R0 = t.out, p.K1 = t.groups, p.K0 = width, p.N = width;
  p.aOff = s2Size(l), p.aR0 = t.size(false), p.aK1 = t.out * t.size(false), p.aK0 = 1;
  p.bOff = so3Size(l) + i * t.size(true), p.bK1 = t.in * t.size(true), p.bK0 = width, p.bV = 1;
  p.cOff = s2Size(l) + i * t.out * t.columnPad(), p.cR0 = t.columnPad(), p.cV = 1;
  return p;
}

template <typename Sink> void thinProblems(const Product &t, int64_t form, Sink sink) {
  for (int64_t l = t.degrees - 1; l >= 0; --l) {
    for (int64_t i = 0; form == 2 && i < t.in; ++i)
      sink(thinGradKernelProblem(t, l, i));
    for (int64_t first = 0; form != 2 && first < 2 * l + 1; first += t.columns) {
      const int64_t count = std::min(t.columns, 2 * l + 1 - first);
      sink(form == 0 ? thinForwardProblem(t, l, first, count)
                     : thinGradInputProblem(t, l, first, count));
    }
  }
}

template <typename Sink> void projectionProblems(const TableSpec &spec, Sink sink) {
  const int64_t degrees = spec.parameter("degrees", 1, 512);
  const bool adjoint = spec.parameter("adjoint", 0, 1) == 1;
  const bool transposed = spec.parameter("transposed", 0, 1) == 1;
  for (int64_t l = 0; l < degrees; ++l) {
    const int64_t width = 2 * l + 1;
    const int64_t summed = transposed ? width : 1, kept = transposed ? 1 : width;
    WideProblem p;
    p.N = width, p.aOff = degrees - 1 - l;
    (adjoint ? p.R0 : p.K0) = width;
    (adjoint ? p.aR0 : p.aK0) = 1;
    p.bOff = adjoint ? s2Size(l) : so3Size(l), p.bV = adjoint ? 1 : kept;
    p.cOff = adjoint ? so3Size(l) : s2Size(l), p.cV = adjoint ? kept : 1;
    (adjoint ? p.cR0 : p.bK0) = summed;
    sink(p);
  }
}

template <typename Sink> void rotationProblems(const TableSpec &spec, Sink sink) {
  const int64_t degrees = spec.parameter("degrees", 1, 512);
  const bool so3 = spec.parameter("so3", 0, 1) == 1;
  for (int64_t l = 0; l < degrees; ++l) {
    const int64_t width = 2 * l + 1, step = so3 ? width : 1;
    WideProblem p;
    p.R0 = p.K0 = width, p.N = step;
    p.aOff = so3Size(l), p.aR0 = width, p.aK0 = 1;
    p.bOff = p.cOff = so3 ? so3Size(l) : s2Size(l);
    p.bK0 = p.cR0 = step, p.bV = p.cV = 1;
    sink(p);
  }
}

/// The products of degree l of one plane.
template <typename Sink> void degreeProblems(const Product &t, int64_t form, int64_t l, Sink sink) {
  for (int64_t i = 0; form == 2 && i < (t.so3 ? t.in : 1); ++i)
    sink(gradKernelProblem(t, l, i));
  for (int64_t first = 0; form != 2 && first < t.orders(l); first += t.columns) {
    const int64_t count = std::min(t.columns, t.orders(l) - first);
    sink(form == 0 ? forwardProblem(t, l, first, count) : gradInputProblem(t, l, first, count));
  }
}

template <typename Sink> void productProblems(const TableSpec &spec, Sink sink) {
  Product t{spec.parameter("so3", 0, 1) == 1,
            spec.parameter("degrees", 1, 512),
            extent(spec, "in"),
            extent(spec, "out"),
            extent(spec, "groups"),
            static_cast<int64_t>(extent(spec, "columns"))};
  const int64_t form = spec.parameter("form", 0, 2);
  const bool thin = isSet(spec, "thin");
  const int64_t complex = spec.parameters.count("complex") ? spec.parameter("complex", 0, 2) : 0;
  if (thin && complex)
    throw std::invalid_argument("table 'product_problems' expected thin or complex, got both");
  if (thin)
    return thinProblems(t, form, sink);
  t.planes = complex == 1 ? 3 : complex == 2 ? 2 : 1;
  for (int64_t l = t.degrees - 1; l >= 0; --l)
    for (t.plane = 0; t.plane < (complex == 2 ? 1 : t.planes); ++t.plane)
      degreeProblems(t, form, l, sink);
}

/// Extents of a block product of degree l with channels in the lanes.
struct ChannelProduct {
  bool so3, thin; ///< manifold of x; y and z on S2
  int64_t degrees;
  Wide in, groups, samples;
  int64_t columns;

  int64_t size(bool matrices, int64_t l) const { return matrices ? so3Size(l) : s2Size(l); }
  int64_t x(int64_t l) const { return size(so3, l); }
  int64_t y(int64_t l) const { return size(so3 && !thin, l); }
  int64_t z(int64_t l) const { return size(!thin, l); }
  /// Orders k of x and y, which is also from one n of y to the next, and n of y and z.
  int64_t inner(int64_t l) const { return so3 ? 2 * l + 1 : 1; }
  int64_t outer(int64_t l) const { return thin ? 1 : 2 * l + 1; }
};

/// forward: rows m, depth (i, k), columns n of a group.
template <typename Sink> void channelForward(const ChannelProduct &t, int64_t l, Sink sink) {
  WideProblem p;
  p.R0 = 2 * l + 1, p.K1 = t.in, p.K0 = t.inner(l);
  p.aOff = t.x(l), p.aR0 = t.inner(l), p.aK1 = t.x(t.degrees), p.aK0 = 1;
  p.bK1 = t.groups * t.y(t.degrees), p.bK0 = 1, p.bV = t.inner(l);
  p.cR0 = t.outer(l), p.cV = 1;
  for (Wide group = 0; group < t.groups; ++group)
    for (int64_t n = 0; n < t.outer(l); n += t.columns) {
      p.N = std::min(t.columns, t.outer(l) - n);
      p.bOff = group * t.y(t.degrees) + t.y(l) + n * t.inner(l);
      p.cOff = group * t.z(t.degrees) + t.z(l) + n;
      sink(p);
    }
}

/// grad_input: rows m, depth (group, n), columns k of input channel i; on S2 columns i.
template <typename Sink> void channelGradInput(const ChannelProduct &t, int64_t l, Sink sink) {
  const Wide yRow = t.groups * t.y(t.degrees);
  WideProblem p;
  p.R0 = 2 * l + 1, p.K1 = t.groups, p.K0 = t.outer(l), p.N = t.so3 ? Wide(t.inner(l)) : t.in;
  p.aOff = t.z(l), p.aR0 = t.outer(l), p.aK1 = t.z(t.degrees), p.aK0 = 1;
  p.bK1 = t.y(t.degrees), p.bK0 = t.inner(l), p.bV = t.so3 ? Wide(1) : yRow;
  p.cR0 = t.inner(l), p.cV = t.so3 ? 1 : t.x(t.degrees);
  for (Wide i = 0; i < (t.so3 ? t.in : 1); ++i) {
    p.bOff = i * yRow + t.y(l);
    p.cOff = i * t.x(t.degrees) + t.x(l);
    sink(p);
  }
}

/// grad_kernel: rows k of input channel i, depth (sample, m), columns n of a group; on S2 rows i.
template <typename Sink> void channelGradKernel(const ChannelProduct &t, int64_t l, Sink sink) {
  const Wide yRow = t.groups * t.y(t.degrees);
  WideProblem p;
  p.R0 = t.so3 ? Wide(t.inner(l)) : t.in, p.K1 = t.samples, p.K0 = 2 * l + 1, p.N = t.outer(l);
  p.aR0 = t.so3 ? 1 : t.x(t.degrees), p.aK1 = t.in * t.x(t.degrees), p.aK0 = t.inner(l);
  p.bK1 = t.groups * t.z(t.degrees), p.bK0 = t.outer(l), p.bV = 1;
  p.cR0 = t.so3 ? Wide(1) : yRow, p.cV = t.inner(l);
  for (Wide i = 0; i < (t.so3 ? t.in : 1); ++i)
    for (Wide group = 0; group < t.groups; ++group) {
      p.aOff = i * t.x(t.degrees) + t.x(l);
      p.bOff = group * t.z(t.degrees) + t.z(l);
      p.cOff = i * yRow + group * t.y(t.degrees) + t.y(l);
      sink(p);
    }
}

template <typename Sink> void channelProblems(const TableSpec &spec, Sink sink) {
  const ChannelProduct t{spec.parameter("so3", 0, 1) == 1,
                         spec.parameter("thin", 0, 1) == 1,
                         spec.parameter("degrees", 1, 512),
                         extent(spec, "in"),
                         extent(spec, "groups"),
                         extent(spec, "samples"),
                         static_cast<int64_t>(extent(spec, "columns"))};
  if (t.thin && !t.so3)
    throw std::invalid_argument("table 'channel_problems' expected thin = 1 only on SO(3)");
  const int64_t form = spec.parameter("form", 0, 2);
  for (int64_t l = t.degrees - 1; l >= 0; --l) {
    if (form == 0)
      channelForward(t, l, sink);
    else if (form == 1)
      channelGradInput(t, l, sink);
    else
      channelGradKernel(t, l, sink);
  }
}

/// Calls sink for every problem; false if the kind is no problem list.
template <typename Sink> bool forProblems(const TableSpec &spec, Sink sink) {
  if (spec.kind == "wigner_problems")
    wignerProblems(spec, sink);
  else if (spec.kind == "ring_problems")
    ringProblems(spec, sink);
  else if (spec.kind == "product_problems")
    productProblems(spec, sink);
  else if (spec.kind == "channel_problems")
    channelProblems(spec, sink);
  else if (spec.kind == "projection_problems")
    projectionProblems(spec, sink);
  else if (spec.kind == "rotation_problems")
    rotationProblems(spec, sink);
  else if (spec.kind == "matrix_problems")
    matrixProblems(spec, sink);
  else if (spec.kind == "window_problems")
    windowProblems(spec, sink);
  else if (spec.kind == "equal_problems")
    equalProblems(spec, sink);
  else
    return false;
  return true;
}

} // namespace

std::optional<int64_t> problemCount(const TableSpec &spec) {
  constexpr int64_t kMostProblems = int64_t(1) << 24; // 2.4 GB; a layer at b = 256 has 65,536
  int64_t count = 0;
  const auto sink = [&](const WideProblem &) {
    if (++count > kMostProblems)
      throw std::invalid_argument("table '" + spec.kind + "' expected at most " +
                                  std::to_string(kMostProblems) + " problems, got more");
  };
  return forProblems(spec, sink) ? std::optional(count) : std::nullopt;
}

void fillProblems(const TableSpec &spec, Problem *out) {
  int64_t row = 0;
  forProblems(spec, [&](const WideProblem &problem) {
    for (int64_t f = 0; f < kProblemFieldCount; ++f) {
      const auto [name, member] = kProblemFields<Wide>[f];
      if (problem.*member > kMostOfField)
        throw std::invalid_argument("table '" + spec.kind + "' expected " + name + " up to " +
                                    std::to_string(kMostOfField) + " in problem " +
                                    std::to_string(row) + ", got more");
      out[row].*kProblemFields<int64_t>[f].member = static_cast<int64_t>(problem.*member);
    }
    ++row;
  });
}

} // namespace spherical::runtime
