//===- checker_test.cpp - whether a launch keeps the rules of a GPU -------===//
//
// Small kernels that break one rule each, and their neighbours that do not.
// Each gets the address of 256 bytes of device memory, %g, and has 64 threads.
//
//===----------------------------------------------------------------------===//

#include "test/tools/emulation/kernel_text.h"
#include "tools/emulation/device.h"

#include <gtest/gtest.h>

#include <cstring>
#include <regex>

namespace spherical::emulation {
namespace {

constexpr int64_t kThreads = 64, kShared = 256, kGlobal = 256;

/// A kernel with this body, which may use %tid, %block, %warp and %g.
std::string kernelText(const std::string &body) {
  return R"(
@sph_shared = external addrspace(3) global [0 x i8], align 16
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare void @llvm.nvvm.barrier0()
declare void @llvm.nvvm.barrier.cta.sync.aligned.count(i32, i32)
declare void @llvm.nvvm.bar.warp.sync(i32)
declare i32 @llvm.nvvm.shfl.sync.idx.i32(i32, i32, i32, i32)
declare void @llvm.nvvm.cp.async.ca.shared.global.4(ptr addrspace(3), ptr addrspace(1))
declare void @llvm.nvvm.cp.async.commit.group()
declare void @llvm.nvvm.cp.async.wait.group(i32)
declare void @llvm.memset.p3.i64(ptr addrspace(3), i8, i64, i1)
declare void @llvm.memcpy.p0.p3.i64(ptr, ptr addrspace(3), i64, i1)
define ptx_kernel void @k(ptr %g) {
entry:
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %block = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %warp = lshr i32 %tid, 5
)" + body +
         "  ret void\n}\n";
}

/// A device and a kernel on it.
class Strict {
public:
  explicit Strict(const std::string &body, Checks checks = Checks::Strict) {
    std::string reason;
    kernels = Kernels::load(bitcodeOf(kernelText(body)), checks, reason);
    EXPECT_TRUE(kernels) << reason;
    global = memory.allocate(kGlobal);
  }

  std::string launch(ThreadOrder order = ThreadOrder::Forward, int64_t blocks = 1) {
    void *arguments[] = {&global};
    return kernels ? kernels->launch(*kernels->find("k"), {blocks, kThreads, kShared}, arguments,
                                     order, &memory)
                   : "";
  }

