//===- kernels_test.cpp - GPU kernels in the memory of this process -------===//
//
// Kernels are written as LLVM IR text for NVPTX.
//
//===----------------------------------------------------------------------===//

#include "tools/emulation/kernels.h"

#include "tools/emulation/device.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

namespace spherical::emulation {
namespace {

std::string bitcodeOf(const std::string &text) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString("target triple = \"nvptx64-nvidia-cuda\"\n" + text,
                                          diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str();
  std::string bitcode;
  llvm::raw_string_ostream stream(bitcode);
  if (module)
    llvm::WriteBitcodeToFile(*module, stream);
  return bitcode;
}

/// out[block] = the sum of in[block][thread]: warp sums by shuffles, these in shared memory, a
/// barrier, and thread 0 adds them.
constexpr char kBlockSum[] = R"(
@sph_shared = external addrspace(3) global [0 x i8], align 16
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare float @llvm.nvvm.shfl.sync.bfly.f32(i32, float, i32, i32)
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)
define ptx_kernel void @block_sum(ptr %in, ptr %out) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %ntid = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %block = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %first = mul i32 %block, %ntid
  %at = add i32 %first, %tid
  %own = getelementptr float, ptr %in, i32 %at
  %v0 = load float, ptr %own
  %s1 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v0, i32 16, i32 31)
  %v1 = fadd float %v0, %s1
  %s2 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v1, i32 8, i32 31)
  %v2 = fadd float %v1, %s2
  %s3 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v2, i32 4, i32 31)
  %v3 = fadd float %v2, %s3
  %s4 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v3, i32 2, i32 31)
  %v4 = fadd float %v3, %s4
  %s5 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v4, i32 1, i32 31)
  %v5 = fadd float %v4, %s5
  %warp = lshr i32 %tid, 5
  %slot = getelementptr float, ptr addrspace(3) @sph_shared, i32 %warp
  store float %v5, ptr addrspace(3) %slot
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %leader = icmp eq i32 %tid, 0
  br i1 %leader, label %add, label %done
add:
  %p1 = getelementptr float, ptr addrspace(3) @sph_shared, i32 1
  %w0 = load float, ptr addrspace(3) @sph_shared
  %w1 = load float, ptr addrspace(3) %p1
  %sum = fadd float %w0, %w1
  %to = getelementptr float, ptr %out, i32 %block
  store float %sum, ptr %to
  br label %done
done:
  ret void
}
)";

/// The kernel `name` of a module.
struct Loaded {
  explicit Loaded(const std::string &text, const std::string &name) {
    std::string reason;
    kernels = Kernels::load(bitcodeOf(text), reason);
    EXPECT_TRUE(kernels) << reason;
    kernel = kernels ? kernels->find(name) : nullptr;
    EXPECT_TRUE(kernel);
  }

  /// Launches it with addresses as its arguments.
  std::string launch(LaunchExtents extents, std::vector<void *> addresses,
                     ThreadOrder order = ThreadOrder::Forward) const {
    std::vector<void *> arguments;
    for (void *&address : addresses)
      arguments.push_back(&address);
    return kernels->launch(*kernel, extents, arguments.data(), order);
  }

  std::unique_ptr<Kernels> kernels;
  Kernel *kernel = nullptr;
};

/// Adds up blocks of 64 whole numbers, which are exact in any order.
void expectSums(const Loaded &blockSum, int64_t blocks, int seed, ThreadOrder order) {
  std::vector<float> in(blocks * 64), out(blocks);
  for (size_t i = 0; i < in.size(); ++i)
    in[i] = static_cast<float>((i * i + seed) % 97);
  ASSERT_EQ(blockSum.launch({blocks, 64, 8}, {in.data(), out.data()}, order), "");
  for (int64_t block = 0; block < blocks; ++block) {
    float expected = 0;
    for (int64_t i = 0; i < 64; ++i)
      expected += in[64 * block + i];
    EXPECT_EQ(out[block], expected);
  }
}

