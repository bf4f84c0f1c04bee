//===- device_test.cpp - kernels for GPUs against golden files --*- C++ -*-===//
//
// Golden inputs go through the planned program's kernels on the emulated device
// and must give the golden outputs, in either order of the threads of a block,
// without breaking a rule of the strict emulation.
//
//===----------------------------------------------------------------------===//

#include "runtime/math/wigner.h"
#include "test/golden/cases.h"
#include "test/golden/programs.h"
#include "test/gpu/device_program.h"
#include "tools/emulation/device.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Module.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

namespace spherical::test {
namespace {

using emulation::Checks;
using emulation::emulatedDevice;
using emulation::ThreadOrder;

/// The emulated device, as precise as the cpu target: the same sums in single precision.
golden::Target emulatedTarget(ThreadOrder order, Checks checks = Checks::None) {
  auto compile = [order, checks](const std::string &text) {
    DeviceProgram program = compileForDevice(text);
    const std::string image = program.bitcode;
    return makeDeviceRunner(std::move(program), image, emulatedDevice(order, checks));
  };
  auto grid = [](const std::string &, int64_t) { return std::vector<double>(); };
  return {compile, grid, runtime::wignerD, golden::gridPoints, 1e-4, true};
}

class GoldenOnDevice : public testing::TestWithParam<const char *> {};

TEST_P(GoldenOnDevice, EqualsFile) {
  for (auto [order, checks] : {std::pair(ThreadOrder::Forward, Checks::None),
                               std::pair(ThreadOrder::Reversed, Checks::None),
                               std::pair(ThreadOrder::Forward, Checks::Strict)}) {
    SCOPED_TRACE(order == ThreadOrder::Forward ? "threads forward" : "threads reversed");
    SCOPED_TRACE(emulatedDevice(order, checks).name);
    const golden::File file(GetParam());
    EXPECT_TRUE(golden::checkCase(file, emulatedTarget(order, checks)));
    EXPECT_TRUE(file.unread().empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenOnDevice,
                         testing::Values("s2_product_L6", "so3_product_L5", "s2_fft_b15_L10",
                                         "so3_fft_b7_L4", "so3_ifft_L6_b4", "so3_ifft_real_L5_b6",
                                         "s2_conv_b7_b3", "so3_conv_b6_b4"),
                         [](const auto &info) { return std::string(info.param); });

//===----------------------------------------------------------------------===//
// One altered instruction
//===----------------------------------------------------------------------===//

/// Whether the instruction is one that `alter` can change so that results show it. Sums across the
/// lanes of a warp are not: most lanes are beyond the batch of these cases and hold zeros.
bool isArithmetic(const llvm::Instruction &instruction) {
  const auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
  if (call)
    return call->getIntrinsicID() == llvm::Intrinsic::fma;
  if (instruction.getOpcode() != llvm::Instruction::FAdd &&
      instruction.getOpcode() != llvm::Instruction::FSub)
    return false;
  return llvm::none_of(instruction.operands(), [](const llvm::Use &operand) {
    const auto *function = llvm::dyn_cast<llvm::IntrinsicInst>(operand.get());
    return function && function->getIntrinsicID() == llvm::Intrinsic::nvvm_shfl_sync_bfly_f32;
  });
}

enum class Change { Nothing, Sign, NotANumber };

/// Sign: addition becomes subtraction and the reverse, a b + c becomes a b - c.
void alter(llvm::Instruction &instruction, Change change) {
  llvm::IRBuilder<> ir(&instruction);
  if (change == Change::NotANumber)
    return instruction.replaceAllUsesWith(llvm::ConstantFP::getNaN(instruction.getType()));
  if (llvm::isa<llvm::IntrinsicInst>(instruction))
    return instruction.setOperand(2, ir.CreateFNeg(instruction.getOperand(2)));
  llvm::Value *a = instruction.getOperand(0), *b = instruction.getOperand(1);
  const bool adds = instruction.getOpcode() == llvm::Instruction::FAdd;
  instruction.replaceAllUsesWith(adds ? ir.CreateFSub(a, b) : ir.CreateFAdd(a, b));
}

/// The bitcode with one change in its arithmetic instruction at `part` of `parts`.
std::string altered(const std::string &bitcode, size_t part, size_t parts, Change change) {
  llvm::LLVMContext context;
  auto module =
      llvm::cantFail(llvm::parseBitcodeFile(llvm::MemoryBufferRef(bitcode, "kernels"), context));
  std::vector<llvm::Instruction *> arithmetic;
  for (llvm::Function &function : *module)
    for (llvm::Instruction &instruction : llvm::instructions(function))
      if (isArithmetic(instruction))
        arithmetic.push_back(&instruction);
  EXPECT_GE(arithmetic.size(), parts);
  if (change != Change::Nothing)
    alter(*arithmetic.at(part * arithmetic.size() / parts), change);
  std::string changed;
  llvm::raw_string_ostream stream(changed);
  llvm::WriteBitcodeToFile(*module, stream);
  return changed;
}

/// Whether golden outputs differ when the program's kernels have this image.
bool differs(const golden::File &file, const DeviceProgram &program, const std::string &image) {
  golden::Target target = emulatedTarget(ThreadOrder::Forward);
  target.compile = [&](const std::string &) {
    return makeDeviceRunner(program, image, emulatedDevice(ThreadOrder::Forward));
  };
  testing::TestPartResultArray results;
  testing::ScopedFakeTestPartResultReporter reporter(
      testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
  golden::checkCase(file, target);
  return results.size() > 0;
}

class AlteredOnDevice : public testing::TestWithParam<const char *> {};

// Some instructions belong to loops that this case's extents never enter: where a NaN in the place
// of the result shows, a wrong sign must show, too.
TEST_P(AlteredOnDevice, Differs) {
  constexpr size_t parts = 7;
  const golden::File file(GetParam());
  const DeviceProgram program = compileForDevice(golden::operatorProgram(file)->text);
  auto shows = [&](size_t part, Change change) {
    return differs(file, program, altered(program.bitcode, part, parts, change));
  };
  EXPECT_FALSE(shows(0, Change::Nothing));
  size_t reached = 0;
  for (size_t part = 0; part < parts; ++part) {
    if (!shows(part, Change::NotANumber))
      continue;
    ++reached;
    EXPECT_TRUE(shows(part, Change::Sign)) << "instruction at " << part << " / " << parts;
  }
  EXPECT_GE(reached, 3u);
}

INSTANTIATE_TEST_SUITE_P(Cases, AlteredOnDevice,
                         testing::Values("so3_product_L5", "so3_fft_b4_L4", "so3_ifft_L4_b4"),
                         [](const auto &info) { return std::string(info.param); });

} // namespace
} // namespace spherical::test
