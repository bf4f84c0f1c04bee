//===- font.cpp - the font of all figures -----------------------*- C++ -*-===//

#include "runtime/pictures/font.h"

#include "runtime/pictures/page.h"

#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace spherical::runtime {
namespace {

constexpr const char *family = "DejaVu Sans";

template <auto Free> struct FreedBy {
  template <typename T> void operator()(T *value) const { Free(value); }
};
using Pattern = std::unique_ptr<FcPattern, FreedBy<FcPatternDestroy>>;
using Configuration = std::unique_ptr<FcConfig, FreedBy<FcConfigDestroy>>;
using Face = std::unique_ptr<cairo_font_face_t, FreedBy<cairo_font_face_destroy>>;
using ScaledFont = std::unique_ptr<cairo_scaled_font_t, FreedBy<cairo_scaled_font_destroy>>;

const FcChar8 *letters(const char *text) { return reinterpret_cast<const FcChar8 *>(text); }

/// The pattern that holds the font's file and nothing else.
Pattern fontFile(bool isBold) {
  const Configuration configuration(FcInitLoadConfigAndFonts());
  const Pattern wanted(FcPatternCreate());
  FcPatternAddString(wanted.get(), FC_FAMILY, letters(family));
  FcPatternAddInteger(wanted.get(), FC_WEIGHT, isBold ? FC_WEIGHT_BOLD : FC_WEIGHT_NORMAL);
  FcPatternAddInteger(wanted.get(), FC_SLANT, FC_SLANT_ROMAN);
  FcPatternAddInteger(wanted.get(), FC_WIDTH, FC_WIDTH_NORMAL);
  FcDefaultSubstitute(wanted.get());
  FcResult result = FcResultNoMatch;
  const Pattern match(FcFontMatch(configuration.get(), wanted.get(), &result));
  FcChar8 *found = nullptr, *path = nullptr;
  int index = 0;
  // Where the family is missing, Fontconfig gives the nearest other one.
  if (!match || FcPatternGetString(match.get(), FC_FAMILY, 0, &found) != FcResultMatch ||
      std::string(reinterpret_cast<const char *>(found)) != family ||
      FcPatternGetString(match.get(), FC_FILE, 0, &path) != FcResultMatch)
    throw std::runtime_error("pictures expected the font " + std::string(family) + ", found " +
                             (found ? reinterpret_cast<const char *>(found) : "none") +
                             "; install fonts-dejavu-core for it");
  FcPatternGetInteger(match.get(), FC_INDEX, 0, &index);
  Pattern file(FcPatternCreate());
  FcPatternAddString(file.get(), FC_FILE, path);
  FcPatternAddInteger(file.get(), FC_INDEX, index);
  return file;
}

Face loadFace(bool isBold) {
  return Face(cairo_ft_font_face_create_for_pattern(fontFile(isBold).get()));
}

} // namespace

cairo_font_face_t *fontFace(bool isBold) {
  static const Face faces[] = {loadFace(false), loadFace(true)};
  return faces[isBold].get();
}

const cairo_font_options_t *fontOptions() {
  static const auto options = [] {
    std::unique_ptr<cairo_font_options_t, FreedBy<cairo_font_options_destroy>> made(
        cairo_font_options_create());
    cairo_font_options_set_antialias(made.get(), CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(made.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(made.get(), CAIRO_HINT_METRICS_OFF);
    return made;
  }();
  return options.get();
}

double textWidth(std::string_view text, double size, bool isBold) {
  cairo_matrix_t scale, identity;
  cairo_matrix_init_scale(&scale, size, size);
  cairo_matrix_init_identity(&identity);
  const ScaledFont font(
      cairo_scaled_font_create(fontFace(isBold), &scale, &identity, fontOptions()));
  cairo_text_extents_t extents = {};
  cairo_scaled_font_text_extents(font.get(), readableText(text).c_str(), &extents);
  return extents.x_advance;
}

} // namespace spherical::runtime
