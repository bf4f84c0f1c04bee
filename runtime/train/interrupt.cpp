//===- interrupt.cpp - stopping cleanly on Ctrl-C ---------------*- C++ -*-===//

#include "runtime/train/interrupt.h"

namespace spherical::runtime {
namespace {

volatile std::sig_atomic_t signalCame = 0;

extern "C" void noteSignal(int signal) {
  signalCame = 1;
  std::signal(signal, SIG_DFL); // the next one is not held back
}

} // namespace

InterruptGuard::InterruptGuard() {
  signalCame = 0;
  struct sigaction action = {};
  action.sa_handler = noteSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &oldInterrupt);
  sigaction(SIGTERM, &action, &oldTerminate);
}

InterruptGuard::~InterruptGuard() {
  sigaction(SIGINT, &oldInterrupt, nullptr);
  sigaction(SIGTERM, &oldTerminate, nullptr);
}

bool InterruptGuard::interrupted() const { return signalCame != 0; }

} // namespace spherical::runtime
