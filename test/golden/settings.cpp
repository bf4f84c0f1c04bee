//===- settings.cpp - settings of the compiler, all pairs of them ---------===//

#include "test/golden/settings.h"

#include "passes/pipeline.h"

#include <array>
#include <random>
#include <set>

namespace spherical::golden {

std::vector<Factor> factors() {
  std::vector<Factor> all;
  for (const auto &[pass, phase] : mlir::spherical::optionalPasses())
    all.push_back({pass.str(), {"on", "off"}});
  all.push_back({"choose", {"fastest", "slowest", "random:1", "random:2"}});
  all.push_back({"exact", {"any", "1"}});
  all.push_back({"target", {"cpu", "x86-64-v3", "cuda-emulated"}});
  return all;
}

/// (factor, level, other factor, other level), the first factor before the other.
using Pair = std::array<size_t, 4>;

static std::set<Pair> allPairs(const std::vector<Factor> &factors) {
  std::set<Pair> pairs;
  for (size_t a = 0; a < factors.size(); ++a)
    for (size_t b = a + 1; b < factors.size(); ++b)
      for (size_t x = 0; x < factors[a].levels.size(); ++x)
        for (size_t y = 0; y < factors[b].levels.size(); ++y)
          pairs.insert({a, x, b, y});
  return pairs;
}

static std::set<Pair> pairsOf(const Setting &setting) {
  std::set<Pair> pairs;
  for (size_t a = 0; a < setting.size(); ++a)
    for (size_t b = a + 1; b < setting.size(); ++b)
      pairs.insert({a, setting[a], b, setting[b]});
  return pairs;
}

static size_t countMissing(const Setting &setting, const std::set<Pair> &missing) {
  size_t count = 0;
  for (const Pair &pair : pairsOf(setting))
    count += missing.contains(pair);
  return count;
}

std::vector<Setting> coveringArray(const std::vector<Factor> &factors) {
  std::set<Pair> missing = allPairs(factors);
  std::vector<Setting> array;
  std::mt19937_64 engine(5);
  while (!missing.empty()) {
    Setting best;
    for (int trial = 0; trial < 2000; ++trial) {
      Setting setting;
      for (const Factor &factor : factors)
        setting.push_back(engine() % factor.levels.size());
      if (best.empty() || countMissing(setting, missing) > countMissing(best, missing))
        best = setting;
    }
    for (const Pair &pair : pairsOf(best))
      missing.erase(pair);
    array.push_back(best);
  }
  return array;
}

std::string nameOf(const std::vector<Factor> &factors, const Setting &setting) {
  std::string name;
  for (size_t i = 0; i < factors.size(); ++i) {
    const std::string &level = factors[i].levels[setting[i]];
    if (setting[i] != 0)
      name += (name.empty() ? "" : ", ") +
              (level == "off" ? "without " + factors[i].name : factors[i].name + " " + level);
  }
  return name.empty() ? "default" : name;
}

driver::SessionOptions optionsOf(const std::vector<Factor> &factors, const Setting &setting) {
  driver::SessionOptions options;
  for (size_t i = 0; i < factors.size(); ++i) {
    const std::string &level = factors[i].levels[setting[i]];
    if (setting[i] == 0)
      continue;
    if (level == "off")
      options.without.push_back(factors[i].name);
    else if (factors[i].name == "choose")
      options.choose.push_back(level);
    else if (factors[i].name == "exact")
      options.exact = std::stod(level);
    else if (level.starts_with("cuda"))
      options.target = level;
    else
      options.cpu = level;
  }
  return options;
}

} // namespace spherical::golden
