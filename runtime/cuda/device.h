/*===- device.h - what compiled programs need of a GPU ----------------------===*
 *
 * The host side of a program for GPUs calls a device through one table of
 * functions, so that the same program runs on a GPU or on its emulation
 * (tools/emulation). Plain C.
 *
 * Functions that can fail return null for success, or one sentence that says
 * what went wrong, valid until the next call in this thread.
 *
 *===------------------------------------------------------------------------===*/

#ifndef SPHERICAL_RUNTIME_CUDA_DEVICE_H
#define SPHERICAL_RUNTIME_CUDA_DEVICE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Kernels in memory, and one of them. */
typedef struct sph_device_module sph_device_module;
typedef struct sph_device_kernel sph_device_kernel;

/* Where kernels run. */
typedef struct {
  const char *name;

  /* Loads kernels: machine code for a GPU, NVPTX bitcode for the emulation. */
  const char *(*load)(const void *image, int64_t bytes, sph_device_module **module);
  /* Releases a module and its kernels. A null module is allowed. */
  void (*unload)(sph_device_module *module);
  /* Finds a kernel; it lives as long as its module. */
  const char *(*find)(sph_device_module *module, const char *name, sph_device_kernel **kernel);

  /* Takes device memory, aligned to 256 bytes, contents undefined. */
  const char *(*allocate)(int64_t bytes, void **memory);
  void (*release)(void *memory);
  /* Copy between host and device; they return when `to` holds the bytes. */
  const char *(*upload)(void *to, const void *from, int64_t bytes);
  const char *(*download)(void *to, const void *from, int64_t bytes);

  /* Runs `blocks` blocks of `threads` threads with `shared` bytes of dynamic shared memory each.
   * arguments[i] is the address of the kernel's argument i. Launches run one after the other. */
  const char *(*launch)(sph_device_kernel *kernel, int64_t blocks, int64_t threads, int64_t shared,
                        void *const *arguments);
  /* Waits for all launches; a failure of one of them is reported here or there. */
  const char *(*synchronize)(void);
} sph_device;

#ifdef __cplusplus
}
#endif

#endif /* SPHERICAL_RUNTIME_CUDA_DEVICE_H */
