//===- output.cpp - results that go to files or the screen ----------------===//

#include "tools/spherical/output.h"

#include "runtime/data/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace spherical::driver {

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
