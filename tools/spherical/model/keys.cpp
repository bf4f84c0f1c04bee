//===- keys.cpp - the keys of a map in a model file -----------------------===//

#include "tools/spherical/model/keys.h"

#include <algorithm>

namespace spherical::driver {

/// The keys that must be there and are not, also not under another name that means one of them.
static std::vector<std::string> missingKeys(const YAML::Node &node,
                                            const std::vector<std::string> &known,
                                            const std::vector<KeyText> &keys) {
  std::vector<std::string> present;
  for (const auto &entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    const bool right = std::ranges::find(known, key) != known.end();
    present.push_back(right ? key : nearestWord(key, known));
  }
  std::vector<std::string> missing;
  for (const KeyText &key : keys)
    if (key.required() && std::ranges::find(present, key.name) == present.end())
      missing.push_back(key.name);
  return missing;
}

void checkKeys(const YAML::Node &node, const std::string &name, const std::vector<KeyText> &keys,
               Parts &parts) {
  std::vector<std::string> known, seen;
  for (const KeyText &key : keys)
    known.push_back(key.name);
  if (!node.IsMap())
    throw ModelFault{positionOf(node),
                     "'" + name + "' expected a map with " + joined(known) + ", got " + got(node),
                     ""};
  std::vector<std::string> missing = missingKeys(node, known, keys);
  for (const auto &entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (std::ranges::find(known, key) == known.end()) {
      std::string hint = hintFor(key, known);
      // A key that is no guess for any may stand for one that is missing: one mistake.
      if (hint.empty() && !missing.empty()) {
        hint = "'" + missing.front() + "' is missing";
        missing.erase(missing.begin());
      }
      parts.add({positionOf(entry.first),
                 "'" + name + "' has no key '" + key + "', expected " + joined(known), hint});
    }
    if (std::ranges::find(seen, key) != seen.end())
      parts.add({positionOf(entry.first),
                 "'" + name + "' expected the key '" + key + "' once, got it a second time", ""});
    seen.push_back(key);
  }
  for (const std::string &key : missing)
    parts.add({positionOf(node), "'" + name + "' expected the key '" + key + "', got none", ""});
}

} // namespace spherical::driver
