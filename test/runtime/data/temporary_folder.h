//===- temporary_folder.h - a folder for one test ---------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_RUNTIME_DATA_TEMPORARY_FOLDER_H
#define SPHERICAL_TEST_RUNTIME_DATA_TEMPORARY_FOLDER_H

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace spherical::runtime {

/// A fresh empty folder that goes away with this object.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "spherical-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error("cannot make a folder for the test");
    folder = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  std::string path() const { return folder.string(); }

  /// The path of `name` in the folder.
  std::string file(std::string_view name) const { return (folder / name).string(); }

  /// Number of files in the folder.
  long files() const {
    return std::distance(std::filesystem::directory_iterator(folder),
                         std::filesystem::directory_iterator());
  }

private:
  std::filesystem::path folder;
};

/// The whole content of a file.
inline std::string fileText(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Makes a file with that content.
inline void makeFile(const std::string &path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// The message of the exception that `call` throws, or "" if it throws none.
template <typename Call> std::string messageOf(Call &&call) {
  try {
    call();
  } catch (const std::exception &error) {
    return error.what();
  }
  return {};
}

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_DATA_TEMPORARY_FOLDER_H
