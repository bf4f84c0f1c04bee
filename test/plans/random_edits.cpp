//===- random_edits.cpp - numbers and text that somebody edits --*- C++ -*-===//

#include "test/plans/random_edits.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace spherical::test {

int64_t Random::edit(int64_t value) {
  const int64_t special[] = {
      0, 1, -1, 2, 63, 64, 65, 1 << 20, int64_t(1) << 31, int64_t(1) << 40, INT64_MAX, INT64_MIN};
  switch (below(8)) {
  case 0:
    return special[below(std::size(special))];
  case 1:
    return value > INT64_MAX / 2 || value < 0 ? 3 : value * 2;
  case 2:
    return value / 2;
  case 3:
    return value == INT64_MIN ? 0 : -value;
  case 4:
  case 5:
    return value == INT64_MIN ? 0 : value - 1;
  default:
    return value == INT64_MAX ? 0 : value + 1;
  }
}

std::string editText(std::string &text, Random &random) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  const int64_t at = random.below(static_cast<int64_t>(lines.size()));
  std::string &line = lines[at];
  std::string edit = "text of line " + std::to_string(at + 1);
  std::vector<std::pair<size_t, size_t>> numbers;
  for (size_t i = 0; i < line.size(); ++i)
    if (std::isdigit(static_cast<unsigned char>(line[i]))) {
      const size_t begin = i;
      while (i < line.size() && std::isdigit(static_cast<unsigned char>(line[i])))
        ++i;
      numbers.emplace_back(begin, i - begin);
    }
  if (random.oneIn(10)) {
    lines.insert(lines.begin() + at, line);
  } else if (random.oneIn(10)) {
    lines.erase(lines.begin() + at);
  } else if (random.oneIn(10) && !line.empty()) {
    line.resize(random.below(static_cast<int64_t>(line.size())));
  } else if (random.oneIn(10) && at + 1 < static_cast<int64_t>(lines.size())) {
    std::swap(lines[at], lines[at + 1]);
  } else if (!numbers.empty()) {
    const auto [begin, length] = random.pick(numbers);
    const std::string digits = line.substr(begin, length);
    const int64_t number = length > 18 ? 0 : std::stoll(digits);
    line.replace(begin, length, std::to_string(random.edit(number)));
  }
  text.clear();
  for (const std::string &each : lines)
    text += each + "\n";
  return edit;
}

} // namespace spherical::test
