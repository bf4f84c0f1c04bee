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
/* A prepared Fourier transform. */
typedef struct sph_device_fft sph_device_fft;

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

/* The libraries of a device for Fourier transforms (cuFFT) and for products of matrices (cuBLAS).
 */
typedef struct {
  int32_t has_fft, has_gemm;
  int32_t fft_version[3], gemm_version[3]; /* major, minor, patch; 0 for none, and for
                                              the emulation's own */
  char missing_fft[512]; /* a sentence if it is missing: what was looked for, and what to install;
                            else "" */
  char missing_gemm[512];
} sph_device_libraries;

/* What a transform goes from and to. Values are part of compiled libraries. */
typedef enum {
  SPH_FFT_C2C = 0, /* complex to complex, forward or inverse */
  SPH_FFT_R2C = 1, /* real to the first n/2 + 1 bins of the last axis, forward */
  SPH_FFT_C2R = 2, /* from these bins to real, inverse; imaginary parts of bins that are their own
                      conjugates are not looked at, once the other axis is transformed */
} sph_fft_kind;

/* Where the samples or bins of a transform lie, in elements of that side: f32, or two f32, real and
 * imaginary part, where it is complex. Element (x0, x1) of transform i lies at
 *   i distance + (x0 embed[1] + x1) stride        rank 2
 *   i distance + x0 stride                        rank 1
 * embed has at least as many elements an axis as there are samples or bins; embed[1] of rank 1 is
 * 1. */
typedef struct {
  int64_t embed[2];
  int64_t stride;
  int64_t distance;
} sph_fft_side;

/* `batch` transforms of f32 over the last `rank` axes:
 *   forward  X[k] = sum over x of x[j] e^{-2 pi i j k / n},  inverse with e^{+...}
 * for each axis; neither divides by n. Nothing is implied: all numbers are given. No two elements
 * of the output lie at one place; nor of the input where a transform may overwrite it. */
typedef struct {
  int32_t rank;    /* 1 or 2 */
  int32_t kind;    /* sph_fft_kind */
  int64_t n[2];    /* samples an axis, 1 or more; n[1] of rank 1 is 1 */
  int64_t batch;   /* 1 or more */
  sph_fft_side in; /* the axes' lengths are n, but n/2 + 1 for the last one on a side of bins */
  sph_fft_side out;
} sph_fft_shape;

/* C = alpha op(A) op(B) + beta C, `batch` times, of f32, with products and sums in f32 (no TF32).
 * Matrices are row-major: element (row, column) of matrix i lies at
 *   i stride + row ld + column
 * with ld at least the columns of the matrix as it is stored: A is m x k, or k x m if transposed;
 * B is k x n, or n x k; C is m x n. C is not read if beta is 0. */
typedef struct {
  int64_t m, n, k, batch;           /* 1 or more */
  int32_t transpose_a, transpose_b; /* 0 or 1 */
  int64_t lda, ldb, ldc;
  int64_t stride_a, stride_b, stride_c; /* of A and B: 0 for the same one each time */
  float alpha, beta;
} sph_gemm_shape;

/* Bytes of workspace that a product asks for at least, and with which it is fast on all chips. */
#define SPH_GEMM_WORKSPACE_LEAST ((int64_t)16 << 10)
#define SPH_GEMM_WORKSPACE_FAST ((int64_t)32 << 20)

/* Where kernels run. */
typedef struct {
  const char *name;

  /* Runs `blocks` blocks of `threads` threads with `shared` bytes of dynamic shared memory each, in
   * the stream's order. arguments[i] is the address of the kernel's argument i, read before the
   * call returns. Compiled code calls this one. */
  const char *(*launch)(sph_device_stream *stream, sph_device_kernel *kernel, int64_t blocks,
                        int64_t threads, int64_t shared, void *const *arguments);
  /* Work of a stream: transforms `in` to `out`, aligned to 8 bytes, with `workspace`, device
   * memory that is aligned to 256 bytes and that nobody else uses until the work is done; null if
   * the plan needs none. `inverse` is 0 for R2C, 1 for C2R. `in` and `out` have no place in common,
   * or are equal: then their sides are the same (C2C), or both strides 1, and embed[1] of rank 2
   * and, of several transforms, the distance twice as large on the real side as on the other (R2C,
   * C2R). A C2R may overwrite `in`. Compiled code calls this one too. */
  const char *(*fft_execute)(sph_device_stream *stream, sph_device_fft *plan, void *in, void *out,
                             int32_t inverse, void *workspace);
  /* The same for products. C has no place in common with A and B; the workspace has
   * SPH_GEMM_WORKSPACE_LEAST bytes or more. The first product of a context must not be recorded,
   * since it prepares the library. Compiled code calls this one too. */
  const char *(*gemm)(sph_device_stream *stream, const sph_gemm_shape *shape, const void *a,
                      const void *b, void *c, void *workspace, int64_t workspace_bytes);

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

  /* Between the two, work put on the stream is recorded and not run; the host does not wait for it,
   * and no event or graph is put there. After a failure in between, graph_end is still called; it
   * fails then, or gives a graph that is to be destroyed. */
  const char *(*graph_begin)(sph_device_stream *stream);
  const char *(*graph_end)(sph_device_stream *stream, sph_device_graph **graph);
  /* Puts the recorded work on the stream; any number of times. */
  const char *(*graph_launch)(sph_device_graph *graph, sph_device_stream *stream);
  void (*graph_destroy)(sph_device_graph *graph);

  /* Which libraries there are. Looks for them if nobody has yet; succeeds without them. The
   * functions below look for the one that they need, and fail with its sentence. */
  const char *(*libraries)(sph_device_context *context, sph_device_libraries *libraries);

  /* Prepares transforms, and says how many bytes of workspace each execution needs, 0 or more.
   * Neither preparing nor destroying is allowed between graph_begin and graph_end. */
  const char *(*fft_plan)(sph_device_context *context, const sph_fft_shape *shape,
                          sph_device_fft **plan, int64_t *workspace_bytes);
  /* Graphs that have recorded an execution of the plan must not be launched afterwards. */
  void (*fft_destroy)(sph_device_fft *plan);
} sph_device;

/* What an entry of a program for GPUs receives. */
typedef struct {
  const sph_device *device;
  sph_device_stream *stream;
  sph_device_kernel *const *kernels; /* one for each stage of the entry, in the manifest's order */
  void *frame;                       /* a sph_frame in device memory */
  void *scratch;                     /* device memory: the entry's scratch_bytes */
  sph_device_fft *const *ffts; /* of stages that are calls of fft_execute, in the same order */
  const sph_gemm_shape *const *gemms; /* of stages that are calls of gemm, in the same order */
  void *workspace;         /* device memory for all of these calls, null if they need none */
  int64_t workspace_bytes; /* of it */
  const void *places;      /* a sph_frame like `frame`, but with its arrays on the host */
} sph_device_frame;

/* Such an entry; symbol sph_entry_<name>. It puts its launches on the stream and returns null, or
 * the sentence of the first call that failed. */
typedef const char *(*sph_device_entry)(const sph_device_frame *frame);

#ifdef __cplusplus
}
#endif

#endif /* SPHERICAL_RUNTIME_CUDA_DEVICE_H */
