/*===- spherical_runtime.h - the public C interface of Spherical ------------===*
 *
 * Everything that a user of a compiled model, or the compiled code itself, may
 * call. Plain C99, usable from C++.
 *
 * Order of use:
 *   sph_open            a compiled library (spherical compile model.yaml)
 *   sph_bind_file       its weights (safetensors), or sph_bind for each tensor
 *   sph_run             an entry ("forward", "train_step", ...) on named buffers
 *   sph_close
 *
 * Arrays are dense, C order, in file order: functions on the sphere [batch,
 * channel, beta, alpha], on SO(3) [batch, channel, beta, alpha, gamma], spectra
 * with a trailing axis (re, im), tensors as declared. Scalars have rank 0 and
 * one element. Strings are UTF-8 and zero-terminated; strings that the library
 * returns belong to it and live as long as the program that they describe.
 *
 * Functions that can fail return a status; sph_last_error() then gives one
 * sentence. No function aborts or throws. Any thread may call, and different
 * programs are independent. Calls that run a program, or read or change what it
 * keeps (sph_run, sph_bind, sph_bind_file, sph_read, sph_allow_nonfinite and all
 * sph_set_...) take turns: one waits while another is under way, and is refused
 * (SPH_INVALID_ARGUMENT) from inside of an executor, where it would wait for
 * itself. Questions (sph_threads, sph_entry_memory, sph_entry_stage, and all about
 * entries and values) never wait. sph_close must be the last call.
 *
 *===------------------------------------------------------------------------===*/

#ifndef SPHERICAL_RUNTIME_H
#define SPHERICAL_RUNTIME_H

#include <stdint.h>

#if defined(__GNUC__)
#define SPH_API __attribute__((visibility("default")))
#else
#define SPH_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the interface between compiled code and this library; artifacts of another version
 * are refused. */
#define SPH_ABI 3

/*===- Interface of compiled code -------------------------------------------===*/

/* State of one running entry; only sph_parallel looks inside. */
typedef struct sph_context sph_context;

/* One task of a stage, 0 <= task < tasks. `places` is what the entry gives sph_parallel, which
 * hands it on: only compiled code looks inside. `scratch` is private to the task while it runs: the
 * entry's scratch_bytes, aligned to 64 bytes, contents undefined. Tasks write disjoint memory. */
typedef void (*sph_task)(void *places, int64_t task, void *scratch);

/* Runs task(places, i, scratch) for each 0 <= i < tasks, in any order and concurrently, and returns
 * when all are done. A call from inside a task runs its tasks one after the other. `stage` is the
 * index in the entry's list of stages; the time is added there while timers are on. */
SPH_API void sph_parallel(sph_context *context, sph_task task, void *places, int64_t tasks,
                          int64_t stage);

/* What an entry receives. Arena, tables: aligned to 64 bytes. arguments, results: one pointer for
 * each value in the manifest's order, dense C order, file shape. Batched arrays hold `count`
 * samples: sample `count` and later are neither read nor written. A result that replaces an
 * argument may be the same memory. */
typedef struct {
  sph_context *context;
  void *arena;
  void *const *tables;
  void *const *arguments;
  void *const *results;
  int64_t count;
} sph_frame;

/* A compiled entry; symbol sph_entry_<name>. A compiled library also has the symbols
 *   const char sph_manifest[]   zero-terminated JSON: tables, entries, parameters
 *   const int32_t sph_abi       SPH_ABI of its compiler */
typedef void (*sph_entry)(sph_frame *frame);

/*===- Status ---------------------------------------------------------------===*/

typedef enum {
  SPH_OK = 0,
  SPH_INVALID_ARGUMENT = 1, /* a name, shape, type or count that does not fit */
  SPH_NOT_FOUND = 2,        /* no such entry, value or parameter */
  SPH_BAD_ARTIFACT = 3,     /* damaged, of another version, or for another processor */
  SPH_OUT_OF_MEMORY = 4,    /* the sentence says what for and, if known, how much there is */
  SPH_FILE_ERROR = 5,       /* a file cannot be read */
  SPH_INTERNAL = 6,         /* anything else */
  SPH_DEVICE_ERROR = 7,     /* no GPU, no driver, or what they refuse */
  SPH_WRONG_RESULT = 8      /* a self-check gave other values than it should */
} sph_status;

/* The sentence about the last failure in this thread, "" if there was none. Valid until the next
 * call in this thread. */
SPH_API const char *sph_last_error(void);

/* Version of this library, "major.minor.patch". */
SPH_API const char *sph_version(void);

/*===- Programs -------------------------------------------------------------===*/

/* A loaded artifact with its parameters, memory and threads. */
typedef struct sph_program sph_program;

