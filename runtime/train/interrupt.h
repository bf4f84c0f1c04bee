//===- interrupt.h - stopping cleanly on Ctrl-C -----------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_INTERRUPT_H
#define SPHERICAL_RUNTIME_TRAIN_INTERRUPT_H

#include <csignal>

namespace spherical::runtime {

/// While an object of this type lives, the first SIGINT or SIGTERM only sets a flag; a second one
/// ends the process as usual. At most one object at a time.
class InterruptGuard {
public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard &) = delete;
  InterruptGuard &operator=(const InterruptGuard &) = delete;

  /// Whether a signal came since this object was made.
  bool interrupted() const;

private:
  struct sigaction oldInterrupt, oldTerminate;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_INTERRUPT_H
