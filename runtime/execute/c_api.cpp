//===- c_api.cpp - the C interface of programs ------------------*- C++ -*-===//
//
// Wraps Program; every exception becomes a status and a sentence of this thread.
//
//===----------------------------------------------------------------------===//

#include "runtime/execute/program.h"
#include "runtime/execute/self_check.h"
#include "runtime/execute/weights.h"

#include <mutex>
#include <new>

using namespace spherical::runtime;

struct sph_program {
  std::unique_ptr<Program> program;
  /// Reused by every run, under the lock.
  std::vector<BufferView> inputs, outputs;
  std::mutex mutex;

  explicit sph_program(std::unique_ptr<Program> loaded) : program(std::move(loaded)) {}
};

namespace {

thread_local std::string lastError;

sph_status fail(sph_status status, const char *sentence) noexcept {
  try {
    lastError = sentence;
  } catch (const std::bad_alloc &) {
    lastError.clear();
  }
  return status;
}

/// Runs `body`, and turns what it throws into a status.
template <typename Body> sph_status guarded(const Body &body) noexcept {
  try {
    body();
    return SPH_OK;
  } catch (const Error &error) {
    return fail(error.status(), error.what());
  } catch (const std::bad_alloc &) {
    return fail(SPH_OUT_OF_MEMORY, "the system refuses memory for small objects");
  } catch (const std::exception &error) {
    return fail(SPH_INTERNAL, error.what());
  } catch (...) {
    return fail(SPH_INTERNAL, "unknown exception");
  }
}

void requireNotNull(const void *pointer, const char *name) {
  if (!pointer)
    throw Error(SPH_INVALID_ARGUMENT, std::string(name) + " expected an address, got null");
}

const EntrySpec &entrySpec(const sph_program *program, int64_t entry) {
  requireNotNull(program, "program");
  const auto &entries = program->program->manifest().entries;
  if (entry < 0 || entry >= static_cast<int64_t>(entries.size()))
    throw Error(SPH_NOT_FOUND, "expected an entry in 0 .. " + std::to_string(entries.size() - 1) +
                                   ", got " + std::to_string(entry));
  return entries[entry];
}

template <typename T>
const T &itemAt(const std::vector<T> &items, int64_t index, const char *what) {
  if (index < 0 || index >= static_cast<int64_t>(items.size()))
    throw Error(SPH_NOT_FOUND, "there are " + std::to_string(items.size()) + " " + what + ", got " +
                                   std::to_string(index));
  return items[index];
}

BufferView viewOf(const sph_buffer &buffer) {
  requireNotNull(buffer.name, "the name of a buffer");
  const bool shaped = buffer.rank == 0 || (buffer.rank > 0 && buffer.shape);
  if (!shaped || buffer.rank > 64)
    throw Error(SPH_INVALID_ARGUMENT, std::string("buffer '") + buffer.name +
                                          "' expected a shape of 0 .. 64 extents, got rank " +
                                          std::to_string(buffer.rank));
  const int element = buffer.element & ~SPH_PLACE_BITS;
  const int place = (buffer.element & SPH_PLACE_BITS) >> 8;
  if (element < SPH_F32 || element > SPH_I64)
    throw Error(SPH_INVALID_ARGUMENT, std::string("buffer '") + buffer.name +
                                          "' expected an sph_element, got " +
                                          std::to_string(static_cast<int>(buffer.element)));
  return {buffer.name,
          static_cast<Element>(element),
          {buffer.shape, static_cast<size_t>(buffer.rank)},
          buffer.data,
          place};
}

void viewAll(const sph_buffer *buffers, int64_t count, std::vector<BufferView> &views) {
  views.clear();
  if (count > 0)
    requireNotNull(buffers, "buffers");
  for (int64_t i = 0; i < count; ++i)
    views.push_back(viewOf(buffers[i]));
}

sph_value describe(const ValueSpec &value) {
  sph_value result;
  result.name = value.name.c_str();
  result.role = value.role.c_str();
  result.element = static_cast<sph_element>(value.element);
  result.rank = static_cast<int64_t>(value.shape.size());
  result.shape = value.shape.data();
  result.batched = value.batched;
  result.replaces = value.replaces.empty() ? nullptr : value.replaces.c_str();
  return result;
}

static_assert(int(Element::F32) == SPH_F32 && int(Element::F64) == SPH_F64 &&
              int(Element::I32) == SPH_I32 && int(Element::I64) == SPH_I64);

} // namespace

const char *sph_last_error(void) { return lastError.c_str(); }

const char *sph_version(void) { return "0.1.0"; }

sph_status sph_open(const char *path, sph_program **program) {
  return sph_open_with(path, nullptr, program);
}

sph_status sph_open_with(const char *path, const sph_options *options, sph_program **program) {
  return guarded([&] {
    requireNotNull(path, "path");
    requireNotNull(program, "program");
    *program = nullptr;
    DeviceOptions device;
    if (options)
      device = {options->device, options->stream, nullptr};
    *program = new sph_program(Program::open(path, device));
  });
}

sph_status sph_open_symbols(const char *manifest, sph_lookup lookup, void *user,
                            sph_program **program) {
  return guarded([&] {
    requireNotNull(manifest, "manifest");
    requireNotNull(reinterpret_cast<const void *>(lookup), "lookup");
    requireNotNull(program, "program");
    *program = nullptr;
    auto find = [&](const std::string &symbol) { return lookup(user, symbol.c_str()); };
    *program = new sph_program(Program::fromSymbols(manifest, find));
  });
}

