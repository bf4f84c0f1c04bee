//===- font.h - the font of all figures -------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_PICTURES_FONT_H
#define SPHERICAL_RUNTIME_PICTURES_FONT_H

#include <cairo.h>

namespace spherical::runtime {

/// DejaVu Sans, regular or bold, as Fontconfig finds it: only the file is taken from the system,
/// no setting of how to draw it. Throws std::runtime_error where it is not installed.
cairo_font_face_t *fontFace(bool isBold);

/// Outlines as they are: not fitted to pixels, so that widths are those of any form.
const cairo_font_options_t *fontOptions();

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PICTURES_FONT_H
