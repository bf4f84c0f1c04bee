//===- network_equivariance.h - a network on rotated functions -----*- C++ -*-===//
//
// The errors |f(R x) - R f(x)| / |f(x) - mean f(x)| of random rotations R. Inputs, rotations and
// norms live in the spectrum: norms are integrals over the sphere or the rotations.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_NETWORK_EQUIVARIANCE_H
#define SPHERICAL_TOOLS_SPHERICAL_NETWORK_EQUIVARIANCE_H

#include "tools/spherical/driver/execute.h"
#include "tools/spherical/driver/layers.h"

#include "runtime/data/rotation.h"
#include "runtime/reference/spectrum.h"

#include <map>
#include <string>
#include <vector>

namespace spherical::driver {

struct EquivarianceSettings {
  std::string file; ///< of the model, for messages
  int64_t rotations = 50;
  uint64_t seed = 0; ///< of the input and the rotations
};

/// Runs entries on rotated inputs: entries from a spectrum `x` to spectra and features
/// (tapSpectra).
class EquivarianceTest {
public:
  EquivarianceTest(const EquivarianceSettings &settings, Executable &executable,
                   TensorMap parameters)
      : settings(settings), executable(executable), parameters(std::move(parameters)),
        rotations(runtime::uniformRotations(settings.rotations, settings.seed, 0)) {}

  /// The errors of each result of `entry`, in order of the rotations, for a random input of
  /// `degrees` degrees. `outputs` has the types of the results by name.
  Result<std::map<std::string, std::vector<double>>>
  errors(const std::string &entry, const FlowType &input, int64_t degrees,
         const std::map<std::string, FlowType> &outputs);

private:
  Result<TensorMap> run(const std::string &entry, const FlowType &input,
                        const std::vector<reference::Complex> &spectra);

  EquivarianceSettings settings;
  Executable &executable;
  TensorMap parameters;
  std::vector<runtime::Rotation> rotations;
};

struct ErrorSummary {
  double median = 0, largest = 0;
};

ErrorSummary summarize(std::vector<double> errors);

/// Prints and returns the median error of the network in the model `settings.file` with the weights
/// in a file, for an input with all degrees below its band-limit. Fails for a model whose input is
/// no function on S2.
Result<double> printNetworkEquivariance(const EquivarianceSettings &settings,
                                        const SessionOptions &session, const std::string &weights);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_NETWORK_EQUIVARIANCE_H