void sph_close(sph_program *program) { delete program; }

sph_status sph_set_threads(sph_program *program, int64_t threads) {
  return guarded([&] {
    requireNotNull(program, "program");
    program->program->setThreads(threads);
  });
}

int64_t sph_threads(const sph_program *program) {
  return program ? program->program->threads() : 0;
}

sph_status sph_set_executor(sph_program *program, sph_executor executor, void *user,
                            int64_t workers) {
  return guarded([&] {
    requireNotNull(program, "program");
    program->program->setExecutor(executor, user, workers);
  });
}

sph_status sph_allow_nonfinite(sph_program *program, int32_t on) {
  return guarded([&] {
    requireNotNull(program, "program");
    program->program->allowNonFinite(on != 0);
  });
}

sph_status sph_find_entry(const sph_program *program, const char *name, int64_t *entry) {
  return guarded([&] {
    requireNotNull(program, "program");
    requireNotNull(name, "name");
    requireNotNull(entry, "entry");
    *entry = program->program->entry(name);
  });
}

const char *sph_entry_name(const sph_program *program, int64_t entry) {
  if (!program || entry < 0)
    return nullptr;
  const auto &entries = program->program->manifest().entries;
  return entry < static_cast<int64_t>(entries.size()) ? entries[entry].name.c_str() : nullptr;
}

sph_status sph_argument(const sph_program *program, int64_t entry, int64_t index,
                        sph_value *value) {
  return guarded([&] {
    requireNotNull(value, "value");
    *value = describe(itemAt(entrySpec(program, entry).arguments, index, "arguments"));
  });
}

sph_status sph_result(const sph_program *program, int64_t entry, int64_t index, sph_value *value) {
  return guarded([&] {
    requireNotNull(value, "value");
    *value = describe(itemAt(entrySpec(program, entry).results, index, "results"));
  });
}

sph_status sph_parameter(const sph_program *program, int64_t index, sph_value *value) {
  return guarded([&] {
    requireNotNull(program, "program");
    requireNotNull(value, "value");
    *value = describe(itemAt(program->program->manifest().parameters, index, "parameters"));
  });
}

sph_status sph_bind(sph_program *program, const sph_buffer *values) {
  return guarded([&] {
    requireNotNull(program, "program");
    requireNotNull(values, "values");
    program->program->bind(viewOf(*values));
  });
}

sph_status sph_read(sph_program *program, const sph_buffer *values) {
  return guarded([&] {
    requireNotNull(program, "program");
    requireNotNull(values, "values");
    program->program->read(viewOf(*values));
  });
}

sph_status sph_bind_file(sph_program *program, const char *path) {
  return guarded([&] {
    requireNotNull(program, "program");
    requireNotNull(path, "path");
    TensorFile file;
    try {
      file = readSafetensors(path);
    } catch (const std::runtime_error &error) {
      throw Error(SPH_FILE_ERROR, error.what());
    }
    bindWeights(*program->program, file, path);
  });
}

sph_status sph_run(sph_program *program, int64_t entry, const sph_buffer *inputs,
                   int64_t input_count, const sph_buffer *outputs, int64_t output_count,
                   int64_t count) {
  return guarded([&] {
    requireNotNull(program, "program");
    program->program->refuseNesting();
    std::lock_guard lock(program->mutex);
    viewAll(inputs, input_count, program->inputs);
    viewAll(outputs, output_count, program->outputs);
    program->program->run(entry, program->inputs, program->outputs, count);
  });
}

sph_status sph_self_check(const char *path, const sph_options *options, sph_check *check) {
  return guarded([&] {
    requireNotNull(path, "path");
    requireNotNull(check, "check");
    DeviceOptions device;
    if (options)
      device = {options->device, options->stream, nullptr};
    const SelfCheckReport report = selfCheck(*Program::open(path, device));
    *check = {report.values, report.error, report.tolerance};
    if (!report.passed())
      throw Error(SPH_WRONG_RESULT, wrongResult(report));
  });
}

sph_status sph_entry_memory(const sph_program *program, int64_t entry, sph_memory *memory) {
  return guarded([&] {
    requireNotNull(memory, "memory");
    entrySpec(program, entry);
    const MemoryReport report = program->program->memory(entry);
    *memory = {report.arena,   report.parameters, report.tables,      report.scratch,
               report.total(), report.resident,   report.peakResident};
  });
}

sph_status sph_set_timers(sph_program *program, int32_t on) {
  return guarded([&] {
    requireNotNull(program, "program");
    program->program->setTimers(on != 0);
  });
}

sph_status sph_entry_stage(const sph_program *program, int64_t entry, int64_t index,
                           sph_stage *stage) {
  return guarded([&] {
    requireNotNull(stage, "stage");
    const StageSpec &spec = itemAt(entrySpec(program, entry).stages, index, "stages");
    const StageTime time = program->program->stageTimes(entry)[index];
    *stage = {spec.name.c_str(), spec.location.c_str(), spec.flop, spec.bytes,
              spec.tasks,        time.seconds,          time.runs};
  });
}
