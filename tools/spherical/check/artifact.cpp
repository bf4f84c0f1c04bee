//===- artifact.cpp - the self-check of a compiled library ----------------===//

#include "tools/spherical/check/artifact.h"

#include "tools/spherical/commands.h"

#include "runtime/data/files.h"
#include "runtime/execute/self_check.h"
#include "runtime/train/text.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace spherical::driver {

Status checkArtifact(const std::string &path, const SessionOptions &options,
                     const std::string &result) {
  const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  const std::unique_ptr<runtime::Program> program =
      runtime::Program::open(file, {options.device, nullptr, nullptr});
  if (options.threads > 0)
    program->setThreads(options.threads);
  runtime::SelfCheckReport report;
  try {
    report = runtime::selfCheck(*program);
  } catch (const runtime::Error &error) {
    if (error.status() != SPH_NOT_FOUND)
      throw;
    return Error{path + ": error: " + error.what() + "\n" + path +
                 ": note: 'spherical compile' stores them unless the definitions take too long"};
  }
  std::printf("%s: model '%s' on %s: %lld values within %s of the definitions, allowed %s\n",
              path.c_str(), program->manifest().model.c_str(), program->machine().c_str(),
              static_cast<long long>(report.values), runtime::scientificText(report.error).c_str(),
              runtime::scientificText(report.tolerance).c_str());
  if (!result.empty()) {
    const nlohmann::ordered_json record = {
        {"library", path},       {"model", program->manifest().model}, {"values", report.values},
        {"error", report.error}, {"tolerance", report.tolerance},      {"passed", report.passed()}};
    runtime::replaceFile(result, record.dump(2) + "\n");
  }
  if (report.passed())
    return Done{};
  return Error{path + ": error: " + wrongResult(report)};
}

} // namespace spherical::driver
