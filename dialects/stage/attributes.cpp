//===- attributes.cpp - table attributes ------------------------*- C++ -*-===//

#include "dialects/stage/dialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

namespace mlir::stage {

TableAttr TableAttr::get(MLIRContext *context, StringRef kind,
                         ArrayRef<std::pair<StringRef, int64_t>> parameters,
                         ArrayRef<double> points, double scale) {
  Builder builder(context);
  SmallVector<NamedAttribute> entries;
  for (auto [name, value] : parameters)
    entries.push_back(builder.getNamedAttr(name, builder.getI64IntegerAttr(value)));
  return get(context, kind, builder.getDictionaryAttr(entries),
             builder.getDenseF64ArrayAttr(points), builder.getF64FloatAttr(scale));
}

int64_t TableAttr::getParameter(StringRef name, int64_t otherwise) const {
  auto value = getParameters().getAs<IntegerAttr>(name);
  return value ? value.getInt() : otherwise;
}

/// parameters ::= `{` (name `=` integer (`,` name `=` integer)*)? `}`
static ParseResult parseParameters(AsmParser &parser, DictionaryAttr &parameters) {
  Builder builder(parser.getContext());
  SmallVector<NamedAttribute> entries;
  auto parseEntry = [&]() -> ParseResult {
    std::string name;
    int64_t value;
    if (parser.parseKeywordOrString(&name) || parser.parseEqual() || parser.parseInteger(value))
      return failure();
    entries.push_back(builder.getNamedAttr(name, builder.getI64IntegerAttr(value)));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Braces, parseEntry))
    return failure();
  parameters = builder.getDictionaryAttr(entries);
  return success();
}

Attribute TableAttr::parse(AsmParser &parser, Type) {
  Builder builder(parser.getContext());
  std::string kind;
  DictionaryAttr parameters;
  DenseF64ArrayAttr points = builder.getDenseF64ArrayAttr({});
  FloatAttr scale = builder.getF64FloatAttr(1.0);
  if (parser.parseLess() || parser.parseString(&kind) || parser.parseComma() ||
      parseParameters(parser, parameters))
    return {};
  while (succeeded(parser.parseOptionalComma())) {
    StringRef key;
    if (parser.parseKeyword(&key) || parser.parseEqual())
      return {};
    ParseResult parsed = key == "points"  ? parser.parseAttribute(points)
                         : key == "scale" ? parser.parseAttribute(scale, builder.getF64Type())
                                          : parser.emitError(parser.getCurrentLocation())
                                                << "expected points or scale, got " << key;
    if (failed(parsed))
      return {};
  }
  if (parser.parseGreater())
    return {};
  return get(parser.getContext(), kind, parameters, points, scale);
}

void TableAttr::print(AsmPrinter &printer) const {
  printer << "<\"" << getKind() << "\", {";
  llvm::interleaveComma(getParameters(), printer.getStream(), [&](NamedAttribute entry) {
    printer << entry.getName().getValue() << " = " << cast<IntegerAttr>(entry.getValue()).getInt();
  });
  printer << "}";
  if (!getPoints().empty())
    printer << ", points = " << getPoints();
  if (!getScale().getValue().isExactlyValue(1.0)) {
    printer << ", scale = ";
    printer.printAttributeWithoutType(getScale());
  }
  printer << ">";
}

} // namespace mlir::stage
