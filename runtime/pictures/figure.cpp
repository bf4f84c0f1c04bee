//===- figure.cpp - a drawing and its files ---------------------*- C++ -*-===//

#include "runtime/pictures/figure.h"

#include "runtime/data/files.h"
#include "runtime/pictures/encode.h"

#include <stdexcept>
#include <utility>

namespace spherical::runtime {
namespace {

constexpr double mostPoints = 16000; // with two pixels a point below Cairo's bound of 32767

} // namespace

PictureForm pictureForm(const std::string &path) {
  const std::string ending = endingOf(path);
  if (ending == ".png")
    return PictureForm::Png;
  if (ending == ".svg")
    return PictureForm::Svg;
  if (ending == ".pdf")
    return PictureForm::Pdf;
  throw std::runtime_error("expected a picture that ends in .png, .svg or .pdf, got '" + path +
                           "'");
}

Figure::Figure(double width, double height, std::function<void(Page &)> paint)
    : columns(width), rows(height), paint(std::move(paint)) {
  if (!(width >= 1 && height >= 1 && width <= mostPoints && height <= mostPoints))
    throw std::invalid_argument("expected a page of 1 to 16000 points a side, got " +
                                std::to_string(static_cast<long long>(width)) + " x " +
                                std::to_string(static_cast<long long>(height)) +
                                "; fewer things on a page fit");
}

std::vector<std::byte> Figure::encode(PictureForm form) const {
  return encodePage(form, columns, rows, paint);
}

void Figure::write(const std::string &path) const { replaceFile(path, encode(pictureForm(path))); }

} // namespace spherical::runtime
