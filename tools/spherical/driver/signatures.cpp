//===- signatures.cpp - functions with many arguments in print ------------===//

#include "tools/spherical/driver/signatures.h"

#include "llvm/ADT/StringRef.h"

namespace spherical::driver {
namespace {

constexpr size_t longestLine = 100;

/// Whether a part of the signature starts with the blank at the head of `rest`: behind a comma of
/// the argument and result lists, or with what follows these lists.
bool startsPart(char before, int depth, llvm::StringRef rest) {
  return depth == 1 ? before == ',' && rest.starts_with(" ")
                    : depth == 0 && (rest.starts_with(" -> ") || rest.starts_with(" attributes "));
}

/// The signature with line ends for the blanks at which a part starts.
std::string folded(llvm::StringRef line) {
  const std::string indent(line.size() - line.ltrim().size() + 4, ' ');
  std::string text;
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '\\') {
      text += line.substr(i++, 2).str();
      continue;
    }
    if (c == '"')
      quoted = !quoted;
    const bool arrow = c == '>' && i > 0 && line[i - 1] == '-';
    if (!quoted && llvm::StringRef("([{<").contains(c))
      ++depth;
    if (!quoted && !arrow && llvm::StringRef(")]}>").contains(c))
      --depth;
    text += c;
    if (!quoted && startsPart(c, depth, line.substr(i + 1))) {
      text += "\n" + indent;
      ++i;
    }
  }
  return text;
}

} // namespace

std::string foldSignatures(std::string_view given) {
  llvm::StringRef assembly = given;
  std::string text;
  while (!assembly.empty()) {
    const auto [line, rest] = assembly.split('\n');
    const bool folds = line.size() > longestLine && line.ltrim().starts_with("func.func ");
    text += folds ? folded(line) : line.str();
    if (line.size() < assembly.size())
      text += "\n";
    assembly = rest;
  }
  return text;
}

} // namespace spherical::driver
