//===- colors.cpp - colours of figures --------------------------*- C++ -*-===//

#include "runtime/pictures/colors.h"

#include "runtime/pictures/figures.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace spherical::runtime {
namespace {

/// Every eighth of the 256 colours; between them the rest lies within 3 of 255.
constexpr Color viridis[] = {
    {68, 1, 84},    {71, 13, 96},   {72, 24, 106},  {72, 35, 116},  {71, 45, 123},  {69, 55, 129},
    {66, 64, 134},  {62, 73, 137},  {59, 82, 139},  {55, 91, 141},  {51, 99, 141},  {47, 107, 142},
    {44, 114, 142}, {41, 122, 142}, {38, 130, 142}, {35, 137, 142}, {33, 145, 140}, {31, 152, 139},
    {31, 160, 136}, {34, 167, 133}, {40, 174, 128}, {50, 182, 122}, {63, 188, 115}, {78, 195, 107},
    {94, 201, 98},  {112, 207, 87}, {132, 212, 75}, {152, 216, 62}, {173, 220, 48}, {194, 223, 35},
    {216, 226, 25}, {236, 229, 27}, {253, 231, 37}};

constexpr Color blueWhiteRed[] = {{5, 48, 97},     {33, 102, 172},  {67, 147, 195},
                                  {146, 197, 222}, {209, 229, 240}, {247, 247, 247},
                                  {253, 219, 199}, {244, 165, 130}, {214, 96, 77},
                                  {178, 24, 43},   {103, 0, 31}};

constexpr Color blues[] = {{255, 255, 255}, {222, 235, 247}, {198, 219, 239},
                           {158, 202, 225}, {107, 174, 214}, {66, 146, 198},
                           {33, 113, 181},  {8, 81, 156},    {8, 48, 107}};

constexpr Color okabeIto[] = {{0, 114, 178}, {213, 94, 0},   {0, 158, 115}, {204, 121, 167},
                              {230, 159, 0}, {86, 180, 233}, {60, 60, 60}};

/// "Muted" of Tol (2021) in an order whose neighbours differ in lightness, and orange.
constexpr Color muted[] = {{51, 34, 136},   {221, 204, 119}, {17, 119, 51},  {204, 102, 119},
                           {136, 204, 238}, {136, 34, 85},   {68, 170, 153}, {153, 153, 51},
                           {170, 68, 153},  {238, 119, 51}};

Color between(std::span<const Color> colors, double share) {
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(colors.size() - 1);
  const auto low = std::min(static_cast<size_t>(place), colors.size() - 2);
  const double rest = place - static_cast<double>(low);
  Color color;
  for (int c = 0; c < 3; ++c)
    color[c] = static_cast<uint8_t>(
        std::lround(colors[low][c] + rest * (colors[low + 1][c] - colors[low][c])));
  return color;
}

} // namespace

Color magnitudeColor(double share) { return between(viridis, share); }
Color signedColor(double share) { return between(blueWhiteRed, share); }
Color densityColor(double share) { return between(blues, share); }
Color seriesColor(int64_t index) { return okabeIto[index % std::ssize(okabeIto)]; }

Color letterColor(Color background) {
  // Relative luminance, by the weights of ITU-R BT.709.
  const double light = 0.2126 * background[0] + 0.7152 * background[1] + 0.0722 * background[2];
  return light > 120 ? kInk : kPaper;
}

Color classColor(int64_t index, bool background) {
  if (background && index == 0)
    return {221, 221, 221};
  const int64_t place = index - (background ? 1 : 0);
  const Color color = muted[place % std::ssize(muted)];
  // Each further ten half way to white, then to black, then a quarter from both.
  constexpr double shares[] = {0.0, 0.5, -0.5, 0.25, -0.25, 0.75, -0.75};
  const double share = shares[place / std::ssize(muted) % std::ssize(shares)];
  const Color target = share > 0 ? Color{255, 255, 255} : Color{0, 0, 0};
  const Color ends[] = {color, target};
  return between(ends, std::abs(share));
}

} // namespace spherical::runtime
