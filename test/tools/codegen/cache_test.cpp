//===- cache_test.cpp - objects on disk: checked, bounded, shared ---------===//

#include "tools/spherical/codegen/cache.h"

#include "runtime/data/parts.h"

#include "gtest/gtest.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace spherical::driver;

namespace {

/// Some `size` bytes that look like no other object's.
std::string object(size_t size, unsigned seed) {
  std::string bytes(size, '\0');
  for (char &byte : bytes)
    byte = static_cast<char>((seed = seed * 1664525u + 1013904223u) >> 24);
  return bytes;
}

/// A cache folder of its own.
class Cache : public testing::Test {
protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("cache_test_" + std::to_string(getpid()));
    setenv("SPHERICAL_CACHE", folder.c_str(), 1);
    unsetenv("SPHERICAL_CACHE_SIZE");
  }
  void TearDown() override {
    unsetenv("SPHERICAL_CACHE_SIZE");
    fs::remove_all(folder);
  }

  ObjectCache open(const char *size = nullptr) {
    if (size)
      setenv("SPHERICAL_CACHE_SIZE", size, 1);
    Result<ObjectCache> cache = ObjectCache::open();
    EXPECT_TRUE(cache) << cache.error().message;
    return *cache;
  }
  fs::path file(const std::string &key) const { return folder / "objects" / (key + ".o"); }
  std::string bytes(const std::string &key) const {
    std::ifstream in(file(key), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void overwrite(const std::string &key, const std::string &content) const {
    std::ofstream(file(key), std::ios::binary) << content;
  }
  /// Sets the time of last use, in seconds from now.
  void setAge(const std::string &key, int seconds) const {
    fs::last_write_time(file(key),
                        fs::file_time_type::clock::now() - std::chrono::seconds(seconds));
  }
  /// Expects that what lies at the key's place is no object, is removed, and is made again.
  void expectHealed(const ObjectCache &cache, const std::string &key, const std::string &right,
                    const std::string &what) const {
    EXPECT_EQ(cache.read(key), std::nullopt) << what;
    EXPECT_FALSE(fs::exists(fs::symlink_status(file(key)))) << what;
    cache.write(key, right);
    EXPECT_EQ(cache.read(key), right) << what;
  }

  fs::path folder;
};

TEST_F(Cache, SeparatesTheParts) {
  EXPECT_EQ(cacheKey({"ab", "c"}), cacheKey({"ab", "c"}));
  EXPECT_NE(cacheKey({"ab", "c"}), cacheKey({"a", "bc"}));
  EXPECT_NE(cacheKey({"abc"}), cacheKey({"abc", ""}));
  EXPECT_NE(cacheKey({"", "abc"}), cacheKey({"abc", ""}));
  EXPECT_NE(cacheKey({}), cacheKey({""}));
}

TEST_F(Cache, KeepsObjects) {
  const ObjectCache cache = open();
  const std::string key = cacheKey({"one"});
  EXPECT_EQ(cache.read(key), std::nullopt);
  for (const std::string &content : {object(5000, 1), std::string()}) {
    cache.write(key, content);
    EXPECT_EQ(open().read(key), content);
  }
}

TEST_F(Cache, DropsAnEntryWithADamagedByteInAnyKibibyte) {
  const ObjectCache cache = open();
  const std::string key = cacheKey({"one"}), right = object(10000, 2);
  cache.write(key, right);
  const std::string whole = bytes(key);
  ASSERT_GT(whole.size(), right.size());
  for (size_t begin = 0; begin < whole.size(); begin += 1024)
    for (size_t at : {begin, begin + 517, begin + 1023}) {
      std::string damaged = whole;
      damaged[std::min(at, whole.size() - 1)] ^= 0x10;
      overwrite(key, damaged);
      EXPECT_EQ(cache.read(key), std::nullopt) << "byte " << at;
    }
  for (size_t at = 0; at < 200; ++at) { // all of what stands before the object
    std::string damaged = whole;
    damaged[at] ^= 0x01;
    overwrite(key, damaged);
    EXPECT_EQ(cache.read(key), std::nullopt) << "byte " << at;
  }
}

TEST_F(Cache, DropsWhatIsCutEmptyForeignOrNoFile) {
  const ObjectCache cache = open();
  const std::string key = cacheKey({"one"}), other = cacheKey({"two"}), right = object(5000, 3);
  cache.write(key, right);
  cache.write(other, object(5000, 4));
  const std::string whole = bytes(key), wrong = bytes(other);
  for (size_t size :
       {size_t(0), size_t(1), size_t(47), size_t(48), size_t(1000), whole.size() - 1}) {
    overwrite(key, whole.substr(0, size));
    expectHealed(cache, key, right, "cut at " + std::to_string(size));
  }
  const std::pair<const char *, std::string> contents[] = {
      {"longer", whole + "x"},
      {"random", object(100, 5)},
      {"the object alone", right},
      {"the entry of another key", wrong},
      {"half old, half new", whole.substr(0, 3000) + wrong.substr(3000)}};
  for (const auto &[what, content] : contents) {
    overwrite(key, content);
    expectHealed(cache, key, right, what);
  }
  const auto replaceBy = [&](auto make) {
    fs::remove(file(key));
    make(file(key));
  };
  replaceBy([](const fs::path &path) { fs::create_directory(path); });
  expectHealed(cache, key, right, "a folder");
  replaceBy([](const fs::path &path) { mkfifo(path.c_str(), 0666); });
  expectHealed(cache, key, right, "a pipe");
  replaceBy([](const fs::path &path) { fs::create_symlink("/dev/zero", path); });
  expectHealed(cache, key, right, "a device");
  replaceBy([](const fs::path &path) { fs::create_symlink("nowhere", path); });
  EXPECT_EQ(cache.read(key), std::nullopt);
  cache.write(key, right);
  EXPECT_EQ(cache.read(key), right);
}

// What cannot be healed is no error: the object is made each time.
TEST_F(Cache, LivesWithFoldersThatItCannotWrite) {
  const std::string key = cacheKey({"one"});
  fs::create_directories(file(key) / "full");
  const ObjectCache cache = open();
  cache.write(key, "text");
  EXPECT_EQ(cache.read(key), std::nullopt);
  EXPECT_TRUE(fs::exists(file(key) / "full"));
  for (const char *place : {"/proc/nowhere", "/dev/null", ""}) {
    setenv("SPHERICAL_CACHE", place, 1);
    const ObjectCache none = open();
    none.write(key, "text");
    EXPECT_EQ(none.read(key), std::nullopt) << place;
  }
}

TEST_F(Cache, RemovesWhatWasNotUsedForLongest) {
  const ObjectCache cache = open("10K"); // three entries of 3000 bytes fit, four do not
  std::vector<std::string> keys;
  for (unsigned i = 0; i < 4; ++i)
    keys.push_back(cacheKey({std::to_string(i)}));
  for (unsigned i = 0; i < 3; ++i) {
    cache.write(keys[i], object(3000, i));
    setAge(keys[i], 100 - static_cast<int>(i));
  }
  std::ofstream(folder / "objects" / "README") << object(20000, 9); // not ours
  EXPECT_TRUE(cache.read(keys[0]));                                 // now the youngest
  cache.write(keys[3], object(3000, 3));
  EXPECT_TRUE(cache.read(keys[0]));
  EXPECT_FALSE(cache.read(keys[1]));
  EXPECT_TRUE(cache.read(keys[2]));
  EXPECT_TRUE(cache.read(keys[3]));
  EXPECT_TRUE(fs::exists(folder / "objects" / "README"));
  const std::string large = cacheKey({"large"});
  cache.write(large, object(20000, 7)); // removes nothing for what does not fit at all
  EXPECT_FALSE(cache.read(large));
  EXPECT_TRUE(cache.read(keys[0]));
}

TEST_F(Cache, TakesItsSizeFromTheEnvironment) {
  const std::string key = cacheKey({"one"});
  open("0").write(key, "text");
  EXPECT_EQ(open("1G").read(key), std::nullopt);
  open("1G").write(key, "text");
  EXPECT_EQ(open("").read(key), "text");
  for (const char *size : {"-1", "much", "1X", "1 G", "1e30"}) {
    setenv("SPHERICAL_CACHE_SIZE", size, 1);
    const Result<ObjectCache> cache = ObjectCache::open();
    ASSERT_FALSE(cache) << size;
    EXPECT_EQ(cache.error().message,
              "error: SPHERICAL_CACHE_SIZE expected a number of bytes such as 512M or 2G, got '" +
                  std::string(size) + "'");
  }
}

// Half-written files of killed processes go with the next opening, those of living ones stay.
TEST_F(Cache, RemovesPartsOfKilledProcesses) {
  open().write(cacheKey({"one"}), "text");
  const std::string place = file(cacheKey({"two"})).string();
  const std::string abandoned = spherical::runtime::freshPartName(place);
  const std::string held = spherical::runtime::freshPartName(place);
  std::ofstream(abandoned) << "half";
  const int holder = ::open(held.c_str(), O_WRONLY | O_CREAT, 0666);
  ASSERT_TRUE(spherical::runtime::holdPart(holder));
  open();
  EXPECT_FALSE(fs::exists(abandoned));
  EXPECT_TRUE(fs::exists(held));
  ::close(holder);
  open();
  EXPECT_FALSE(fs::exists(held));
}

/// Reads and writes 40 objects in a cache that holds about ten; returns how many were wrong.
int useAtOnce(const ObjectCache &cache, unsigned start) {
  int wrong = 0;
  for (unsigned i = 0; i < 200; ++i) {
    const unsigned which = (start + 7 * i) % 40;
    const std::string key = cacheKey({std::to_string(which)}), right = object(2000 + which, which);
    const std::optional<std::string> found = cache.read(key);
    wrong += found && *found != right;
    if (!found)
      cache.write(key, right);
  }
  return wrong;
}

TEST_F(Cache, ServesSeveralProcessesAtOnce) {
  const ObjectCache cache = open("25K");
  std::vector<pid_t> children;
  for (unsigned i = 0; i < 3; ++i) {
    children.push_back(fork());
    if (children.back() == 0)
      _exit(useAtOnce(cache, 13 * i));
  }
  for (pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  cache.write(cacheKey({"last"}), "text");
  uintmax_t total = 0;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder / "objects")) {
    EXPECT_EQ(entry.path().extension(), ".o") << entry.path();
    total += entry.file_size();
  }
  EXPECT_LE(total, 25u << 10);
}

} // namespace
