//===- plot.h - axes, their numbers and names -------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_PICTURES_PLOT_H
#define SPHERICAL_RUNTIME_PICTURES_PLOT_H

#include "runtime/pictures/axis.h"
#include "runtime/pictures/colors.h"
#include "runtime/pictures/page.h"

#include <span>
#include <string>

namespace spherical::runtime {

/// Sizes of letters: of a figure's title, of a panel's, of names and numbers, of what fills cells.
inline constexpr double kTitleSize = 10.0, kPanelSize = 8.5, kTextSize = 7.5, kSmallSize = 6.0;
/// From the page's edge, and between things.
inline constexpr double kMargin = 10.0, kGap = 6.0;

/// Axes around an area, and what is written beside them.
struct Plot {
  Rectangle area;
  Axis x, y;
  std::string title, xLabel, yLabel;

  Point at(double xValue, double yValue) const {
    return {area.x + x.share(xValue) * area.width, area.bottom() - y.share(yValue) * area.height};
  }

  /// Lines of the ticks, axes, numbers and names.
  void paintAxes(Page &page) const;

  /// Room that numbers and names take on the left, and below and above the area.
  double leftRoom() const;
  double bottomRoom() const;
  double topRoom() const;
};

/// A name beside a piece of line or an area in a colour.
struct LegendEntry {
  std::string name;
  Stroke line;
  bool isArea = false;
};

/// The height of an entry.
inline constexpr double kLegendPitch = 11.0;

/// Entries side by side, in as many rows as a width needs: the height that they take, and they.
double legendRowsHeight(std::span<const LegendEntry> entries, double width);
void paintLegendRows(Page &page, Point corner, std::span<const LegendEntry> entries, double width);

/// A vertical bar of colours for values from `low` to `high`, with numbers on its right.
void paintColorBar(Page &page, const Rectangle &bar, const Axis &values, Color (*color)(double));

/// Above everything; the height that it takes, 0 without a title.
double titleHeight(const std::string &title);
void paintTitle(Page &page, const std::string &title);

/// Panels of one size in rows.
struct PanelGrid {
  int64_t count = 1, columns = 1;
  double width = 0.0, height = 0.0; ///< of a panel with the room around it
  double top = 0.0;                 ///< where the first row begins

  int64_t rows() const { return (count + columns - 1) / columns; }
  double pageWidth() const { return 2 * kMargin + static_cast<double>(columns) * width; }
  double pageHeight() const { return top + static_cast<double>(rows()) * height + kMargin; }
  Point corner(int64_t index) const {
    return {kMargin + static_cast<double>(index % columns) * width,
            top + static_cast<double>(index / columns) * height};
  }
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PICTURES_PLOT_H
