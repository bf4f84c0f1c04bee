//===- convolution.h - convolutions on S2 and SO(3) -------------*- C++ -*-===//
//
// The layers of Gerken et al. 2022, equations 3.1 to 3.3, without bias: transform,
// multiply degree by degree, transform back. Part of the fp64 definitions:
// standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_REFERENCE_CONVOLUTION_H
#define SPHERICAL_RUNTIME_REFERENCE_CONVOLUTION_H

#include "runtime/reference/kernel_grid.h"
#include "runtime/reference/product.h"
#include "runtime/reference/transform.h"

namespace spherical::reference {

/// A convolution from functions on `domain` of band-limit bIn to functions on SO(3) of bOut
/// (bOut <= bIn on S2). Kernels are [inputs][outputs][points].
struct Convolution {
  Domain domain = Domain::SO3;
  int64_t batch = 1, inputs = 1, outputs = 1, bIn = 1, bOut = 1;
  High high = High::Zero;
  std::vector<Point> points;

  /// Returns 1/sqrt(P inputs bOut^4 / bIn^2) on S2, 1/sqrt(P inputs bOut^3 / bIn^3) on SO(3).
  double scale() const;
};

/// Returns the functions [batch][outputs][2bOut][2bOut][2bOut] with spectrum
/// Z^l_mn[b,o] = sum_i sum_k X^l_mk[b,i] conj(Y^l_nk[i,o]), Y the scaled kernels' spectrum.
std::vector<Complex> convolution(const Convolution &layer, const std::vector<Complex> &x,
                                 const std::vector<double> &kernels);

/// How the spectrum z of a convolution on SO(3) becomes one on S2: sum_n z_lmn, the mean z_lm0 over
/// the orbits of SO(2), or the product with the kernel averaged over SO(2) from the left.
enum class Projection { SumN, OrbitMean, InvariantKernel };

/// Returns the functions [batch][outputs][2bOut][2bOut] on S2 (Gerken et al. 2022, equations 3.3,
/// 2.6 and 2.5): complex, of which a real layer is the real part.
std::vector<Complex> projectedConvolution(const Convolution &layer, Projection projection,
                                          const std::vector<Complex> &x,
                                          const std::vector<double> &kernels);

/// Cotangents of the functions and of the kernels.
struct ConvolutionGrad {
  std::vector<Complex> x;
  std::vector<double> kernels;
};

/// Returns the cotangents of x and of the kernels for the cotangent g of the result.
ConvolutionGrad convolutionGrad(const Convolution &layer, const std::vector<Complex> &g,
                                const std::vector<Complex> &x, const std::vector<double> &kernels);

} // namespace spherical::reference

#endif // SPHERICAL_RUNTIME_REFERENCE_CONVOLUTION_H
