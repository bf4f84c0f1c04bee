//===- cache.cpp - objects by what they were made from ----------*- C++ -*-===//

#include "tools/spherical/codegen/cache.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

namespace spherical::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// Changes whenever the running program does: its codelets are part of what an object depends on.
static std::string compilerStamp() {
  std::string program = fs::getMainExecutable(nullptr, nullptr);
  fs::file_status status;
  std::string stamp = SPHERICAL_VERSION " " LLVM_VERSION_STRING;
  if (!fs::status(program, status))
    stamp += " " + std::to_string(status.getSize()) + " " +
             std::to_string(status.getLastModificationTime().time_since_epoch().count());
  return stamp;
}

std::string cacheKey(llvm::ArrayRef<llvm::StringRef> parts) {
  llvm::SHA256 hash;
  hash.update(compilerStamp());
  for (llvm::StringRef part : parts) {
    hash.update("\0");
    hash.update(part);
  }
  return llvm::toHex(hash.final(), true);
}

static std::optional<std::string> cacheFile(const std::string &key) {
  llvm::SmallString<128> folder;
  if (const char *given = std::getenv("SPHERICAL_CACHE"))
    folder = given;
  else if (path::home_directory(folder))
    path::append(folder, ".cache", "spherical");
  if (folder.empty())
    return std::nullopt;
  path::append(folder, "objects", key + ".o");
  return folder.str().str();
}

std::optional<std::string> readCache(const std::string &key) {
  std::optional<std::string> file = cacheFile(key);
  if (!file)
    return std::nullopt;
  auto buffer = llvm::MemoryBuffer::getFile(*file);
  if (!buffer)
    return std::nullopt;
  return (*buffer)->getBuffer().str();
}

std::string writeWhole(const std::string &file, llvm::StringRef bytes) {
  llvm::SmallString<128> temporary;
  int descriptor = -1;
  if (std::error_code code = fs::createUniqueFile(file + ".%%%%%%%%", descriptor, temporary))
    return code.message();
  llvm::raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
  stream << bytes;
  stream.close();
  std::error_code code = stream.error();
  if (stream.has_error())
    stream.clear_error();
  if (!code)
    code = fs::rename(temporary, file);
  if (!code)
    return "";
  fs::remove(temporary);
  return code.message();
}

void writeCache(const std::string &key, llvm::StringRef bytes) {
  std::optional<std::string> file = cacheFile(key);
  if (!file || fs::create_directories(path::parent_path(*file)))
    return;
  (void)writeWhole(*file, bytes);
}

} // namespace spherical::driver
