/* A compiled library written by hand: doubled = 2 values, one task for each sample. */

#include "runtime/spherical_runtime.h"

const int32_t sph_abi = SPH_ABI;

const char sph_manifest[] =
    "{\"abi\": 3, \"model\": \"doubler\", \"target\": \"cpu\", \"tables\": [], \"parameters\": ["
    "{\"name\": \"factor\", \"role\": \"parameter\", \"element\": \"f64\", \"shape\": []}],"
    "\"entries\": [{\"name\": \"forward\", \"symbol\": \"sph_entry_forward\", \"arena_bytes\": 0,"
    "\"scratch_bytes\": 8, \"arguments\": [{\"name\": \"values\", \"role\": \"input\","
    "\"element\": \"f64\", \"shape\": [8, 2], \"batched\": true},"
    "{\"name\": \"factor\", \"role\": \"parameter\", \"element\": \"f64\", \"shape\": []}],"
    "\"results\": [{\"name\": \"scaled\", \"element\": \"f64\", \"shape\": [8, 2],"
    "\"batched\": true}], \"stages\": [{\"name\": \"scale\", \"location\": \"doubler.yaml:1:1\","
    "\"flop\": 16, \"bytes\": 256, \"tasks\": 8}]}]}";

static void scale(void *data, int64_t task, void *scratch) {
  const sph_frame *frame = data;
  const double *values = frame->arguments[0], *factor = frame->arguments[1];
  double *scaled = frame->results[0], *product = scratch;
  for (int64_t i = 2 * task; i < 2 * task + 2; ++i) {
    *product = values[i] * *factor;
    scaled[i] = *product;
  }
}

void sph_entry_forward(sph_frame *frame);
void sph_entry_forward(sph_frame *frame) {
  sph_parallel(frame->context, scale, frame, frame->count, 0);
}