/* Type of one element; in a sph_buffer, with the place of the array in the other bits. */
typedef enum {
  SPH_F32 = 0,
  SPH_F64 = 1,
  SPH_I32 = 2,
  SPH_I64 = 3,
  SPH_PLACE_BITS = 0x7fffff00
} sph_element;

/* The place of an array in the memory of GPU n; nothing stands for the host. */
#define SPH_ON_DEVICE(n) (((int)(n) + 1) << 8)

/* A named array of the caller: `rank` extents in `shape` (may be null for rank 0). `element` also
 * says where it lies: SPH_F32 on the host, SPH_F32 | SPH_ON_DEVICE(0) on GPU 0. A program takes
 * arrays on the host, and arrays on the GPU that it runs on, which it uses where they lie. */
typedef struct {
  const char *name;
  void *data;
  sph_element element;
  int64_t rank;
  const int64_t *shape;
} sph_buffer;

/* Loads the shared library at `path`. Memory for running is taken at the first run of an entry.
 * SPH_FILE_ERROR if it cannot be loaded; SPH_BAD_ARTIFACT if it is no artifact of this version, cut
 * short, or needs instructions that this machine lacks ("this machine has x86-64-v3, the program
 * needs x86-64-v4"). The environment variable SPHERICAL_CPU_LIMIT, a level from x86-64 to
 * x86-64-v4, makes the machine count as no more than that. */
SPH_API sph_status sph_open(const char *path, sph_program **program);

/* Where a library for GPUs (target cuda) runs. All zero: on device 0 and a stream of its own. */
typedef struct {
  int64_t device; /* number of the GPU */
  void *stream;   /* a CUstream of that GPU that all work is put on, or null. Its owner orders work
                     on arrays in the GPU's memory. */
} sph_options;

/* As sph_open, with options; null stands for all zero. SPH_DEVICE_ERROR if there is no such GPU, no
 * driver, or none of the library's kernels is for it. */
SPH_API sph_status sph_open_with(const char *path, const sph_options *options,
                                 sph_program **program);

/* As sph_open, from a manifest and the addresses of the entries: lookup(user, symbol) returns null
 * for an unknown symbol. The code must stay loaded until sph_close. */
typedef void *(*sph_lookup)(void *user, const char *symbol);
SPH_API sph_status sph_open_symbols(const char *manifest, sph_lookup lookup, void *user,
                                    sph_program **program);

/* Releases everything. A null program is allowed. */
SPH_API void sph_close(sph_program *program);

/* Number of worker threads, at least 1; at first one for each core that the process may use.
 * An entry of some 50 us or less runs on one of them, which takes less time than to wake others.
 * The thread that calls sph_run is one of them if its stack has what the entry needs left, some
 * 300 KB for most, else a thread of the program's own stands in for it. Meanwhile it takes denormal
 * numbers as zero and may be kept on its core.
 * Results do not depend on it, bit for bit. During a run sph_threads gives the run's number; a
 * sph_set_threads that waits for the end of the run counts from then on. */
SPH_API sph_status sph_set_threads(sph_program *program, int64_t threads);
SPH_API int64_t sph_threads(const sph_program *program);

/* Replaces the program's own threads: executor(user, workers, body, data) must call
 * body(data, worker) once for each 0 <= worker < workers, concurrently or not, and return when all
 * are done. Its threads and the thread that calls sph_run need 16 MB of stack. If it throws a C++
 * exception, when no body runs any more, the run fails with its sentence. A null executor brings
 * the program's own threads back. */
typedef void (*sph_body)(void *data, int64_t worker);
typedef void (*sph_executor)(void *user, int64_t workers, sph_body body, void *data);
SPH_API sph_status sph_set_executor(sph_program *program, sph_executor executor, void *user,
                                    int64_t workers);

/* Whether sph_run and sph_bind take values that are not finite (1) or refuse them (0, as at first):
 * NaN and infinities of one sample spread to others in training. Files must always be finite. */
SPH_API sph_status sph_allow_nonfinite(sph_program *program, int32_t on);

/*===- Entries and values ---------------------------------------------------===*/

/* What is known of an argument, result or parameter. `role` is "input", "label", "count",
 * "learning_rate", "parameter", "moment", "average", "state" or "prepared" ("" for results). A
 * batched array's first extent is the capacity, the largest count. `replaces`: the argument whose
 * next value this result is, or null. */
typedef struct {
  const char *name;
  const char *role;
  sph_element element;
  int64_t rank;
  const int64_t *shape;
  int32_t batched;
  const char *replaces;
} sph_value;

/* The index of the entry `name`, for the calls below. SPH_NOT_FOUND lists the entries there are. */
SPH_API sph_status sph_find_entry(const sph_program *program, const char *name, int64_t *entry);

/* The name of entry `entry`, null from the number of entries on. */
SPH_API const char *sph_entry_name(const sph_program *program, int64_t entry);

