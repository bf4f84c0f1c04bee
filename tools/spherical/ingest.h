//===- ingest.h - fields from one grid to another ---------------*- C++ -*-===//
//
// What users' fields go through on their way to a model's grid and back: a program
// of one entry, @ingest, compiled and kept as models are, for every target.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_INGEST_H
#define SPHERICAL_TOOLS_SPHERICAL_INGEST_H

#include "runtime/data/sample_grid.h"
#include "tools/spherical/driver/execute.h"
#include "tools/spherical/driver/session.h"
#include "tools/spherical/result.h"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace spherical::driver {

/// How a field gets its values on another grid. Exact: from its spectrum, by quadrature or, from
/// HEALPix pixels, by least squares. Bilinear: from the neighbours on the grid.
enum class IngestMethod { Exact, Bilinear };

/// All of the way, to the spectra of fields, or from spectra. A spectrum of d degrees is [d^2][2],
/// degree by degree, orders ascending, real and imaginary parts.
enum class IngestPart { Whole, ToSpectrum, FromSpectrum };

/// Fields of `channels` channels from one grid on the sphere to another.
struct IngestOptions {
  runtime::SampleGrid from, to;
  int64_t channels = 1;
  /// The most samples of one call of the program; `Ingest::run` takes any number.
  int64_t batch = 32;
  /// Degrees that are kept, as many as `from` carries; exact only, and rotated ones.
  int64_t bandLimit = 1;
  IngestMethod method = IngestMethod::Exact;
  /// Whether each sample is rotated by angles of its own, in its spectrum.
  bool rotated = false;
  IngestPart part = IngestPart::Whole;
  /// Target, processor, threads and memory; entries and batch are those of the program.
  SessionOptions session = {};
};

/// The grid of functions of band-limit b: soft 2b x 2b.
runtime::SampleGrid softGrid(int64_t b);

/// Extents of fields on a grid: [count, channels, rows, columns] or [count, channels, pixels].
std::vector<int64_t> fieldShape(const runtime::SampleGrid &grid, int64_t count, int64_t channels);

/// The most samples, from 1 to 32, whose fields take 64 MiB on either grid: a program keeps a few
/// such values at a time.
int64_t ingestBatch(const runtime::SampleGrid &from, const runtime::SampleGrid &to,
                    int64_t channels);

/// Degrees of the spectra on the way: at most those that `from` carries.
int64_t ingestDegrees(const IngestOptions &options);

/// The program as text of the graph phase: @ingest of x and, rotated, angles [batch, 3], to y; from
/// HEALPix pixels, exact, also `residual` and `energy`, the mean squares of what y's spectrum
/// leaves of x, and of x. Least squares are x <- x + A (f - S x), six steps (`spherical.grid_ft`):
/// what the first sum is off by is at most 0.16 of the field, and that share of it is left by each
/// step.
std::string ingestText(const IngestOptions &options);

/// Sums over fields of the mean squares of what least squares leave of them, and of them.
struct IngestResidual {
  double left = 0.0, all = 0.0;

  void add(const IngestResidual &other) {
    left += other.left;
    all += other.all;
  }
  IngestResidual since(const IngestResidual &before) const {
    return {left - before.left, all - before.all};
  }
  /// The norm of what is left, of that of the fields; 0 without fields.
  double relative() const { return all > 0.0 ? std::sqrt(left / all) : 0.0; }
};

/// The program, ready to run. One thread at a time.
class Ingest {
public:
  /// Compiles. An error where there is no such way: planar grids, bilinear to other than soft ones,
  /// band-limits beyond 256, tables beyond 1 GiB.
  static Result<std::unique_ptr<Ingest>> create(const IngestOptions &options);
  ~Ingest();

  /// Fields [count][channels][points of from] to out [count][channels][points of to], or spectra
  /// [count][channels][degrees^2][2] in place of one of them; angles [count][3] (alpha, beta,
  /// gamma) in radians exactly if the fields are rotated, on a way that goes to the end: the values
  /// of field Q -> f(R^-1 Q). Throws std::runtime_error if the program cannot run.
  void run(const float *fields, const float *anglesOrNull, int64_t count, float *out);

  /// The processor that the code is made for, "" where it is interpreted.
  std::string processor() const;

  /// What least squares have left of all fields that ran; nothing for grids with quadrature.
  const IngestResidual &residual() const { return left; }

private:
  explicit Ingest(IngestOptions options) : options(std::move(options)) {}
  void runPart(const float *fields, const float *angles, int64_t count, float *out);
  void runInterpreted(const TensorMap &arguments, int64_t count, float *out);

  IngestOptions options;
  std::unique_ptr<Session> session;
  std::unique_ptr<Executable> executable;
  IngestResidual left;
};

/// Values of `size` bytes at the points of `from`, [count][points], to those nearest to the points
/// of `to`: labels, which have no degrees. `nearest` is what `NearestPoints` of both finds
/// (sample_grid.h).
void takeNearest(const std::vector<int64_t> &nearest, int64_t fromPoints, int64_t size,
                 int64_t count, const std::byte *values, std::byte *out);

/// The same of numbers.
template <typename T>
void takeNearest(const std::vector<int64_t> &nearest, int64_t fromPoints, int64_t count,
                 const T *values, T *out) {
  takeNearest(nearest, fromPoints, sizeof(T), count, reinterpret_cast<const std::byte *>(values),
              reinterpret_cast<std::byte *>(out));
}

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_INGEST_H
