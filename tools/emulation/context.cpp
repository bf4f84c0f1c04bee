//===- context.cpp - what the emulated device calls share -------*- C++ -*-===//

#include "tools/emulation/context.h"

#include <mutex>
#include <set>
#include <utility>

sph_device_context::~sph_device_context() {
  for (const auto &plan : plans)
    spherical::emulation::removeHandle(plan.get());
}

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

/// What all contexts share.
struct Shared {
  std::mutex mutex;
  std::set<const void *> handles;
  std::string lateFailure;
};

static Shared &shared() {
  static Shared all;
  return all;
}

void addHandle(const void *handle) {
  std::lock_guard lock(shared().mutex);
  shared().handles.insert(handle);
}

void removeHandle(const void *handle) {
  std::lock_guard lock(shared().mutex);
  shared().handles.erase(handle);
}

bool isHandle(const void *handle) {
  std::lock_guard lock(shared().mutex);
  return shared().handles.contains(handle);
}

void failLater(const std::string &sentence) {
  std::lock_guard lock(shared().mutex);
  shared().lateFailure = sentence;
}

std::string takeLateFailure() {
  std::lock_guard lock(shared().mutex);
  return std::exchange(shared().lateFailure, "");
}

void finishWorkspaces(sph_device_context &context, const sph_device_stream *stream, int64_t time) {
  std::erase_if(context.workspaces,
                [&](const WorkspaceUse &use) { return use.stream == stream && use.time <= time; });
}

} // namespace spherical::emulation
