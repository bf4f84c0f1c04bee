//===- machine_peak.cpp - prints what the processor could do --------------===//
//
// machine_peak [THREADS]: 10^9 single-precision operations a second that so many threads do in
// fused multiply-adds on registers (default: one thread for each usable core).
//
//===----------------------------------------------------------------------===//

#include "runtime/train/machine_peak.h"

#include "runtime/execute/task_pool.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <system_error>

int main(int count, char **arguments) {
  int threads = static_cast<int>(spherical::runtime::usableCores());
  if (count > 1) {
    const char *end = arguments[1] + std::strlen(arguments[1]);
    const auto [stop, error] = std::from_chars(arguments[1], end, threads);
    if (count > 2 || error != std::errc() || stop != end || threads < 1 || threads > 4096) {
      std::fprintf(stderr,
                   "machine_peak: error: expected a number of threads, 1 to 4096, got '%s'\n",
                   arguments[count - 1]);
      return 1;
    }
  }
  std::printf("%.1f\n", spherical::runtime::measurePeakGflops(threads));
  return 0;
}
