//===- public_names.h - names in the public PyTorch code --------*- C++ -*-===//
//
// How the public S2CNN networks call what is here input_layer, hidden_layers.0, ...:
//   segmenter  sem_seg_s2cnn, of Gerken et al. 2022
//   original   s2cnn, the small classifier of Cohen et al. 2018
//   deep       s2cnn, the deep one
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_PUBLIC_NAMES_H
#define SPHERICAL_TOOLS_SPHERICAL_PUBLIC_NAMES_H

#include <string>
#include <vector>

namespace spherical::driver {

/// The namings: segmenter, original, deep.
const std::vector<std::string> &publicNamings();

/// The public name of a layer or parameter: hidden_layers.1.kernel is convolutional.4.kernel in
/// `deep`. Empty if the naming has none.
std::string publicName(const std::string &naming, const std::string &name);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_PUBLIC_NAMES_H
