//===- search.cpp - random architectures of a wanted size -----------------===//

#include "tools/spherical/generate/search.h"

#include "tools/spherical/model/angle.h"
#include "tools/spherical/model/yaml.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace spherical::driver {
namespace {

/// The number of parameters beside the range, on either side, that came nearest.
struct Nearest {
  std::optional<int64_t> below, above;

  void add(int64_t parameters, const Recipe &recipe) {
    if (parameters < recipe.fewest && parameters > below.value_or(0))
      below = parameters;
    if (parameters > recipe.most && parameters < above.value_or(INT64_MAX))
      above = parameters;
  }
};

std::string rangeText(const Recipe &recipe) {
  return printCount(recipe.fewest) + ".." + printCount(recipe.most);
}

Error noneFound(const Recipe &recipe, int64_t draws, const Nearest &nearest) {
  std::string message = "spherical: error: '--parameters' expected a range with models, got " +
                        rangeText(recipe) + ": " + printCount(draws) +
                        " draws gave none\nspherical: note: ";
  if (nearest.below && nearest.above)
    message += "the nearest had " + printCount(*nearest.below) + " and " +
               printCount(*nearest.above) + " parameters";
  else if (nearest.below)
    message += "the largest had " + printCount(*nearest.below) + " parameters";
  else if (nearest.above)
    message += "the smallest had " + printCount(*nearest.above) + " parameters";
  else
    message += "--draws looks at more";
  return Error{message};
}

/// How often the draws in the range gave each model, by its text.
using Frequencies = std::map<std::string, int64_t>;

/// Why a search ended with fewer models than wanted. As many draws as gave a model that came only
/// once are expected to be new ones among as many draws again (Good and Turing).
std::string shortage(const Recipe &recipe, const Search &search, int64_t draws,
                     const Frequencies &models) {
  const bool exhausted = std::ranges::none_of(models, [](auto &model) { return model.second == 1; });
  const std::string found = "expected " + printCount(search.models) + " distinct models, got " +
                            printCount(static_cast<int64_t>(models.size())) + ": ";
  if (exhausted)
    return found + rangeText(recipe) + " parameters have hardly any more, " + printCount(draws) +
           " draws gave each several times; a wider --parameters has others";
  return found + printCount(draws) + " draws gave no more of " + rangeText(recipe) +
         " parameters; more --draws or a wider --parameters has others";
}

std::optional<int64_t> parseCount(std::string_view text) {
  double factor = 1;
  if (text.ends_with('k') || text.ends_with('M')) {
    factor = text.back() == 'k' ? 1e3 : 1e6;
    text.remove_suffix(1);
  }
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  const double count = std::round(value * factor);
  if (error != std::errc() || end != text.data() + text.size() || !(count >= 1 && count <= 1e15) ||
      std::abs(value * factor - count) > 1e-6)
    return std::nullopt;
  return static_cast<int64_t>(count);
}

} // namespace

std::optional<std::pair<int64_t, int64_t>> parseRange(const std::string &text) {
  const size_t dots = text.find("..");
  if (dots == std::string::npos)
    return std::nullopt;
  const auto low = parseCount(std::string_view(text).substr(0, dots));
  const auto high = parseCount(std::string_view(text).substr(dots + 2));
  if (!low || !high)
    return std::nullopt;
  return std::pair(*low, *high);
}

Result<DrawnModels> searchModels(const Recipe &recipe, const Search &search) {
  if (recipe.fewest > recipe.most)
    return Error{
        "spherical: error: '--parameters' expected a range whose lower end comes first, got " +
        rangeText(recipe)};
  DrawnModels found;
  Frequencies frequencies;
  Nearest nearest;
  const int64_t draws = std::min(search.draws, (int64_t(1) << 32) - search.firstDraw);
  for (int64_t i = 0; i < draws; ++i) {
    const auto draw = static_cast<uint32_t>(search.firstDraw + i);
    auto model = drawModel(recipe, search.seed, draw);
    if (!model)
      continue;
    model->file = "draw " + std::to_string(draw);
    const Result<ModelFlow> flow = checkModel(*model);
    if (!flow) // a draw fits together, but may be larger than any program
      continue;
    const int64_t parameters = flow->parameters();
    nearest.add(parameters, recipe);
    if (parameters < recipe.fewest || parameters > recipe.most)
      continue;
    if (++frequencies[writeYaml(*model)] > 1) {
      ++found.repeats;
      continue;
    }
    found.models.push_back({std::move(*model), draw, parameters});
    if (static_cast<int64_t>(found.models.size()) == search.models)
      return found;
  }
  if (found.models.empty())
    return noneFound(recipe, draws, nearest);
  found.shortage = shortage(recipe, search, draws, frequencies);
  return found;
}

std::string modelFile(const DrawnModel &drawn, const Recipe &recipe, uint64_t seed) {
  const bool planar = recipe.architecture == Architecture::CNN;
  const bool segments = recipe.task == Task::Segmentation;
  const std::string draw = std::to_string(drawn.draw), text = std::to_string(seed);
  return "# " + printCount(drawn.parameters) + " parameters. Drawn as in appendix B." +
         (planar ? "1" : "2") + " of Gerken et al. 2022 (seed " + text + ", draw " + draw +
         ") by\n# spherical generate --architecture " + (planar ? "cnn" : "s2cnn") + " --task " +
         (segments ? "segmentation" : "classification") + " --parameters " +
         std::to_string(recipe.fewest) + ".." + std::to_string(recipe.most) +
         " \\\n#   --bandlimit " + std::to_string(recipe.bandLimit) + " --classes " +
         std::to_string(recipe.classes) + " --seed " + text + " --first-draw " + draw + " --name " +
         drawn.model.name + " -o .\n" + writeYaml(drawn.model);
}

} // namespace spherical::driver
