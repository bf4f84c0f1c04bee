//===- kernels_test.cpp - GPU kernels in the memory of this process -------===//
//
// Kernels are written as LLVM IR text for NVPTX.
//
//===----------------------------------------------------------------------===//

#include "tools/emulation/kernels.h"

#include "test/tools/emulation/kernel_text.h"
#include "tools/emulation/device.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <numeric>
#include <thread>

namespace spherical::emulation {
namespace {

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
    kernels = Kernels::load(bitcodeOf(text), Checks::None, reason);
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
            "kernel 'block_sum', block 0 stores beyond its 4 bytes of shared memory");
  EXPECT_EQ(blockSum.launch({1, 2048, 8}, addresses),
            "expected 1 to 2147483647 blocks of 1 to 1024 threads, got 1 of 2048");
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

// Votes of the two warps: lanes below 20 of warp 0 and all of warp 1.
TEST(Kernels, Votes) {
  const Loaded votes(R"(
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.vote.ballot.sync(i32, i1)
declare i1 @llvm.nvvm.vote.all.sync(i32, i1)
declare i1 @llvm.nvvm.vote.any.sync(i32, i1)
declare i1 @llvm.nvvm.vote.uni.sync(i32, i1)
define ptx_kernel void @k(ptr %out) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %low = icmp ult i32 %tid, 20
  %high = icmp uge i32 %tid, 32
  %p = or i1 %low, %high
  %ballot = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 %p)
  %all = call i1 @llvm.nvvm.vote.all.sync(i32 -1, i1 %p)
  %any = call i1 @llvm.nvvm.vote.any.sync(i32 -1, i1 %low)
  %uni = call i1 @llvm.nvvm.vote.uni.sync(i32 -1, i1 %low)
  %row = mul i32 %tid, 4
  %p0 = getelementptr i32, ptr %out, i32 %row
  store i32 %ballot, ptr %p0
  %p1 = getelementptr i32, ptr %p0, i32 1
  %i1 = zext i1 %all to i32
  store i32 %i1, ptr %p1
  %p2 = getelementptr i32, ptr %p0, i32 2
  %i2 = zext i1 %any to i32
  store i32 %i2, ptr %p2
  %p3 = getelementptr i32, ptr %p0, i32 3
  %i3 = zext i1 %uni to i32
  store i32 %i3, ptr %p3
  ret void
}
)",
                     "k");
  std::vector<uint32_t> out(64 * 4);
  ASSERT_EQ(votes.launch({1, 64, 0}, {out.data()}), "");
  for (int i = 0; i < 64; ++i) {
    const bool second = i >= 32;
    EXPECT_EQ(out[4 * i], second ? 0xffffffff : 0xfffff);
    EXPECT_EQ(out[4 * i + 1], second);
    EXPECT_EQ(out[4 * i + 2], !second);
    EXPECT_EQ(out[4 * i + 3], second);
  }
}

/// Each thread copies 16 bytes, the second time 4 and 12 zeros, and waits for the first or for both
/// groups; out gets the first word of what each holds then, one row for each copy.
std::string twoCopies(const std::string &wait) {
  return R"(
@sph_shared = external addrspace(3) global [0 x i8], align 16
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3), ptr addrspace(1))
declare void @llvm.nvvm.cp.async.ca.shared.global.16.s(ptr addrspace(3), ptr addrspace(1), i32)
declare void @llvm.nvvm.cp.async.commit.group()
declare void @llvm.nvvm.cp.async.wait.group(i32)
declare void @llvm.nvvm.cp.async.wait.all()
define ptx_kernel void @k(ptr addrspace(1) %in, ptr %out) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %from = getelementptr <4 x i32>, ptr addrspace(1) %in, i32 %tid
  %first = getelementptr <4 x i32>, ptr addrspace(3) @sph_shared, i32 %tid
  %second = getelementptr <4 x i32>, ptr addrspace(3) %first, i32 32
  call void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3) %first, ptr addrspace(1) %from)
  call void @llvm.nvvm.cp.async.commit.group()
  call void @llvm.nvvm.cp.async.ca.shared.global.16.s(ptr addrspace(3) %second, ptr addrspace(1) %from, i32 4)
  call void @llvm.nvvm.cp.async.commit.group()
)" + wait +
         R"(
  %a = load <4 x i32>, ptr addrspace(3) %first
  %b = load <4 x i32>, ptr addrspace(3) %second
  %to = getelementptr <4 x i32>, ptr %out, i32 %tid
  store <4 x i32> %a, ptr %to
  %to2 = getelementptr <4 x i32>, ptr %to, i32 32
  store <4 x i32> %b, ptr %to2
  ret void
}
)";
}

