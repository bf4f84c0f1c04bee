//===- blocks.cpp - the blocks of a launch on all cores ---------*- C++ -*-===//

#include "tools/emulation/blocks.h"

#include "llvm/Support/ThreadPool.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>

namespace spherical::emulation {

llvm::StdThreadPool &hostThreads() {
  static llvm::StdThreadPool pool(llvm::hardware_concurrency());
  return pool;
}

namespace {

/// As Block::run; also "no memory left", a string that takes none.
std::string runBlock(const BlockWork &work, int64_t position) {
  try {
    return Block::ofHostThread().run(work, position);
  } catch (const std::bad_alloc &) {
    return "no memory left";
  }
}

/// A launch that threads of the host work on. Late ones find it finished.
class Launch {
public:
  explicit Launch(const BlockWork &work) : work(work) {}

  /// Runs blocks until none is left.
  void join() {
    std::unique_lock lock(mutex);
    if (next == work.blocks)
      return; // the caller may be gone, and `work` with it
    ++inside;
    while (next < std::min(work.blocks, firstFailed)) {
      const int64_t position = next++;
      lock.unlock();
      std::string why = runBlock(work, position);
      lock.lock();
      if (!why.empty() && position < firstFailed) {
        firstFailed = position;
        failure = std::move(why);
      }
    }
    next = work.blocks;
    if (--inside == 0)
      done.notify_all();
  }

  /// Waits until nobody works on it any more.
  std::string finish() {
    std::unique_lock lock(mutex);
    done.wait(lock, [this] { return inside == 0; });
    return failure;
  }

private:
  const BlockWork work;
  std::mutex mutex;
  std::condition_variable done;
  int64_t next = 0, inside = 0, firstFailed = INT64_MAX;
  std::string failure;
};

} // namespace

std::string runBlocks(const BlockWork &work) {
  auto launch = std::make_shared<Launch>(work);
  const int64_t threads = work.checker ? 1 : hostThreads().getMaxConcurrency();
  const int64_t helpers = std::min(work.blocks, threads) - 1;
  for (int64_t i = 0; i < helpers; ++i)
    hostThreads().async([launch] { launch->join(); });
  launch->join();
  return launch->finish();
}

} // namespace spherical::emulation
