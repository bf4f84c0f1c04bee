//===- keys.cpp - the keys of a map in a model file -----------------------===//

#include "tools/spherical/model/keys.h"

#include <algorithm>

namespace spherical::driver {

void checkKeys(const YAML::Node &node, const std::string &name, const std::vector<KeyText> &keys,
               Parts &parts) {
  std::vector<std::string> known, seen, meant;
  for (const KeyText &key : keys)
    known.push_back(key.name);
  if (!node.IsMap())
    throw ModelFault{positionOf(node),
                     "'" + name + "' expected a map with " + joined(known) + ", got " + got(node),
                     ""};
  for (const auto &entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (std::ranges::find(known, key) == known.end()) {
      meant.push_back(nearestWord(key, known));
      parts.add({positionOf(entry.first),
                 "'" + name + "' has no key '" + key + "', expected " + joined(known),
                 hintFor(key, known)});
    }
    if (std::ranges::find(seen, key) != seen.end())
      parts.add({positionOf(entry.first),
                 "'" + name + "' expected the key '" + key + "' once, got it a second time", ""});
    seen.push_back(key);
  }
  for (const KeyText &key : keys)
    if (key.required() && std::ranges::find(seen, key.name) == seen.end() &&
        std::ranges::find(meant, key.name) == meant.end())
      parts.add(
          {positionOf(node), "'" + name + "' expected the key '" + key.name + "', got none", ""});
}

} // namespace spherical::driver
