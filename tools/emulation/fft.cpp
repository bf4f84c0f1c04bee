//===- fft.cpp - Fourier transforms of the emulation ------------*- C++ -*-===//

#include "tools/emulation/fft.h"

#include "tools/emulation/rules.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <tuple>
#include <vector>

namespace spherical::emulation {
namespace {

using Complex = std::complex<double>;

bool isReal(const sph_fft_shape &shape, bool isInput) {
  return shape.kind == (isInput ? SPH_FFT_R2C : SPH_FFT_C2R);
}

/// Elements along an axis of a side.
int64_t lengthOf(const sph_fft_shape &shape, int axis, bool isInput) {
  const bool isHalved = shape.kind != SPH_FFT_C2C && !isReal(shape, isInput);
  return isHalved && axis == shape.rank - 1 ? shape.n[axis] / 2 + 1 : shape.n[axis];
}

Footprint footprint(const sph_fft_shape &shape, bool isInput, const void *memory) {
  const sph_fft_side &side = isInput ? shape.in : shape.out;
  const int64_t bytes = isReal(shape, isInput) ? 4 : 8;
  const bool isLine = shape.rank == 1;
  return {.name = isInput ? "in" : "out",
          .begin = reinterpret_cast<uintptr_t>(memory),
          .items = shape.batch,
          .rows = isLine ? 1 : lengthOf(shape, 0, isInput),
          .columns = lengthOf(shape, shape.rank - 1, isInput),
          .itemStep = side.distance * bytes,
          .rowStep = isLine ? 0 : side.embed[1] * side.stride * bytes,
          .columnStep = side.stride * bytes,
          .bytes = bytes};
}

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

std::string embedFault(const sph_fft_shape &shape, bool isInput) {
  const sph_fft_side &side = isInput ? shape.in : shape.out;
  const std::string name = isInput ? "in.embed[" : "out.embed[";
  for (int axis = 0; axis < 2; ++axis) {
    const std::string place = name + std::to_string(axis) + "]";
    if (axis >= shape.rank && side.embed[axis] != 1)
      return expected(place, "to be 1 for rank 1", side.embed[axis]);
    const int64_t length = lengthOf(shape, axis, isInput);
    const std::string what =
        length == shape.n[axis] ? "elements of the axis" : "bins, n/2 + 1 of the axis";
    if (side.embed[axis] < length)
      return expected(place, "to hold the " + std::to_string(length) + " " + what,
                      side.embed[axis]);
    if (const std::string fault = numberFault(place, 1, side.embed[axis]); !fault.empty())
      return fault;
  }
  return "";
}

std::string sideFault(const sph_fft_shape &shape, bool isInput) {
  const sph_fft_side &side = isInput ? shape.in : shape.out;
  const std::string name = isInput ? "in" : "out";
  if (const std::string fault = embedFault(shape, isInput); !fault.empty())
    return fault;
  for (const auto &[member, least, number] :
       {std::tuple{".stride", 1, side.stride}, std::tuple{".distance", 0, side.distance}})
    if (const std::string fault = numberFault(name + member, least, number); !fault.empty())
      return fault;
  const double row = 8.0 * static_cast<double>(side.embed[1]) * static_cast<double>(side.stride);
  if (const std::string fault = spanFault(name, row); !fault.empty())
    return fault;
  const Footprint elements = footprint(shape, isInput, nullptr);
  if (const std::string fault = spanFault(name, elements.spanAsNumber()); !fault.empty())
    return fault;
  const bool isWritten = !isInput || shape.kind == SPH_FFT_C2R;
  const int64_t other = isWritten ? elements.firstOverlap() : 0;
  if (other != 0)
    return expected(name + ".distance",
                    "to keep transforms 0 and " + std::to_string(other) + " apart", side.distance);
  return "";
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// e^{+-2 pi i j / n}, exact where that is 1, i, -1 or -i.
std::vector<Complex> unitRoots(int64_t n, bool inverse) {
  std::vector<Complex> roots(n);
  for (int64_t j = 0; j < n; ++j) {
    const int64_t quadrant = 4 * j / n;
    const long double angle = std::numbers::pi_v<long double> / 2 * (4 * j % n) / n;
    const double c = static_cast<double>(std::cos(angle));
    const double s = static_cast<double>(std::sin(angle));
    const Complex turned[] = {{c, s}, {-s, c}, {-c, -s}, {s, -c}};
    roots[j] = inverse ? turned[quadrant] : std::conj(turned[quadrant]);
  }
  return roots;
}

/// Rows of complex numbers.
struct Rows {
  std::vector<Complex> values;
  int64_t columns;

  int64_t rows() const { return static_cast<int64_t>(values.size()) / columns; }
};

Rows transposed(const Rows &in) {
  Rows out{std::vector<Complex>(in.values.size()), in.rows()};
  for (int64_t row = 0; row < in.rows(); ++row)
    for (int64_t column = 0; column < in.columns; ++column)
      out.values[column * out.columns + row] = in.values[row * in.columns + column];
  return out;
}

/// to[i] += from[i] w
void addProducts(Complex *to, const Complex *from, Complex w, int64_t count) {
  // Pairs of numbers, without the care for infinite products of std::complex.
  auto *sum = reinterpret_cast<double *>(to);
  const auto *x = reinterpret_cast<const double *>(from);
  const double c = w.real(), s = w.imag();
  for (int64_t i = 0; i < 2 * count; i += 2) {
    sum[i] += x[i] * c - x[i + 1] * s;
    sum[i + 1] += x[i] * s + x[i + 1] * c;
  }
}

/// Transforms all columns at once: row k of the result is the sum over j of row j times
/// e^{+-2 pi i j k / n}, for as many rows as `bins`.
Rows transformColumns(const Rows &in, int64_t bins, bool inverse) {
  const int64_t n = in.rows();
  const std::vector<Complex> roots = unitRoots(n, inverse);
  Rows out{std::vector<Complex>(bins * in.columns), in.columns};
  for (int64_t k = 0; k < bins; ++k)
    for (int64_t j = 0; j < n; ++j)
      addProducts(&out.values[k * in.columns], &in.values[j * in.columns], roots[j * k % n],
                  in.columns);
  return out;
}

/// From n/2 + 1 rows of bins to all n: bin n - k of real samples is the conjugate of bin k.
/// Imaginary parts of bins that are their own conjugates only make imaginary parts of samples.
void completeBins(Rows &bins, int64_t n) {
  bins.values.resize(n * bins.columns);
  for (int64_t k = 1; 2 * k < n; ++k)
    for (int64_t i = 0; i < bins.columns; ++i)
      bins.values[(n - k) * bins.columns + i] = std::conj(bins.values[k * bins.columns + i]);
}

/// Transforms one item of rank 2, or items of rank 1 as rows: each row, and the columns if those
/// are an axis.
Rows transformItem(const sph_fft_shape &shape, Rows item, bool inverse) {
  const int64_t n = shape.n[shape.rank - 1];
  const bool isBack = shape.kind == SPH_FFT_C2R;
  if (isBack && shape.rank == 2)
    item = transformColumns(item, item.rows(), inverse);
  Rows lines = transposed(item);
  if (isBack)
    completeBins(lines, n);
  item = transposed(transformColumns(lines, shape.kind == SPH_FFT_R2C ? n / 2 + 1 : n, inverse));
  if (!isBack && shape.rank == 2)
    item = transformColumns(item, item.rows(), inverse);
  return item;
}

/// The elements of `count` items.
Footprint itemsOf(Footprint all, int64_t first, int64_t count) {
  all.begin += first * all.itemStep;
  all.items = count;
  return all;
}

} // namespace

std::string shapeFault(const sph_fft_shape &shape) {
  if (shape.rank < 1 || shape.rank > 2)
    return expected("rank", "1 or 2", shape.rank);
  if (shape.kind < SPH_FFT_C2C || shape.kind > SPH_FFT_C2R)
    return expected("kind", "0, 1 or 2", shape.kind);
  for (int axis = 0; axis < 2; ++axis) {
    const std::string name = "n[" + std::to_string(axis) + "]";
    if (const std::string fault = numberFault(name, 1, shape.n[axis]); !fault.empty())
      return fault;
    if (axis >= shape.rank && shape.n[axis] != 1)
      return expected(name, "to be 1 for rank 1", shape.n[axis]);
  }
  if (const std::string fault = numberFault("batch", 1, shape.batch); !fault.empty())
    return fault;
  const std::string fault = sideFault(shape, true);
  return fault.empty() ? sideFault(shape, false) : fault;
}

Footprint fftInput(const sph_fft_shape &shape, const void *in) {
  return footprint(shape, true, in);
}

Footprint fftOutput(const sph_fft_shape &shape, const void *out) {
  return footprint(shape, false, out);
}

std::string inPlaceFault(const sph_fft_shape &shape) {
  const sph_fft_side &in = shape.in, &out = shape.out;
  const bool isReal = shape.kind != SPH_FFT_C2C;
  const sph_fft_side &longer = shape.kind == SPH_FFT_C2R ? out : in;
  const sph_fft_side &shorter = shape.kind == SPH_FFT_C2R ? in : out;
  const int64_t factor = isReal ? 2 : 1;
  auto bothFault = [&](const std::string &name, int64_t got, int64_t other) {
    return "expected " + name + (isReal ? " of the real side to be twice that" : " to be that") +
           " of the other side for a transform in place, got " + std::to_string(got) + " and " +
           std::to_string(other);
  };
  if (isReal && (in.stride != 1 || out.stride != 1))
    return "expected stride 1 on both sides of a real transform in place, got " +
           std::to_string(in.stride) + " and " + std::to_string(out.stride);
  if (!isReal && in.stride != out.stride)
    return bothFault("stride", in.stride, out.stride);
  if (shape.rank == 2 && longer.embed[1] != factor * shorter.embed[1])
    return bothFault("embed[1]", longer.embed[1], shorter.embed[1]);
  if (shape.batch > 1 && longer.distance != factor * shorter.distance)
    return bothFault("distance", longer.distance, shorter.distance);
  return "";
}

void transform(const sph_fft_shape &shape, const void *in, void *out, bool inverse) {
  const Footprint from = fftInput(shape, in), to = fftOutput(shape, out);
  const int64_t group = shape.rank == 1 ? 64 : 1; // items at once
  for (int64_t first = 0; first < shape.batch; first += group) {
    const int64_t count = std::min(group, shape.batch - first);
    Rows item{{}, from.columns};
    itemsOf(from, first, count).forEach([&](uintptr_t address) {
      const auto *element = reinterpret_cast<const float *>(address);
      item.values.emplace_back(element[0], from.bytes == 8 ? element[1] : 0);
      return true;
    });
    item = transformItem(shape, std::move(item), inverse);
    auto value = item.values.begin();
    itemsOf(to, first, count).forEach([&](uintptr_t address) {
      auto *element = reinterpret_cast<float *>(address);
      element[0] = static_cast<float>(value->real());
      if (to.bytes == 8)
        element[1] = static_cast<float>(value->imag());
      ++value;
      return true;
    });
  }
}

} // namespace spherical::emulation
