//===- assembly.h - pieces of the assembly form -----------------*- C++ -*-===//
//
// What the parsers and printers of attributes share.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_ASSEMBLY_H
#define SPHERICAL_DIALECTS_SPHERICAL_ASSEMBLY_H

#include "mlir/IR/OpImplementation.h"

#include <string>

namespace mlir::spherical {

/// Reads a number, with or without a fraction and a sign: 3, -0.5, 1.0e-3.
ParseResult parseNumber(AsmParser &parser, double &value);

/// Reads one of the keywords that `symbolize` knows as the attribute T of its enumerator; `all`
/// lists them for the message.
template <typename T, typename Enum>
Attribute parseKeywordAttr(AsmParser &parser, std::optional<Enum> (*symbolize)(StringRef),
                           StringRef all) {
  const SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return {};
  if (std::optional<Enum> value = symbolize(keyword))
    return T::get(parser.getContext(), *value);
  parser.emitError(loc) << "expected " << all << ", got " << keyword;
  return {};
}

/// The shortest decimal form that reads back as the same double, always with a fraction.
std::string formatNumber(double value);

/// Reads and writes numbers between commas and in brackets, as the doubles that they are. (The form
/// of the attribute itself has six digits.)
ParseResult parseNumberList(AsmParser &parser, DenseF64ArrayAttr &numbers);
void printNumberList(AsmPrinter &printer, Operation *op, DenseF64ArrayAttr numbers);

/// Reads `name = <value>` pairs between commas, in any order, each name at most once and one of
/// `names`; `parseValue` reads the value after the equals sign. Reads nothing before a '>'.
ParseResult parseNamedFields(AsmParser &parser, ArrayRef<StringRef> names,
                             function_ref<ParseResult(StringRef)> parseValue);

} // namespace mlir::spherical

#endif
