/* Runs a compiled model on one sample:  predict LIBRARY WEIGHTS [SAMPLE]
 *
 * LIBRARY  what `spherical compile` wrote, WEIGHTS its parameters (safetensors), SAMPLE the raw
 * values of the model's input for one sample (float32 or float64, as the model wants); without it
 * the input is a smooth pattern. Prints the results of entry "forward". */

#include "spherical_runtime.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most = 16 };

static void check(sph_status status) {
  if (status == SPH_OK)
    return;
  fprintf(stderr, "predict: error: %s\n", sph_last_error());
  exit(1);
}

/* Memory for one sample of a value; its shape goes to `shape`. */
static sph_buffer allocate(const sph_value *value, int64_t *shape, int64_t *size) {
  *size = 1;
  for (int64_t axis = 0; axis < value->rank; ++axis) {
    shape[axis] = axis == 0 && value->batched ? 1 : value->shape[axis];
    *size *= shape[axis];
  }
  void *data = calloc((size_t)*size, 8);
  if (!data || value->rank > most) {
    fprintf(stderr, "predict: error: no memory for '%s'\n", value->name);
    exit(1);
  }
  const sph_buffer buffer = {value->name, data, value->element, value->rank, shape};
  return buffer;
}

/* Fills the memory with the values of the file, which holds them and nothing else. */
static void read_values(void *data, size_t width, int64_t size, const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    fprintf(stderr, "predict: error: cannot open '%s'\n", path);
    exit(1);
  }
  const size_t got = fread(data, width, (size_t)size, file);
  const int more = fgetc(file) != EOF;
  fclose(file);
  const int raw =
      got < 1 || (memcmp(data, "\x89PNG", 4) != 0 && memcmp(data, "\xff\xd8\xff", 3) != 0 &&
                  memcmp(data, "\x93NUM", 4) != 0);
  if (raw && got == (size_t)size && !more)
    return;
  if (raw)
    fprintf(stderr, "predict: error: '%s' expected %lld values of %d bytes, got %s\n", path,
            (long long)size, (int)width, more ? "more" : "fewer");
  else
    fprintf(stderr,
            "predict: error: '%s' expected raw values of %d bytes, got a picture or an array\n",
            path, (int)width);
  fprintf(stderr, "predict: note: x.tofile('sample') of NumPy writes them\n");
  exit(1);
}

static void fill(const sph_buffer *buffer, int64_t size, const char *path) {
  if (path) {
    const int wide = buffer->element == SPH_F64 || buffer->element == SPH_I64;
    read_values(buffer->data, wide ? 8 : 4, size, path);
    return;
  }
  for (int64_t i = 0; i < size; ++i) {
    if (buffer->element == SPH_F32)
      ((float *)buffer->data)[i] = (float)sin(0.01 * (double)i);
    else if (buffer->element == SPH_F64)
      ((double *)buffer->data)[i] = sin(0.01 * (double)i);
  }
}

static void print(const sph_buffer *buffer, int64_t size) {
  printf("%s:", buffer->name);
  for (int64_t i = 0; i < size && i < 10; ++i) {
    if (buffer->element == SPH_F32)
      printf(" %.6g", ((const float *)buffer->data)[i]);
    else if (buffer->element == SPH_F64)
      printf(" %.6g", ((const double *)buffer->data)[i]);
    else if (buffer->element == SPH_I32)
      printf(" %d", (int)((const int32_t *)buffer->data)[i]);
    else
      printf(" %lld", (long long)((const int64_t *)buffer->data)[i]);
  }
  printf(size > 10 ? " ...\n" : "\n");
}

/* Runs the entry on one sample of a pattern, or of the file `sample`, and prints the results. */
static void predict(sph_program *program, int64_t entry, const char *sample) {
  sph_buffer inputs[most], outputs[most];
  int64_t inputShapes[most][most], outputShapes[most][most], sizes[most];
  int64_t inputCount = 0, outputCount = 0, size = 0;
  sph_value value;
  for (int64_t i = 0; sph_argument(program, entry, i, &value) == SPH_OK && inputCount < most; ++i) {
    if (value.role[0] != 'i') /* only inputs; the program has the rest */
      continue;
    inputs[inputCount] = allocate(&value, inputShapes[inputCount], &size);
    fill(&inputs[inputCount++], size, sample);
  }
  for (int64_t i = 0; sph_result(program, entry, i, &value) == SPH_OK && outputCount < most; ++i) {
    outputs[outputCount] = allocate(&value, outputShapes[outputCount], &sizes[outputCount]);
    ++outputCount;
  }
  check(sph_run(program, entry, inputs, inputCount, outputs, outputCount, 1));
  for (int64_t i = 0; i < outputCount; ++i) {
    print(&outputs[i], sizes[i]);
    free(outputs[i].data);
  }
  for (int64_t i = 0; i < inputCount; ++i)
    free(inputs[i].data);
}

int main(int count, char **arguments) {
  if (count < 3 || count > 4) {
    fprintf(stderr, "usage: %s LIBRARY WEIGHTS [SAMPLE]\n", arguments[0]);
    return 1;
  }
  sph_program *program = NULL;
  int64_t entry = 0;
  check(sph_open(arguments[1], &program));
  check(sph_bind_file(program, arguments[2]));
  check(sph_find_entry(program, "forward", &entry));
  predict(program, entry, count > 3 ? arguments[3] : NULL);
  sph_memory memory;
  check(sph_entry_memory(program, entry, &memory));
  printf("memory: %.1f MB planned, %.1f MB resident\n", (double)memory.total / 1e6,
         (double)memory.resident / 1e6);
  sph_close(program);
  return 0;
}
