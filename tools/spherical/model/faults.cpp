//===- faults.cpp - what is wrong in a model ------------------------------===//

#include "tools/spherical/model/faults.h"

#include <algorithm>
#include <span>
#include <tuple>

namespace spherical::driver {

Error errorOf(const std::string &file, std::vector<ModelFault> faults) {
  constexpr size_t most = 20;
  std::ranges::sort(faults, {}, [](const ModelFault &fault) {
    return std::tuple(fault.position.line, fault.position.column, fault.message);
  });
  std::string text;
  for (const ModelFault &fault : std::span(faults).first(std::min(most, faults.size())))
    text += (text.empty() ? "" : "\n") +
            errorAt(file, fault.position, fault.message, fault.hint).message;
  if (faults.size() > most)
    text += "\n" + file + ": note: " + std::to_string(faults.size() - most) + " more mistakes";
  return Error{text};
}

} // namespace spherical::driver
