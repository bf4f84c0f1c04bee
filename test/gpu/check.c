/*===- check.c - one library beside stored values, from C -------------------===*
 *
 * check LIBRARY.so write FILE       stores what the library computes
 * check LIBRARY.so compare FILE     compares with what another one computed, and
 *                                   measures; a line of JSON
 * check LIBRARY.so stages FILE N    writes what each stage of `forward` takes, the
 *                                   mean of N runs
 * The word "forward" at the end leaves out all but this entry.
 *
 * Parameters and inputs are functions of their indices. Compared are logits
 * before training, the gradient (up to 1,000 entries of each result) and the
 * losses of some steps. Uses the public header alone: whatever the library is
 * compiled for, nothing here knows it.
 *
 *===------------------------------------------------------------------------===*/

#include "spherical_runtime.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { steps = 8, mostValues = 512, mostEntries = 1000 };

/* The stored values: written, or read and compared one by one. */
static FILE *file;
static int compares, stages, failures;
static double worst;

static void check(sph_status status, const char *what) {
  if (status == SPH_OK)
    return;
  fprintf(stderr, "%s: %s\n", what, sph_last_error());
  exit(1);
}

static void *allocate(int64_t bytes) {
  void *memory = calloc(1, bytes > 0 ? bytes : 1);
  if (!memory) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  return memory;
}

static int64_t sizeOf(const sph_value *value) {
  int64_t size = 1;
  for (int64_t i = 0; i < value->rank; ++i)
    size *= value->shape[i];
  return size;
}

/* A buffer of a value: a number of its index between -scale and scale, integers the last digit. */
static sph_buffer filled(const sph_value *value, float scale) {
  const int64_t size = sizeOf(value);
  float *numbers = allocate(8 * size);
  for (int64_t i = 0; i < size; ++i)
    if (value->element == SPH_F32)
      numbers[i] = scale * sinf(3.0f * (float)i + 1.0f);
    else
      ((int32_t *)numbers)[i] = (int32_t)(i % 10);
  const sph_buffer buffer = {value->name, numbers, value->element, value->rank, value->shape};
  return buffer;
}

/* Kernels and weights with a variance that keeps activations of any width in range. */
static void bindParameters(sph_program *program) {
  sph_value value;
  for (int64_t i = 0; sph_parameter(program, i, &value) == SPH_OK; ++i) {
    if (strcmp(value.role, "parameter") != 0) /* states and moments have initial values */
      continue;
    int64_t inputs = 1;
    for (int64_t axis = 1; axis < value.rank; ++axis)
      inputs *= value.shape[axis];
    sph_buffer buffer = filled(&value, value.rank > 1 ? sqrtf(3.0f / (float)inputs) : 0.5f);
    check(sph_bind(program, &buffer), value.name);
    free(buffer.data);
  }
}

/* Of all that the entry at hand has reported so far. */
static double largestOfEntry = 0;

/* Writes entries of a tensor, or compares them: each to `tolerance` of the largest. Gradients that
 * are sums of larger terms and cancel, as those of a bias before a batch norm, hold rounding of
 * these terms: that much less. */
static void report(const char *name, const float *values, int64_t size, double tolerance) {
  if (stages)
    return;
  const int64_t stride = size > mostEntries ? size / mostEntries : 1;
  double largest = 0, difference = 0;
  for (int64_t i = 0; i < size; i += stride) {
    double stored = values[i];
    if (!compares)
      fprintf(file, "%.9g\n", stored);
    else if (fscanf(file, "%lf", &stored) != 1)
      difference = INFINITY;
    largest = fmax(largest, fabs(stored));
    if (!(fabs(stored - values[i]) <= difference))
      difference = fabs(stored - values[i]);
  }
  largestOfEntry = fmax(largestOfEntry, largest);
  difference = fmax(0, difference - 1e-6 * largestOfEntry);
  difference /= largest > 0 ? largest : 1;
  if (difference > worst)
    worst = difference;
  if (difference <= tolerance)
    return;
  fprintf(stderr, "%s: expected a difference of at most %g of the largest value, got %g\n", name,
          tolerance, difference);
  ++failures;
}

/* Arguments that the caller gives, and the batch. */
static int64_t makeInputs(sph_program *program, int64_t entry, sph_buffer *inputs, int64_t *batch) {
  int64_t count = 0;
  sph_value value;
  for (int64_t i = 0; sph_argument(program, entry, i, &value) == SPH_OK; ++i) {
    const int rate = strcmp(value.role, "learning_rate") == 0;
    if (!rate && strcmp(value.role, "input") != 0 && strcmp(value.role, "label") != 0)
      continue;
    inputs[count] = filled(&value, 1.0f);
    if (rate)
      *(float *)inputs[count].data = 1e-3f;
    if (value.batched)
      *batch = value.shape[0];
    ++count;
  }
  return count;
}

