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
  Probe(Executable &executable, const SampleSource &source, int64_t samples);

  /// Phi of the rotated inputs, [sample][class].
  std::vector<double> rotatedOutput(const Rotation &rotation);
  /// Phi of the inputs.
  std::vector<double> output() { return outputOf(spectra); }

private:
  std::vector<double> outputOf(const std::vector<Complex> &inputs);

  Executable &executable;
  int64_t samples;
  reference::Transform transform;
  std::vector<Complex> spectra; // [sample and channel][coefficient]
};

Probe::Probe(Executable &executable, const SampleSource &source, int64_t samples)
    : executable(executable), samples(samples) {
  const SampleLayout layout = source.layout();
  transform = {reference::Domain::S2, samples * layout.channels, layout.bandLimit, layout.bandLimit,
               reference::High::Zero};
  std::vector<float> values(samples * layout.values());
  std::vector<int32_t> labels(layout.labels());
  std::vector<float> numbers(layout.targetValues());
  for (int64_t i = 0; i < samples; ++i)
    source.load(i, values.data() + i * layout.values(), {labels.data(), numbers.data()});
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
  return outputOf(rotateSpectra(spectra, transform.count, transform.degrees, rotation));
}

double distance(const std::vector<double> &a, const std::vector<double> &b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

/// For each sample the mean over its outputs, repeated for each; 0 for a single one.
std::vector<double> meanOutput(const std::vector<double> &output, int64_t classes) {
  std::vector<double> mean(output.size());
  for (size_t begin = 0; begin < output.size(); begin += classes) {
    double sum = 0.0;
    for (int64_t c = 0; c < classes && classes > 1; ++c)
      sum += output[begin + c];
    std::fill_n(mean.begin() + begin, classes, sum / static_cast<double>(classes));
  }
  return mean;
}

/// conj(D^l_mk(R)), [m + l][k + l].
std::vector<Complex> conjugateWigner(const reference::Wigner &wigner, int64_t l,
                                     const EulerAngles &angles) {
  const int64_t width = 2 * l + 1;
  std::vector<double> d(width * width);
  wigner.matrix(l, reference::Harmonics(angles.beta, l + 1), d.data());
  std::vector<Complex> conjugate(width * width);
  for (int64_t m = -l; m <= l; ++m)
    for (int64_t k = -l; k <= l; ++k) {
      const double phase =
          static_cast<double>(m) * angles.alpha + static_cast<double>(k) * angles.gamma;
      const int64_t at = (m + l) * width + k + l;
      conjugate[at] = std::polar(1.0, -phase) * d[at];
    }
  return conjugate;
}

} // namespace

std::vector<Complex> rotateSpectra(const std::vector<Complex> &spectra, int64_t count,
                                   int64_t degrees, const Rotation &rotation) {
  const reference::Wigner wigner(degrees);
  const EulerAngles angles = rotation.eulerAngles();
  const int64_t size = reference::spectrumSize(reference::Domain::S2, degrees);
  std::vector<Complex> rotated(spectra.size());
  for (int64_t l = 0; l < degrees; ++l) {
    const int64_t width = 2 * l + 1;
    const std::vector<Complex> matrix = conjugateWigner(wigner, l, angles);
    for (int64_t signal = 0; signal < count; ++signal) {
      const int64_t block = signal * size + reference::s2Position(l, -l);
      for (int64_t m = 0; m < width; ++m)
        for (int64_t k = 0; k < width; ++k)
          rotated[block + m] += matrix[m * width + k] * spectra[block + k];
    }
  }
  return rotated;
}

EquivarianceError equivarianceError(Executable &executable, const SampleSource &source,
                                    const EquivarianceOptions &options) {
  if (executable.points() != 1)
    throw std::runtime_error("expected a network with one output a sample, got one for each of " +
                             std::to_string(executable.points()) + " points");
  checkSamples(executable, source);
  if (source.layout().bandLimit < 1)
    throw std::runtime_error("the change under rotation expected samples of 2b x 2b points, got " +
                             std::to_string(source.layout().height()) + " x " +
                             std::to_string(source.layout().width()));
  const int64_t samples = std::min({options.samples, source.count(), executable.capacity()});
  if (samples < 1 || options.rotations < 1)
    throw std::runtime_error("expected at least one sample and one rotation");
  constexpr uint32_t rotationSet = 0xe9; // apart from the rotations of data sets
  Probe probe(executable, source, samples);
  const std::vector<double> plain = probe.output();
  const double spread = distance(plain, meanOutput(plain, executable.classes()));
  if (!(spread > 0.0))
    throw std::runtime_error(
        "the equivariance error has no scale: expected outputs that differ from "
        "one another, got equal ones");
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
