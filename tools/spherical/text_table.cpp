//===- text_table.cpp - tables that fit a terminal ------------------------===//

#include "tools/spherical/text_table.h"

#include "runtime/train/text.h"
#include "tools/spherical/model/wrap.h"

#include <algorithm>
#include <utility>

namespace spherical::driver {

TextTable::TextTable(Row head, size_t leftAligned)
    : rows{std::move(head)}, leftAligned(leftAligned) {}

void TextTable::add(Row row) { rows.push_back(std::move(row)); }

std::string TextTable::text(size_t width) const {
  const size_t columns = rows.front().size() - 1;
  std::vector<size_t> widths(columns);
  for (const Row &row : rows)
    for (size_t c = 0; c < columns; ++c)
      widths[c] = std::max(widths[c], row[c].size());
  size_t others = 2;
  for (size_t c = 1; c < columns; ++c)
    others += widths[c] + 2;
  // Numbers have no blanks behind the last one.
  const bool narrow = width > 0 && widths[0] + others > width + 2;
  if (narrow)
    widths[0] = width + 2 > others ? width + 2 - others : 0;
  std::vector<std::string> lines;
  size_t longest = 0;
  for (const Row &row : rows) {
    std::string line;
    for (size_t c = 0; c < columns; ++c)
      line += (c < leftAligned ? runtime::padRight(row[c], widths[c])
                               : runtime::padLeft(row[c], widths[c])) +
              "  ";
    longest = std::max(longest, line.size() + row.back().size());
    if (row[0].size() > widths[0])
      line.insert(row[0].size(), "\n" + std::string(widths[0], ' '));
    lines.push_back(std::move(line));
  }
  const bool below = width > 0 && longest > width;
  std::string table;
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string line = lines[i] + (below ? "" : rows[i].back());
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + "\n";
    if (below && !rows[i].back().empty())
      table += wrapped(rows[i].back(), "    ", 4, width);
  }
  return table;
}

} // namespace spherical::driver
