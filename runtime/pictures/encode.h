//===- encode.h - painted pages as files ------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_PICTURES_ENCODE_H
#define SPHERICAL_RUNTIME_PICTURES_ENCODE_H

#include "runtime/pictures/figure.h"
#include "runtime/pictures/page.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace spherical::runtime {

/// Paints a page of `width` x `height` points and returns its file of this form. Throws
/// std::runtime_error in a build without Cairo, and where the font is missing.
std::vector<std::byte> encodePage(PictureForm form, double width, double height,
                                  const std::function<void(Page &)> &paint);

/// A line of text on a page, for the text that SVG can be searched for.
struct PlacedText {
  Point start;
  double size = 0.0, width = 0.0, turn = 0.0; ///< of the font, of the line; as in TextStyle
  std::string text;
};

/// The SVG of a page with names of its parts that depend on the page alone (Cairo counts them over
/// all pages of a process), and with `texts` above it, which cannot be seen.
std::string completeSvg(const std::string &svg, const std::vector<PlacedText> &texts);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PICTURES_ENCODE_H
