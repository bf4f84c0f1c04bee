//===- wrap.cpp - text in lines that fit a terminal -----------------------===//

#include "tools/spherical/model/wrap.h"

#include <algorithm>
#include <sstream>

namespace spherical::driver {

std::string wrapped(const std::string &text, const std::string &start, size_t indent,
                    size_t width) {
  std::istringstream words(text);
  std::string word, all, line = start;
  bool begun = false;
  while (words >> word) {
    if (begun && line.size() + 1 + word.size() > width) {
      all += line + "\n";
      line = std::string(indent, ' ');
      begun = false;
    }
    line += (begun ? " " : "") + word;
    begun = true;
  }
  all += line + "\n";
  std::ranges::replace(all, '~', ' ');
  return all;
}

} // namespace spherical::driver
