//===- kernel_text.h - kernels of tests as text -----------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_TOOLS_EMULATION_KERNEL_TEXT_H
#define SPHERICAL_TEST_TOOLS_EMULATION_KERNEL_TEXT_H

#include <string>

namespace spherical::emulation {

/// The bitcode of LLVM IR text for NVPTX.
std::string bitcodeOf(const std::string &text);

} // namespace spherical::emulation

#endif // SPHERICAL_TEST_TOOLS_EMULATION_KERNEL_TEXT_H
