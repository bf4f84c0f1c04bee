//===- generate.cpp - `spherical generate` --------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/generate/search.h"
#include "tools/spherical/model/angle.h"
#include "tools/spherical/model/yaml.h"
#include "tools/spherical/output.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <tuple>

namespace spherical::driver {
namespace {

struct GenerateOptions {
  std::string architecture = "s2cnn", task = "segmentation", range, name, output;
  int64_t classes = 0;
  Recipe recipe;
  Search search;
};

Result<Recipe> recipeOf(const GenerateOptions &options) {
  Recipe recipe = options.recipe;
  recipe.architecture = options.architecture == "cnn" ? Architecture::CNN : Architecture::S2CNN;
  recipe.task = options.task == "segmentation" ? Task::Segmentation : Task::Classification;
  recipe.classes = options.classes > 0                 ? options.classes
                   : recipe.task == Task::Segmentation ? 11
                                                       : 10;
  const auto range = parseRange(options.range);
  if (!range)
    return commandError("'--parameters' expected LOW..HIGH such as 200k..220k, got '" +
                        options.range + "'");
  std::tie(recipe.fewest, recipe.most) = *range;
  return recipe;
}

/// Each model's name is its file's, and that is the option's, numbered if several are wanted.
void nameModels(std::vector<DrawnModel> &models, const GenerateOptions &options) {
  const std::string name =
      !options.name.empty()
          ? options.name
          : options.architecture + (options.task == "segmentation" ? "_segmenter" : "_classifier");
  for (size_t i = 0; i < models.size(); ++i)
    models[i].model.name =
        options.search.models == 1 ? name : name + "_" + std::to_string(i + 1);
}

Status checkName(const std::string &name) {
  const bool valid =
      name.empty() ||
      (!std::isdigit(static_cast<unsigned char>(name[0])) &&
       std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; }));
  if (valid)
    return Done{};
  return commandError("'--name' expected letters, digits and underscores, got '" + name + "'");
}

int layersDown(const ModelDescription &model) {
  // Convolutions come in pairs, one down and one up, or all go down.
  const auto convolutions = std::ranges::count_if(model.layers, [](const Layer &layer) {
    return isConvolution(layer) || convolvesImages(layer);
  });
  return static_cast<int>(model.task == Task::Segmentation ? convolutions / 2 : convolutions);
}

Status generate(const GenerateOptions &options) {
  if (isYamlPath(options.output))
    return commandError("--output: expected a folder for the models, got '" + options.output + "'",
                        "--name names the files in it");
  if (Status status = checkName(options.name); !status)
    return status;
  const Result<Recipe> recipe = recipeOf(options);
  if (!recipe)
    return recipe.error();
  Result<DrawnModels> drawn = searchModels(*recipe, options.search);
  if (!drawn)
    return drawn.error();
  nameModels(drawn->models, options);
  std::error_code failed;
  std::filesystem::create_directories(options.output, failed);
  if (failed)
    return commandError(options.output + ": cannot make the folder: " + failed.message());
  for (const DrawnModel &found : drawn->models) {
    const std::string path = options.output + "/" + found.model.name + ".yaml";
    if (Status status = writeOutput(path, modelFile(found, *recipe, options.search.seed)); !status)
      return status;
    const int layers = layersDown(found.model);
    std::printf("%s: %s parameters, %d layer%s down, draw %u\n", path.c_str(),
                printCount(found.parameters).c_str(), layers, layers == 1 ? "" : "s", found.draw);
  }
  if (drawn->repeats > 0)
    std::printf("%s draws left out: each repeats one of these models\n",
                printCount(drawn->repeats).c_str());
  if (!drawn->shortage.empty())
    std::fprintf(stderr, "spherical: warning: %s\n", drawn->shortage.c_str());
  return Done{};
}

const char *const examples =
    R"(Draws architectures as appendix B of Gerken et al. 2022 does and keeps those with as many
parameters as wanted, each once. Uniformly random are
  the depth       1 ... the number of digits of HIGH
  cnn             the side of the bottleneck, 2 ... 30, and each layer's kernel, odd, 1 ... 9;
                  strides lead to the bottleneck on a straight line, channels keep the number
                  of values
  s2cnn           the bottleneck's band-limit, 3 ... 20, and channels, CLASSES ... 30, to which
                  both go on straight lines; the kernels' largest beta times the band-limit,
                  the same everywhere
  segmentation    the way down is mirrored up; a cnn has shortcuts beside its inner layers
  classification  the way down alone, integrated or averaged, then three fully connected layers
                  with batch normalisation
A seed gives the same files on any machine. The head of each says how to make it again.

Examples:
  spherical generate --parameters 200k..220k --models 20 -o models
  spherical generate --architecture cnn --task classification --parameters 110k..120k -o models
  spherical inspect --table models/s2cnn_segmenter_1.yaml models/cnn_classifier.yaml
)";

} // namespace

void addGenerateCommand(Commands &commands) {
  auto options = std::make_shared<GenerateOptions>();
  CLI::App &command = commands.add("generate", "draw random models of a given size", examples,
                                   [options] { return generate(*options); });
  command.add_option("--architecture", options->architecture, "s2cnn or cnn")
      ->capture_default_str()
      ->transform(oneOf({"s2cnn", "cnn"}));
  command.add_option("--task", options->task, "segmentation or classification")
      ->capture_default_str()
      ->transform(oneOf({"segmentation", "classification"}));
  command.add_option("--parameters", options->range, "LOW..HIGH, such as 200k..220k or 0.5M..1M")
      ->required();
  command.add_option("--models", options->search.models, "how many")
      ->capture_default_str()
      ->transform(natural(1, 10000));
  command.add_option("--bandlimit", options->recipe.bandLimit, "of the input, 2b x 2b samples")
      ->capture_default_str()
      ->transform(natural(1, 256));
  command.add_option("--classes", options->classes, "what the last layer gives")
      ->default_str("11 for segmentation, 10 for classification")
      ->transform(natural(1, 4096));
  command.add_option("--seed", options->search.seed, "of the random numbers")
      ->capture_default_str()
      ->transform(natural(0, anySeed));
  command.add_option("--first-draw", options->search.firstDraw, "draw to begin with")
      ->capture_default_str()
      ->transform(natural(0, UINT32_MAX));
  command.add_option("--draws", options->search.draws, "draws to look at before giving up")
      ->capture_default_str()
      ->transform(natural(1, uint64_t(1) << 32));
  command.add_option("--name", options->name, "of models and files; several are numbered")
      ->default_str("s2cnn_segmenter and the like");
  command.add_option("-o,--output", options->output, "folder for the models")->required();
}

} // namespace spherical::driver
