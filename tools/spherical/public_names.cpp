//===- public_names.cpp - names in the public PyTorch code ----------------===//

#include "tools/spherical/public_names.h"

#include <charconv>
#include <cstdint>
#include <optional>

namespace spherical::driver {
namespace {

/// The public name for one of ours: `ours` and, if `numbered`, a number i behind it becomes
/// `before`, factor i + offset, `after`.
struct Rule {
  const char *naming, *ours;
  bool numbered;
  const char *before;
  int64_t factor, offset;
  const char *after;
};

constexpr Rule rules[] = {
    {"segmenter", "input_layer", false, "input_layer", 0, 0, ""},
    {"segmenter", "hidden_layers.", true, "hidden_layers.", 1, 0, ""},
    {"segmenter", "output_layer", false, "output_layer", 0, 0, ""},
    {"segmenter", "shortcuts.", true, "skip_layers.", 1, 0, ".conv"},
    {"original", "input_layer", false, "conv1", 0, 0, ""},
    {"original", "hidden_layers.", true, "conv", 1, 2, ""},
    {"original", "head.fc0", false, "out_layer", 0, 0, ""},
    {"deep", "input_layer", false, "convolutional.0", 0, 0, ""},
    {"deep", "hidden_layers.", true, "convolutional.", 2, 2, ""},
    {"deep", "head.bn", true, "linear.", 3, 0, ""},
    {"deep", "head.fc", true, "linear.", 3, 1, ""},
};

/// What `rule` makes of a name; nothing if it is for others.
std::optional<std::string> apply(const Rule &rule, const std::string &name) {
  if (!name.starts_with(rule.ours))
    return std::nullopt;
  const char *rest = name.data() + std::string_view(rule.ours).size();
  const char *end = name.data() + name.size();
  std::string number;
  if (rule.numbered) {
    int64_t index = 0;
    const auto [after, error] = std::from_chars(rest, end, index);
    if (error != std::errc())
      return std::nullopt;
    number = std::to_string(rule.factor * index + rule.offset);
    rest = after;
  }
  if (rest != end && *rest != '.')
    return std::nullopt;
  return rule.before + number + rule.after + std::string(rest, end);
}

} // namespace

const std::vector<std::string> &publicNamings() {
  static const std::vector<std::string> namings = {"segmenter", "original", "deep"};
  return namings;
}

std::string publicName(const std::string &naming, const std::string &name) {
  for (const Rule &rule : rules)
    if (naming == rule.naming)
      if (const std::optional<std::string> result = apply(rule, name))
        return *result;
  return "";
}

} // namespace spherical::driver
