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

/// A workspace that work of a stream may still use, as the host has not waited for it.
struct WorkspaceUse {
  sph_device_stream *stream;
  uintptr_t begin, end;
  int64_t time; ///< of the context
};

} // namespace spherical::emulation

struct sph_device_fft {
  sph_device_context *context;
  sph_fft_shape shape;
  int64_t workspaceBytes;
  bool isDestroyed = false;
};

struct sph_device_context {
  spherical::emulation::Memory memory;
  std::string failure; ///< of a call that could not report it
  std::vector<spherical::emulation::WorkspaceUse> workspaces;
  int64_t time = 0;       ///< works so far that had a workspace, and events recorded
  int64_t recordings = 0; ///< streams that record
  bool isStrict = false;
  bool hasMultiplied = false;
  /// All that were made, so that those destroyed are known.
  std::vector<std::unique_ptr<sph_device_fft>> plans;

  explicit sph_device_context(bool isStrict) : isStrict(isStrict) {}
  ~sph_device_context();
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

/// The contexts, streams and plans that callers may hold, of all threads.
void addHandle(const void *handle);
void removeHandle(const void *handle);
bool isHandle(const void *handle);

/// A failure of a call that can report it to nobody and belongs to no context; the next stream that
/// the host waits for, of whatever context, reports it.
void failLater(const std::string &sentence);
std::string takeLateFailure();

/// The host has waited for what the stream did until `time`.
void finishWorkspaces(sph_device_context &context, const sph_device_stream *stream, int64_t time);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_CONTEXT_H
