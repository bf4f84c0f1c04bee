//===- identity.cpp - which compiler this is --------------------*- C++ -*-===//

#include "tools/spherical/codegen/identity.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"

#include <cstring>
#include <link.h>

namespace spherical::driver {
namespace {

/// The build id among the notes of a segment in memory, in hexadecimal digits; "" without one.
std::string buildIdIn(const char *notes, size_t bytes) {
  auto padded = [](size_t size) { return (size + 3) & ~size_t(3); };
  for (size_t at = 0; at + sizeof(ElfW(Nhdr)) <= bytes;) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes + at, sizeof(note));
    at += sizeof(note);
    llvm::StringRef name(notes + at, note.n_namesz);
    at += padded(note.n_namesz);
    if (note.n_type == NT_GNU_BUILD_ID && name == llvm::StringRef("GNU", 4))
      return llvm::toHex(llvm::StringRef(notes + at, note.n_descsz), true);
    at += padded(note.n_descsz);
  }
  return "";
}

std::string buildId(const dl_phdr_info &object) {
  for (int i = 0; i < object.dlpi_phnum; ++i) {
    const ElfW(Phdr) &segment = object.dlpi_phdr[i];
    if (segment.p_type != PT_NOTE)
      continue;
    auto *notes = reinterpret_cast<const char *>(object.dlpi_addr + segment.p_vaddr);
    if (std::string id = buildIdIn(notes, segment.p_memsz); !id.empty())
      return id;
  }
  return "";
}

std::string sizeAndTime(const std::string &file) {
  llvm::sys::fs::file_status status;
  if (llvm::sys::fs::status(file, status))
    return "unknown";
  auto time = status.getLastModificationTime().time_since_epoch().count();
  return std::to_string(status.getSize()) + "@" + std::to_string(time);
}

/// Adds one loaded object; the program itself is the one without a name.
int addObject(dl_phdr_info *object, size_t, void *text) {
  llvm::StringRef file = object->dlpi_name;
  if (!file.empty() && !file.contains("libLLVM") && !file.contains("libMLIR"))
    return 0;
  std::string id = buildId(*object);
  if (id.empty())
    id = sizeAndTime(file.empty() ? "/proc/self/exe" : file.str());
  *static_cast<std::string *>(text) += " " + id;
  return 0;
}

} // namespace

const std::string &compilerIdentity() {
  static const std::string identity = [] {
    std::string text = SPHERICAL_VERSION " " LLVM_VERSION_STRING;
    dl_iterate_phdr(addObject, &text);
    return text;
  }();
  return identity;
}

} // namespace spherical::driver
