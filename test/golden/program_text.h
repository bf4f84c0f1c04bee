//===- program_text.h - pieces of golden programs ---------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_GOLDEN_PROGRAM_TEXT_H
#define SPHERICAL_TEST_GOLDEN_PROGRAM_TEXT_H

#include "test/golden/programs.h"
#include "tools/spherical/model/program_text.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace spherical::golden {

using driver::functionText;
using driver::NamedType;
using driver::pairText;
using driver::signalType;
using driver::tensorType;

inline std::string number(int64_t value) { return std::to_string(value); }

/// @f and its gradient on the tensors in.*, out.*, cot.* and grad.* of the same names.
Program differentiable(const std::vector<NamedType> &arguments, const NamedType &result,
                       const std::string &body);

/// The name of an operator -> what writes the program of its cases.
using OperatorPrograms = std::map<std::string, std::function<Program(const File &)>>;

/// Transforms, products, convolutions and projections on S2 and SO(3).
OperatorPrograms spherePrograms();

/// Activations, linear layers, batch norm and losses.
OperatorPrograms layerPrograms();

/// Layers of images: convolutions, pools, resizing, channels, further activations.
OperatorPrograms planarPrograms();

} // namespace spherical::golden

#endif // SPHERICAL_TEST_GOLDEN_PROGRAM_TEXT_H
