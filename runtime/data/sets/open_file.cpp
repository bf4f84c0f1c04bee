//===- open_file.cpp - a file that is read at offsets -----------*- C++ -*-===//

#include "runtime/data/sets/open_file.h"

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace spherical::runtime {

OpenFile::OpenFile(std::string path)
    : name(std::move(path)), descriptor(::open(name.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor < 0)
    throw std::system_error(errno, std::generic_category(), name + ": cannot open");
  struct stat status;
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    throw std::runtime_error(name + ": expected a regular file");
  }
  bytes = static_cast<uint64_t>(status.st_size);
}

OpenFile::~OpenFile() { ::close(descriptor); }

void OpenFile::readAt(uint64_t offset, std::span<std::byte> out) const {
  while (!out.empty()) {
    const ssize_t got = ::pread(descriptor, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      throw std::system_error(errno, std::generic_category(), name + ": cannot read");
    if (got == 0)
      throw std::runtime_error(name + ": truncated: expected " + std::to_string(out.size()) +
                               " more bytes at byte " + std::to_string(offset));
    out = out.subspan(static_cast<size_t>(got));
    offset += static_cast<uint64_t>(got);
  }
}

} // namespace spherical::runtime
