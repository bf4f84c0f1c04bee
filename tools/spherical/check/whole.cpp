//===- whole.cpp - a whole network on two targets -------------------------===//

#include "tools/spherical/check/whole.h"

#include "runtime/data/conversion.h"
#include "runtime/data/random.h"
#include "tools/spherical/driver/tolerance.h"

#include <algorithm>
#include <cmath>

namespace spherical::driver {

using runtime::DType;
using runtime::Tensor;

namespace {

constexpr double epsilon = 0x1p-24;

/// |a - b| / |b| over all tensors.
double distanceOf(const TensorMap &a, const TensorMap &b) {
  double error = 0, norm = 0;
  for (const auto &[name, tensor] : b) {
    const Tensor got = runtime::converted(a.at(name), DType::F64);
    const Tensor expected = runtime::converted(tensor, DType::F64);
    for (int64_t i = 0; i < expected.size(); ++i) {
      const double off = got.as<double>()[i] - expected.as<double>()[i];
      error += off * off;
      norm += expected.as<double>()[i] * expected.as<double>()[i];
    }
  }
  return error == 0 ? 0 : std::sqrt(error / norm);
}

/// Each number times 1 + r with a random |r| <= 16 eps.
TensorMap disturbed(const TensorMap &arguments, uint64_t seed) {
  TensorMap result;
  for (const auto &[name, tensor] : arguments) {
    const runtime::RandomNumbers random(seed, runtime::RandomStream::Item,
                                        runtime::hashText(name.c_str()));
    Tensor values = runtime::converted(tensor, DType::F64);
    for (int64_t i = 0; i < values.size(); ++i)
      values.as<double>()[i] *= 1 + 16 * epsilon * (2 * random.uniforms(i)[0] - 1);
    result.emplace(name, std::move(values));
  }
  return result;
}

} // namespace

Result<WholeAgreement> compareWhole(Executable &definition, Executable &target,
                                    const TensorMap &arguments, const std::string &file,
                                    uint64_t seed, double rounding) {
  const InputOptions options{.file = file};
  const Result<TensorMap> expected = runOnce(definition, "forward", arguments, options);
  if (!expected)
    return expected.error();
  const Result<TensorMap> changed =
      runOnce(definition, "forward", disturbed(arguments, seed), options);
  if (!changed)
    return changed.error();
  const Result<TensorMap> got = runOnce(target, "forward", arguments, options);
  if (!got)
    return got.error();
  return WholeAgreement{distanceOf(*got, *expected),
                        std::max(rounding, kChangeMargin * distanceOf(*changed, *expected))};
}

} // namespace spherical::driver
