//===- sample_grid.h - transforms on users' grids ---------------*- C++ -*-===//
//
// Grids as lists of points with weights, and the sums over them:
//   analysis   X_lm = sum_p w_p f_p e^{-i m alpha_p} d^l_m0(beta_p)
//   synthesis  f_p  = sum_l (2l+1) sum_m X_lm e^{i m alpha_p} d^l_m0(beta_p)
// of real functions f. Part of the fp64 definitions: standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_SAMPLE_GRID_H
#define SPHERICAL_RUNTIME_REFERENCE_SAMPLE_GRID_H

#include "runtime/reference/spectrum.h"

namespace spherical::reference {

/// The kinds of grids; j counts rows from 0 in the north, k columns.
enum class GridKind {
  Soft,                 ///< beta = pi (2j + 1) / 2H, alpha = 2 pi k / W
  Equirectangular,      ///< beta = pi (2j + 1) / 2H, alpha = pi (2k + 1) / W
  EquirectangularPoles, ///< beta = pi j / (H - 1), alpha = 2 pi k / W
  DriscollHealy,        ///< beta = pi j / H, alpha = 2 pi k / W
  GaussLegendre,        ///< cos beta the roots of P_H, alpha = 2 pi k / W
  HealpixRing,          ///< pixels of nside, from north to south and by longitude
  HealpixNested         ///< pixels of nside, a power of two, face by face
};

/// A grid of H rows and W columns, or of nside.
struct SampleGrid {
  GridKind kind = GridKind::Soft;
  int64_t rows = 0, columns = 0, nside = 0;
};

/// A point (beta, alpha) in radians and its weight.
struct GridPoint {
  double beta = 0.0, alpha = 0.0, weight = 0.0;
};

/// Returns the points in the order of the values of a field. The weights of the rows of a grid are
/// those that integrate Legendre polynomials of degrees below H, sum_j w_j P_l(cos beta_j) = [l =
/// 0], divided by W; HEALPix pixels have equal ones. (Pixels' centres: Calabretta and Roukema 2007,
/// the plane of the projection.)
std::vector<GridPoint> gridPoints(const SampleGrid &grid);

/// Transforms between `count` fields of a grid and spectra of `degrees` degrees.
struct GridTransform {
  SampleGrid grid;
  int64_t count = 1, degrees = 1;
};

/// Returns the spectra of fields [count][points].
std::vector<Complex> gridAnalysis(const GridTransform &transform,
                                  const std::vector<double> &fields);

/// Returns the real parts of the fields of spectra [count][coefficients].
std::vector<double> gridSynthesis(const GridTransform &transform,
                                  const std::vector<Complex> &spectra);

/// Return the adjoints of both with respect to Re sum conj(a) b.
std::vector<double> gridAnalysisAdjoint(const GridTransform &transform,
                                        const std::vector<Complex> &spectra);
std::vector<Complex> gridSynthesisAdjoint(const GridTransform &transform,
                                          const std::vector<double> &fields);

/// Returns the values of `count` fields at the points of the soft grid of band-limit b, [count][2b
/// beta][2b alpha]: linear in alpha between neighbours on the rows (rings) beside the point, then
/// linear in beta. Beyond the outermost row its points on the other side of the pole are those of
/// the next one.
std::vector<double> gridLinear(const SampleGrid &grid, int64_t b, int64_t count,
                               const std::vector<double> &fields);

/// Returns the spectra of functions rotated sample by sample: `rotate` with the three angles of
/// sample s of [samples][3] for its `channels` spectra.
std::vector<Complex> rotateSamples(int64_t samples, int64_t channels, int64_t degrees,
                                   const std::vector<Complex> &spectra,
                                   const std::vector<double> &angles);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_SAMPLE_GRID_H
