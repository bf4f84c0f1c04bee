//===- kernel_info.h - what the emulation says of a kernel ------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_KERNEL_INFO_H
#define SPHERICAL_TOOLS_EMULATION_KERNEL_INFO_H

#include <string>
#include <vector>

namespace spherical::emulation {

/// Names for messages.
struct KernelInfo {
  std::string name;
  /// The instructions that the emulation sees, barriers, shuffles and accesses to memory, by
  /// number: where they come from in the model file, such as "model.yaml:7:5", or "" if that is not
  /// known. Number 0 stands for no instruction.
  std::vector<std::string> sites = {""};
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_KERNEL_INFO_H
