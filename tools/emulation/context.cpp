//===- context.cpp - what the emulated device calls share -------*- C++ -*-===//

#include "tools/emulation/context.h"

#include <utility>

namespace spherical::emulation {

const char *report(std::string sentence) {
  thread_local std::string last;
  last = std::move(sentence);
  return last.empty() ? nullptr : last.c_str();
}

const char *put(sph_device_stream *stream, Work work) {
  if (!stream->recording)
    return report(work(*stream));
  stream->recording->works.push_back(std::move(work));
  return nullptr;
}

} // namespace spherical::emulation
