//===- assembly.cpp - pieces of the assembly form ---------------*- C++ -*-===//
//
// What the parsers and printers of attributes share.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/assembly.h"

#include "mlir/IR/BuiltinAttributes.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <charconv>

namespace mlir::spherical {

ParseResult parseNumber(AsmParser &parser, double &value) {
  const SMLoc loc = parser.getCurrentLocation();
  Attribute attribute;
  if (parser.parseAttribute(attribute))
    return failure();
  if (auto integer = dyn_cast<IntegerAttr>(attribute);
      integer && integer.getType().isSignlessInteger(64)) {
    value = static_cast<double>(integer.getInt());
    return success();
  }
  if (auto number = dyn_cast<FloatAttr>(attribute); number && number.getType().isF64()) {
    value = number.getValueAsDouble();
    return success();
  }
  return parser.emitError(loc) << "expected a number, got " << attribute;
}

std::string formatNumber(double value) {
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (text.find_first_of(".n") != std::string::npos) // has a fraction, or is inf or nan
    return text;
  const size_t exponent = text.find('e');
  return text.insert(exponent == std::string::npos ? text.size() : exponent, ".0");
}

ParseResult parseNumberList(AsmParser &parser, DenseF64ArrayAttr &numbers) {
  SmallVector<double> values;
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                     [&] { return parseNumber(parser, values.emplace_back()); }))
    return failure();
  numbers = DenseF64ArrayAttr::get(parser.getContext(), values);
  return success();
}

void printNumberList(AsmPrinter &printer, Operation *, DenseF64ArrayAttr numbers) {
  printer << '[';
  llvm::interleaveComma(numbers.asArrayRef(), printer,
                        [&](double number) { printer << formatNumber(number); });
  printer << ']';
}

ParseResult parseNamedFields(AsmParser &parser, ArrayRef<StringRef> names,
                             function_ref<ParseResult(StringRef)> parseValue) {
  llvm::StringSet<> seen;
  do {
    const SMLoc loc = parser.getCurrentLocation();
    StringRef name;
    if (failed(parser.parseOptionalKeyword(&name))) {
      if (seen.empty())
        return success();
      return parser.emitError(loc) << "expected a name after the comma";
    }
    if (!llvm::is_contained(names, name))
      return parser.emitError(loc)
             << "expected one of " << llvm::join(names, ", ") << ", got " << name;
    if (!seen.insert(name).second)
      return parser.emitError(loc) << "expected " << name << " only once";
    if (parser.parseEqual() || parseValue(name))
      return failure();
  } while (succeeded(parser.parseOptionalComma()));
  return success();
}

} // namespace mlir::spherical
