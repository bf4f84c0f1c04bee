//===- svg_text.cpp - names and searchable text in SVG ----------*- C++ -*-===//

#include "runtime/pictures/encode.h"

#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <stdexcept>

namespace spherical::runtime {
namespace {

bool isNameLetter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) || letter == '-';
}

/// The name at `from`: letters, digits and dashes.
std::string nameAt(const std::string &svg, size_t from) {
  size_t end = from;
  while (end < svg.size() && isNameLetter(svg[end]))
    ++end;
  return svg.substr(from, end - from);
}

/// A new name for each that an element has, "part1" and so on, in the order of the file.
std::map<std::string, std::string> newNames(const std::string &svg) {
  const std::string mark = " id=\"";
  std::map<std::string, std::string> names;
  for (size_t at = svg.find(mark); at != std::string::npos; at = svg.find(mark, at + 1))
    names.emplace(nameAt(svg, at + mark.size()), "part" + std::to_string(names.size() + 1));
  return names;
}

/// `svg` with its names replaced where elements bear and use them: id="...", "#...", url(#...).
std::string renamed(const std::string &svg) {
  const std::map<std::string, std::string> names = newNames(svg);
  std::string result;
  for (size_t at = 0; at < svg.size();) {
    const bool borne = svg.compare(at, 5, " id=\"") == 0;
    const bool used = svg.compare(at, 2, "\"#") == 0 || svg.compare(at, 2, "(#") == 0;
    const size_t length = borne ? 5 : used ? 2 : 1;
    result.append(svg, at, length);
    at += length;
    if (!borne && !used)
      continue;
    const std::string name = nameAt(svg, at);
    const auto known = names.find(name);
    result += known == names.end() ? name : known->second;
    at += name.size();
  }
  return result;
}

/// Text between tags. Characters that XML does not allow are left out.
std::string escaped(const std::string &text) {
  std::string result;
  for (const char letter : text)
    switch (letter) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    default:
      if (static_cast<unsigned char>(letter) >= ' ')
        result += letter;
    }
  return result;
}

std::string numberText(double value) {
  std::array<char, 32> letters;
  const auto end = std::to_chars(letters.data(), letters.data() + letters.size(), value,
                                 std::chars_format::fixed, 2);
  return std::string(letters.data(), end.ptr);
}

std::string element(const PlacedText &line) {
  const std::string x = numberText(line.start.x), y = numberText(line.start.y);
  std::string tag = "<text x=\"" + x + "\" y=\"" + y + "\" font-size=\"" + numberText(line.size) +
                    "\" textLength=\"" + numberText(line.width) + "\"";
  if (line.turn != 0.0)
    tag += " transform=\"rotate(" + numberText(-line.turn) + " " + x + " " + y + ")\"";
  return tag + ">" + escaped(line.text) + "</text>\n";
}

} // namespace

std::string completeSvg(const std::string &svg, const std::vector<PlacedText> &texts) {
  const size_t end = svg.rfind("</svg>");
  if (end == std::string::npos)
    throw std::runtime_error("cannot draw the picture: Cairo's SVG has no end");
  std::string layer = "<g fill-opacity=\"0\" font-family=\"DejaVu Sans\" xml:space=\"preserve\">\n";
  for (const PlacedText &line : texts)
    if (!line.text.empty())
      layer += element(line);
  return renamed(svg.substr(0, end)) + layer + "</g>\n" + svg.substr(end);
}

} // namespace spherical::runtime
