//===- link.cpp - objects as shared libraries -------------------*- C++ -*-===//

#include "tools/spherical/codegen/cache.h"
#include "tools/spherical/codegen/codegen.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

namespace spherical::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// The linker's messages, on one line.
static std::string messages(llvm::StringRef file) {
  auto buffer = llvm::MemoryBuffer::getFile(file);
  std::string text = buffer ? (*buffer)->getBuffer().trim().str() : "";
  std::replace(text.begin(), text.end(), '\n', ';');
  return text;
}

/// Runs ld.lld on `arguments`; returns what failed, or "".
static std::string runLinker(llvm::ArrayRef<std::string> arguments) {
  auto linker = llvm::sys::findProgramByName("ld.lld", {"/usr/lib/llvm-22/bin"});
  if (!linker)
    linker = llvm::sys::findProgramByName("ld.lld");
  if (!linker)
    return "expected ld.lld of LLVM 22 (package lld-22), got none";
  llvm::SmallString<128> log;
  if (std::error_code code = fs::createTemporaryFile("spherical-link", "log", log))
    return code.message();
  llvm::FileRemover removeLog(log);
  std::vector<llvm::StringRef> all{*linker};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), llvm::StringRef(log),
                                                llvm::StringRef(log)};
  std::string error;
  int status = llvm::sys::ExecuteAndWait(*linker, all, std::nullopt, redirects, 0, 0, &error);
  if (status == 0)
    return "";
  std::string said = messages(log);
  return !said.empty() ? said : !error.empty() ? error : "ld.lld failed";
}

Status linkLibrary(const std::string &object, const std::string &file,
                   const std::string &runtimeLibrary) {
  auto fail = [&](const std::string &reason) {
    return Error{file + ": error: cannot write the library: " + reason};
  };
  llvm::SmallString<128> input, output;
  if (std::error_code code = fs::createUniqueFile(file + ".%%%%%%%%.o", input))
    return fail(code.message());
  llvm::FileRemover removeInput(input);
  output = input;
  path::replace_extension(output, "so");
  llvm::FileRemover removeOutput(output);
  if (std::string reason = writeWhole(input.str().str(), object); !reason.empty())
    return fail(reason);
  std::vector<std::string> arguments{"-shared",
                                     "--soname",
                                     path::filename(file).str(),
                                     "--hash-style=gnu",
                                     "-z",
                                     "noexecstack",
                                     "-o",
                                     output.str().str(),
                                     input.str().str(),
                                     "-L/usr/lib/x86_64-linux-gnu",
                                     "-L/lib/x86_64-linux-gnu",
                                     "-L/usr/lib64",
                                     "--as-needed"};
  if (!runtimeLibrary.empty()) {
    llvm::SmallString<128> folder(runtimeLibrary);
    fs::make_absolute(folder);
    path::remove_filename(folder);
    arguments.insert(arguments.end(), {runtimeLibrary, "-rpath", "$ORIGIN:" + folder.str().str()});
  }
  arguments.insert(arguments.end(), {"-lm", "-lc"});
  if (std::string reason = runLinker(arguments); !reason.empty())
    return fail(reason);
  if (std::error_code code = fs::rename(output, file))
    return fail(code.message());
  removeOutput.releaseFile();
  return Done{};
}

} // namespace spherical::driver