  Memory memory;
  void *global = nullptr;
  std::unique_ptr<Kernels> kernels;
};

std::string withoutAddress(const std::string &text) {
  return std::regex_replace(text, std::regex("0x[0-9a-f]+"), "0x...");
}

/// What a strict launch says.
std::string says(const std::string &body, ThreadOrder order = ThreadOrder::Forward,
                 int64_t blocks = 1) {
  return withoutAddress(Strict(body).launch(order, blocks));
}

const std::string kBarrier = "  call void @llvm.nvvm.barrier0()\n";
const std::string kWarpBarrier = "  call void @llvm.nvvm.bar.warp.sync(i32 -1)\n";

/// Writes shared word `index`, a value or constant.
std::string write(const std::string &name, const std::string &index) {
  return "  %" + name + " = getelementptr float, ptr addrspace(3) @sph_shared, i32 " + index +
         "\n  store float 1.0, ptr addrspace(3) %" + name + "\n";
}

/// Reads it.
std::string read(const std::string &name, const std::string &index) {
  return "  %" + name + " = getelementptr float, ptr addrspace(3) @sph_shared, i32 " + index +
         "\n  %" + name + ".value = load float, ptr addrspace(3) %" + name + "\n";
}

/// Only odd, or only even threads do this.
std::string only(const std::string &which, const std::string &body) {
  const std::string odd = which == "odd" ? "%do." + which + ", label %end." + which
                                         : "%end." + which + ", label %do." + which;
  return "  %is." + which + " = trunc i32 %tid to i1\n  br i1 %is." + which + ", label " + odd +
         "\ndo." + which + ":\n" + body + "  br label %end." + which + "\nend." + which + ":\n";
}

const std::string kNeighbour = "  %n = xor i32 %tid, 1\n";  ///< in the same warp
const std::string kOtherWarp = "  %n = xor i32 %tid, 32\n"; ///< in the other warp

TEST(Checker, ReportsWhatNobodyHasWritten) {
  EXPECT_EQ(says(read("x", "%tid")), "kernel 'k', block 0, thread 0 reads 4 bytes of shared memory "
                                     "at byte 0, which no thread of the block has written");
  EXPECT_EQ(says(write("x", "%tid") + read("y", "%tid")), "");
  // What the block before has left there counts for nothing.
  EXPECT_EQ(says("  %first = icmp eq i32 %block, 0\n"
                 "  br i1 %first, label %fill, label %use\nfill:\n" +
                     write("x", "%tid") + "  br label %use\nuse:\n" + read("y", "%tid"),
                 ThreadOrder::Forward, 2),
            "kernel 'k', block 1, thread 0 reads 4 bytes of shared memory at byte 0, which no "
            "thread of the block has written");
}

TEST(Checker, ReportsReadsOfWhatAnotherThreadWrites) {
  const std::string before = kNeighbour + write("x", "%tid");
  EXPECT_EQ(says(before + kBarrier + read("y", "%n")), "");
  EXPECT_EQ(says(before + read("y", "%n"), ThreadOrder::Reversed),
            "kernel 'k', block 0, thread 63 reads 4 bytes of shared memory at byte 248, which no "
            "thread of the block has written");
  // Thread 1 comes second and finds what thread 0 has written.
  EXPECT_EQ(
      says(before +
           "  %odd = icmp eq i32 %n, 0\n"
           "  br i1 %odd, label %use, label %end\nuse:\n" +
           read("y", "%n") + "  br label %end\nend:\n"),
      "kernel 'k', block 0, thread 1 reads 4 bytes of shared memory at byte 0, which thread 0 "
      "has written with no barrier in between");
}

TEST(Checker, ReportsWritesOfWhatAnotherThreadReads) {
  const std::string before =
      kNeighbour + write("x", "%tid") + kBarrier + only("even", read("y", "%n"));
  EXPECT_EQ(says(before + kBarrier + only("odd", write("z", "%tid"))), "");
  const std::string expected =
      "kernel 'k', block 0, thread 1 writes 4 bytes of shared memory at byte "
      "4, which thread 0 has read with no barrier in between";
  EXPECT_EQ(says(before + only("odd", write("z", "%tid"))), expected);
  // Both have read it, the writer last.
  EXPECT_EQ(says(before + only("odd", read("own", "%tid") + write("z", "%tid"))), expected);
}

TEST(Checker, ReportsTwoWriters) {
  EXPECT_EQ(says(write("x", "7")),
            "kernel 'k', block 0, thread 1 writes 4 bytes of shared memory at "
            "byte 28, which thread 0 has written with no barrier in between");
  EXPECT_EQ(
      says(write("x", "7"), ThreadOrder::Reversed),
      "kernel 'k', block 0, thread 62 writes 4 bytes of shared memory at byte 28, which thread "
      "63 has written with no barrier in between");
}

// bar.warp.sync orders the threads of a warp, and no others; shuffles order nothing.
TEST(Checker, KnowsBarriersOfWarps) {
  const std::string race = "has written with no barrier in between";
  for (ThreadOrder order : {ThreadOrder::Forward, ThreadOrder::Reversed}) {
    EXPECT_EQ(says(kNeighbour + write("x", "%tid") + kWarpBarrier + read("y", "%n") + kWarpBarrier +
                       write("z", "%tid"),
                   order),
              "");
    EXPECT_NE(says(kOtherWarp + write("x", "%tid") + kWarpBarrier + kWarpBarrier + read("y", "%n"),
                   order),
              "");
    EXPECT_NE(says(kNeighbour + write("x", "%tid") +
                       "  %s = call i32 @llvm.nvvm.shfl.sync.idx.i32(i32 -1, i32 %tid, i32 0, i32 "
                       "31)\n" +
                       read("y", "%n"),
                   order)
                  .find(race),
              std::string::npos);
    // A reader of before the last meeting is no obstacle, one of after it is.
    EXPECT_NE(says(kNeighbour + write("x", "%tid") + kWarpBarrier + only("even", read("y", "%n")) +
                   only("odd", write("z", "%tid")))
                  .find("has read with no barrier in between"),
              std::string::npos);
  }
}

// What a thread has seen at one meeting it hands on at the next.
TEST(Checker, HandsOnWhatWasSeen) {
  const std::string handedOn =
      write("x", "%tid") +
      "  call void @llvm.nvvm.bar.warp.sync(i32 -1)\n"
      "  call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 3, i32 64)"
      "\n  %n = sub i32 63, %tid\n" +
      read("y", "%n");
  EXPECT_EQ(says(handedOn), "");
}

// Barriers of 32 threads each order the threads of their half.
TEST(Checker, KnowsCountedBarriers) {
  const std::string number = "  %id = add i32 %warp, 1\n";
  const std::string half =
      "  call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 %id, i32 32)\n";
  EXPECT_EQ(says(number + kNeighbour + write("x", "%tid") + half + read("y", "%n")), "");
  // Warp 1 comes to its read before warp 0 comes to its write.
  EXPECT_NE(says(number + kOtherWarp + write("x", "%tid") + half + half + read("y", "%n"),
                 ThreadOrder::Reversed)
                .find("which no thread of the block has written"),
            std::string::npos);
  EXPECT_NE(says(number + kOtherWarp + write("x", "%tid") + kBarrier + write("z", "%tid") + half +
                 read("y", "%n"))
                .find("with no barrier in between"),
            std::string::npos);
}

TEST(Checker, ReportsAccessesBeyondSharedMemory) {
  EXPECT_EQ(
      says("  %i = add i32 %tid, 1\n" + write("x", "%i")),
      "kernel 'k', block 0, thread 63 writes 4 bytes of shared memory at byte 256, beyond the "
      "256 bytes of the block");
  // Through a generic address.
  EXPECT_EQ(says("  %p = addrspacecast ptr addrspace(3) @sph_shared to ptr\n"
                 "  %q = getelementptr i8, ptr %p, i32 256\n"
                 "  %v = load i8, ptr %q\n"),
            "kernel 'k', block 0, thread 0 reads 1 bytes of shared memory at byte 256, beyond the "
            "256 bytes of the block");
}

TEST(Checker, ReportsAccessesBeyondAllocations) {
  auto access = [](const std::string &address) {
    return "  %p = " + address + "\n  %v = load float, ptr %p\n";
  };
  EXPECT_EQ(says(access("getelementptr float, ptr %g, i32 %tid")), "");
  EXPECT_EQ(says("  %i = add i32 %tid, 1\n" + access("getelementptr float, ptr %g, i32 %i")),
            "kernel 'k', block 0, thread 63 reads 4 bytes of device memory at byte 256 of the 256 "
            "bytes at 0x..., beyond what is allocated");
  EXPECT_EQ(says(access("getelementptr i8, ptr %g, i32 -4")),
            "kernel 'k', block 0, thread 0 reads 4 bytes of device memory at address 0x..., far "
            "from all device memory, beyond what is allocated");
  EXPECT_EQ(says(access("inttoptr i64 16 to ptr")),
            "kernel 'k', block 0, thread 0 reads 4 bytes of device memory at address 0x..., far "
            "from all device memory, beyond what is allocated");
}

// The second word of six bytes, at a place that has touched the first one before.
TEST(Checker, ReportsWordsThatAreNotWholeInTheAllocation) {
  Strict strict("  %i = and i32 %tid, 1\n"
                "  %p = getelementptr float, ptr %g, i32 %i\n"
                "  %v = load float, ptr %p\n");
  strict.global = strict.memory.allocate(6);
  EXPECT_EQ(withoutAddress(strict.launch()),
            "kernel 'k', block 0, thread 1 reads 4 bytes of device memory at byte 4 of the 6 bytes "
            "at 0x..., beyond what is allocated");
}

TEST(Checker, ReportsMemoryThatWasReleased) {
  Strict strict("  %v = load float, ptr %g\n");
  EXPECT_EQ(strict.launch(), "");
  EXPECT_TRUE(strict.memory.release(strict.global));
  EXPECT_FALSE(strict.memory.release(strict.global));
  EXPECT_NE(strict.launch().find("beyond what is allocated"), std::string::npos);
}

TEST(Checker, ReportsMisalignedVectors) {
  EXPECT_EQ(says("  %p = getelementptr i8, ptr %g, i32 8\n"
                 "  %v = load <4 x float>, ptr %p, align 16\n"),
            "kernel 'k', block 0, thread 0 reads 16 bytes of device memory at byte 8 of the 256 "
            "bytes at 0x..., which is no multiple of 16");
  // Code for a GPU takes such a load apart.
  EXPECT_EQ(says("  %p = getelementptr i8, ptr %g, i32 8\n"
                 "  %v = load <4 x float>, ptr %p, align 4\n"),
            "");
}

TEST(Checker, ReportsRacesInDeviceMemory) {
  const std::string before = kNeighbour + "  %p = getelementptr float, ptr %g, i32 %tid\n"
                                          "  store float 1.0, ptr %p\n";
  const std::string after = "  %q = getelementptr float, ptr %g, i32 %n\n"
                            "  %v = load float, ptr %q\n";
  EXPECT_EQ(says(before + kBarrier + after), "");
  EXPECT_EQ(says(before + after),
            "kernel 'k', block 0, thread 1 writes 4 bytes of device memory at byte 4 of the 256 "
            "bytes at 0x..., which thread 0 has read with no barrier in between");
}

/// Only thread 0 of each block does this.
std::string leader(const std::string &body) {
  return "  %first = icmp eq i32 %tid, 0\n"
         "  br i1 %first, label %do, label %end\ndo:\n" +
         body + "  br label %end\nend:\n";
}

// In one launch, whatever barriers there are; the next launch may.
TEST(Checker, ReportsBlocksThatMeet) {
  auto launchTwice = [](const std::string &body) {
    Strict strict(body);
    const std::string said = withoutAddress(strict.launch(ThreadOrder::Forward, 3));
    EXPECT_EQ(strict.launch(), ""); // one block
    return said;
  };
  EXPECT_EQ(launchTwice(leader("  store float 1.0, ptr %g\n")),
            "kernel 'k', block 1, thread 0 writes 4 bytes of device memory at byte 0 of the 256 "
            "bytes at 0x..., which block 0 has written in this launch");
  // Block 0 writes, the others read.
  EXPECT_EQ(
      launchTwice(leader("  %b = icmp eq i32 %block, 0\n"
                         "  br i1 %b, label %w, label %r\nw:\n"
                         "  store float 1.0, ptr %g\n"
                         "  br label %end\nr:\n"
                         "  %v = load float, ptr %g\n")),
      "kernel 'k', block 1, thread 0 reads 4 bytes of device memory at byte 0 of the 256 bytes "
      "at 0x..., which block 0 has written in this launch");
  // All read, and block 2 also writes: block 1 has read last, block 2 itself has read since.
  EXPECT_EQ(launchTwice(leader("  %v = load float, ptr %g\n"
                               "  %b = icmp eq i32 %block, 2\n"
                               "  br i1 %b, label %w, label %end\nw:\n"
                               "  store float 1.0, ptr %g\n")),
            "kernel 'k', block 2, thread 0 writes 4 bytes of device memory at byte 0 of the 256 "
            "bytes at 0x..., which block 1 has read in this launch");
}

// Threads may share a word as long as each has bytes of its own.
TEST(Checker, TellsBytesOfAWordApart) {
  for (const std::string type : {"i8", "i16"}) {
    auto store = [&](const std::string &index) {
      return "  %p = getelementptr " + type + ", ptr %g, i32 " + index + "\n  store " + type +
             " 1, ptr %p\n";
    };
    EXPECT_EQ(says(store("%tid")), "");
    EXPECT_EQ(says(store("%tid") + kBarrier +
                   "  %q = getelementptr i32, ptr %g, i32 %warp\n"
                   "  %v = load i32, ptr %q\n"),
              "");
    EXPECT_NE(says(store("%tid") + "  %q = getelementptr i32, ptr %g, i32 %warp\n"
                                   "  %v = load i32, ptr %q\n")
                  .find("has read with no barrier in between"),
              std::string::npos);
    EXPECT_NE(says("  %half = lshr i32 %tid, 1\n" + store("%half"))
                  .find("has written with no barrier in between"),
              std::string::npos);
  }
}

// Whole pieces of memory: the last byte of each is checked as well.
TEST(Checker, SeesCopiesAndFills) {
  auto fill = [](int bytes) {
    return leader("  call void @llvm.memset.p3.i64(ptr addrspace(3) @sph_shared, i8 0, i64 " +
                  std::to_string(bytes) + ", i1 false)\n");
  };
  const std::string copy = "  %own = getelementptr i32, ptr %g, i32 %warp\n"
                           "  call void @llvm.memcpy.p0.p3.i64(ptr %own, ptr addrspace(3) "
                           "@sph_shared, i64 100, i1 false)\n";
  EXPECT_EQ(says(fill(256)), "");
  EXPECT_EQ(says(fill(257)), "kernel 'k', block 0, thread 0 writes 257 bytes of shared memory at "
                             "byte 0, beyond the 256 bytes of the block");
  EXPECT_NE(says(fill(99) + kBarrier + copy).find("which no thread of the block has written"),
            std::string::npos);
  EXPECT_NE(says(fill(100) + kBarrier + copy).find("which thread 0 has written"),
            std::string::npos);
}

// A copy is a write of its thread that lasts until the thread has waited for it.
TEST(Checker, SeesCopiesThatArriveLater) {
  const std::string copy =
      "  %to = getelementptr float, ptr addrspace(3) @sph_shared, i32 %tid\n"
      "  %there = addrspacecast ptr %g to ptr addrspace(1)\n"
      "  %from = getelementptr float, ptr addrspace(1) %there, i32 %tid\n"
      "  call void @llvm.nvvm.cp.async.ca.shared.global.4(ptr addrspace(3) %to, ptr addrspace(1) "
      "%from)\n"
      "  call void @llvm.nvvm.cp.async.commit.group()\n";
  const std::string wait = "  call void @llvm.nvvm.cp.async.wait.group(i32 0)\n";
  const std::string n = kNeighbour;
  EXPECT_EQ(says(copy + wait + kBarrier + n + read("x", "%n")), "");
  EXPECT_EQ(
      says(copy + read("x", "%tid")),
      "kernel 'k', block 0, thread 0 reads 4 bytes of shared memory at byte 0, where a copy of "
      "thread 0 has not arrived");
  EXPECT_EQ(
      says(copy + kBarrier + n + read("x", "%n")),
      "kernel 'k', block 0, thread 0 reads 4 bytes of shared memory at byte 4, where a copy of "
      "thread 1 has not arrived");
  EXPECT_EQ(says(copy + kBarrier + write("x", "%tid")),
            "kernel 'k', block 0, thread 0 writes 4 bytes of shared memory at byte 0, where a copy "
            "of thread 0 has not arrived");
  EXPECT_NE(says(copy + wait + n + read("x", "%n"), ThreadOrder::Forward), "");
  EXPECT_NE(says(n + write("w", "%n") + copy + wait).find("has written with no barrier"),
            std::string::npos);
  EXPECT_NE(says("  %h = getelementptr i8, ptr %g, i32 4\n" + copy + "  store float 1.0, ptr %h\n")
                .find("with no barrier in between"),
            std::string::npos);
}

TEST(Checker, ReportsDifferentBarriers) {
  const std::string two = "  %first = icmp eq i32 %warp, 0\n"
                          "  br i1 %first, label %a, label %b\na:\n" +
                          kBarrier + "  br label %end\nb:\n" + kBarrier + "  br label %end\nend:\n";
  EXPECT_EQ(says(two), "kernel 'k', block 0, thread 32 waits at another barrier than the threads "
                       "before it");
  EXPECT_EQ(Strict(two, Checks::None).launch(), "");
}

// A variable of the thread is nobody else's concern, even if the compiler cannot tell.
TEST(Checker, LeavesVariablesOfThreadsAlone) {
  EXPECT_EQ(says("  %own = alloca float\n"
                 "  %odd = trunc i32 %tid to i1\n"
                 "  %there = getelementptr float, ptr %g, i32 %tid\n"
                 "  %p = select i1 %odd, ptr %own, ptr %there\n"
                 "  store float 1.0, ptr %p\n"
                 "  %v = load float, ptr %p\n"),
            "");
}

TEST(Checker, NamesLinesOfTheModel) {
  const std::string body = "  %x = getelementptr float, ptr addrspace(3) @sph_shared, i32 0\n"
                           "  store float 1.0, ptr addrspace(3) %x, !dbg !4\n"
                           "  %y = load float, ptr addrspace(3) %x, !dbg !6\n";
  std::string text = kernelText(body);
  text.replace(text.find("@k(ptr %g) {"), 12, "@k(ptr %g) !dbg !3 {");
  text += R"(
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!7}
!0 = distinct !DICompileUnit(language: DW_LANG_C, file: !1, emissionKind: DebugDirectivesOnly)
!1 = !DIFile(filename: "model.yaml", directory: "")
!2 = !DISubroutineType(types: !{})
!3 = distinct !DISubprogram(name: "k", file: !1, line: 3, type: !2, unit: !0, spFlags: DISPFlagDefinition)
!4 = !DILocation(line: 7, column: 5, scope: !3)
!5 = distinct !DISubprogram(name: "codelet", file: !1, line: 1, type: !2, unit: !0, spFlags: DISPFlagDefinition)
!6 = !DILocation(line: 1, column: 1, scope: !5, inlinedAt: !8)
!7 = !{i32 2, !"Debug Info Version", i32 3}
!8 = distinct !DILocation(line: 9, column: 3, scope: !3)
)";
  std::string reason;
  const auto kernels = Kernels::load(bitcodeOf(text), Checks::Strict, reason);
  ASSERT_TRUE(kernels) << reason;
  Memory memory;
  void *global = nullptr, *arguments[] = {&global};
  // Thread 0 writes and reads; thread 1 writes.
  EXPECT_EQ(
      kernels->launch(*kernels->find("k"), {1, 2, 4}, arguments, ThreadOrder::Forward, &memory),
      "model.yaml:7:5: kernel 'k', block 0, thread 1 writes 4 bytes of shared memory at byte "
      "0, which thread 0 has written with no barrier in between (model.yaml:7:5)");
}

