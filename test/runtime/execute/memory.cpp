// Mapped memory and what the system says of memory.

#include "runtime/execute/memory.h"

#include "test/runtime/execute/fake_program.h"

#include "gtest/gtest.h"

namespace spherical::runtime {
namespace {

TEST(MappedMemory, IsZeroAlignedAndMovable) {
  MappedMemory memory(5 << 20, "test");
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.data()) % (2 << 20), 0u);
  EXPECT_EQ(memory.size(), 5 << 20);
  for (int64_t i = 0; i < memory.size(); i += 4096)
    ASSERT_EQ(memory.data()[i], std::byte(0));
  memory.data()[memory.size() - 1] = std::byte(1);
  MappedMemory other = std::move(memory);
  EXPECT_EQ(other.data()[other.size() - 1], std::byte(1));
  EXPECT_EQ(memory.data(), nullptr);
  other.release();
  EXPECT_EQ(other.size(), 0);
  EXPECT_EQ(MappedMemory(1, "small").size(), 4096);
  EXPECT_EQ(MappedMemory(0, "nothing").data(), nullptr);
}

TEST(MappedMemory, SaysWhatTheSystemRefuses) {
  const std::string sentence =
      fake::failure(SPH_OUT_OF_MEMORY, [] { MappedMemory memory(int64_t(1) << 56, "the arena"); });
  EXPECT_EQ(sentence.rfind("the system refuses 72057594.0 GB for the arena, ", 0), 0u) << sentence;
}

TEST(Memory, IsReported) {
  EXPECT_GT(availableMemory(), 1 << 20);
  EXPECT_GT(residentMemory(), 1 << 20);
  EXPECT_GE(peakResidentMemory(), residentMemory() / 2);
}

TEST(Memory, IsWrittenForPeople) {
  EXPECT_EQ(bytesText(12), "12 bytes");
  EXPECT_EQ(bytesText(7100), "7 kB");
  EXPECT_EQ(bytesText(456000000), "456 MB");
  EXPECT_EQ(bytesText(12340000000), "12.3 GB");
}

} // namespace
} // namespace spherical::runtime
