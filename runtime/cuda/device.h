/*===- device.h - what compiled programs need of a GPU ----------------------===*
 *
 * The host side of a program for GPUs calls a device through one table of
 * functions, so that the same program runs on a GPU (runtime/cuda) or on its
 * emulation (tools/emulation). Plain C.
 *
 * Functions that can fail return null for success, or one sentence that says
 * what went wrong, valid until the next call in this thread. Work that is put
 * on a stream runs in order and later; what it reads and writes must live until
 * then. A failure of such work may be reported by any later call. Functions
 * that release take null.
 *
 *===------------------------------------------------------------------------===*/

#ifndef SPHERICAL_RUNTIME_CUDA_DEVICE_H
#define SPHERICAL_RUNTIME_CUDA_DEVICE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One opened device; kernels in its memory, and one of them; work in order; a mark in that order;
 * and recorded work. */
typedef struct sph_device_context sph_device_context;
typedef struct sph_device_module sph_device_module;
typedef struct sph_device_kernel sph_device_kernel;
typedef struct sph_device_stream sph_device_stream;
typedef struct sph_device_event sph_device_event;
typedef struct sph_device_graph sph_device_graph;

/* What kernels are stored as. Values are part of compiled libraries. */
typedef enum {
  SPH_IMAGE_END = 0,     /* ends a list of images */
  SPH_IMAGE_PTX = 1,     /* zero-terminated text, for `chip` and all later ones */
  SPH_IMAGE_CUBIN = 2,   /* machine code for `chip` and later minor versions of it */
  SPH_IMAGE_BITCODE = 3, /* NVPTX bitcode, for the emulation */
} sph_image_kind;

/* The kernels of a program in one form. A compiled library has the symbol
 *   const sph_image sph_images[]   ended by SPH_IMAGE_END */
typedef struct {
  int32_t kind; /* sph_image_kind */
  int32_t chip; /* compute capability as 10 major + minor: 75, 90, 120 */
  int64_t bytes;
  const void *data;
} sph_image;

/* What there is to know of an opened device. */
typedef struct {
  char name[128];
  int32_t chip; /* as in sph_image; 0: stands for any, and takes SPH_IMAGE_BITCODE */
  int32_t multiprocessors;
  int64_t shared_bytes; /* of dynamic shared memory, the most that a block can have */
  int64_t memory_bytes; /* all of the device */
  int32_t has_graphs;   /* graph_begin and the like do not fail */
} sph_device_facts;

/* Where kernels run. */
typedef struct {
  const char *name;

  /* Runs `blocks` blocks of `threads` threads with `shared` bytes of dynamic shared memory each, in
   * the stream's order. arguments[i] is the address of the kernel's argument i, read before the
   * call returns. Compiled code calls this one. */
  const char *(*launch)(sph_device_stream *stream, sph_device_kernel *kernel, int64_t blocks,
                        int64_t threads, int64_t shared, void *const *arguments);

  /* Opens device `ordinal`, 0 or more; several contexts of one device are allowed. A call with a
   * context, or with what belongs to it, may come from any thread, one at a time. */
  const char *(*open)(int64_t ordinal, sph_device_context **context);
  /* Closes it; everything that belongs to it must have been released. */
  void (*close)(sph_device_context *context);
  const char *(*facts)(sph_device_context *context, sph_device_facts *facts);
  /* Bytes of device memory that can still be taken. */
  const char *(*available)(sph_device_context *context, int64_t *bytes);

  /* Loads kernels of a kind and for a chip that the device takes. */
  const char *(*load)(sph_device_context *context, const sph_image *image,
                      sph_device_module **module);
  void (*unload)(sph_device_module *module);
  /* Finds a kernel, which lives as long as its module, and allows it `shared` bytes of dynamic
   * shared memory. */
  const char *(*find)(sph_device_module *module, const char *name, int64_t shared,
                      sph_device_kernel **kernel);

  /* Device memory, aligned to 256 bytes, contents undefined; at least 1 byte. */
  const char *(*allocate)(sph_device_context *context, int64_t bytes, void **memory);
  void (*release)(sph_device_context *context, void *memory);
  /* The same for host memory that the device copies from and to without a detour. */
  const char *(*allocate_host)(sph_device_context *context, int64_t bytes, void **memory);
  void (*release_host)(sph_device_context *context, void *memory);

  /* A stream of its own, or over `native` (a CUstream), which stays the caller's, if not null. */
  const char *(*create_stream)(sph_device_context *context, void *native,
                               sph_device_stream **stream);
  void (*destroy_stream)(sph_device_stream *stream);
  /* Waits for all work of the stream. */
  const char *(*synchronize)(sph_device_stream *stream);

  const char *(*create_event)(sph_device_context *context, sph_device_event **event);
  void (*destroy_event)(sph_device_event *event);
  /* Marks the stream's work so far. */
  const char *(*record)(sph_device_event *event, sph_device_stream *stream);
  /* Waits until that work is done; returns at once for an event that was never recorded. */
  const char *(*wait)(sph_device_event *event);
  /* Seconds from one recorded event to a later one; both must be done. */
  const char *(*elapsed)(sph_device_event *from, sph_device_event *to, double *seconds);

  /* Work of a stream. Host memory of copies must come from allocate_host. */
  const char *(*upload)(sph_device_stream *stream, void *to, const void *from, int64_t bytes);
  const char *(*download)(sph_device_stream *stream, void *to, const void *from, int64_t bytes);
  const char *(*copy)(sph_device_stream *stream, void *to, const void *from, int64_t bytes);
  /* Sets each byte to `value`. */
  const char *(*fill)(sph_device_stream *stream, void *to, int32_t value, int64_t bytes);

  /* Between the two, work put on the stream is recorded and not run. After a failure in between,
   * graph_end is still called; it fails then, or gives a graph that is to be destroyed. */
  const char *(*graph_begin)(sph_device_stream *stream);
  const char *(*graph_end)(sph_device_stream *stream, sph_device_graph **graph);
  /* Puts the recorded work on the stream; any number of times. */
  const char *(*graph_launch)(sph_device_graph *graph, sph_device_stream *stream);
  void (*graph_destroy)(sph_device_graph *graph);
} sph_device;

/* What an entry of a program for GPUs receives. */
typedef struct {
  const sph_device *device;
  sph_device_stream *stream;
  sph_device_kernel *const *kernels; /* one for each stage of the entry, in the manifest's order */
  void *frame;                       /* a sph_frame in device memory */
  void *scratch;                     /* device memory: the entry's scratch_bytes */
} sph_device_frame;

/* Such an entry; symbol sph_entry_<name>. It puts its launches on the stream and returns null, or
 * the sentence of the first call that failed. */
typedef const char *(*sph_device_entry)(const sph_device_frame *frame);

#ifdef __cplusplus
}
#endif

#endif /* SPHERICAL_RUNTIME_CUDA_DEVICE_H */
