//===- fiber.h - stacks of threads that take turns --------------*- C++ -*-===//
//
// A fiber is a thread of execution that gives the processor away only where it
// says so. A switch stores and loads what the System V calling convention asks
// a function to preserve, without a system call.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_EMULATION_FIBER_H
#define SPHERICAL_TOOLS_EMULATION_FIBER_H

#include <cstddef>
#include <cstdint>

namespace spherical::emulation {

extern "C" {
/// Stores the place where the caller goes on in `*from`, and goes on at the place `to`.
void sph_fiber_switch(void **from, void *to);
}

/// A function that leaves its fiber for good. Before a call of one that does not return ASan clears
/// the shadow of the whole stack, and knows but that of the host's thread.
#if __has_feature(address_sanitizer)
#define SPHERICAL_LEAVES_FIBER
#else
#define SPHERICAL_LEAVES_FIBER [[noreturn]]
#endif

/// The stacks of at most `capacity` fibers, which are kept until the end. Below each lies a page
/// that nobody can touch.
class Stacks {
public:
  /// What functions of a fiber may take together.
  static constexpr int64_t kBytes = 128 << 10;

  /// Throws std::bad_alloc if there is no address space.
  explicit Stacks(int64_t capacity);
  ~Stacks();
  Stacks(const Stacks &) = delete;
  Stacks &operator=(const Stacks &) = delete;

  /// Forgets what stack `index` held. Returns the place where a fiber calls entry(argument), which
  /// must not return. Throws std::bad_alloc if there is no memory.
  void *start(int64_t index, void (*entry)(void *), void *argument);

  /// Whether an address is on stack `index`.
  bool contains(int64_t index, uintptr_t address) const;

private:
  char *memory;
  int64_t capacity, usable = 0;
};

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_FIBER_H
