//===- gemm.cpp - products of matrices of the emulation ---------*- C++ -*-===//

#include "tools/emulation/gemm.h"

#include "tools/emulation/rules.h"

#include <tuple>
#include <utility>

namespace spherical::emulation {
namespace {

std::string matrixFault(const std::string &leadingName, int64_t leading, const Footprint &matrix) {
  if (leading < matrix.columns)
    return expected(leadingName,
                    "of " + std::to_string(matrix.columns) + " or more, the columns of " +
                        matrix.name,
                    leading);
  return spanFault(matrix.name, matrix.spanAsNumber());
}

/// Element (row, column) of an operand whose matrix is stored as rows `leading` apart.
struct Operand {
  const float *values;
  int64_t leading;
  bool isTransposed;

  double operator()(int64_t row, int64_t column) const {
    return isTransposed ? values[column * leading + row] : values[row * leading + column];
  }
};

} // namespace

std::string shapeFault(const sph_gemm_shape &shape) {
  for (const auto &[name, least, number] : {std::tuple{"m", 1, shape.m},
                                            {"n", 1, shape.n},
                                            {"k", 1, shape.k},
                                            {"batch", 1, shape.batch},
                                            {"stride_a", 0, shape.stride_a},
                                            {"stride_b", 0, shape.stride_b},
                                            {"stride_c", 0, shape.stride_c},
                                            {"lda", 1, shape.lda},
                                            {"ldb", 1, shape.ldb},
                                            {"ldc", 1, shape.ldc}})
    if (const std::string fault = numberFault(name, least, number); !fault.empty())
      return fault;
  for (const auto &[name, number] :
       {std::pair{"transpose_a", shape.transpose_a}, {"transpose_b", shape.transpose_b}})
    if (number != 0 && number != 1)
      return expected(name, "0 or 1", number);
  const GemmMatrices matrices = gemmMatrices(shape, nullptr, nullptr, nullptr);
  for (const std::string &fault :
       {matrixFault("lda", shape.lda, matrices.a), matrixFault("ldb", shape.ldb, matrices.b),
        matrixFault("ldc", shape.ldc, matrices.c)})
    if (!fault.empty())
      return fault;
  if (const int64_t other = matrices.c.firstOverlap())
    return expected("stride_c", "to keep products 0 and " + std::to_string(other) + " apart",
                    shape.stride_c);
  return "";
}

GemmMatrices gemmMatrices(const sph_gemm_shape &shape, const void *a, const void *b,
                          const void *c) {
  auto matrix = [&](const char *name, const void *memory, int64_t rows, int64_t columns,
                    int64_t leading, int64_t stride) {
    return Footprint{.name = name,
                     .begin = reinterpret_cast<uintptr_t>(memory),
                     .items = shape.batch,
                     .rows = rows,
                     .columns = columns,
                     .itemStep = 4 * stride,
                     .rowStep = 4 * leading,
                     .columnStep = 4,
                     .bytes = 4};
  };
  const auto [m, n, k] = std::tuple(shape.m, shape.n, shape.k);
  const bool isA = shape.transpose_a, isB = shape.transpose_b;
  return {matrix("a", a, isA ? k : m, isA ? m : k, shape.lda, shape.stride_a),
          matrix("b", b, isB ? n : k, isB ? k : n, shape.ldb, shape.stride_b),
          matrix("c", c, m, n, shape.ldc, shape.stride_c)};
}

void multiply(const sph_gemm_shape &shape, const void *a, const void *b, void *c) {
  for (int64_t item = 0; item < shape.batch; ++item) {
    const Operand left{static_cast<const float *>(a) + item * shape.stride_a, shape.lda,
                       shape.transpose_a != 0};
    const Operand right{static_cast<const float *>(b) + item * shape.stride_b, shape.ldb,
                        shape.transpose_b != 0};
    float *result = static_cast<float *>(c) + item * shape.stride_c;
    for (int64_t i = 0; i < shape.m; ++i)
      for (int64_t j = 0; j < shape.n; ++j) {
        double sum = 0;
        for (int64_t k = 0; k < shape.k; ++k)
          sum += left(i, k) * right(k, j);
        float &element = result[i * shape.ldc + j];
        const double before = shape.beta == 0 ? 0 : static_cast<double>(shape.beta) * element;
        element = static_cast<float>(shape.alpha * sum + before);
      }
  }
}

} // namespace spherical::emulation
