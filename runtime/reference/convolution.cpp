//===- convolution.cpp - convolutions on S2 and SO(3) -----------*- C++ -*-===//

#include "runtime/reference/convolution.h"

#include "runtime/reference/kernel_transform.h"
#include "runtime/reference/projection.h"

#include <cmath>

namespace spherical::reference {
namespace {

/// The maps a convolution is made of.
struct Parts {
  Transform in, out;
  Product product;
  std::vector<Complex> matrix;

  explicit Parts(const Convolution &layer)
      : in{layer.domain, layer.batch * layer.inputs, layer.bIn, layer.bOut, layer.high},
        out{Domain::SO3, layer.batch * layer.outputs, layer.bOut, layer.bOut, High::Zero},
        product{layer.domain, layer.batch, layer.inputs, layer.outputs, layer.bOut},
        matrix(kernelMatrix(layer.domain, layer.bOut, layer.points, layer.scale())) {}
};

int64_t pointCount(const Convolution &layer) { return static_cast<int64_t>(layer.points.size()); }

} // namespace

double Convolution::scale() const {
  const double p = static_cast<double>(points.size()) * inputs, in = bIn, out = bOut;
  return domain == Domain::S2 ? 1 / std::sqrt(p * std::pow(out, 4) / std::pow(in, 2))
                              : 1 / std::sqrt(p * std::pow(out, 3) / std::pow(in, 3));
}

std::vector<Complex> convolution(const Convolution &layer, const std::vector<Complex> &x,
                                 const std::vector<double> &kernels) {
  const Parts parts(layer);
  const std::vector<Complex> spectra = analysis(parts.in, x);
  const std::vector<Complex> kernelSpectra =
      kernelTransform(layer.inputs * layer.outputs, pointCount(layer), kernels, parts.matrix);
  return synthesis(parts.out, product(parts.product, spectra, kernelSpectra));
}

std::vector<Complex> projectedConvolution(const Convolution &layer, Projection projection,
                                          const std::vector<Complex> &x,
                                          const std::vector<double> &kernels) {
  const Parts parts(layer);
  const int64_t count = layer.inputs * layer.outputs;
  std::vector<Complex> y = kernelTransform(count, pointCount(layer), kernels, parts.matrix);
  if (projection == Projection::InvariantKernel) // the average keeps the row n = 0
    y = projectKernelAdjoint(Orders::Zero, count, layer.bOut,
                             projectKernel(Orders::Zero, count, layer.bOut, y));
  const std::vector<Complex> z = product(parts.product, analysis(parts.in, x), y);
  const Orders orders = projection == Projection::OrbitMean ? Orders::Zero : Orders::All;
  const int64_t results = layer.batch * layer.outputs;
  return synthesis({Domain::S2, results, layer.bOut, layer.bOut, High::Zero},
                   sumOrders(orders, results, layer.bOut, z));
}

ConvolutionGrad convolutionGrad(const Convolution &layer, const std::vector<Complex> &g,
                                const std::vector<Complex> &x, const std::vector<double> &kernels) {
  const Parts parts(layer);
  const int64_t count = layer.inputs * layer.outputs, points = pointCount(layer);
  const std::vector<Complex> spectra = analysis(parts.in, x);
  const std::vector<Complex> kernelSpectra = kernelTransform(count, points, kernels, parts.matrix);
  const std::vector<Complex> cotangent = synthesisAdjoint(parts.out, g);
  return {analysisAdjoint(parts.in, productGradInput(parts.product, cotangent, kernelSpectra)),
          kernelTransformAdjoint(
              count, points, productGradKernel(parts.product, cotangent, spectra), parts.matrix)};
}

} // namespace spherical::reference
