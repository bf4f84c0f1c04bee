//===- progress.cpp - how far a run is --------------------------*- C++ -*-===//

#include "runtime/train/progress.h"

#include <unistd.h>

namespace spherical::runtime {

using Clock = std::chrono::steady_clock;

ProgressLine::ProgressLine(std::FILE *stream)
    : stream(stream), terminal(::isatty(::fileno(stream)) == 1), last(Clock::now()) {}

bool ProgressLine::due() const {
  constexpr std::chrono::milliseconds often(200), seldom(20000);
  return Clock::now() - last >= (terminal ? often : seldom);
}

void ProgressLine::show(const std::string &text) {
  last = Clock::now();
  // ESC [K clears what a longer line left behind.
  std::fputs(terminal ? ("\r" + text + "\x1b[K").c_str() : (text + "\n").c_str(), stream);
  std::fflush(stream);
  shown = true;
}

void ProgressLine::clear() {
  if (!terminal || !shown)
    return;
  std::fputs("\r\x1b[K", stream);
  std::fflush(stream);
  shown = false;
}

} // namespace spherical::runtime
