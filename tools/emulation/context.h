//===- context.h - what the emulated device calls share ---------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_CONTEXT_H
#define SPHERICAL_TOOLS_EMULATION_CONTEXT_H

#include "runtime/cuda/device.h"
#include "tools/emulation/memory.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace spherical::emulation {

/// What is put on a stream: does it there and returns "", or says what went wrong.
using Work = std::function<std::string(sph_device_stream &)>;

/// Work that is recorded, and why the recording is to fail.
struct Recording {
  std::vector<Work> works;
  std::string failure;
};

} // namespace spherical::emulation

struct sph_device_context {
  spherical::emulation::Memory memory;
  std::string failure; ///< of a call that could not report it
};

struct sph_device_stream {
  sph_device_context *context;
  std::unique_ptr<spherical::emulation::Recording> recording; ///< if it records
};

namespace spherical::emulation {

/// Keeps a sentence for the caller, until the next one of this thread; null for none.
const char *report(std::string sentence);

/// Does the work, or records it.
const char *put(sph_device_stream *stream, Work work);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_CONTEXT_H
