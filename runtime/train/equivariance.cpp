//===- equivariance.cpp - how invariant a classifier is ---------*- C++ -*-===//

#include "runtime/train/equivariance.h"

#include "runtime/data/batches.h"
#include "runtime/reference/transform.h"
#include "runtime/reference/wigner.h"
#include "runtime/train/evaluate.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace spherical::runtime {
namespace {

using reference::Complex;

/// Band-limited inputs as spectra, and the network on them.
class Probe {
public:
  Probe(Executable &executable, const SphericalImages &images, int64_t samples);

  /// Phi of the rotated inputs, [sample][class].
  std::vector<double> rotatedOutput(const Rotation &rotation);
  /// Phi of the inputs.
  std::vector<double> output() { return outputOf(spectra); }

private:
  std::vector<double> outputOf(const std::vector<Complex> &inputs);

  Executable &executable;
  int64_t samples;
  reference::Transform transform;
  reference::Wigner wigner;
  std::vector<Complex> spectra; // [sample and channel][coefficient]
};

Probe::Probe(Executable &executable, const SphericalImages &images, int64_t samples)
    : executable(executable), samples(samples),
      transform{reference::Domain::S2, samples * images.channels, images.bandLimit,
                images.bandLimit, reference::High::Zero},
      wigner(images.bandLimit) {
  std::vector<float> values(samples * images.sampleSize());
  for (int64_t i = 0; i < samples; ++i)
    convertSample(images, i, values.data() + i * images.sampleSize());
  spectra = reference::analysis(transform, std::vector<Complex>(values.begin(), values.end()));
}

std::vector<double> Probe::outputOf(const std::vector<Complex> &inputs) {
  const std::vector<Complex> functions = reference::synthesis(transform, inputs);
  std::vector<float> x(functions.size()), logits(samples * executable.classes());
  std::transform(functions.begin(), functions.end(), x.begin(),
                 [](const Complex &value) { return static_cast<float>(value.real()); });
  executable.forward(x.data(), samples, logits.data());
  return {logits.begin(), logits.end()};
}

std::vector<double> Probe::rotatedOutput(const Rotation &rotation) {
  const EulerAngles angles = rotation.eulerAngles();
  const int64_t size = reference::spectrumSize(reference::Domain::S2, transform.degrees);
  std::vector<Complex> rotated(spectra.size());
  for (int64_t l = 0; l < transform.degrees; ++l) {
    const int64_t width = 2 * l + 1;
    std::vector<double> d(width * width);
    wigner.matrix(l, reference::Harmonics(angles.beta, l + 1), d.data());
    std::vector<Complex> conjugate(width * width); // conj D^l_mk
    for (int64_t m = -l; m <= l; ++m)
      for (int64_t k = -l; k <= l; ++k)
        conjugate[(m + l) * width + k + l] =
            std::polar(1.0, -(static_cast<double>(m) * angles.alpha +
                              static_cast<double>(k) * angles.gamma)) *
            d[(m + l) * width + k + l];
    for (int64_t signal = 0; signal < transform.count; ++signal)
      for (int64_t m = 0; m < width; ++m) {
        const Complex *in = spectra.data() + signal * size + reference::s2Position(l, -l);
        Complex sum = 0.0;
        for (int64_t k = 0; k < width; ++k)
          sum += conjugate[m * width + k] * in[k];
        rotated[signal * size + reference::s2Position(l, m - l)] = sum;
      }
  }
  return outputOf(rotated);
}

double distance(const std::vector<double> &a, const std::vector<double> &b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

/// For each class the mean over samples, repeated for each sample.
std::vector<double> meanOutput(const std::vector<double> &output, int64_t classes) {
  std::vector<double> mean(output.size());
  const auto samples = static_cast<int64_t>(output.size()) / classes;
  for (int64_t c = 0; c < classes; ++c) {
    double sum = 0.0;
    for (int64_t i = 0; i < samples; ++i)
      sum += output[i * classes + c];
    for (int64_t i = 0; i < samples; ++i)
      mean[i * classes + c] = sum / static_cast<double>(samples);
  }
  return mean;
}

} // namespace

EquivarianceError equivarianceError(Executable &executable, const SphericalImages &images,
                                    const EquivarianceOptions &options) {
  checkSamples(executable, images);
  const int64_t samples = std::min({options.samples, images.count, executable.capacity()});
  if (samples < 1 || options.rotations < 1)
    throw std::runtime_error("expected at least one sample and one rotation");
  constexpr uint32_t rotationSet = 0xe9; // apart from the rotations of data sets
  Probe probe(executable, images, samples);
  const std::vector<double> plain = probe.output();
  const double spread = distance(plain, meanOutput(plain, executable.classes()));
  if (!(spread > 0.0))
    throw std::runtime_error("the equivariance error has no scale: expected samples with different "
                             "outputs, got " +
                             std::to_string(samples) + " with the same");
  EquivarianceError result;
  for (const Rotation &rotation : uniformRotations(options.rotations, options.seed, rotationSet))
    result.errors.push_back(distance(probe.rotatedOutput(rotation), plain) / spread);
  std::vector<double> sorted = result.errors;
  std::sort(sorted.begin(), sorted.end());
  const size_t middle = sorted.size() / 2;
  result.median = sorted.size() % 2 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle]);
  return result;
}

} // namespace spherical::runtime
