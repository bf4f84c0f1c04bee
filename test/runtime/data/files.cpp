//===- files.cpp ------------------------------------------------*- C++ -*-===//

#include "runtime/data/files.h"

#include "test/runtime/data/temporary_folder.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace spherical::runtime {
namespace {

std::span<const std::byte> bytesOf(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

TEST(EndingOf, IsInSmallLettersWithItsDot) {
  EXPECT_EQ(endingOf("a.b/C.PNG"), ".png");
  EXPECT_EQ(endingOf("x.tar.Gz"), ".gz");
  EXPECT_EQ(endingOf("a.b/none"), "");
  EXPECT_EQ(endingOf(".hidden"), "");
  EXPECT_EQ(endingOf(""), "");
}

TEST(ReplacingFile, ReplacesInOneStepOrNotAtAll) {
  const TemporaryFolder folder;
  const std::string path = folder.file("f");
  makeFile(path, "old");
  {
    ReplacingFile file(path);
    file.write(bytesOf("abandoned"));
  }
  EXPECT_EQ(fileText(path), "old");
  EXPECT_EQ(folder.files(), 1);
  ReplacingFile file(path);
  file.write(bytesOf("n"));
  file.write(bytesOf("ew"));
  EXPECT_EQ(fileText(path), "old");
  file.commit();
  EXPECT_EQ(fileText(path), "new");
  EXPECT_EQ(folder.files(), 1);
}

TEST(ReplacingFile, IsWrittenInTheWorkingFolderToo) {
  const TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  replaceFile("f", "text");
  std::filesystem::current_path(before);
  EXPECT_EQ(fileText(folder.file("f")), "text");
}

// Not even a signal that nobody can catch leaves a file behind.
TEST(ReplacingFile, LeavesNothingOfAKilledProcess) {
  const TemporaryFolder folder;
  const int nameless = ::open(folder.path().c_str(), O_TMPFILE | O_WRONLY, 0666);
  if (nameless < 0)
    GTEST_SKIP() << "the file system has no files without names";
  ::close(nameless);
  const pid_t child = ::fork();
  if (child == 0) {
    ReplacingFile file(folder.file("f"));
    file.write(bytesOf("half"));
    std::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(folder.files(), 0);
}

TEST(ReplacingFile, SaysWhyItCannotWrite) {
  const TemporaryFolder folder;
  EXPECT_EQ(messageOf([&] { ReplacingFile(folder.file("no/f")); }),
            folder.file("no/f") + ": cannot write: No such file or directory");
  std::filesystem::create_symlink("/dev/full", folder.file("full"));
  EXPECT_EQ(messageOf([&] { replaceFile(folder.file("full"), "text"); }),
            folder.file("full") + ": cannot write: No space left on device");
  EXPECT_EQ(folder.files(), 1);
}

} // namespace
} // namespace spherical::runtime
