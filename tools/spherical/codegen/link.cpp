//===- link.cpp - objects as shared libraries -------------------*- C++ -*-===//
//
// The linker reads the object from memory and hands the library over through a
// pipe: whatever is killed meanwhile, no file is left behind.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/codegen/codegen.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/mman.h>
#include <unistd.h>

namespace spherical::driver {
namespace {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

std::string systemError() { return std::strerror(errno); }

/// A file descriptor that programs started from here have too, and find under `name`.
struct Descriptor {
  int value = -1;

  Descriptor() = default;
  explicit Descriptor(int value) : value(value) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;

  void close() {
    if (value >= 0)
      ::close(value);
    value = -1;
  }
  std::string name() const { return "/proc/self/fd/" + std::to_string(value); }

  /// All that can be read from here on.
  std::string rest() const {
    std::string text;
    char buffer[1 << 16];
    ssize_t got;
    while ((got = ::read(value, buffer, sizeof(buffer))) > 0 || (got < 0 && errno == EINTR))
      if (got > 0)
        text.append(buffer, static_cast<size_t>(got));
    return text;
  }

  /// Writes all of `bytes`; false if the system takes no more.
  bool write(llvm::StringRef bytes) const {
    while (!bytes.empty()) {
      const ssize_t put = ::write(value, bytes.data(), bytes.size());
      if (put < 0 && errno != EINTR)
        return false;
      bytes = bytes.drop_front(put < 0 ? 0 : static_cast<size_t>(put));
    }
    return true;
  }
};

/// Runs `program`, which writes to `output`, and returns what comes out of `result`, the other end
/// of that pipe.
Result<std::string> runLinker(llvm::ArrayRef<llvm::StringRef> arguments, Descriptor &output,
                              const Descriptor &result) {
  const Descriptor log(::memfd_create("messages", 0));
  if (log.value < 0)
    return Error{systemError()};
  const std::string logName = log.name();
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), llvm::StringRef(logName),
                                                llvm::StringRef(logName)};
  std::string error;
  bool failed = false;
  const llvm::sys::ProcessInfo process = llvm::sys::ExecuteNoWait(
      arguments[0], arguments, std::nullopt, redirects, 0, &error, &failed);
  output.close(); // or the end of the pipe would never come
  if (failed)
    return Error{error};
  std::string library = result.rest();
  if (llvm::sys::Wait(process, std::nullopt, &error).ReturnCode == 0)
    return library;
  ::lseek(log.value, 0, SEEK_SET);
  std::string said = llvm::StringRef(log.rest()).trim().str();
  std::replace(said.begin(), said.end(), '\n', ';');
  return Error{!said.empty() ? said : !error.empty() ? error : "ld.lld failed"};
}

/// What the library needs of the runtime: its name, found beside the library, then where it is now.
std::vector<std::string> runtimeArguments(const std::string &runtimeLibrary) {
  if (runtimeLibrary.empty())
    return {};
  llvm::SmallString<128> folder(runtimeLibrary);
  fs::make_absolute(folder);
  path::remove_filename(folder);
  return {runtimeLibrary, "-rpath", "$ORIGIN:" + folder.str().str()};
}

} // namespace

Result<std::string> linkLibrary(const std::vector<std::string> &objects, const std::string &soname,
                                const std::string &runtimeLibrary) {
  auto linker = llvm::sys::findProgramByName("ld.lld", {"/usr/lib/llvm-22/bin"});
  if (!linker)
    linker = llvm::sys::findProgramByName("ld.lld");
  if (!linker)
    return Error{"expected ld.lld of LLVM 22 (package lld-22), got none"};
  std::vector<std::unique_ptr<Descriptor>> inputs;
  for (const std::string &object : objects) {
    inputs.push_back(std::make_unique<Descriptor>(::memfd_create("object", 0)));
    if (inputs.back()->value < 0 || !inputs.back()->write(object))
      return Error{systemError()};
  }
  int ends[2] = {-1, -1};
  if (::pipe2(ends, 0) != 0)
    return Error{systemError()};
  const Descriptor result(ends[0]);
  Descriptor output(ends[1]);
  ::fcntl(result.value, F_SETFD, FD_CLOEXEC);
  std::vector<std::string> arguments{*linker,
                                     "-shared",
                                     "--soname",
                                     soname,
                                     "--hash-style=gnu",
                                     "-z",
                                     "noexecstack",
                                     "-o",
                                     output.name(),
                                     "-L/usr/lib/x86_64-linux-gnu",
                                     "-L/lib/x86_64-linux-gnu",
                                     "-L/usr/lib64",
                                     "--as-needed"};
  for (const auto &input : inputs)
    arguments.push_back(input->name());
  for (const std::string &argument : runtimeArguments(runtimeLibrary))
    arguments.push_back(argument);
  arguments.insert(arguments.end(), {"-lm", "-lc"});
  const std::vector<llvm::StringRef> all(arguments.begin(), arguments.end());
  return runLinker(all, output, result);
}

} // namespace spherical::driver
