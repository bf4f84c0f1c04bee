//===- manifest.h - what an artifact says of itself -------------*- C++ -*-===//
//
// The manifest is the JSON text in the symbol sph_manifest of every compiled
// library: the tables to fill, the entries with their arguments, results and
// stages, and the parameters to keep between runs.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_MANIFEST_H
#define SPHERICAL_RUNTIME_EXECUTE_MANIFEST_H

#include "runtime/cuda/device.h"
#include "runtime/data/value_checks.h"
#include "runtime/execute/task_pool.h"
#include "runtime/math/tables.h"
#include "runtime/processor/processor.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::runtime {

/// An argument or result of an entry, or a value that the program keeps.
struct ValueSpec {
  std::string name;
  /// input, label, count, learning_rate, parameter, moment, average, state, prepared; empty for
  /// results.
  std::string role;
  Element element = Element::F32;
  /// Extents in file order; empty for scalars.
  std::vector<int64_t> shape;
  /// Whether the first extent counts samples.
  bool batched = false;
  /// For results: the argument whose next value this is, or empty.
  std::string replaces;
  /// For arguments: what the code can compute with.
  ValueConstraints constraints;
  /// For arguments: whether their function declares no role for them, which is `input` here.
  bool plain = false;

  int64_t size() const;
  int64_t bytes() const { return size() * elementBytes(element); }
};

/// A kept value with its initial distribution.
struct ParameterSpec : ValueSpec {
  /// zeros, ones, normal or uniform; `scale` is the constant, standard deviation or half width.
  std::string initKind = "zeros";
  double initScale = 1.0;
};

/// Fourier transforms of a library; `kind` as in stage.fft.
struct FftSpec {
  std::string kind;
  int64_t n = 0, rows = 0;
  bool operator==(const FftSpec &) const = default;
};

/// One call of sph_parallel, one launch of a kernel or one call of a library. Operations and bytes
/// are those of one run at full capacity.
struct StageSpec {
  std::string name;
  /// Place in the model file, such as "model.yaml:5:3".
  std::string location;
  double flop = 0, bytes = 0;
  int64_t tasks = 0;
  /// On GPUs: the kernel and its launch, `shared` bytes of shared memory a block.
  std::string kernel{};
  int64_t blocks = 0, threads = 0, shared = 0;
  /// Where the stage is a call in place of a kernel, of what; and which of the entry's arguments
  /// and results it reads and writes.
  std::optional<FftSpec> fft{};
  std::optional<sph_gemm_shape> gemm{};
  std::vector<int64_t> calledArguments{}, calledResults{};

  bool isCall() const { return fft || gemm; }
};

struct EntrySpec {
  std::string name, symbol;
  int64_t arenaBytes = 0;
  /// Private memory of one task; on GPUs of all blocks of a launch.
  int64_t scratchBytes = 0;
  /// What a thread that runs the entry needs of stack, in bytes; all that threads of a pool have
  /// where the manifest does not say.
  int64_t stackBytes = kWorkerStack;
  std::vector<ValueSpec> arguments, results;
  std::vector<StageSpec> stages;
  /// Indices of the tables that the entry reads; all tables where the manifest does not say.
  std::vector<int64_t> tables;
  /// The first extent of all batched values; 0 if none is batched.
  int64_t capacity = 0;
};

/// Values of a result, by their positions in the array of one sample.
struct ExpectedValues {
  std::string name;
  std::vector<int64_t> positions;
  std::vector<double> values;
};

/// What an entry must give (self_check.h) for arguments that are functions of the seed.
struct SelfCheckSpec {
  std::string entry;
  uint64_t seed = 0;
  double tolerance = 0;
  std::vector<ExpectedValues> results;
};

struct Manifest {
  std::string model, target, cpu;
  /// What the code may use of a processor; plain x86-64 where the manifest does not say.
  Processor needs;
  /// The digest of the model's graph (runtime/data/model_record.h), or empty.
  std::string graph;
  /// The GPU that the kernels are made for, such as sm_90; empty without kernels.
  std::string gpu;
  int64_t lanes = 1;
  std::vector<std::string> tableNames;
  std::vector<TableSpec> tables;
  std::vector<EntrySpec> entries;
  std::vector<ParameterSpec> parameters;
  /// Nothing in libraries that hold no values for it.
  std::optional<SelfCheckSpec> selfCheck;
};

/// Reads and checks a manifest. Throws Error (SPH_BAD_ARTIFACT) that names the key at fault, such
/// as "manifest: entries[0].arguments[1].shape: expected an array, got string".
Manifest parseManifest(std::string_view text);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_MANIFEST_H
