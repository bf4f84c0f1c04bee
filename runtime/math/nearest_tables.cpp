//===- nearest_tables.cpp - nearest positions of images ---------*- C++ -*-===//
//
// Kinds, for an image [height][width] and one [rows][columns] of the nearest values,
// y[p,q] = x[floor(p height / rows), floor(q width / columns)]:
//   nearest_index {height, width, rows, columns}: [rows * columns] positions in the image
//   nearest_adjoint_index, nearest_adjoint_values: [height * width][terms], the positions in y that
//       took a value, and 1; the rest of the terms is position 0 and 0.
//
//===----------------------------------------------------------------------===//

#include "runtime/math/index_tables.h"

namespace spherical::runtime {
namespace {

constexpr int64_t kMaxExtent = 16384; // positions of images of its square are i32

/// One axis: `extent` values and `results` of them.
struct Axis {
  int64_t extent, results;

  /// First result that takes value i, also for i = extent: their number.
  int64_t first(int64_t i) const { return (i * results + extent - 1) / extent; }
  /// The most results that take one value.
  int64_t most() const { return (results + extent - 1) / extent; }
};

struct Images {
  Axis rows, columns;

  explicit Images(const TableSpec &spec)
      : rows{spec.parameter("height", 1, kMaxExtent), 0}, columns{spec.parameter("width", 1,
                                                                                 kMaxExtent),
                                                                  0} {
    rows.results = spec.parameter("rows", 1, kMaxExtent);
    columns.results = spec.parameter("columns", 1, kMaxExtent);
  }

  int64_t terms() const { return rows.most() * columns.most(); }
};

template <typename T> void writeNearest(const Images &images, T *out) {
  const auto [rows, columns] = images;
  for (int64_t p = 0; p < rows.results; ++p)
    for (int64_t q = 0; q < columns.results; ++q)
      *out++ = static_cast<T>(p * rows.extent / rows.results * columns.extent +
                              q * columns.extent / columns.results);
}

template <typename T> void writeAdjoint(const Images &images, bool values, T *out) {
  const auto [rows, columns] = images;
  for (int64_t y = 0; y < rows.extent; ++y)
    for (int64_t x = 0; x < columns.extent; ++x) {
      T *const end = out + images.terms();
      for (int64_t p = rows.first(y); p < rows.first(y + 1); ++p)
        for (int64_t q = columns.first(x); q < columns.first(x + 1); ++q)
          *out++ = static_cast<T>(values ? 1 : p * columns.results + q);
      while (out < end)
        *out++ = T(0);
    }
}

template <typename T> void write(const TableSpec &spec, T *out) {
  const Images images(spec);
  if (spec.kind == "nearest_index")
    return writeNearest(images, out);
  writeAdjoint(images, spec.kind == "nearest_adjoint_values", out);
}

} // namespace

std::optional<int64_t> nearestSize(const TableSpec &spec) {
  if (spec.kind == "nearest_index") {
    const Images images(spec);
    return images.rows.results * images.columns.results;
  }
  if (spec.kind != "nearest_adjoint_index" && spec.kind != "nearest_adjoint_values")
    return std::nullopt;
  const Images images(spec);
  return images.rows.extent * images.columns.extent * images.terms();
}

void fillNearest(const TableSpec &spec, void *out) {
  if (spec.element == Element::I32)
    return write(spec, static_cast<int32_t *>(out));
  if (spec.element == Element::F32)
    return write(spec, static_cast<float *>(out));
  write(spec, static_cast<double *>(out));
}

} // namespace spherical::runtime