/* Argument, result or parameter `index`; SPH_NOT_FOUND from their number on. Parameters are all
 * that the program keeps between runs: roles parameter, state and moment. */
SPH_API sph_status sph_argument(const sph_program *program, int64_t entry, int64_t index,
                                sph_value *value);
SPH_API sph_status sph_result(const sph_program *program, int64_t entry, int64_t index,
                              sph_value *value);
SPH_API sph_status sph_parameter(const sph_program *program, int64_t index, sph_value *value);

/*===- Parameters -----------------------------------------------------------===*/

/* Copies values into the parameter, state or moment of that name; element and shape must be the
 * declared ones, and the values finite (sph_allow_nonfinite). States and moments start at their
 * initial values, parameters must be bound before an entry that needs them runs. */
SPH_API sph_status sph_bind(sph_program *program, const sph_buffer *values);

/* Copies the current values of the parameter, state or moment into values->data. */
SPH_API sph_status sph_read(sph_program *program, const sph_buffer *values);

/* Binds every tensor of a safetensors file. SPH_INVALID_ARGUMENT, and nothing is bound, if a tensor
 * has no parameter of its name and shape, another type (F64, F32, F16 and BF16 are converted into
 * each other, as are integers) or a value that is not finite, if a parameter has no tensor, or
 * if the file records that it is of another model. States and moments may be absent: they stay as
 * they are. */
SPH_API sph_status sph_bind_file(sph_program *program, const char *path);

/*===- Running --------------------------------------------------------------===*/

/* Runs an entry on `count` samples, 1 .. capacity.
 *  - inputs: every argument of role input, label or learning_rate, in any order. An argument that
 *    the program keeps may be given too; its buffer then takes the place of the kept values, in
 * this run.
 *  - outputs: any of the results. Results that replace a kept parameter update it in any case.
 * Batched buffers hold at least `count` samples, others have the declared shape. Outputs overlap
 * neither inputs nor each other, except that a result may lie exactly on the argument that it
 * replaces. Inputs hold finite values (sph_allow_nonfinite), labels of the model's classes, and
 * spectra of real functions their symmetry; labels of -1 and targets of NaN are missing and count
 * for nothing in the loss. Else SPH_INVALID_ARGUMENT, with value and position (buffers on a GPU are
 * not looked at). Nothing is written if a check fails. No memory is allocated
 * after an entry's first run. After SPH_OUT_OF_MEMORY or SPH_INTERNAL results, and what the entry
 * updates, may hold anything. */
SPH_API sph_status sph_run(sph_program *program, int64_t entry, const sph_buffer *inputs,
                           int64_t input_count, const sph_buffer *outputs, int64_t output_count,
                           int64_t count);

/*===- Self-check -----------------------------------------------------------===*/

/* What a self-check found: how many values were compared, and |got - expected| / |expected| over
 * all of them, which may be up to `tolerance`. */
typedef struct {
  int64_t values;
  double error, tolerance;
} sph_check;

/* Loads the library at `path` as sph_open_with does, runs its entry "forward" on parameters and one
 * input that are functions of a seed, compares with what the library holds of the results, and
 * releases it: no weights are needed, and no other program of the library notices. The values were
 * computed when it was compiled, by the definitions of its layers in double precision, and the
 * tolerance is what rounding to single precision explains. SPH_WRONG_RESULT if they differ by more,
 * with `check` filled in; SPH_NOT_FOUND if the library holds none. */
SPH_API sph_status sph_self_check(const char *path, const sph_options *options, sph_check *check);

/*===- Measuring ------------------------------------------------------------===*/

/* Bytes that an entry needs: total = arena + parameters + tables + scratch. `scratch` is for all
 * workers (the number that sph_threads gives); `parameters` are all kept and prepared values.
 * `resident` and `peak_resident` are those of the whole process now, 0 where the system does not
 * tell. */
typedef struct {
  int64_t arena, parameters, tables, scratch, total;
  int64_t resident, peak_resident;
} sph_memory;
SPH_API sph_status sph_entry_memory(const sph_program *program, int64_t entry, sph_memory *memory);

/* Switches the timers of all stages on (1) or off (0, as at first) and sets them to zero; a run
 * under way is waited for. */
SPH_API sph_status sph_set_timers(sph_program *program, int32_t on);

/* A stage of an entry: its place in the model file, planned floating-point operations and bytes of
 * one run at full capacity, and the seconds and runs counted since sph_set_timers: during a run,
 * those so far. */
typedef struct {
  const char *name;
  const char *location;
  double flop, bytes;
  int64_t tasks;
  double seconds;
  int64_t runs;
} sph_stage;
SPH_API sph_status sph_entry_stage(const sph_program *program, int64_t entry, int64_t index,
                                   sph_stage *stage);

#ifdef __cplusplus
}
#endif

#endif /* SPHERICAL_RUNTIME_H */
