//===- text_shape.cpp - lines that fit --------------------------*- C++ -*-===//

#include "runtime/pictures/page.h"

namespace spherical::runtime {
namespace {

constexpr std::string_view ellipsis = "\u2026", replacement = "\ufffd";

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

/// Bytes of the character that begins at `at`, 0 if none does. (RFC 3629: the shortest form, no
/// surrogates, at most U+10FFFF.)
size_t characterLength(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80)
    return 1;
  const size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                        : lead >= 0xe0 && lead < 0xf0 ? 3
                        : lead >= 0xf0 && lead < 0xf5 ? 4
                                                      : 0;
  if (length == 0 || at + length > text.size())
    return 0;
  for (size_t k = 1; k < length; ++k)
    if (!continues(text[at + k]))
      return 0;
  const auto second = static_cast<unsigned char>(text[at + 1]);
  const bool isWrong = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second >= 0xa0) ||
                       (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90);
  return isWrong ? 0 : length;
}

} // namespace

std::string readableText(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const size_t length = characterLength(text, at);
    const bool isShown = length > 1 || (length == 1 && text[at] >= ' ' && text[at] != 0x7f);
    result += isShown ? text.substr(at, length) : replacement;
    at += length > 0 ? length : 1;
  }
  return result;
}

std::string fittedText(const std::string &text, double size, double width) {
  if (textWidth(text, size) <= width)
    return text;
  std::string start = readableText(text);
  while (!start.empty()) {
    size_t last = start.size() - 1;
    while (last > 0 && continues(start[last]))
      --last;
    start.resize(last);
    const std::string shortened = start + std::string(ellipsis);
    if (textWidth(shortened, size) <= width)
      return shortened;
  }
  return std::string(ellipsis);
}

} // namespace spherical::runtime
