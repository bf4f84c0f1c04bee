// Files that may be mapped: whole shared libraries of x86-64, stripped or not, and nothing else.

#include "runtime/execute/library_file.h"

#include "runtime/execute/program.h"
#include "test/runtime/data/temporary_folder.h"
#include "test/runtime/execute/fake_program.h"

#include "gtest/gtest.h"

#include <cstring>
#include <elf.h>
#include <random>

namespace spherical::runtime {
namespace {

using fake::failure;

/// A copy of the test's library that can be changed.
struct LibraryFileTest : testing::Test {
  TemporaryFolder folder;
  const std::string whole = fileText(SPHERICAL_TEST_ARTIFACT);
  const std::string path = folder.file("lib.so");

  Elf64_Ehdr header() const {
    Elf64_Ehdr header;
    std::memcpy(&header, whole.data(), sizeof(header));
    return header;
  }
  void write(const Elf64_Ehdr &header) {
    std::string bytes = whole;
    std::memcpy(bytes.data(), &header, sizeof(header));
    makeFile(path, bytes);
  }
  std::string refusal() {
    return failure(SPH_BAD_ARTIFACT, [&] { checkLibraryFile(path); });
  }
};

TEST_F(LibraryFileTest, AcceptsWholeLibraries) {
  EXPECT_NO_THROW(checkLibraryFile(SPHERICAL_TEST_ARTIFACT));
  EXPECT_NO_THROW(checkLibraryFile(SPHERICAL_TEST_OTHER_LIBRARY));
  Elf64_Ehdr stripped = header();
  stripped.e_shoff = stripped.e_shnum = stripped.e_shstrndx = 0;
  write(stripped);
  EXPECT_NO_THROW(checkLibraryFile(path));
}

// Wherever it is cut, the file is refused, by sph_open as well: no byte of it is mapped.
TEST_F(LibraryFileTest, RefusesAFileCutAnywhere) {
  for (size_t size = SELFMAG; size < whole.size(); size += size < 128 ? 3 : 197) {
    makeFile(path, whole.substr(0, size));
    EXPECT_NE(refusal().find("is cut short or damaged: "), std::string::npos) << size;
  }
  makeFile(path, whole.substr(0, whole.size() - 1));
  EXPECT_EQ(failure(SPH_BAD_ARTIFACT, [&] { Program::open(path); }),
            "'" + path + "' is cut short or damaged: the table of sections would end at byte " +
                std::to_string(whole.size()) + " of " + std::to_string(whole.size() - 1));
}

TEST_F(LibraryFileTest, RefusesWhatIsNoLibrary) {
  for (const std::string &text : {std::string(),
                                  std::string("\x7f"
                                              "EL"),
                                  std::string("hello\n")}) {
    makeFile(path, text);
    EXPECT_EQ(failure(SPH_FILE_ERROR, [&] { checkLibraryFile(path); }),
              "cannot load '" + path + "': expected a shared library (ELF), got another file of " +
                  std::to_string(text.size()) + " bytes");
  }
  EXPECT_EQ(failure(SPH_FILE_ERROR, [&] { checkLibraryFile(folder.path()); }),
            "cannot load '" + folder.path() + "': expected a file, got a folder or device");
  EXPECT_EQ(failure(SPH_FILE_ERROR, [&] { checkLibraryFile("/dev/zero"); }),
            "cannot load '/dev/zero': expected a file, got a folder or device");
  EXPECT_EQ(failure(SPH_FILE_ERROR, [&] { checkLibraryFile(folder.file("none")); }),
            "cannot load '" + folder.file("none") + "': No such file or directory");
}

TEST_F(LibraryFileTest, RefusesOtherProcessorsAndKinds) {
  const std::string processor =
      "'" + path + "' expected a shared library of x86-64, got one of another processor";
  Elf64_Ehdr other = header();
  other.e_machine = EM_AARCH64;
  write(other);
  EXPECT_EQ(refusal(), processor);
  other = header();
  other.e_ident[EI_CLASS] = ELFCLASS32;
  write(other);
  EXPECT_EQ(refusal(), processor);
  other = header();
  other.e_type = ET_REL;
  write(other);
  EXPECT_EQ(refusal(), "'" + path + "' expected a shared library, got another kind of ELF file");
}

TEST_F(LibraryFileTest, RefusesTablesOutsideTheFile) {
  for (const uint64_t offset : {uint64_t(whole.size()), ~uint64_t(0), ~uint64_t(0) - 64}) {
    Elf64_Ehdr far = header();
    far.e_phoff = offset;
    write(far);
    EXPECT_NE(refusal().find("the table of segments would end"), std::string::npos) << offset;
    far = header();
    far.e_shoff = offset;
    write(far);
    EXPECT_NE(refusal().find("the table of sections would end"), std::string::npos) << offset;
  }
}

// Any damage to the headers is an error or harmless, never a crash of the check.
TEST_F(LibraryFileTest, SurvivesDamagedHeaders) {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    std::string bytes = whole;
    for (int k = 0; k < 4; ++k)
      bytes[SELFMAG + random() % 600] = static_cast<char>(random());
    makeFile(path, bytes);
    try {
      checkLibraryFile(path);
    } catch (const Error &error) {
      EXPECT_EQ(error.status(), SPH_BAD_ARTIFACT) << error.what();
    }
  }
}

} // namespace
} // namespace spherical::runtime