// What has not been waited for is not there.
TEST(Kernels, CopiesArriveWhenTheyAreWaitedFor) {
  const std::string one = "  call void @llvm.nvvm.cp.async.wait.group(i32 1)\n",
                    none = "  call void @llvm.nvvm.cp.async.wait.group(i32 0)\n",
                    all = "  call void @llvm.nvvm.cp.async.wait.all()\n";
  std::vector<uint32_t> in(32 * 4);
  std::iota(in.begin(), in.end(), 1000);
  for (const std::string &wait : {one, none, all}) {
    const Loaded copies(twoCopies(wait), "k");
    std::vector<uint32_t> out(2 * 32 * 4);
    ASSERT_EQ(copies.launch({1, 32, 1024}, {in.data(), out.data()}), "");
    for (int i = 0; i < 128; ++i) {
      EXPECT_EQ(out[i], in[i]);
      EXPECT_EQ(out[128 + i], wait == one ? 0xffffffff : i % 4 == 0 ? in[i] : 0);
    }
  }
}

/// C += A B of one warp, 16 x 8 by 8 x 8; each thread brings its fragments as the PTX ISA has them.
constexpr char kProduct[] = R"(
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare { float, float, float, float } @llvm.nvvm.mma.m16n8k8.row.col.tf32(i32, i32, i32, i32, i32, i32, float, float, float, float)
define ptx_kernel void @k(ptr %fragments, ptr %out) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %own = getelementptr [10 x i32], ptr %fragments, i32 %tid
  %p1 = getelementptr i32, ptr %own, i32 1
  %p2 = getelementptr i32, ptr %own, i32 2
  %p3 = getelementptr i32, ptr %own, i32 3
  %p4 = getelementptr i32, ptr %own, i32 4
  %p5 = getelementptr i32, ptr %own, i32 5
  %a0 = load i32, ptr %own
  %a1 = load i32, ptr %p1
  %a2 = load i32, ptr %p2
  %a3 = load i32, ptr %p3
  %b0 = load i32, ptr %p4
  %b1 = load i32, ptr %p5
  %d = call { float, float, float, float } @llvm.nvvm.mma.m16n8k8.row.col.tf32(i32 %a0, i32 %a1, i32 %a2, i32 %a3, i32 %b0, i32 %b1, float 1.0, float 1.0, float 1.0, float 1.0)
  %to = getelementptr { float, float, float, float }, ptr %out, i32 %tid
  store { float, float, float, float } %d, ptr %to
  ret void
}
)";

// Small whole numbers are exact; what tf32 does not hold of them is left out.
TEST(Kernels, MultipliesTiles) {
  auto a = [](int row, int k) { return static_cast<float>(3 * row - 5 * k); };
  auto b = [](int k, int column) { return static_cast<float>(k + 2 * column - 7); };
  std::vector<float> fragments(320), out(128);
  for (int lane = 0; lane < 32; ++lane) {
    const int g = lane / 4, t = lane % 4;
    float *own = &fragments[10 * lane];
    const float values[] = {a(g, t),         a(g + 8, t), a(g, t + 4),
                            a(g + 8, t + 4), b(t, g),     b(t + 4, g)};
    for (int i = 0; i < 6; ++i)
      own[i] = std::bit_cast<float>(std::bit_cast<uint32_t>(values[i]) | 1); // beyond tf32
  }
  const Loaded product(kProduct, "k");
  ASSERT_EQ(product.launch({1, 32, 0}, {fragments.data(), out.data()}), "");
  for (int row = 0; row < 16; ++row)
    for (int column = 0; column < 8; ++column) {
      float expected = 1;
      for (int k = 0; k < 8; ++k)
        expected += a(row, k) * b(k, column);
      const int lane = row % 8 * 4 + column / 2, i = row / 8 * 2 + column % 2;
      EXPECT_EQ(out[4 * lane + i], expected) << row << " " << column;
    }
}

TEST(Kernels, ReportsBlocksThatAKernelIsNotMadeFor) {
  const Loaded made("define ptx_kernel void @k() \"nvvm.reqntid\"=\"16,2,1\" {\n"
                    "  ret void\n"
                    "}\n",
                    "k");
  EXPECT_EQ(made.launch({1, 32, 0}, {}), "");
  EXPECT_EQ(made.launch({1, 64, 0}, {}), "kernel 'k' expected blocks of 32 threads, got 64");
}

TEST(Kernels, ReportsTraps) {
  const Loaded traps("declare void @llvm.trap()\n"
                     "define ptx_kernel void @k() {\n"
                     "  call void @llvm.trap()\n"
                     "  unreachable\n"
                     "}\n",
                     "k");
  EXPECT_EQ(traps.launch({1, 32, 0}, {}), "kernel 'k', block 0, thread 0 traps");
}

/// Why a module is not loaded.
std::string refusal(const std::string &text) {
  std::string reason;
  EXPECT_FALSE(Kernels::load(bitcodeOf(text), Checks::None, reason));
  return reason;
}

TEST(Kernels, RejectsWhatItDoesNotKnow) {
  std::string reason;
  EXPECT_FALSE(Kernels::load("no bitcode", Checks::None, reason));
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
