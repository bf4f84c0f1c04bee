//===- libraries.cpp - library calls of the emulation -----------*- C++ -*-===//

#include "tools/emulation/libraries.h"

#include "tools/emulation/context.h"
#include "tools/emulation/fft.h"
#include "tools/emulation/gemm.h"
#include "tools/emulation/rules.h"

#include <algorithm>
#include <new>
#include <span>
#include <sstream>

namespace spherical::emulation {
namespace {

/// What every pointer to a workspace is a multiple of, and both pointers of a transform.
constexpr uintptr_t kWorkspaceAlign = 256, kFftAlign = 8, kGemmAlign = 4;

std::string textOf(const void *address) {
  std::ostringstream text;
  text << "0x" << std::hex << reinterpret_cast<uintptr_t>(address);
  return address ? text.str() : "null";
}

//===----------------------------------------------------------------------===//
// Handles
//===----------------------------------------------------------------------===//

/// "", or that a handle is none that its maker has made and nobody has destroyed.
std::string handleFault(const char *name, const void *handle, const char *maker) {
  if (handle && isHandle(handle))
    return "";
  return std::string("expected `") + name + "` made by " + maker + ", got " +
         (handle ? textOf(handle) + ", which is none or was destroyed" : "null");
}

std::string planFault(const sph_device_stream &stream, const sph_device_fft *plan) {
  if (const std::string fault = handleFault("plan", plan, "fft_plan"); !fault.empty())
    return fault;
  if (plan->isDestroyed)
    return "expected `plan` to be alive, got one that was destroyed";
  return plan->context == stream.context
             ? ""
             : "expected `plan` and `stream` of one context, got those of two";
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// "", or why an argument cannot be in memory where it is said to be.
std::string placeFault(Memory &memory, const Footprint &footprint, uintptr_t align) {
  const auto *begin = reinterpret_cast<const void *>(footprint.begin);
  const std::string name = "`" + footprint.name + "`";
  if (!begin)
    return "expected " + name + " in device memory, got null";
  if (footprint.begin % align != 0)
    return "expected " + name + " at a multiple of " + std::to_string(align) + " bytes, got " +
           textOf(begin);
  const std::string misplaced = memory.misplaced(begin, footprint.span());
  return misplaced.empty() ? "" : name + " " + misplaced;
}

std::string overlapFault(const Footprint &one, const Footprint &other) {
  return one.overlaps(other)
             ? "expected `" + one.name + "` and `" + other.name + "` apart, got them at " +
                   textOf(reinterpret_cast<const void *>(one.begin)) + " and " +
                   textOf(reinterpret_cast<const void *>(other.begin)) + ", with common places"
             : "";
}

std::string unwrittenFault(Memory &memory, const Footprint &footprint) {
  uintptr_t unwritten = 0;
  footprint.forEach([&](uintptr_t address) {
    const bool isWritten = memory.isWritten(address, footprint.bytes);
    unwritten = isWritten ? 0 : address;
    return isWritten;
  });
  return unwritten == 0
             ? ""
             : "reads " + std::to_string(footprint.bytes) + " bytes of `" + footprint.name +
                   "` at " + memory.describe(unwritten) + ", which nobody has written";
}

/// "", or why a workspace cannot be used beside these arguments.
std::string workspaceFault(Memory &memory, const Footprint &workspace,
                           std::span<const Footprint> arguments) {
  if (const std::string fault = placeFault(memory, workspace, kWorkspaceAlign); !fault.empty())
    return fault;
  for (const Footprint &argument : arguments)
    if (const std::string fault = overlapFault(workspace, argument); !fault.empty())
      return fault;
  return "";
}

/// "", or that a workspace cannot be used now.
std::string busyFault(const sph_device_stream &stream, const Footprint &workspace) {
  for (const WorkspaceUse &use : stream.context->workspaces)
    if (use.stream != &stream && use.begin < workspace.end() && workspace.begin < use.end)
      return "expected a `workspace` that no other stream uses, got one at " +
             textOf(reinterpret_cast<const void *>(workspace.begin)) +
             ", with which another stream's work may not have finished";
  return "";
}

/// The stream's work uses the workspace, and leaves nothing of use there.
void useWorkspace(sph_device_stream &stream, const Footprint &workspace) {
  sph_device_context &context = *stream.context;
  const WorkspaceUse use{&stream, workspace.begin, workspace.end(), ++context.time};
  auto known = std::ranges::find_if(context.workspaces, [&](const WorkspaceUse &other) {
    return other.stream == use.stream && other.begin == use.begin && other.end == use.end;
  });
  if (known == context.workspaces.end())
    context.workspaces.push_back(use);
  else
    known->time = use.time;
  context.memory.forget(workspace.begin, workspace.bytes);
}

/// "", or why a call cannot run now: its workspace is in use, or nobody has written what it reads.
std::string stateFault(const sph_device_stream &stream, const Footprint &workspace,
                       const std::vector<Footprint> &read) {
  if (const std::string fault = busyFault(stream, workspace); !fault.empty())
    return fault;
  for (const Footprint &argument : read)
    if (stream.context->isStrict)
      if (const std::string fault = unwrittenFault(stream.context->memory, argument);
          !fault.empty())
        return fault;
  return "";
}

//===----------------------------------------------------------------------===//
// Transforms
//===----------------------------------------------------------------------===//

struct FftCall {
  sph_device_fft *plan;
  void *in, *out;
  int32_t inverse;
  void *workspace;
};

Footprint workspaceOf(const FftCall &call) {
  return wholeFootprint("workspace", call.workspace, call.plan->workspaceBytes);
}

std::string directionFault(const sph_fft_shape &shape, int32_t inverse) {
  if (inverse != 0 && inverse != 1)
    return expected("inverse", "0 or 1", inverse);
  if (shape.kind == SPH_FFT_R2C && inverse != 0)
    return expected("inverse", "to be 0 for transforms from real to complex", inverse);
  if (shape.kind == SPH_FFT_C2R && inverse != 1)
    return expected("inverse", "to be 1 for transforms from complex to real", inverse);
  return "";
}

std::string faultOf(const sph_device_stream &stream, const FftCall &call) {
  if (std::string fault = planFault(stream, call.plan); !fault.empty())
    return fault;
  const sph_fft_shape &shape = call.plan->shape;
  if (std::string fault = directionFault(shape, call.inverse); !fault.empty())
    return fault;
  const Footprint sides[] = {fftInput(shape, call.in), fftOutput(shape, call.out)};
  for (const Footprint &side : sides)
    if (std::string fault = placeFault(stream.context->memory, side, kFftAlign); !fault.empty())
      return fault;
  const std::string together =
      call.in == call.out ? inPlaceFault(shape) : overlapFault(sides[0], sides[1]);
  if (!together.empty())
    return together;
  return workspaceFault(stream.context->memory, workspaceOf(call), sides);
}

std::string run(sph_device_stream &stream, const FftCall &call) {
  if (std::string why = faultOf(stream, call); !why.empty())
    return "fft_execute " + why;
  const sph_fft_shape &shape = call.plan->shape;
  const Footprint in = fftInput(shape, call.in), out = fftOutput(shape, call.out);
  if (const std::string why = stateFault(stream, workspaceOf(call), {in}); !why.empty())
    return "fft_execute " + why;
  transform(shape, call.in, call.out, call.inverse != 0);
  Memory &memory = stream.context->memory;
  // As a library may.
  if (shape.kind == SPH_FFT_C2R && call.in != call.out)
    in.forEach([&](uintptr_t address) { return memory.forget(address, in.bytes), true; });
  if (stream.context->isStrict)
    out.forEach([&](uintptr_t address) { return memory.noteWritten(address, out.bytes), true; });
  useWorkspace(stream, workspaceOf(call));
  return "";
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

struct GemmCall {
  sph_gemm_shape shape;
  const void *a, *b;
  void *c, *workspace;
  int64_t workspaceBytes;
};

Footprint workspaceOf(const GemmCall &call) {
  return wholeFootprint("workspace", call.workspace, call.workspaceBytes);
}

std::string faultOf(const sph_device_stream &stream, const GemmCall &call) {
  if (std::string fault = shapeFault(call.shape); !fault.empty())
    return fault;
  const auto [a, b, c] = gemmMatrices(call.shape, call.a, call.b, call.c);
  for (const Footprint &matrix : {a, b, c})
    if (std::string fault = placeFault(stream.context->memory, matrix, kGemmAlign); !fault.empty())
      return fault;
  for (const Footprint &operand : {a, b})
    if (std::string fault = overlapFault(c, operand); !fault.empty())
      return fault;
  if (call.workspaceBytes < SPH_GEMM_WORKSPACE_LEAST)
    return expected("workspace_bytes",
                    "of " + std::to_string(SPH_GEMM_WORKSPACE_LEAST) + " or more",
                    call.workspaceBytes);
  const Footprint matrices[] = {a, b, c};
  return workspaceFault(stream.context->memory, workspaceOf(call), matrices);
}

std::string run(sph_device_stream &stream, const GemmCall &call) {
  if (std::string why = faultOf(stream, call); !why.empty())
    return "gemm " + why;
  const auto [a, b, c] = gemmMatrices(call.shape, call.a, call.b, call.c);
  std::vector<Footprint> read = {a, b};
  if (call.shape.beta != 0)
    read.push_back(c);
  if (const std::string why = stateFault(stream, workspaceOf(call), read); !why.empty())
    return "gemm " + why;
  multiply(call.shape, call.a, call.b, call.c);
  Memory &memory = stream.context->memory;
  if (stream.context->isStrict)
    c.forEach([&](uintptr_t address) { return memory.noteWritten(address, 4), true; });
  useWorkspace(stream, workspaceOf(call));
  stream.context->hasMultiplied = true;
  return "";
}

/// Runs a call, or records it if it could run now.
template <typename Call>
const char *runOrRecord(const std::string &name, sph_device_stream *stream, const Call &call) {
  try {
    if (stream->recording)
      if (const std::string why = faultOf(*stream, call); !why.empty())
        return report(name + " " + why);
    return put(stream, [call](sph_device_stream &where) { return run(where, call); });
  } catch (const std::bad_alloc &) { // must not pass through compiled code
    return report("no memory left for " + name);
  }
}

} // namespace

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

const char *libraries(sph_device_context *, sph_device_libraries *libraries) {
  *libraries = {};
  libraries->has_fft = libraries->has_gemm = 1;
  return nullptr;
}

const char *fftPlan(sph_device_context *context, const sph_fft_shape *shape, sph_device_fft **plan,
                    int64_t *workspaceBytes) {
  if (const std::string fault = handleFault("context", context, "open"); !fault.empty())
    return report("fft_plan " + fault);
  for (const auto &[name, pointer] : {std::pair<const char *, const void *>{"shape", shape},
                                      {"plan", plan},
                                      {"workspace_bytes", workspaceBytes}})
    if (!pointer)
      return report(std::string("fft_plan expected `") + name + "`, got null");
  if (context->recordings > 0)
    return report("fft_plan expected no stream that records, got one");
  if (const std::string fault = shapeFault(*shape); !fault.empty())
    return report("fft_plan " + fault);
  // As much as one transform of complex numbers, in whole units of memory.
  constexpr int64_t unit = 256;
  const int64_t bytes = (8 * shape->n[0] * shape->n[1] + unit - 1) / unit * unit;
  context->plans.push_back(
      std::make_unique<sph_device_fft>(sph_device_fft{context, *shape, bytes}));
  *plan = context->plans.back().get();
  *workspaceBytes = bytes;
  addHandle(*plan);
  return nullptr;
}

void fftDestroy(sph_device_fft *plan) {
  if (!plan)
    return;
  if (const std::string fault = handleFault("plan", plan, "fft_plan"); !fault.empty())
    return failLater("fft_destroy " + fault);
  if (plan->isDestroyed)
    plan->context->failure = "fft_destroy expected `plan` to be alive, got one that was destroyed";
  if (plan->context->recordings > 0)
    plan->context->failure = "fft_destroy expected no stream that records, got one";
  plan->isDestroyed = true;
}

const char *fftExecute(sph_device_stream *stream, sph_device_fft *plan, void *in, void *out,
                       int32_t inverse, void *workspace) {
  if (const std::string fault = handleFault("stream", stream, "create_stream"); !fault.empty())
    return report("fft_execute " + fault);
  return runOrRecord("fft_execute", stream, FftCall{plan, in, out, inverse, workspace});
}

const char *gemm(sph_device_stream *stream, const sph_gemm_shape *shape, const void *a,
                 const void *b, void *c, void *workspace, int64_t workspaceBytes) {
  if (const std::string fault = handleFault("stream", stream, "create_stream"); !fault.empty())
    return report("gemm " + fault);
  if (!shape)
    return report("gemm expected `shape`, got null");
  if (stream->recording && !stream->context->hasMultiplied)
    return report("gemm expected a product of the context before the first one that is recorded, "
                  "got none");
  return runOrRecord("gemm", stream, GemmCall{*shape, a, b, c, workspace, workspaceBytes});
}

} // namespace spherical::emulation
