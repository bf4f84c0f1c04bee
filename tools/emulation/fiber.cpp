//===- fiber.cpp - stacks of threads that take turns ------------*- C++ -*-===//

#include "tools/emulation/fiber.h"

#include <new>

#include <sys/mman.h>

#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif

#ifndef __x86_64__
#error "the emulation switches fibers on x86-64 only"
#endif

// The order of the registers is that of `Frame`.
asm(R"(
.text
.globl sph_fiber_switch
.type sph_fiber_switch, @function
sph_fiber_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size sph_fiber_switch, . - sph_fiber_switch

.type sph_fiber_start, @function
sph_fiber_start:
  .cfi_startproc
  .cfi_undefined rip
  movq %r12, %rdi
  callq *%r13
  ud2
  .cfi_endproc
.size sph_fiber_start, . - sph_fiber_start
)");

extern "C" void sph_fiber_start();

namespace spherical::emulation {

/// What lies on top of the stack of a fiber that waits.
struct Frame {
  void *r15 = nullptr, *r14 = nullptr;
  void (*r13)(void *);
  void *r12;
  void *rbx = nullptr, *rbp = nullptr;
  void (*next)();
};

static constexpr int64_t kPage = 4 << 10, kStride = Stacks::kBytes + 2 * kPage;

Stacks::Stacks(int64_t capacity) : capacity(capacity) {
  void *reserved = mmap(nullptr, capacity * kStride, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED)
    throw std::bad_alloc();
  memory = static_cast<char *>(reserved);
}

Stacks::~Stacks() { munmap(memory, capacity * kStride); }

void *Stacks::start(int64_t index, void (*entry)(void *), void *argument) {
  for (; usable <= index; ++usable)
    if (mprotect(memory + usable * kStride + kPage, kStride - kPage, PROT_READ | PROT_WRITE) != 0)
      throw std::bad_alloc();
  char *end = memory + (index + 1) * kStride;
#if __has_feature(address_sanitizer)
  __asan_unpoison_memory_region(end - kBytes - kPage, kBytes + kPage);
#endif
  // Fibers do the same at the same depth: equal offsets in the page would be equal places in the
  // caches. Functions expect a stack that is a multiple of 16 before a call.
  end -= index * 320 % kPage + sizeof(Frame);
  return new (reinterpret_cast<char *>(reinterpret_cast<uintptr_t>(end) & ~uintptr_t(15)) - 8)
      Frame{.r13 = entry, .r12 = argument, .next = sph_fiber_start};
}

bool Stacks::contains(int64_t index, uintptr_t address) const {
  const auto begin = reinterpret_cast<uintptr_t>(memory) + index * kStride + kPage;
  return address - begin < static_cast<uintptr_t>(kStride - kPage);
}

} // namespace spherical::emulation
