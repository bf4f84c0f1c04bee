/* The C interface from C, linked with libspherical_runtime.so alone, on a library that it loads. */

#include "runtime/spherical_runtime.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int failures = 0;

static void check(int holds, const char *what) {
  if (holds)
    return;
  ++failures;
  printf("failed: %s (last error: %s)\n", what, sph_last_error());
}

static void checkValues(sph_program *program, int64_t entry) {
  sph_value value;
  check(sph_argument(program, entry, 0, &value) == SPH_OK, "argument 0");
  check(strcmp(value.name, "values") == 0 && strcmp(value.role, "input") == 0, "its name and role");
  check(value.element == SPH_F64 && value.rank == 2 && value.shape[0] == 8, "its type");
  check(value.batched == 1 && value.replaces == NULL, "its batch");
  check(sph_argument(program, entry, 2, &value) == SPH_NOT_FOUND, "there are two arguments");
  check(sph_result(program, entry, 0, &value) == SPH_OK, "result 0");
  check(strcmp(value.name, "scaled") == 0, "its name");
  check(sph_parameter(program, 0, &value) == SPH_OK && value.rank == 0, "parameter 0");
  check(sph_parameter(program, 1, &value) == SPH_NOT_FOUND, "there is one parameter");
  check(sph_result(program, 7, 0, &value) == SPH_NOT_FOUND, "there is one entry");
}

/* Values that are not finite are refused, unless the caller allows them. */
static void checkNonFinite(sph_program *program, int64_t entry) {
  double in[6] = {1, 2, 3, NAN, 5, 6}, out[6] = {0};
  const int64_t shape[] = {3, 2};
  const sph_buffer input = {"values", in, SPH_F64, 2, shape};
  const sph_buffer output = {"scaled", out, SPH_F64, 2, shape};
  check(sph_run(program, entry, &input, 1, &output, 1, 3) == SPH_INVALID_ARGUMENT, "not finite");
  check(strcmp(sph_last_error(), "entry 'forward': 'values' expected finite values, got nan at "
                                 "position 3") == 0,
        "its sentence");
  check(out[5] == 0, "nothing written");
  check(sph_allow_nonfinite(program, 1) == SPH_OK, "allow it");
  check(sph_run(program, entry, &input, 1, &output, 1, 3) == SPH_OK && out[3] != out[3], "allowed");
  check(sph_allow_nonfinite(program, 0) == SPH_OK, "refuse it again");
}

static void checkRun(sph_program *program, int64_t entry) {
  double factor = 2.5, in[6] = {1, 2, 3, 4, 5, 6}, out[6] = {0};
  const int64_t shape[] = {3, 2};
  const sph_buffer parameter = {"factor", &factor, SPH_F64, 0, NULL};
  sph_buffer input = {"values", in, SPH_F64, 2, shape};
  const sph_buffer output = {"scaled", out, SPH_F64, 2, shape};
  check(sph_run(program, entry, &input, 1, &output, 1, 3) == SPH_INVALID_ARGUMENT, "unbound");
  check(strcmp(sph_last_error(), "entry 'forward' needs values for parameter 'factor' "
                                 "(f64 scalar), got none") == 0,
        "its sentence");
  check(sph_bind(program, &parameter) == SPH_OK, "bind");
  check(sph_set_timers(program, 1) == SPH_OK, "timers");
  check(sph_run(program, entry, &input, 1, &output, 1, 3) == SPH_OK, "run");
  check(out[0] == 2.5 && out[5] == 15.0, "results");
  factor = 0;
  check(sph_read(program, &parameter) == SPH_OK && factor == 2.5, "read");
  sph_stage stage;
  check(sph_entry_stage(program, entry, 0, &stage) == SPH_OK && stage.runs == 1, "stage");
  check(strcmp(stage.location, "doubler.yaml:1:1") == 0 && stage.seconds > 0, "its time");
  sph_memory memory;
  check(sph_entry_memory(program, entry, &memory) == SPH_OK, "memory");
  check(memory.total == memory.arena + memory.parameters + memory.tables + memory.scratch, "sum");
  input.element = (sph_element)9;
  check(sph_run(program, entry, &input, 1, &output, 1, 3) == SPH_INVALID_ARGUMENT, "bad element");
  input.element = (sph_element)(SPH_F64 | SPH_ON_DEVICE(1));
  check(sph_run(program, entry, &input, 1, &output, 1, 3) == SPH_INVALID_ARGUMENT, "other place");
  check(strcmp(sph_last_error(), "model 'doubler' is compiled for the CPU and expected buffers on "
                                 "the host, got one on device 1") == 0,
        "its sentence");
  input.element = SPH_F64, input.shape = NULL;
  check(sph_run(program, entry, &input, 1, &output, 1, 3) == SPH_INVALID_ARGUMENT, "no shape");
  check(sph_run(program, entry, NULL, 1, &output, 1, 3) == SPH_INVALID_ARGUMENT, "no buffers");
  check(sph_run(NULL, entry, &input, 1, &output, 1, 3) == SPH_INVALID_ARGUMENT, "no program");
}

/* A9: a file of torch.save in place of weights. */
static void checkForeignFile(sph_program *program) {
  const char *path = "runtime_execute_c_api.pth";
  FILE *file = fopen(path, "wb");
  check(file && fwrite("\x80\x02}q\0(X\x01\0\0\0", 11, 1, file) == 1, "write a pickle");
  if (file)
    fclose(file);
  check(sph_bind_file(program, path) == SPH_FILE_ERROR, "no safetensors");
  check(strstr(sph_last_error(), "PyTorch") && strstr(sph_last_error(), "save_file"),
        "its sentence and the remedy");
  remove(path);
}

int main(int count, char **arguments) {
  sph_program *program = NULL;
  check(count == 2, "one argument, the library");
  check(sph_open("./no/such/library.so", &program) == SPH_FILE_ERROR && !program, "no file");
  check(strncmp(sph_last_error(), "cannot load ", 12) == 0, "its sentence");
  check(sph_open("libm.so.6", &program) == SPH_FILE_ERROR,
        "names are files here, not searched for");
  check(sph_open(arguments[1], &program) == SPH_OK, "open");
  if (!program)
    return 1;
  check(strcmp(sph_entry_name(program, 0), "forward") == 0, "entry name");
  check(sph_entry_name(program, 1) == NULL, "one entry");
  int64_t entry = -1;
  check(sph_find_entry(program, "backward", &entry) == SPH_NOT_FOUND, "unknown entry");
  check(sph_find_entry(program, "forward", &entry) == SPH_OK && entry == 0, "entry");
  check(sph_set_threads(program, 2) == SPH_OK && sph_threads(program) == 2, "threads");
  checkValues(program, entry);
  checkRun(program, entry);
  checkNonFinite(program, entry);
  check(sph_bind_file(program, "/no/such/file") == SPH_FILE_ERROR, "no weights");
  checkForeignFile(program);
  sph_close(program);
  sph_close(NULL);
  printf("%d failures, version %s\n", failures, sph_version());
  return failures != 0;
}
