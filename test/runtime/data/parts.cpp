// Temporary files: names, whose they are, and what becomes of those of killed processes.

#include "runtime/data/parts.h"

#include "runtime/data/files.h"

#include "test/runtime/data/temporary_folder.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace spherical::runtime {
namespace {

TEST(Parts, HaveNamesOfTheirOwn) {
  const std::string first = freshPartName("a.npy"), second = freshPartName("a.npy");
  EXPECT_NE(first, second);
  EXPECT_TRUE(isPartName(first));
  EXPECT_TRUE(isPartName(first, "a.npy"));
  EXPECT_FALSE(isPartName(first, "b.npy"));
  EXPECT_FALSE(isPartName("x." + first, "a.npy"));
  for (const char *other : {"a.npy", "a.part", "a.npy.part", "a.1-x.part", "a.-2.part", "a.1-.part",
                            ".1-2.part", "a.1-2.part.npy", "chapter1-2.part"})
    EXPECT_FALSE(isPartName(other)) << other;
}

// A part that nobody holds is removed by the next file for the same place, all others stay.
TEST(Parts, OfKilledProcessesAreRemovedByTheNextFile) {
  const TemporaryFolder folder;
  const std::string abandoned = freshPartName(folder.file("f")),
                    held = freshPartName(folder.file("f"));
  const std::string other = freshPartName(folder.file("g"));
  for (const std::string &path : {abandoned, held, other, folder.file("f.part")})
    makeFile(path, "half");
  const int holder = ::open(held.c_str(), O_WRONLY);
  ASSERT_TRUE(holdPart(holder));
  replaceFile(folder.file("f"), "whole");
  EXPECT_FALSE(std::filesystem::exists(abandoned));
  EXPECT_TRUE(std::filesystem::exists(held));
  EXPECT_TRUE(std::filesystem::exists(other));
  EXPECT_EQ(fileText(folder.file("f")), "whole");
  EXPECT_EQ(folder.files(), 4);
  ::close(holder);
  removeAbandonedParts(folder.path());
  EXPECT_EQ(folder.files(), 2); // f and f.part, which is no name of ours
}

TEST(Parts, LeaveWhatIsNoFileAlone) {
  const TemporaryFolder folder;
  makeFile(folder.file("target"), "text");
  std::filesystem::create_symlink("target", folder.file("a.1-2.part"));
  std::filesystem::create_directory(folder.file("b.1-2.part"));
  removeAbandonedParts(folder.path());
  removeAbandonedParts(folder.file("no such folder"));
  EXPECT_EQ(folder.files(), 3);
  EXPECT_EQ(fileText(folder.file("target")), "text");
}

// Two processes: one opens a part, the other removes it before the first one holds it.
TEST(Parts, AreNotHeldOnceTheyAreGone) {
  const TemporaryFolder folder;
  const std::string path = freshPartName(folder.file("f"));
  makeFile(path, "");
  const int part = ::open(path.c_str(), O_WRONLY);
  removeAbandonedParts(folder.path());
  EXPECT_FALSE(holdPart(part));
  ::close(part);
}

// The file is held while it has no name yet, so that its temporary name is never without a holder.
TEST(Parts, OpenFilesAreHeld) {
  const TemporaryFolder folder;
  ReplacingFile file(folder.file("f"));
  ReplacingFile next(folder.file("f")); // removes abandoned parts
  file.commit();
  next.commit();
  EXPECT_EQ(folder.files(), 1);
}

} // namespace
} // namespace spherical::runtime
