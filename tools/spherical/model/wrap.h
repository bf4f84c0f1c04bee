//===- wrap.h - text in lines that fit a terminal ---------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_WRAP_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_WRAP_H

#include <string>

namespace spherical::driver {

/// The words of `text` in lines of at most `width` columns where words allow it: the first behind
/// `start`, the others behind as many blanks as `indent` says. A ~ is a blank at which no line
/// ends. The text ends in a newline.
std::string wrapped(const std::string &text, const std::string &start = "", size_t indent = 0,
                    size_t width = 80);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_WRAP_H
