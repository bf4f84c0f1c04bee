//===- figure.h - a drawing and its files -----------------------*- C++ -*-===//
//
// Figures are drawn by Cairo in the font DejaVu Sans, both of which a build may
// lack: then every function of this folder that draws throws and names the
// package. No file is written and nothing else stops working, as with the optional
// forms of data (runtime/data/sets): networks compile, train and are tested on
// machines where nobody looks at pictures.
//
// The same figure gives the same bytes, whatever was drawn before and whatever the
// locale, the time and the user's settings of fonts. (They depend on the versions of
// Cairo and of the font.)
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_PICTURES_FIGURE_H
#define SPHERICAL_RUNTIME_PICTURES_FIGURE_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace spherical::runtime {

class Page;

/// How a file holds a figure: PNG in pixels, two a point in each direction (144 a inch); SVG and
/// PDF in lines and letters that grow with the page. In SVG letters are outlines, which look the
/// same everywhere, under text of the same size that cannot be seen: it is found and copied.
enum class PictureForm { Png, Svg, Pdf };

/// The form that the ending of `path` names, .png, .svg or .pdf in letters of any size. Throws
/// std::runtime_error for others: "expected a picture that ends in .png, .svg or .pdf, got
/// 'a.jpg'".
PictureForm pictureForm(const std::string &path);

/// Throws std::runtime_error unless this build can draw: it has Cairo, and the font is installed.
/// To be called before long work that ends in a picture.
void expectDrawable();

/// A finished drawing.
class Figure {
public:
  /// A page of `width` x `height` points (1/72 inch), at least 1 x 1, that `paint` fills. What
  /// `paint` refers to must live as long as this object: it is called for each file. Throws
  /// std::invalid_argument for pages of more than 16000 points a side, which no form holds.
  Figure(double width, double height, std::function<void(Page &)> paint);

  /// In points.
  double width() const { return columns; }
  double height() const { return rows; }

  /// Paints it on any page.
  void paintOn(Page &page) const { paint(page); }

  /// The bytes of a file of this form.
  std::vector<std::byte> encode(PictureForm form) const;

  /// Replaces the file `path` by the figure, in the form of its ending, in one step (files.h).
  /// Throws std::runtime_error for other endings and files that cannot be written.
  void write(const std::string &path) const;

private:
  double columns, rows;
  std::function<void(Page &)> paint;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PICTURES_FIGURE_H
