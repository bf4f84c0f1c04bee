//===- cache.cpp - objects by what they were made from ----------*- C++ -*-===//
//
// An entry:  magic (16 bytes)  digest of all that follows (32 bytes)
//            identity of the compiler, key (each after its length)  object
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/codegen/cache.h"

#include "runtime/data/files.h"
#include "runtime/data/parts.h"
#include "tools/spherical/byte_size.h"
#include "tools/spherical/codegen/identity.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace spherical::driver {
namespace {

namespace fs = std::filesystem;

constexpr llvm::StringLiteral magic = "spherical object";
constexpr size_t digestBytes = 32, headBytes = magic.size() + digestBytes;
constexpr int64_t defaultLimit = int64_t(2) << 30;

/// The text after its length: no two lists of texts give the same bytes in a row.
std::string counted(llvm::StringRef text) {
  char length[8];
  llvm::support::endian::write64le(length, text.size());
  return std::string(length, sizeof(length)) + text.str();
}

std::string digest(llvm::StringRef text) {
  llvm::BLAKE3 hash;
  hash.update(text);
  const auto bytes = hash.final<digestBytes>();
  return std::string(bytes.begin(), bytes.end());
}

/// What the entry of `key` holds between digest and object.
std::string label(const std::string &key) { return counted(compilerIdentity()) + counted(key); }

std::string encode(const std::string &key, llvm::StringRef object) {
  const std::string body = label(key) + object.str();
  return magic.str() + digest(body) + body;
}

/// The object of an entry of `key`, or nothing if these are other bytes.
std::optional<std::string> decode(const std::string &key, llvm::StringRef entry) {
  if (entry.size() < headBytes || !entry.consume_front(magic))
    return std::nullopt;
  const llvm::StringRef sum = entry.take_front(digestBytes);
  llvm::StringRef body = entry.drop_front(digestBytes);
  if (digest(body) != sum || !body.consume_front(label(key)))
    return std::nullopt;
  return body.str();
}

/// An open regular file, or none: pipes and devices are not waited for.
class EntryFile {
public:
  explicit EntryFile(const std::string &path)
      : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~EntryFile() {
    if (descriptor >= 0)
      ::close(descriptor);
  }
  EntryFile(const EntryFile &) = delete;
  EntryFile &operator=(const EntryFile &) = delete;

  /// The bytes of the file, empty if it is none or has more than `most`. Read, not mapped: another
  /// process may cut it.
  std::string bytes(int64_t most) const {
    struct stat status;
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size > most)
      return "";
    std::string text;
    char buffer[1 << 16];
    for (ssize_t got; (got = ::read(descriptor, buffer, sizeof(buffer))) > 0;)
      text.append(buffer, static_cast<size_t>(got));
    return text;
  }

  /// Sets the file's time to now.
  void touch() const { (void)::futimens(descriptor, nullptr); }

private:
  int descriptor;
};

/// Whether a file of this name in the folder is an entry: never touch what others put there.
bool isEntryName(llvm::StringRef name) {
  const size_t keyDigits = 2 * digestBytes;
  return name.consume_back(".o") && name.size() == keyDigits &&
         llvm::all_of(name, [](char c) { return llvm::isHexDigit(c); });
}

struct Entry {
  fs::path path;
  fs::file_time_type used;
  int64_t bytes;
};

std::vector<Entry> listEntries(const std::string &folder) {
  std::vector<Entry> entries;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!isEntryName(at->path().filename().string()))
      continue;
    std::error_code gone; // another process may have removed it
    Entry entry{at->path(), at->last_write_time(gone), 0};
    if (!gone)
      entry.bytes = static_cast<int64_t>(at->file_size(gone));
    if (!gone)
      entries.push_back(std::move(entry));
  }
  return entries;
}

} // namespace

std::string cacheKey(llvm::ArrayRef<llvm::StringRef> parts) {
  llvm::BLAKE3 hash;
  hash.update(counted(compilerIdentity()));
  for (llvm::StringRef part : parts)
    hash.update(counted(part));
  return llvm::toHex(hash.final<digestBytes>(), true);
}

Result<ObjectCache> ObjectCache::open() {
  llvm::SmallString<128> folder;
  if (const char *given = std::getenv("SPHERICAL_CACHE"))
    folder = given;
  else if (llvm::sys::path::home_directory(folder))
    llvm::sys::path::append(folder, ".cache", "spherical");
  if (!folder.empty())
    llvm::sys::path::append(folder, "objects");
  int64_t limit = defaultLimit;
  if (const char *size = std::getenv("SPHERICAL_CACHE_SIZE"); size && *size) {
    const std::optional<int64_t> bytes = parseBytes(size);
    if (!bytes)
      return Error{
          "error: SPHERICAL_CACHE_SIZE expected a number of bytes such as 512M or 2G, got '" +
          std::string(size) + "'"};
    limit = *bytes;
  }
  if (!folder.empty())
    runtime::removeAbandonedParts(folder.str().str());
  return ObjectCache(folder.str().str(), limit);
}

std::optional<std::string> ObjectCache::read(const std::string &key) const {
  if (folder.empty())
    return std::nullopt;
  const EntryFile file(path(key));
  std::optional<std::string> object = decode(key, file.bytes(limit));
  std::error_code ignored;
  if (object)
    file.touch();
  else
    fs::remove(path(key), ignored);
  return object;
}

void ObjectCache::write(const std::string &key, llvm::StringRef object) const {
  const std::string entry = encode(key, object);
  std::error_code error;
  if (folder.empty() || static_cast<int64_t>(entry.size()) > limit)
    return;
  fs::create_directories(folder, error);
  try {
    runtime::replaceFile(path(key), std::string_view(entry));
  } catch (const std::runtime_error &) {
    return; // a full disk, a folder of another user: the object is made again when needed
  }
  const auto bytes = static_cast<int64_t>(entry.size());
  if (room->fetch_sub(bytes) < bytes)
    evict();
}

// Two processes that do this at once list the same entries and remove the same ones.
void ObjectCache::evict() const {
  std::vector<Entry> entries = listEntries(folder);
  int64_t total = 0;
  for (const Entry &entry : entries)
    total += entry.bytes;
  // Other processes write as well: several have looked again before the limit is passed by much.
  room->store((limit - total) / 8);
  if (total <= limit)
    return;
  std::sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) {
    return std::tie(a.used, a.path) < std::tie(b.used, b.path);
  });
  for (const Entry &entry : entries) {
    if (total <= limit)
      break;
    std::error_code ignored;
    fs::remove(entry.path, ignored);
    total -= entry.bytes;
  }
}

} // namespace spherical::driver
