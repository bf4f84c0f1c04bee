//===- run_files.cpp - the files of a training ----------------------------===//

#include "tools/spherical/run_files.h"

#include "tools/spherical/output.h"
#include "tools/spherical/parameters.h"

#include <cstdio>
#include <filesystem>

namespace spherical::driver {

namespace fs = std::filesystem;

std::string freshWeights(const std::string &model) {
  const std::string stem = model == "-" ? "model" : fs::path(model).stem().string();
  std::string name = stem + ".safetensors";
  std::error_code error;
  for (int number = 2; fs::exists(name, error); ++number)
    name = stem + "-" + std::to_string(number) + ".safetensors";
  return name;
}

namespace {

/// Whether there is a file whose contents could be lost; a device has none.
bool isThere(const std::string &path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

Status expectAllDifferent(const std::vector<NamedFile> &files) {
  for (size_t i = 0; i < files.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (Status status = expectDifferent(files[j], files[i]); !status)
        return status;
  return Done{};
}

Status expectNew(const std::vector<NamedFile> &files) {
  for (const auto &[option, path] : files)
    if (isThere(path))
      return commandError(std::string(option) + ": expected a new file, got '" + path +
                              "', which an earlier run may have left",
                          "--force replaces it, --resume goes on with the run of a checkpoint");
  return Done{};
}

/// Weights of another model are no earlier state of this run.
Status expectOwn(const std::string &path, const runtime::ModelRecord &model) {
  if (!isThere(path))
    return Done{};
  const Result<runtime::TensorFile> file = readTensorFile(path);
  if (!file)
    return file.error();
  const std::string other = runtime::otherModel(file->metadata, model);
  return other.empty() ? Status(Done{}) : commandError(path + ": " + other);
}

} // namespace

Status claimFiles(RunFiles &files, const runtime::ModelRecord &model) {
  const std::vector<NamedFile> all = {
      {"--output", files.output}, {"--checkpoint", files.checkpoint}, {"--log", files.log}};
  if (Status status = expectAllDifferent(all); !status)
    return status;
  if (files.resume && !isThere(files.checkpoint)) {
    std::printf("no checkpoint '%s' to resume from: the run starts afresh\n",
                files.checkpoint.c_str());
    files.resume = false;
  }
  if (!files.resume && !files.force)
    if (Status status = expectNew(all); !status)
      return status;
  if (files.resume)
    for (const std::string &path : {files.checkpoint, files.output})
      if (Status status = expectOwn(path, model); !status)
        return status;
  for (const auto &[option, path] : all)
    if (!files.resume && isThere(path))
      std::printf("%s: replaces '%s' of an earlier run\n", option, path.c_str());
  expectWritable({files.output, files.checkpoint});
  return Done{};
}

} // namespace spherical::driver
