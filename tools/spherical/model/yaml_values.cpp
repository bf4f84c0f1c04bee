//===- yaml_values.cpp - values of a YAML file, checked -------------------===//

#include "tools/spherical/model/yaml_values.h"

#include <algorithm>

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

int64_t toInteger(const YAML::Node &node, const std::string &what, int64_t low, int64_t high) {
  const std::optional<int64_t> value = parseInteger<int64_t>(node.IsScalar() ? node.Scalar() : "");
  if (!value || *value < low || *value > high)
    throw ModelFault{positionOf(node),
                     "'" + what + "' expected an " + integerText(low, high) + ", got " + got(node),
                     ""};
  return *value;
}

ImageSize toSize(const YAML::Node &node, const std::string &what, int64_t high) {
  if (!node.IsSequence()) {
    const int64_t side = toInteger(node, what, 1, high);
    return {side, side};
  }
  if (node.size() != 2)
    throw ModelFault{positionOf(node),
                     "'" + what + "' expected an " + sizeValues(high) + ", got a list of " +
                         std::to_string(node.size()),
                     ""};
  return {toInteger(node[0], what, 1, high), toInteger(node[1], what, 1, high)};
}

double toNumber(const YAML::Node &node, const std::string &what, const Interval &interval) {
  const Number number = parseNumber(node.IsScalar() ? node.Scalar() : "", interval);
  if (!number.fault.empty())
    throw ModelFault{positionOf(node), "'" + what + "' " + number.fault + ", got " + got(node),
                     number.hint};
  return number.value;
}

double toAngle(const YAML::Node &node, const std::string &what, const Interval &interval) {
  const std::optional<double> angle =
      node.IsScalar() ? parseAngle(node.Scalar()) : std::optional<double>();
  if (!angle)
    throw ModelFault{positionOf(node),
                     "'" + what + "' expected an angle in radians or a multiple of pi, got " +
                         got(node),
                     "for example 0.39, pi/8 or 0.1238 pi"};
  constexpr double roundedPi = 1 + 1e-5; // people write 3.1416
  if (!interval.contains(*angle) && !interval.contains(*angle / roundedPi))
    throw ModelFault{positionOf(node),
                     "'" + what + "' expected an angle " + interval.text(printAngle) + ", got " +
                         got(node),
                     "angles are radians or multiples of pi; 90 degrees is pi/2"};
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
  const std::string word = node.IsScalar() ? node.Scalar() : "";
  for (const char *yes : {"true", "True", "TRUE"})
    if (word == yes)
      return true;
  for (const char *no : {"false", "False", "FALSE"})
    if (word == no)
      return false;
  // YAML 1.1 had more words, and many people and programs still write them.
  std::string lower = word;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool yes = lower == "yes" || lower == "on" || lower == "y" || lower == "1";
  const bool no = lower == "no" || lower == "off" || lower == "n" || lower == "0";
  throw ModelFault{positionOf(node), "'" + what + "' expected true or false, got " + got(node),
                   yes  ? "write true"
                   : no ? "write false"
                        : hintFor(lower, {"true", "false"})};
}

std::string integerText(int64_t low, int64_t high) {
  return "integer from " + std::to_string(low) + " to " + std::to_string(high);
}

static std::string withRange(const std::string &kind, const std::string &range) {
  return range.empty() ? kind : kind + " " + range;
}

std::string sizeValues(int64_t high) { return integerText(1, high) + ", or [rows, columns]"; }

std::string numberText(const Interval &interval) {
  return withRange("number", interval.text(printNumber));
}

std::string angleText(const Interval &interval) {
  return withRange("angle", interval.text(printAngle));
}

} // namespace spherical::driver
