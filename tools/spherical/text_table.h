//===- text_table.h - tables that fit a terminal ----------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_TEXT_TABLE_H
#define SPHERICAL_TOOLS_SPHERICAL_TEXT_TABLE_H

#include <cstddef>
#include <string>
#include <vector>

namespace spherical::driver {

/// Columns as wide as their cells, and remarks behind them.
class TextTable {
public:
  using Row = std::vector<std::string>;

  /// The column heads, of which the last is that of the remarks, and the number of columns, from
  /// the first, that start at the left; the others, which hold numbers, end at the right.
  TextTable(Row head, size_t leftAligned);

  /// A cell for each column, and the remark.
  void add(Row row);

  /// A line for each row, with no blanks at its end. Where `width` is not 0 and lines are longer,
  /// remarks stand below their rows instead, in lines of at most `width` letters where their words
  /// allow it; and what the numbers leave no room for in the first column has a line of its own.
  std::string text(size_t width) const;

private:
  std::vector<Row> rows;
  size_t leftAligned;
};

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_TEXT_TABLE_H
