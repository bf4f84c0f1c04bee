//===- layer_network.h - a network, one layer at a time ---------*- C++ -*-===//
//
// Runs the layers of a model one after the other, on the reference target or another
// one, so that what goes from one to the next can be looked at and exchanged.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CHECK_LAYER_NETWORK_H
#define SPHERICAL_TOOLS_SPHERICAL_CHECK_LAYER_NETWORK_H

#include "tools/spherical/driver/execute.h"
#include "tools/spherical/driver/layer_programs.h"

#include <memory>
#include <string>
#include <vector>

namespace spherical::driver {

/// A value for each layer, in order.
using LayerValues = std::vector<runtime::Tensor>;

class LayerNetwork {
public:
  /// Takes a model of the phase graph apart, for the target of its options. `parameters` has a
  /// value for each parameter and state. With `gradients`, layers have @<entry>_vjp, and none is
  /// changed any more.
  static Result<std::unique_ptr<LayerNetwork>> create(std::unique_ptr<Session> model,
                                                      TensorMap parameters, bool gradients);

  const std::vector<LayerProgram> &layers() const { return programs; }
  const FlowType &input() const { return programs.front().layer.input; }
  const TensorMap &parameters() const { return values; }

  /// What a layer gives for its inputs, any number of samples, with `changes` in place of
  /// parameters.
  Result<runtime::Tensor> run(const LayerProgram &layer, const LayerValues &inputs,
                              const TensorMap &changes = {});

  /// The same of an entry that takes what the layer does; all its results by name. `more` are
  /// further arguments.
  Result<TensorMap> runEntry(const std::string &entry, const LayerProgram &layer,
                             const LayerValues &inputs, const TensorMap &more = {});

  /// Adds the layer changed and runs it, one sample at a time if its statistics are those of the
  /// batch.
  Result<runtime::Tensor> runChanged(int64_t layer, const LayerChange &change,
                                     const runtime::Tensor &input);

  /// What each layer gives for the network's input `x`.
  Result<LayerValues> pass(const runtime::Tensor &x) { return passFrom(0, x, {}); }
  /// The same of the layers from `first` on, the results of those before being known.
  Result<LayerValues> passFrom(size_t first, const runtime::Tensor &x, LayerValues known);

  /// What a layer takes of the network's input and of the results of others.
  LayerValues inputsOf(const LayerProgram &layer, const runtime::Tensor &x,
                       const LayerValues &results) const;

private:
  LayerNetwork() = default;

  /// The session outlives what it compiled.
  std::unique_ptr<Session> session;
  std::unique_ptr<Executable> executable;
  std::vector<LayerProgram> programs;
  TensorMap values;
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CHECK_LAYER_NETWORK_H
