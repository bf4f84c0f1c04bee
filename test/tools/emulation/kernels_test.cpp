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

TEST(Kernels, SumOfBlocks) {
  std::string reason;
  const auto kernels = Kernels::load(bitcodeOf(kBlockSum), reason);
  ASSERT_TRUE(kernels) << reason;
  const Kernel kernel = kernels->find("block_sum");
  ASSERT_TRUE(kernel);
  EXPECT_FALSE(kernels->find("no_such"));
  std::vector<float> in(3 * 64), out(3);
  for (size_t i = 0; i < in.size(); ++i)
    in[i] = static_cast<float>(i * i % 97);
  for (ThreadOrder order : {ThreadOrder::Forward, ThreadOrder::Reversed}) {
    void *input = in.data(), *output = out.data();
    void *const arguments[] = {&input, &output};
    ASSERT_EQ(kernels->launch(kernel, 3, 64, 8, arguments, order), "");
    for (int block = 0; block < 3; ++block) {
      float expected = 0; // whole numbers: exact in any order
      for (int i = 0; i < 64; ++i)
        expected += in[64 * block + i];
      EXPECT_EQ(out[block], expected);
    }
  }
}

TEST(Kernels, ReportsStoresBeyondSharedMemory) {
  std::string reason;
  const auto kernels = Kernels::load(bitcodeOf(kBlockSum), reason);
  ASSERT_TRUE(kernels) << reason;
  std::vector<float> in(64, 1.0f), out(1);
  void *input = in.data(), *output = out.data();
  void *const arguments[] = {&input, &output};
  const Kernel kernel = kernels->find("block_sum");
  EXPECT_EQ(kernels->launch(kernel, 1, 64, 4, arguments, ThreadOrder::Forward),
            "block 0 stores beyond its 4 bytes of shared memory");
  EXPECT_EQ(kernels->launch(kernel, 1, 2048, 8, arguments, ThreadOrder::Forward),
            "expected at least 1 block of 1 to 1024 threads, got 1 of 2048");
  EXPECT_EQ(kernels->launch(kernel, 1, 64, 1 << 20, arguments, ThreadOrder::Forward),
            "expected at most 232448 bytes of shared memory, got 1048576");
}

TEST(Kernels, RejectsWhatItDoesNotKnow) {
  std::string reason;
  EXPECT_FALSE(Kernels::load("no bitcode", reason));
  EXPECT_NE(reason.find("expected bitcode"), std::string::npos) << reason;
  EXPECT_FALSE(Kernels::load(bitcodeOf("declare float @llvm.nvvm.ex2.approx.f(float)\n"
                                       "define ptx_kernel void @k(ptr %p) {\n"
                                       "  %x = load float, ptr %p\n"
                                       "  %y = call float @llvm.nvvm.ex2.approx.f(float %x)\n"
                                       "  store float %y, ptr %p\n"
                                       "  ret void\n"
                                       "}\n"),
                             reason));
  EXPECT_EQ(reason, "the emulation does not know llvm.nvvm.ex2.approx.f32 (not supported)");
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
