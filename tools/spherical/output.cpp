//===- output.cpp - results that go to files or the screen ----------------===//

#include "tools/spherical/output.h"

#include "runtime/data/files.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/model/description.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <stdexcept>

#include <sys/ioctl.h>
#include <unistd.h>

namespace spherical::driver {

std::string wrongForm(const std::string &path, const std::vector<std::string_view> &forms) {
  namespace fs = std::filesystem;
  const std::string ending = runtime::endingOf(path);
  std::vector<std::string> endings;
  for (const std::string_view form : forms) {
    if (ending == form)
      return "";
    if (!form.empty())
      endings.emplace_back(form);
  }
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const bool isFile = fs::is_regular_file(status) || fs::is_directory(status);
  if (fs::exists(status) && !isFile && (endings.size() == 1 || endings.size() < forms.size()))
    return "";
  return "expected an output that ends in " + joined(endings) + ", got '" + path + "'";
}

std::string wrongTensorForm(const std::string &path) {
  static const std::set<std::string> others = {
      ".bin",  ".ckpt",    ".csv",   ".gguf",  ".gif",    ".gz",   ".h5",     ".hdf5", ".jpeg",
      ".jpg",  ".json",    ".jsonl", ".keras", ".mat",    ".mlir", ".mlirbc", ".npy",  ".npz",
      ".onnx", ".parquet", ".pb",    ".pdf",   ".pickle", ".pkl",  ".png",    ".pt",   ".pth",
      ".so",   ".svg",     ".tar",   ".txt",   ".xlsx",   ".yaml", ".yml",    ".zip"};
  return others.contains(runtime::endingOf(path)) ? wrongForm(path, {".safetensors"}) : "";
}

bool isSameFile(const std::string &one, const std::string &other) {
  namespace fs = std::filesystem;
  const auto path = [](const std::string &name) {
    std::error_code error;
    std::string text = fs::weakly_canonical(fs::absolute(name, error), error).string();
    while (text.size() > 1 && text.back() == '/')
      text.pop_back();
    return text;
  };
  return !one.empty() && !other.empty() && path(one) == path(other);
}

Status expectDifferent(const NamedFile &one, const NamedFile &other) {
  std::error_code error;
  if (!isSameFile(one.second, other.second) ||
      std::filesystem::is_character_file(other.second, error))
    return Done{};
  return commandError("expected different files for " + std::string(one.first) + " and " +
                      other.first + ", got '" + other.second + "' for both");
}

void expectWritable(const std::vector<std::string> &paths) {
  for (const std::string &path : paths)
    if (!path.empty())
      runtime::ReplacingFile probe(path);
}

size_t lineWidth() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  const char *columns = std::getenv("COLUMNS");
  const long width = columns ? std::strtol(columns, nullptr, 10) : 0;
  return width > 0 ? static_cast<size_t>(width) : 0;
}

Status writeOutput(const std::string &path, const std::string &text) {
  if (path.empty() || path == "-") {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
      return Error{"<standard output>: error: cannot write: " + std::string(std::strerror(errno))};
    return Done{};
  }
  try {
    runtime::replaceFile(path, text);
  } catch (const std::runtime_error &error) {
    return Error{"spherical: error: " + std::string(error.what())};
  }
  return Done{};
}

} // namespace spherical::driver
