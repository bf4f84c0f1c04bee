//===- codegen.h - machine code of a planned module -------------*- C++ -*-===//
//
// The same objects serve both ways of running: the driver loads their bytes, and
// `spherical compile` links them into a shared library. A plan for target cpu has
// one for each entry and kernel; other modules become one object.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_CODEGEN_CODEGEN_H
#define SPHERICAL_TOOLS_SPHERICAL_CODEGEN_CODEGEN_H

#include "passes/lower/chips.h"
#include "runtime/spherical_runtime.h"
#include "tools/spherical/codegen/compile_times.h"
#include "tools/spherical/result.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace spherical::driver {

/// How to generate code.
struct CodegenOptions {
  /// x86-64-v3, x86-64-v4, native, or empty for the best level of this machine and, for a lowered
  /// module, for what it was lowered for.
  std::string cpu;
  /// Whether objects of earlier calls may be used and this one kept (cache.h).
  bool cache = true;
  /// cpu, cuda, cuda-emulated or cuda-emulated:strict.
  std::string target = "cpu";
  /// The GPU of target cuda.
  std::string gpu{mlir::spherical::kDefaultChip};
  /// The key of the program that a planned module was made from, by which the cache finds the
  /// objects of its entries; may be empty.
  std::string source = {};
  /// Gets the times of the steps; may be null.
  CompileTimes *times = nullptr;
};

/// The object file of a module of phase plan or lower (position-independent x86-64 ELF), with the
/// symbols sph_entry_<name>, sph_manifest and sph_abi; it needs sph_parallel and libm. For GPUs the
/// entries are sph_device_entry, and sph_images has the kernels (runtime/cuda/device.h). The
/// manifest says which instructions the code needs. The module is not changed. Where MLIR reports
/// an error at a location, the diagnostic handlers of the context get it and the Error is empty.
Result<std::string> emitObject(mlir::ModuleOp module, const CodegenOptions &options);

/// Objects by what they were made from. Together they are one program: none defines what another
/// does.
using ObjectMap = std::map<std::string, std::string>;

/// The code of some entries of a module of the phase plan, for target cpu: an object for each entry
/// and one for each kernel that they call, without sph_manifest and sph_abi. Kernels are shared by
/// entries and, through the cache, by models. Made by several threads, with the same bytes for any
/// number of them. Errors as those of emitObject.
Result<ObjectMap> emitEntries(mlir::ModuleOp planned, const std::vector<std::string> &entries,
                              const CodegenOptions &options);

/// The same from the cache, for a program of which `options.source` is the key; nothing if an
/// object is not there.
std::optional<ObjectMap> findEntries(const std::vector<std::string> &entries,
                                     const CodegenOptions &options);

/// The object with sph_manifest, which is that text, and sph_abi.
Result<std::string> emitManifest(mlir::ModuleOp planned, const std::string &manifest,
                                 const CodegenOptions &options);

/// The assembly of what emitObject gives, for people and tests.
Result<std::string> emitAssembly(mlir::ModuleOp module, const CodegenOptions &options);

/// Object files loaded into this process.
class LoadedObject {
public:
  using Parallel = decltype(&sph_parallel);

  /// Loads the bytes of an object with all of a program; calls of sph_parallel go to `parallel`.
  static Result<std::unique_ptr<LoadedObject>> load(const std::string &object, Parallel parallel);
  /// Nothing yet.
  static Result<std::unique_ptr<LoadedObject>> create(Parallel parallel);
  ~LoadedObject();

  /// Loads those objects that are not there yet.
  Status add(const ObjectMap &objects);

  /// Address of a symbol, null if there is none.
  void *lookup(const std::string &symbol) const;
  /// The text of sph_manifest.
  const char *manifest() const;

private:
  struct State;
  explicit LoadedObject(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

/// The bytes of a shared library `soname` with what the objects hold. It needs libm, libc, and
/// sph_parallel: from `runtimeLibrary`, which it finds beside itself or where that file is now; if
/// that path is empty, from the process. Leaves no file, not even when killed. The Error says why
/// the linker failed, without a place.
Result<std::string> linkLibrary(const std::vector<std::string> &objects, const std::string &soname,
                                const std::string &runtimeLibrary = "");

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_CODEGEN_CODEGEN_H
