//===- search.h - random architectures of a wanted size ---------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_GENERATE_SEARCH_H
#define SPHERICAL_TOOLS_SPHERICAL_GENERATE_SEARCH_H

#include "tools/spherical/generate/recipe.h"

#include <string>
#include <utility>
#include <vector>

namespace spherical::driver {

/// Which draws to look at, and how many models to find.
struct Search {
  uint64_t seed = 0;
  uint32_t firstDraw = 0;
  int64_t draws = 200'000;
  int64_t models = 1;
};

/// A model and the draw that gave it.
struct DrawnModel {
  ModelDescription model;
  uint32_t draw = 0;
  int64_t parameters = 0;
};

/// What a search found.
struct DrawnModels {
  std::vector<DrawnModel> models;
  /// Draws that fit the range and were left out: each repeats one of the models.
  int64_t repeats = 0;
  /// Why there are fewer models than wanted, and which option widens the search; empty if there are
  /// as many.
  std::string shortage;
};

/// The first distinct models of the search, in the order of their draws, whose numbers of
/// parameters are in the recipe's range: what the procedure gives, without its repetitions. Fails
/// if there is none, with the nearest numbers of parameters that came up, or with the reason why
/// there can be none.
Result<DrawnModels> searchModels(const Recipe &recipe, const Search &search);

/// The file of a model: YAML whose head says how to draw the same model again, under the same name.
std::string modelFile(const DrawnModel &drawn, const Recipe &recipe, uint64_t seed);

/// The ends of "LOW..HIGH", two whole numbers of at least 1 such as 200000, 200k or 0.2M. Nothing
/// if `text` is no such range; LOW may be above HIGH.
std::optional<std::pair<int64_t, int64_t>> parseRange(const std::string &text);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_GENERATE_SEARCH_H