TEST(Checker, GoesOnAfterAnError) {
  Strict strict("  %i = load i32, ptr %g\n" + write("x", "%i"));
  int32_t *index = static_cast<int32_t *>(strict.global);
  for (int round = 0; round < 3; ++round) {
    *index = 1000;
    EXPECT_NE(strict.launch().find("beyond the 256 bytes"), std::string::npos);
    *index = 3;
    EXPECT_NE(strict.launch().find("which thread 0 has written"), std::string::npos);
  }
}

//===----------------------------------------------------------------------===//
// The device
//===----------------------------------------------------------------------===//

TEST(StrictDevice, ReportsCopiesBeyondAllocations) {
  const sph_device &device = emulatedDevice(ThreadOrder::Forward, Checks::Strict);
  EXPECT_STREQ(device.name, "cuda-emulated:strict");
  sph_device_context *context = nullptr;
  sph_device_stream *stream = nullptr;
  void *memory = nullptr;
  char host[128] = {};
  ASSERT_EQ(device.open(0, &context), nullptr);
  ASSERT_EQ(device.create_stream(context, nullptr, &stream), nullptr);
  ASSERT_EQ(device.allocate(context, 100, &memory), nullptr);
  EXPECT_EQ(device.upload(stream, memory, host, 100), nullptr);
  EXPECT_EQ(withoutAddress(device.upload(stream, memory, host, 101)),
            "expected 101 bytes of device memory, got byte 0 of the 100 bytes at 0x...");
  EXPECT_EQ(withoutAddress(device.download(stream, host, static_cast<char *>(memory) + 1, 100)),
            "expected 100 bytes of device memory, got byte 1 of the 100 bytes at 0x...");
  EXPECT_NE(device.fill(stream, host, 0, 1), nullptr);
  EXPECT_NE(device.copy(stream, memory, host, 1), nullptr);
  EXPECT_EQ(device.synchronize(stream), nullptr);
  device.release(context, host);
  EXPECT_STREQ(device.synchronize(stream),
               "memory was released that is no allocation of the device");
  EXPECT_EQ(device.synchronize(stream), nullptr);
  device.release(context, memory);
  device.destroy_stream(stream);
  device.close(context);
}

} // namespace
} // namespace spherical::emulation
