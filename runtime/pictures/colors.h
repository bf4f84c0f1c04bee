//===- colors.h - colours of figures ----------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_PICTURES_COLORS_H
#define SPHERICAL_RUNTIME_PICTURES_COLORS_H

#include "runtime/data/color.h"

#include <cstdint>

namespace spherical::runtime {

inline constexpr Color kInk = {38, 38, 38}, kSoftInk = {105, 105, 105}, kPaper = {255, 255, 255},
                       kGridLine = {226, 226, 226};

/// Of what is right and what is not: blue and vermilion (Okabe and Ito 2008).
inline constexpr Color kRight = {0, 114, 178}, kWrong = {213, 94, 0};

/// Of what has no value.
inline constexpr Color kMissing = {190, 190, 190};

/// Viridis (Smith and van der Walt 2015) at share 0 ... 1: dark blue to yellow.
Color magnitudeColor(double share);

/// Blue, white, red at share 0, 0.5, 1: RdBu of ColorBrewer, reversed.
Color signedColor(double share);

/// White to dark blue at share 0 ... 1: Blues of ColorBrewer.
Color densityColor(double share);

/// Of curve or bar k: the eight of Okabe and Ito (2008), which begin again after seven.
Color seriesColor(int64_t index);

/// Black or white, whichever is read more easily on `background`.
Color letterColor(Color background);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_PICTURES_COLORS_H
