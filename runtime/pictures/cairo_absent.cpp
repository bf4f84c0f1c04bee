//===- cairo_absent.cpp - a build without Cairo -----------------*- C++ -*-===//

#include "runtime/pictures/encode.h"

#include <stdexcept>

namespace spherical::runtime {

void expectDrawable() {
  throw std::runtime_error("this build of Spherical draws no pictures; it is built with them where "
                           "libcairo2-dev is installed");
}

double textWidth(std::string_view, double, bool) {
  expectDrawable();
  return 0.0;
}

std::vector<std::byte> encodePage(PictureForm, double, double,
                                  const std::function<void(Page &)> &) {
  expectDrawable();
  return {};
}

} // namespace spherical::runtime
