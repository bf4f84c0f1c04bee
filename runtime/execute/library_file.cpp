//===- library_file.cpp - whether a file can be loaded ----------*- C++ -*-===//

#include "runtime/execute/library_file.h"

#include "runtime/execute/error.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace spherical::runtime {
namespace {

class LibraryFile {
public:
  explicit LibraryFile(const std::string &path);
  ~LibraryFile() {
    if (descriptor >= 0)
      ::close(descriptor);
  }
  LibraryFile(const LibraryFile &) = delete;
  LibraryFile &operator=(const LibraryFile &) = delete;

  void checkKind();
  void checkSegments() const;
  void checkSections() const;

private:
  [[noreturn]] void refuse(const std::string &sentence) const {
    throw Error(SPH_BAD_ARTIFACT, "'" + path + "' " + sentence);
  }
  [[noreturn]] void failToRead() const {
    throw Error(SPH_FILE_ERROR, "cannot load '" + path + "': " + std::strerror(errno));
  }
  void requireInside(uint64_t offset, uint64_t bytes, const char *what) const;
  void read(void *target, uint64_t bytes, uint64_t offset) const;
  template <typename T>
  std::vector<T> table(uint64_t offset, uint64_t count, const char *what) const;

  std::string path;
  int descriptor = -1;
  uint64_t size = 0;
  Elf64_Ehdr header{};
};

LibraryFile::LibraryFile(const std::string &path) : path(path) {
  // Without O_NONBLOCK a pipe would wait for a writer.
  descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0)
    failToRead();
  if (!S_ISREG(status.st_mode))
    throw Error(SPH_FILE_ERROR,
                "cannot load '" + path + "': expected a file, got a folder or device");
  size = static_cast<uint64_t>(status.st_size);
}

void LibraryFile::requireInside(uint64_t offset, uint64_t bytes, const char *what) const {
  if (bytes > size || offset > size - bytes)
    refuse(std::string("is cut short or damaged: ") + what + " would end at byte " +
           std::to_string(offset + bytes) + " of " + std::to_string(size));
}

void LibraryFile::read(void *target, uint64_t bytes, uint64_t offset) const {
  auto *at = static_cast<char *>(target);
  while (bytes > 0) {
    const ssize_t got = ::pread(descriptor, at, bytes, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      failToRead();
    if (got == 0)
      refuse("became shorter while it was read");
    at += got, offset += static_cast<uint64_t>(got), bytes -= static_cast<uint64_t>(got);
  }
}

/// `count` headers at `offset`.
template <typename T>
std::vector<T> LibraryFile::table(uint64_t offset, uint64_t count, const char *what) const {
  requireInside(offset, count * sizeof(T), what);
  std::vector<T> items(count);
  read(items.data(), count * sizeof(T), offset);
  return items;
}

void LibraryFile::checkKind() {
  const uint64_t known = std::min<uint64_t>(size, sizeof(header));
  read(&header, known, 0);
  if (known < SELFMAG || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    throw Error(SPH_FILE_ERROR, "cannot load '" + path +
                                    "': expected a shared library (ELF), got " +
                                    "another file of " + std::to_string(size) + " bytes");
  requireInside(0, sizeof(header), "the header");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != EM_X86_64)
    refuse("expected a shared library of x86-64, got one of another processor");
  if (header.e_type != ET_DYN || header.e_phentsize != sizeof(Elf64_Phdr))
    refuse("expected a shared library, got another kind of ELF file");
}

void LibraryFile::checkSegments() const {
  const char *const what = "the table of segments";
  for (const Elf64_Phdr &segment : table<Elf64_Phdr>(header.e_phoff, header.e_phnum, what))
    requireInside(segment.p_offset, segment.p_filesz, "a segment");
}

// The section headers come last in a file, so that they show any cut.
void LibraryFile::checkSections() const {
  if (header.e_shnum == 0 || header.e_shentsize != sizeof(Elf64_Shdr))
    return;
  const char *const what = "the table of sections";
  for (const Elf64_Shdr &section : table<Elf64_Shdr>(header.e_shoff, header.e_shnum, what))
    if (section.sh_type != SHT_NOBITS)
      requireInside(section.sh_offset, section.sh_size, "a section");
}

} // namespace

void checkLibraryFile(const std::string &path) {
  LibraryFile file(path);
  file.checkKind();
  file.checkSegments();
  file.checkSections();
}

} // namespace spherical::runtime
