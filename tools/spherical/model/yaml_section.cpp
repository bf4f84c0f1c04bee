//===- yaml_section.cpp - values of a YAML file, checked ------------------===//

#include "tools/spherical/model/yaml_section.h"
#include "tools/spherical/model/angle.h"

#include <algorithm>
#include <charconv>

namespace spherical::driver {

Position positionOf(const YAML::Mark &mark) {
  return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1};
}

Position positionOf(const YAML::Node &node) { return positionOf(node.Mark()); }

static const char *describe(const YAML::Node &node) {
  switch (node.Type()) {
  case YAML::NodeType::Map:
    return "a map";
  case YAML::NodeType::Sequence:
    return "a list";
  case YAML::NodeType::Scalar:
    return "a value";
  default:
    return "nothing";
  }
}

std::string got(const YAML::Node &node) {
  return node.IsScalar() ? "'" + node.Scalar() + "'" : describe(node);
}

std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

std::string hintFor(const std::string &word, const std::vector<std::string> &words) {
  const std::string nearest = nearestWord(word, words);
  return nearest.empty() ? "" : "did you mean '" + nearest + "'?";
}

int64_t toInteger(const YAML::Node &node, const std::string &what, int64_t low, int64_t high) {
  int64_t value = 0;
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  if (!whole || value < low || value > high)
    throw ModelFault{positionOf(node),
                     "'" + what + "' expected an integer from " + std::to_string(low) + " to " +
                         std::to_string(high) + ", got " + got(node),
                     ""};
  return value;
}

double toNumber(const YAML::Node &node, const std::string &what) {
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw ModelFault{positionOf(node), "'" + what + "' expected a number, got " + got(node), ""};
  return value;
}

double toAngle(const YAML::Node &node, const std::string &what) {
  const std::optional<double> angle =
      node.IsScalar() ? parseAngle(node.Scalar()) : std::optional<double>();
  if (!angle)
    throw ModelFault{positionOf(node),
                     "'" + what + "' expected an angle in radians or a multiple of pi, got " +
                         got(node),
                     "for example 0.39, pi/8 or 0.1238 pi"};
  return *angle;
}

std::string toWord(const YAML::Node &node, const std::string &what,
                   const std::vector<std::string> &words) {
  const std::string word = node.IsScalar() ? node.Scalar() : "";
  if (std::find(words.begin(), words.end(), word) == words.end())
    throw ModelFault{positionOf(node),
                     "'" + what + "' expected " + joined(words) + ", got " + got(node),
                     hintFor(word, words)};
  return word;
}

bool toBool(const YAML::Node &node, const std::string &what) {
  return toWord(node, what, {"true", "false"}) == "true";
}

Section::Section(YAML::Node node, std::string name, std::vector<std::string> keys)
    : node(node), name(std::move(name)), keys(std::move(keys)) {
  if (!node.IsMap())
    throw ModelFault{positionOf(node),
                     "'" + this->name + "' expected a map with " + joined(this->keys) + ", got " +
                         got(node),
                     ""};
  checkKeys();
}

YAML::Node Section::operator[](const std::string &key) const {
  const YAML::Node value = node[key];
  if (!value)
    throw ModelFault{positionOf(node), "'" + name + "' expected the key '" + key + "', got none",
                     ""};
  return value;
}

int64_t Section::integer(const std::string &key, int64_t low, int64_t high) const {
  return toInteger((*this)[key], key, low, high);
}

double Section::positive(const std::string &key, double otherwise) const {
  if (!has(key))
    return otherwise;
  const double value = toNumber(node[key], key);
  if (!(value > 0))
    throw ModelFault{positionOf(node[key]),
                     "'" + key + "' expected a number above 0, got " + got(node[key]), ""};
  return value;
}

void Section::checkKeys() const {
  std::vector<std::string> seen;
  for (const auto &entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      throw ModelFault{positionOf(entry.first),
                       "'" + name + "' has no key '" + key + "', expected " + joined(keys),
                       hintFor(key, keys)};
    if (std::find(seen.begin(), seen.end(), key) != seen.end())
      throw ModelFault{positionOf(entry.first),
                       "'" + name + "' expected the key '" + key + "' once, got it a second time",
                       ""};
    seen.push_back(key);
  }
}

} // namespace spherical::driver
