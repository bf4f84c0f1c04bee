//===- libraries_speed.cpp - cuFFT and cuBLAS alone -------------*- C++ -*-===//
//
// libraries_speed [REPEATS]: what calls of transforms, and of products of matrices
// as large as a degree of a block product, take on GPU 0. One line of JSON each:
// medians of events around REPEATS calls (20). With the word `emulated` small ones
// once each on the strict emulation, to see that the calls are right.
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/driver.h"
#include "runtime/execute/device_memory.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include <dlfcn.h>

namespace spherical::runtime {
namespace {

/// A device, and what lies there until the end.
class Bench {
public:
  Bench(const sph_device &calls, int repeats) : device(calls, 0, nullptr), repeats(repeats) {
    begin = makeEvent(device), end = makeEvent(device);
    workspace = take(SPH_GEMM_WORKSPACE_FAST);
  }
  ~Bench() {
    device.calls.synchronize(device.stream);
    for (void *memory : taken)
      device.calls.release(device.context, memory);
  }

  /// Zeros in device memory.
  void *take(int64_t bytes) {
    void *memory = nullptr;
    checkDevice(device.calls.allocate(device.context, bytes, &memory));
    taken.push_back(memory);
    checkDevice(device.calls.fill(device.stream, memory, 0, bytes));
    return memory;
  }

  void fft(const std::string &name, const sph_fft_shape &shape);
  void gemm(const std::string &name, const sph_gemm_shape &shape);

private:
  template <typename Prepare, typename Call>
  void measure(const std::string &name, double flop, Prepare prepare, Call call);

  OpenDevice device;
  int repeats;
  DeviceObject<sph_device_event> begin, end;
  std::vector<void *> taken;
  void *workspace;
};

/// The first call is not counted: it loads kernels.
template <typename Prepare, typename Call>
void Bench::measure(const std::string &name, double flop, Prepare prepare, Call call) {
  std::vector<double> times;
  for (int i = 0; i <= repeats; ++i) {
    double seconds = 0;
    prepare();
    checkDevice(device.calls.record(begin.get(), device.stream));
    checkDevice(call());
    checkDevice(device.calls.record(end.get(), device.stream));
    checkDevice(device.calls.synchronize(device.stream));
    checkDevice(device.calls.elapsed(begin.get(), end.get(), &seconds));
    times.push_back(seconds);
  }
  std::sort(times.begin() + 1, times.end());
  const double median = times[1 + (repeats - 1) / 2];
  std::printf("{\"call\": \"%s\", \"ms\": %.4f, \"gflops\": %.1f}\n", name.c_str(), 1e3 * median,
              median > 0 ? flop / median * 1e-9 : 0.0);
  std::fflush(stdout);
}

void Bench::fft(const std::string &name, const sph_fft_shape &shape) {
  const bool real = shape.kind != SPH_FFT_C2C;
  const auto n = static_cast<double>(shape.n[0]);
  const int64_t bytes = 8 * shape.batch * (shape.n[0] / 2 + 1) * (real ? 1 : 2);
  sph_device_fft *plan = nullptr;
  int64_t needed = 0;
  checkDevice(device.calls.fft_plan(device.context, &shape, &plan, &needed));
  const DeviceObject<sph_device_fft> owned(plan, device.calls.fft_destroy);
  void *in = take(bytes), *out = take(bytes), *own = take(std::max<int64_t>(needed, 1));
  const double flop = static_cast<double>(shape.batch) * (real ? 2.5 : 5.0) * n * std::log2(n);
  // A transform to real values may have used what it read.
  auto again = [&] { checkDevice(device.calls.fill(device.stream, in, 0, bytes)); };
  measure(name, flop, again, [&] {
    return device.calls.fft_execute(device.stream, plan, in, out, shape.kind == SPH_FFT_C2R, own);
  });
}

void Bench::gemm(const std::string &name, const sph_gemm_shape &shape) {
  auto place = [&](int64_t rows, int64_t columns) {
    return take(4 * rows * columns * shape.batch);
  };
  void *a = place(shape.m, shape.k), *b = place(shape.k, shape.n), *c = place(shape.m, shape.n);
  const double flop =
      2.0 * static_cast<double>(shape.batch * shape.m) * static_cast<double>(shape.n * shape.k);
  measure(
      name, flop, [] {},
      [&] {
        return device.calls.gemm(device.stream, &shape, a, b, c, workspace,
                                 SPH_GEMM_WORKSPACE_FAST);
      });
}

/// The series of one transform on SO(3) at band-limit b, as stage.fft has them: complex ones over
/// alpha of orders n < b, real ones over gamma.
void transforms(Bench &bench, int64_t b, int64_t series) {
  const int64_t n = 2 * b, complexRows = b * series * n, realRows = series * n * n;
  const std::string size = "so3 b=" + std::to_string(b) + " x " + std::to_string(series);
  const sph_fft_side values{{n, 1}, 1, n}, bins{{b + 1, 1}, realRows, 1};
  bench.fft(size + " C2C", {1, SPH_FFT_C2C, {n, 1}, complexRows, values, values});
  bench.fft(size + " R2C", {1, SPH_FFT_R2C, {n, 1}, realRows, values, bins});
  bench.fft(size + " C2R", {1, SPH_FFT_C2R, {n, 1}, realRows, bins, values});
}

/// A dense product of batch (2l + 1) x in (2l + 1) by out (2l + 1), one degree of a block product.
void product(Bench &bench, int64_t l, int64_t batch, int64_t in, int64_t out) {
  const int64_t width = 2 * l + 1, m = batch * width, k = in * width, n = out * width;
  bench.gemm("degree " + std::to_string(l) + ", " + std::to_string(m) + " x " + std::to_string(k) +
                 " x " + std::to_string(n),
             {m, n, k, 1, 0, 0, k, n, n, 0, 0, 0, 1, 0});
}

int run(const sph_device &calls, int repeats, bool small) {
  Bench bench(calls, repeats);
  for (const int64_t b : small ? std::vector<int64_t>{3} : std::vector<int64_t>{16, 20, 42, 64})
    transforms(bench, b, small ? 2 : 32 * 12);
  for (const int64_t l : small ? std::vector<int64_t>{1} : std::vector<int64_t>{10, 20, 41})
    product(bench, l, small ? 2 : 32, 12, 11);
  return 0;
}

} // namespace
} // namespace spherical::runtime

int main(int argc, char **argv) {
  const bool emulated = argc > 1 && std::string(argv[1]) == "emulated";
  const int repeats = argc > 1 && !emulated ? std::max(1, std::atoi(argv[1])) : emulated ? 1 : 20;
  try {
    const sph_device *calls = &spherical::runtime::cudaDevice();
    if (emulated) {
      void *library = dlopen(SPHERICAL_EMULATION, RTLD_NOW | RTLD_LOCAL);
      auto *table = library ? dlsym(library, "sph_strict_emulated_device") : nullptr;
      if (!table) {
        std::fprintf(stderr, "expected the emulation in %s, got none\n", SPHERICAL_EMULATION);
        return 1;
      }
      calls = reinterpret_cast<const sph_device *(*)()>(table)();
    }
    return spherical::runtime::run(*calls, repeats, emulated);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