TEST(Kernels, SumOfBlocks) {
  const Loaded blockSum(kBlockSum, "block_sum");
  EXPECT_FALSE(blockSum.kernels->find("no_such"));
  for (ThreadOrder order : {ThreadOrder::Forward, ThreadOrder::Reversed})
    expectSums(blockSum, 3, 0, order);
}

// Each thread of the host has shared memory of its own.
TEST(Kernels, LaunchesAtOnce) {
  const Loaded blockSum(kBlockSum, "block_sum");
  std::vector<std::thread> threads;
  for (int seed = 0; seed < 4; ++seed)
    threads.emplace_back([&, seed] {
      for (int round = 0; round < 20; ++round)
        expectSums(blockSum, 50, seed, ThreadOrder::Forward);
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(Kernels, ReportsStoresBeyondSharedMemory) {
  const Loaded blockSum(kBlockSum, "block_sum");
  std::vector<float> in(64, 1.0f), out(1);
  const std::vector<void *> addresses = {in.data(), out.data()};
  EXPECT_EQ(blockSum.launch({1, 64, 4}, addresses),
            "block 0 stores beyond its 4 bytes of shared memory");
  EXPECT_EQ(blockSum.launch({1, 2048, 8}, addresses),
            "expected at least 1 block of 1 to 1024 threads, got 1 of 2048");
  EXPECT_EQ(blockSum.launch({1, 64, 1 << 20}, addresses),
            "expected at most 232448 bytes of shared memory, got 1048576");
}

// What stands before the dynamic part of shared memory, functions with a body, libdevice, and a
// shuffle that says whether its lane was in range.
TEST(Kernels, RunsWhatModulesHold) {
  const Loaded mixed(R"(
@table = internal addrspace(3) global [32 x float] undef, align 4
@sph_shared = external addrspace(3) global [0 x i8], align 16
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.warpsize()
declare void @llvm.nvvm.barrier0()
declare { i32, i1 } @llvm.nvvm.shfl.sync.down.i32p(i32, i32, i32, i32)
declare float @__nv_cosf(float)
declare float @__nv_rsqrtf(float)
define internal i32 @mirrored() {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %mirrored = sub i32 31, %tid
  ret i32 %mirrored
}
define ptx_kernel void @k(ptr %out) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %x = uitofp i32 %tid to float
  %cos = call float @__nv_cosf(float %x)
  %own = getelementptr float, ptr addrspace(3) @table, i32 %tid
  store float %cos, ptr addrspace(3) %own
  %four = fadd float %x, 4.0
  %root = call float @__nv_rsqrtf(float %four)
  %dynamic = getelementptr float, ptr addrspace(3) @sph_shared, i32 %tid
  store float %root, ptr addrspace(3) %dynamic
  call void @llvm.nvvm.barrier0()
  %m = call i32 @mirrored()
  %other = getelementptr float, ptr addrspace(3) @table, i32 %m
  %a = load float, ptr addrspace(3) %other
  %b = load float, ptr addrspace(3) %dynamic
  %down = call { i32, i1 } @llvm.nvvm.shfl.sync.down.i32p(i32 -1, i32 %tid, i32 30, i32 31)
  %read = extractvalue { i32, i1 } %down, 0
  %valid = extractvalue { i32, i1 } %down, 1
  %readf = uitofp i32 %read to float
  %c = select i1 %valid, float %readf, float -1.0
  %ab = fadd float %a, %b
  %sum = fadd float %ab, %c
  %to = getelementptr float, ptr %out, i32 %tid
  store float %sum, ptr %to
  ret void
}
)",
                     "k");
  std::vector<float> out(32);
  ASSERT_EQ(mixed.launch({1, 32, 128}, {out.data()}), "");
  for (int i = 0; i < 32; ++i)
    EXPECT_FLOAT_EQ(out[i], std::cos(31.0f - i) + 1 / std::sqrt(i + 4.0f) +
                                (i + 30 <= 31 ? i + 30.0f : -1.0f))
        << i;
}

/// Why a module is not loaded.
std::string refusal(const std::string &text) {
  std::string reason;
  EXPECT_FALSE(Kernels::load(bitcodeOf(text), reason));
  return reason;
}

TEST(Kernels, RejectsWhatItDoesNotKnow) {
  std::string reason;
  EXPECT_FALSE(Kernels::load("no bitcode", reason));
  EXPECT_NE(reason.find("expected bitcode"), std::string::npos) << reason;
  EXPECT_EQ(refusal("declare float @llvm.nvvm.ex2.approx.f(float)\n"
                    "define ptx_kernel void @k(ptr %p) {\n"
                    "  %x = load float, ptr %p\n"
                    "  %y = call float @llvm.nvvm.ex2.approx.f(float %x)\n"
                    "  store float %y, ptr %p\n"
                    "  ret void\n"
                    "}\n"),
            "the emulation does not know llvm.nvvm.ex2.approx.f32 (not supported)");
  EXPECT_EQ(refusal("define ptx_kernel void @k(ptr %p) {\n"
                    "  %old = atomicrmw fadd ptr %p, float 1.0 monotonic\n"
                    "  ret void\n"
                    "}\n"),
            "the emulation does not know atomicrmw of memory between threads (not supported)");
  EXPECT_EQ(refusal("declare i32 @vprintf(ptr, ptr)\n"
                    "define ptx_kernel void @k(ptr %p) {\n"
                    "  %n = call i32 @vprintf(ptr %p, ptr %p)\n"
                    "  ret void\n"
                    "}\n"),
            "the emulation does not know vprintf (not supported)");
  EXPECT_EQ(
      refusal("@count = global i32 0\n"
              "define ptx_kernel void @k() {\n"
              "  store i32 1, ptr @count\n"
              "  ret void\n"
              "}\n"),
      "the emulation does not know variable 'count' outside of shared memory (not supported)");
}

TEST(Kernels, RejectsFunctionsThatCallThemselves) {
  const Loaded recursive("define internal i32 @f(i32 %n) {\n"
                         "  %r = call i32 @g(i32 %n)\n"
                         "  ret i32 %r\n"
                         "}\n"
                         "define internal i32 @g(i32 %n) {\n"
                         "  %m = sub i32 %n, 1\n"
                         "  %r = call i32 @f(i32 %m)\n"
                         "  ret i32 %r\n"
                         "}\n"
                         "define ptx_kernel void @k(ptr %p) {\n"
                         "  %r = call i32 @f(i32 3)\n"
                         "  store i32 %r, ptr %p\n"
                         "  ret void\n"
                         "}\n",
                         "k");
  EXPECT_EQ(recursive.launch({1, 32, 0}, {nullptr}),
            "kernel 'k' calls 'f', which calls itself (not supported)");
}

TEST(EmulatedDevice, NamesKernelsThatAreMissing) {
  const sph_device &device = emulatedDevice(ThreadOrder::Forward);
  const std::string bitcode = bitcodeOf(kBlockSum);
  sph_device_context *context = nullptr;
  ASSERT_EQ(device.open(0, &context), nullptr);
  const sph_image image{SPH_IMAGE_BITCODE, 0, static_cast<int64_t>(bitcode.size()), bitcode.data()};
  sph_device_module *module = nullptr;
  ASSERT_EQ(device.load(context, &image, &module), nullptr);
  sph_device_kernel *kernel = nullptr;
  EXPECT_STREQ(device.find(module, "other", 0, &kernel), "expected a kernel 'other', got none");
  EXPECT_EQ(device.find(module, "block_sum", 8, &kernel), nullptr);
  device.unload(module);
  device.close(context);
}

} // namespace
} // namespace spherical::emulation