/* Runs an entry once, reports its results, and returns the seconds of later runs. */
static double runEntry(sph_program *program, const char *name, double tolerance, int repeats) {
  int64_t entry, batch = 1, outputs = 0;
  check(sph_find_entry(program, name, &entry), name);
  static sph_buffer in[16], out[mostValues];
  const int64_t inputs = makeInputs(program, entry, in, &batch);
  sph_value value;
  for (int64_t i = 0; sph_result(program, entry, i, &value) == SPH_OK && outputs < mostValues;
       ++i) {
    int repeated = value.element != SPH_F32; /* results may share a name: the first is meant */
    for (int64_t k = 0; k < outputs; ++k)
      repeated |= strcmp(out[k].name, value.name) == 0;
    if (!repeated)
      out[outputs++] = filled(&value, 0.0f);
  }
  check(sph_run(program, entry, in, inputs, out, outputs, batch), name);
  largestOfEntry = 0;
  for (int64_t i = 0; i < outputs; ++i) {
    const sph_value shape = {out[i].name, "", out[i].element, out[i].rank, out[i].shape, 0, NULL};
    report(out[i].name, out[i].data, sizeOf(&shape), tolerance);
  }
  struct timespec begin, end;
  timespec_get(&begin, TIME_UTC);
  for (int i = 0; i < repeats; ++i)
    check(sph_run(program, entry, in, inputs, out, 1, batch), name);
  timespec_get(&end, TIME_UTC);
  for (int64_t i = 0; i < inputs; ++i)
    free(in[i].data);
  for (int64_t i = 0; i < outputs; ++i)
    free(out[i].data);
  const double seconds =
      (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
  return repeats > 0 ? seconds / repeats : 0;
}

/* Losses of some steps; rounding that Adam makes large stays a small part of them. */
static double train(sph_program *program, int repeats) {
  int64_t entry, batch = 1;
  check(sph_find_entry(program, "train_step", &entry), "train_step");
  sph_buffer in[16];
  const int64_t inputs = makeInputs(program, entry, in, &batch);
  struct timespec begin, end;
  timespec_get(&begin, TIME_UTC);
  for (int step = 0; step < steps + repeats; ++step) {
    float value = 0;
    const sph_buffer loss = {"loss", &value, SPH_F32, 0, NULL};
    check(sph_run(program, entry, in, inputs, &loss, 1, batch), "train_step");
    if (step < steps)
      report("loss", &value, 1, 5e-3);
    if (step == steps - 1)
      timespec_get(&begin, TIME_UTC);
  }
  timespec_get(&end, TIME_UTC);
  for (int64_t i = 0; i < inputs; ++i)
    free(in[i].data);
  const double seconds =
      (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
  return repeats > 0 ? seconds / repeats : 0;
}

/* Milliseconds of each stage of an entry, with GFLOP/s and GB/s by its planned work. */
static void writeStages(sph_program *program, const char *name, int repeats) {
  int64_t entry;
  check(sph_find_entry(program, name, &entry), name);
  runEntry(program, name, INFINITY, 0);
  check(sph_set_timers(program, 1), "timers");
  runEntry(program, name, INFINITY, repeats - 1);
  sph_stage stage;
  for (int64_t i = 0; sph_entry_stage(program, entry, i, &stage) == SPH_OK; ++i) {
    const double seconds = stage.runs > 0 ? stage.seconds / (double)stage.runs : 0;
    const double rate = seconds > 0 ? 1e-9 / seconds : 0;
    fprintf(file, "%-28s %-32s %10.4f ms %10.1f GFLOP/s %8.1f GB/s\n", stage.name, stage.location,
            1e3 * seconds, rate * stage.flop, rate * stage.bytes);
  }
}

int main(int argc, char **argv) {
  compares = argc >= 4 && strcmp(argv[2], "compare") == 0;
  stages = argc >= 4 && strcmp(argv[2], "stages") == 0;
  if (argc < 4 || (!compares && !stages && strcmp(argv[2], "write") != 0)) {
    fprintf(stderr, "usage: check LIBRARY.so write|compare|stages FILE [REPEATS|forward]\n");
    return 2;
  }
  const int forwardAlone = argc > 4 && strcmp(argv[4], "forward") == 0;
  const int repeats = argc > 4 && !forwardAlone ? atoi(argv[4]) : 0;
  const sph_options options = {0, NULL};
  sph_program *program;
  check(sph_open_with(argv[1], &options, &program), argv[1]);
  file = fopen(argv[3], compares ? "r" : "w");
  if (!file) {
    perror(argv[3]);
    return 1;
  }
  bindParameters(program);
  if (stages) {
    writeStages(program, "forward", repeats > 1 ? repeats : 2);
    sph_close(program);
    return fclose(file) != 0;
  }
  const double forward = runEntry(program, "forward", 1e-4, repeats);
  double step = 0;
  if (!forwardAlone) {
    runEntry(program, "loss_and_gradients", 2e-3, 0);
    step = train(program, repeats);
  }
  sph_close(program);
  if (fclose(file) != 0)
    ++failures;
  printf("{\"library\": \"%s\", \"failures\": %d, \"worst\": %.2e, \"forward_ms\": %.4f, "
         "\"train_step_ms\": %.4f}\n",
         argv[1], failures, worst, 1e3 * forward, 1e3 * step);
  return failures != 0;
}
